"""`python -m bench`: measure everything, or what is named, and write it down."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from bench import (
    bill_pdf,
    bill_run,
    clicks,
    home,
    pages,
    rating,
    report,
    server_ops,
    sessions,
    spend,
    starts,
    wire,
)
from bench.figures import Row, Section
from self_service import settings

#: Name -> what measures it, given the folder for things to keep and whether to hurry.
PARTS: Mapping[str, Callable[[Path, bool], list[Section]]] = {
    "server": lambda _, quick: server_ops.measure(quick=quick),
    "wire": lambda _, quick: wire.measure(quick=quick),
    "clicks": lambda folder, quick: clicks.measure(folder, quick=quick),
    "pages": lambda folder, quick: pages.measure(folder, quick=quick),
    "pdf": lambda _, quick: bill_pdf.measure(quick=quick),
    "starts": lambda _, quick: starts.measure(quick=quick),
    "memory": lambda _folder, _quick: sessions.measure(),
    "rating": lambda _, quick: rating.measure(quick=quick),
    "home": lambda _, quick: home.measure(quick=quick),
    "spend": lambda _, quick: spend.measure(quick=quick),
    "bills": lambda _, quick: bill_run.measure(quick=quick),
}


def main() -> None:
    """Measure, print, write `report.md` and `report.json` to `var/bench/`."""
    reader = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    reader.add_argument("--quick", action="store_true", help="fewer rounds: some two minutes")
    reader.add_argument("--only", choices=PARTS, action="append", help="leave out the others")
    wanted = reader.parse_args()
    folder = settings.get().var / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    report.say(f"{report.machine()}. Results go to {folder}.")
    sections = []
    for name in wanted.only or PARTS:
        report.say(f"\nMeasuring: {name}")
        found = _measured(name, folder, wanted.quick)
        for section in found:
            report.say(report.as_text(section))
        sections += found
        report.write(sections, folder)
    missed = [row.what for section in sections for row in section.rows if row.met is False]
    report.say(f"\nGoals missed: {'; '.join(missed) or 'none'}")


def _measured(name: str, folder: Path, quick: bool) -> list[Section]:
    """Measure one part; what cannot be measured here says why, and the others go on."""
    start = time.perf_counter()
    try:
        found = PARTS[name](folder, quick)
    except Exception as error:  # one part must not take the others with it
        told = [line.strip() for line in f"{type(error).__name__}: {error}".splitlines() if line]
        reason = told[0] if len(told) < 3 else f"{told[0]} ... {told[-1]}"
        found = [Section(name, [Row(name, "×", None, note=reason)])]
    took = (time.perf_counter() - start) / len(found)
    return [replace(section, took=took) for section in found]


if __name__ == "__main__":
    main()
