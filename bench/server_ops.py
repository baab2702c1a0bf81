"""The four operations as the server does them, on growing catalogues, on every database here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import peers
from bench.databases import fresh, kinds
from bench.figures import Goal, Row, Section, Spread
from bench.report import say
from bench.worker import CLIENTS
from self_service.settings import ROOT

SIZES: tuple[int, ...] = (1_000, 5_600, 20_000)
OPERATIONS: Mapping[str, tuple[str, peers.Peer]] = {
    "list": ("product list", peers.LIST),
    "filter": ("faceted filter", peers.FILTER),
    "add": ("add to basket", peers.ADD),
    "checkout": ("checkout", peers.CHECKOUT),
}
REMARKS = (
    "Through the functions that the screens call, rows for the screen included; one process.",
    "Filter: two facets that leave a full page, a question never asked before. Checkout: a "
    "signed-in customer's basket of two lines, ordered, charged at the sandbox provider and "
    "settled by its webhook.",
    "Floor of list and filter: the page's 24 offers, their prices and the total by the bare "
    "driver, without the counts beside the filters. Of add and checkout: the same statements "
    "played again by the bare driver, without the provider.",
    f"Peer: {peers.NAME}, 1,000 products, over HTTP, measured elsewhere.",
)
#: No worker takes so long, or something hangs.
_LONGEST = 180


def measure(*, quick: bool) -> list[Section]:
    """Measure every database that answers; quick leaves out sizes, most of them PostgreSQL's."""
    found = []
    for kind in kinds():
        sizes = SIZES
        if quick:
            sizes = (SIZES[0], SIZES[-1]) if kind == "SQLite" else SIZES[:1]
        results = {offers: _worker(kind, offers, quick=quick) for offers in sizes}
        rows = [row for name in OPERATIONS for row in _rows(name, results)]
        rows += [_locked(results), *_loading(results)]
        found.append(Section(f"Server operations, {kind}", rows, REMARKS))
    return found


def _worker(kind: str, offers: int, *, quick: bool) -> dict[str, Any]:
    say(f"  {kind}, {offers:,} offers ...")
    with tempfile.TemporaryDirectory() as folder, fresh(kind, Path(folder)) as place:
        run = subprocess.run(
            [sys.executable, "-m", "bench.worker", str(offers), "quick" if quick else "full"],
            cwd=ROOT,
            env={
                **os.environ,
                "SELF_SERVICE_DATABASE_URL": place.url,
                "SELF_SERVICE_VAR": folder,
                "SELF_SERVICE_STRIPE_SECRET_KEY": "",
            },
            capture_output=True,
            text=True,
            timeout=_LONGEST,
            check=False,
        )
        if run.returncode:
            raise RuntimeError(run.stderr[-2000:])
    answer: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return answer


def _rows(name: str, results: Mapping[int, dict[str, Any]]) -> Sequence[Row]:
    what, peer = OPERATIONS[name]
    alone, together = [], []
    for offers, result in results.items():
        ours, floor = result["ours"][name], result["floor"][name]
        alone.append(
            Row(
                f"{what}, {offers:,} offers, 1 client",
                "ms",
                _spread(ours["alone"]),
                _spread(floor["alone"]),
                peer.alone_ms,
                peer.goal_alone,
                _errors(ours["alone"]),
            )
        )
        together.append(
            Row(
                f"{what}, {offers:,} offers, {CLIENTS} clients",
                "/s",
                _rate(ours["together"]),
                _rate(floor.get("together")),
                peer.per_second,
                peer.goal_together,
                _errors(ours["together"]),
            )
        )
    growth = [_growth(what, alone)] if len(results) > 1 else []
    return [*alone, *together, *growth]


def _growth(what: str, rows: Sequence[Row]) -> Row:
    small, large = rows[0].ours, rows[-1].ours
    times = large.typical / small.typical if small and large else None
    return Row(
        f"{what}: {SIZES[-1]:,} offers against {SIZES[0]:,}",
        "×",
        None if times is None else Spread(times),
        goal=Goal(peers.GROWTH),
    )


def _locked(results: Mapping[int, dict[str, Any]]) -> Row:
    count = sum(
        run["errors"].get("database is locked", 0)
        for result in results.values()
        for runs in result["ours"].values()
        for run in runs.values()
    )
    return Row("answers “database is locked”", "×", Spread(count), goal=Goal(0, "none"))


def _loading(results: Mapping[int, dict[str, Any]]) -> list[Row]:
    return [
        Row(
            f"catalogue read into memory, {offers:,} offers",
            "ms",
            Spread(result["load_ms"]),
            note=f"once per process and change; takes {result['catalogue_mb']:.0f} MB",
        )
        for offers, result in results.items()
    ]


def _spread(run: Mapping[str, Any]) -> Spread | None:
    return Spread(**run["spread"]) if run["spread"] else None


def _rate(run: Mapping[str, Any] | None) -> Spread | None:
    return Spread(run["rate"]) if run and run["rate"] else None


def _errors(run: Mapping[str, Any]) -> str:
    return ", ".join(f"{count} × {said}" for said, count in run["errors"].items())
