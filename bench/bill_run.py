"""The bill run against its floor: the bare driver writing the same rows, computed before.

"The same rows" are all that a run leaves behind: bills, lines, taxes, entries and events that it
inserts, and those that it changes (charges that waited and are now lines, balances, accounts,
how far products are charged). Both do it in transactions of a thousand bills, see `bill_floor`.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

import self_service.models  # noqa: F401  (fills the metadata)
from bench.bill_floor import Took, floor
from bench.bill_people import populate
from bench.databases import Place, copied, fresh, kinds
from bench.figures import Goal, Row, Section, Spread
from bench.report import say
from self_service import db
from self_service.settings import ROOT

#: Subscribers; the goals are about the last.
SIZES, QUICK = (10_000, 100_000), (2_000, 10_000)
#: At most so many times the floor.
MOST = 3.0
REMARKS = (
    "Each subscriber: one recurring charge, three that wait, tax, two entries of the ledger, an "
    "event. The run reads, computes, inserts, updates what waits and moves the account on.",
    "Floor: the bare driver writing what the run wrote into a copy, inserts and updates, values "
    "ready, a thousand bills a transaction (SQLite executemany; PostgreSQL COPY, and updates with "
    "their values in arrays). It reads nothing.",
    "Times are of the wall; the note has the processor's time of the process beside it.",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one size took, in seconds; `pair` is two workers at once, None where not measured."""

    floor: Took
    alone: Took
    pair: Took | None
    peak_mb: float


def measure(*, quick: bool, sizes: Sequence[int] = ()) -> list[Section]:
    """Measure every database that answers, on growing numbers of subscribers."""
    found = []
    for kind in kinds():
        results = {}
        for count in sizes or (QUICK if quick else SIZES):
            say(f"  {kind}, {count:,} subscribers ...")
            results[count] = _measured(kind, count)
        found.append(Section(f"Bill run, {kind}", _rows(results), REMARKS))
    return found


def _measured(kind: str, count: int) -> Measured:
    with tempfile.TemporaryDirectory() as folder, fresh(kind, Path(folder)) as place:
        _fill(place, count)
        with contextlib.ExitStack() as copies:
            floor_place = copies.enter_context(copied(place))
            pair_place = None if place.is_sqlite else copies.enter_context(copied(floor_place))
            alone, peak_mb = _run(place, 1, count)
            pair = _run(pair_place, 2, count)[0] if pair_place else None
            least = floor(place, floor_place)
    return Measured(least, alone, pair, peak_mb)


def _fill(place: Place, count: int) -> None:
    engine = db.make_engine(place.url)
    SQLModel.metadata.create_all(engine)
    with db.Database(engine).writing() as session:
        populate(session, count)
    engine.dispose()
    connection = place.connect()
    if not place.is_sqlite:
        connection.autocommit = True
    connection.execute("ANALYZE")
    connection.close()


def _run(place: Place, workers: int, count: int) -> tuple[Took, float]:
    """Let workers bill everybody; return how long it took, and the most memory of one."""
    command = [sys.executable, "-m", "bench.bill_worker", place.url]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, cwd=ROOT, **pipes) for _ in range(workers)]
    for one in started:
        if one.stdout.readline() != "ready\n":
            raise RuntimeError("a worker of the bill run did not start")
    begin = time.perf_counter()
    for one in started:
        one.stdin.write("go\n")
        one.stdin.flush()
    told = [json.loads(one.communicate()[0].splitlines()[-1]) for one in started]
    seconds = time.perf_counter() - begin
    if sum(one["bills"] for one in told) != count:
        raise RuntimeError(f"{told}: not everybody has a bill")
    slowest = max(one["seconds"] for one in told)
    cpu = sum(one["cpu"] for one in told)
    return Took(min(slowest, seconds), cpu), max(one["peak_mb"] for one in told)


def _rows(results: dict[int, Measured]) -> list[Row]:
    rows = []
    for count, found in results.items():
        limit = found.floor.wall * MOST
        goal = Goal(limit, f"{MOST:g} × floor")
        spreads = Spread(found.alone.wall), Spread(found.floor.wall)
        rate = (
            f"{count / found.alone.wall:,.0f} bills a second; processor {found.alone.cpu:.1f} s, "
            f"floor {found.floor.cpu:.1f} s; {found.peak_mb:.0f} MB at most"
        )
        what = f"{count:,} subscribers, 1 worker"
        rows.append(Row(what, "s", *spreads, goal=goal, note=rate))
        if found.pair:
            times = Spread(found.alone.wall / found.pair.wall)
            what = f"{count:,} subscribers: 2 workers as fast as 1, times"
            rows.append(Row(what, "points", times, goal=Goal(1.7)))
    if len(results) > 1:
        rows += _growth(results)
    return rows


def _growth(results: dict[int, Measured]) -> list[Row]:
    (few, small), *_, (many, large) = results.items()
    each = (large.alone.wall / many) / (small.alone.wall / few)
    memory = large.peak_mb / small.peak_mb
    return [
        Row(f"a bill of {many:,} against one of {few:,}", "×", Spread(each), goal=Goal(1.25)),
        Row(f"memory for {many:,} against {few:,}", "×", Spread(memory), goal=Goal(1.1)),
    ]
