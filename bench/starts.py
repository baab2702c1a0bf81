"""From the command to the first page: on a fresh copy with nothing in it, and once more."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path

from bench import peers
from bench.figures import Row, Section, Spread
from bench.served import portal
from self_service.settings import ROOT

#: What a start does after `make setup`: look whether the front end must be built, and serve.
COMMAND = ("sh", "-c", "scripts/build && exec scripts/serve")
#: Not part of a fresh copy: tools, data, what Python and npm made; the built pages are.
_LEFT_OUT = (".git", ".venv", "var", "__pycache__", "node_modules", "*.db")
REMARKS = (
    "Cold: a fresh copy of the tree with the front end built, no compiled Python, no database: it "
    "is migrated and the demo operator loaded. Warm: the same again.",
    "Peer: Oscar, start to the first list, measured elsewhere.",
)


def measure(*, quick: bool) -> list[Section]:
    """Start cold once and warm several times."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*_LEFT_OUT), symlinks=True)
        (copy / ".venv").symlink_to((ROOT / ".venv").resolve())
        data = copy / "var"
        data.mkdir()
        cold = _start(copy, data)
        warm = [_start(copy, data) for _ in range(1 if quick else 3)]
    rows = [
        Row("cold start to the first page", "s", Spread(cold)),
        Row(
            "warm start to the first page",
            "s",
            Spread(statistics.median(warm)),
            peer=peers.START_S,
            goal=peers.WARM_GOAL_S,
        ),
    ]
    return [Section("Start", rows, REMARKS)]


def _start(copy: Path, data: Path) -> float:
    with portal(data, root=copy, command=COMMAND) as served:
        return served.started_in
