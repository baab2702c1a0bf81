"""Rating against its floor: a day's usage records of many subscribers, kept in the database.

Both read what waits, use up allowances, price the rest, and write what they found: records that
cost something, counters, totals of days, and how far each month is.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import SQLModel

import self_service.models  # noqa: F401  (fills the metadata)
from bench.bill_floor import Took
from bench.databases import Place, copied, fresh, kinds
from bench.figures import Goal, Row, Section, Spread
from bench.rating_floor import floor
from bench.report import say
from bench.usage_people import EACH, populate
from self_service import db
from self_service.settings import ROOT

#: Subscribers; the goals are about the last.
SIZES, QUICK = (10_000, 100_000), (2_000, 10_000)
#: At most so many times the floor; at least so many records a second; memory grows at most so.
MOST, RATE, GROWTH = 3.0, 200_000, 1.1
REMARKS = (
    f"Each subscriber: {EACH} records of one day (data, calls, messages, some abroad), two "
    "allowances, four prices; what allowances cover is counted, the rest is priced and written.",
    "Floor: written by hand for these allowances and prices: the bare driver reads columns, plain "
    "loops go over them, and the bare driver writes the same rows, as many in a transaction.",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one size took, and the most memory that rating held."""

    floor: Took
    ours: Took
    peak_mb: float


def measure(*, quick: bool, sizes: Sequence[int] = ()) -> list[Section]:
    """Measure every database that answers, on growing numbers of subscribers."""
    found = []
    for kind in kinds():
        results = {}
        for count in sizes or (QUICK if quick else SIZES):
            say(f"  {kind}, {count * EACH:,} records of {count:,} subscribers ...")
            results[count] = _measured(kind, count)
        found.append(Section(f"Rating usage, {kind}", _rows(kind, results), REMARKS))
    return found


def _measured(kind: str, count: int) -> Measured:
    with tempfile.TemporaryDirectory() as folder, fresh(kind, Path(folder)) as place:
        _fill(place, count)
        with copied(place) as twin:
            ours, peak, told = _run(place)
            least, amount = floor(twin)
    if told != [count * EACH, amount]:
        raise RuntimeError(f"rating found {told}, its floor {[count * EACH, amount]}")
    return Measured(least, ours, peak)


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


def _run(place: Place) -> tuple[Took, float, list[int]]:
    """Let a process of its own rate all that waits; return its time, memory, records, amount."""
    command = [sys.executable, "-m", "bench.rating_worker", place.url]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    took = Took(told["seconds"], told["cpu"])
    return took, told["peak_mb"], [told["records"], told["amount"]]


def _rows(kind: str, results: dict[int, Measured]) -> list[Row]:
    rows = []
    for count, found in results.items():
        spreads = Spread(found.ours.wall), Spread(found.floor.wall)
        goal = Goal(found.floor.wall * MOST, f"{MOST:g} × floor")
        rate = count * EACH / found.ours.wall
        note = (
            f"processor {found.ours.cpu:.1f} s, floor {found.floor.cpu:.1f} s; "
            f"{found.peak_mb:.0f} MB at most"
        )
        what = f"{count * EACH:,} records of {count:,} subscribers"
        rows.append(Row(what, "s", *spreads, goal=goal, note=note))
        wanted = Goal(RATE) if kind == "SQLite" and count == max(results) else None
        rows.append(Row(f"{what}: records a second", "/s", Spread(rate), goal=wanted))
    if len(results) > 1:
        few, *_, many = results.values()
        grown = many.peak_mb / few.peak_mb
        what = f"memory for {max(results):,} subscribers against {min(results):,}"
        rows.append(Row(what, "×", Spread(grown), goal=Goal(GROWTH)))
    return rows
