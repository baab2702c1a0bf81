"""The report: plain tables for the terminal, the same as Markdown and as JSON."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.figures import MORE_IS_BETTER, Row, Section, Spread

COLUMNS = ("what", "ours p50 / p95", "floor", "× floor", "peer", "× peer", "goal", "met")
_PEERS = "Peer figures were measured elsewhere, on a machine of this kind; all else in this run."


def say(text: str = "") -> None:
    """Print a line now."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def cells(row: Row) -> tuple[str, ...]:
    """Write a row's values, in the order of `COLUMNS`."""
    unit = "" if row.unit == "×" else f" {row.unit}"
    return (
        row.what,
        _spread(row.ours, unit) or "not measured",
        _spread(row.floor, unit),
        _plain(row.times_floor),
        f"{_plain(row.peer)}{unit}" if row.peer is not None else "",
        _plain(row.times_peer),
        _goal(row, unit),
        {True: "yes", False: "NO", None: ""}[row.met],
    )


def as_text(section: Section) -> str:
    """Return a section as an aligned table for a terminal."""
    lines = [cells(row) for row in section.rows]
    widths = [max(map(len, column)) for column in zip(COLUMNS, *lines, strict=True)]
    table = [_aligned(line, widths) for line in (COLUMNS, *lines)]
    table.insert(1, "  ".join("-" * width for width in widths))
    notes = [f"  {row.what}: {row.note}" for row in section.rows if row.note]
    head = f"\n{section.title} ({section.took:.0f} s)"
    return "\n".join([head, *[f"  {said}" for said in section.remarks], *table, *notes])


def as_markdown(sections: Sequence[Section]) -> str:
    """Return the whole report as Markdown."""
    parts = ["# Bench", "", f"{machine()}. {_PEERS}"]
    for section in sections:
        parts += ["", f"## {section.title}", "", *section.remarks, ""]
        parts += [_piped(COLUMNS), _piped("---" for _ in COLUMNS)]
        parts += [_piped(cells(row)) for row in section.rows]
        notes = [f"- {row.what}: {row.note}" for row in section.rows if row.note]
        parts += ["", *notes] if notes else []
    return "\n".join(parts) + "\n"


def as_data(sections: Sequence[Section]) -> dict[str, Any]:
    """Return the whole report as plain data."""
    derived = ("times_floor", "times_peer", "met")
    return {
        "machine": machine(),
        "sections": [
            {
                **asdict(section),
                "rows": [
                    {**asdict(row), **{name: getattr(row, name) for name in derived}}
                    for row in section.rows
                ],
            }
            for section in sections
        ],
    }


def write(sections: Sequence[Section], folder: Path) -> None:
    """Write `report.md` and `report.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.md").write_text(as_markdown(sections))
    (folder / "report.json").write_text(json.dumps(as_data(sections), indent=1) + "\n")


def machine() -> str:
    """Say what this ran on, and how busy that was."""
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, load {busy:.1f}"
    )


def _plain(value: float | None) -> str:
    if value is None:
        return ""
    if not value or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _spread(value: Spread | None, unit: str) -> str:
    if value is None:
        return ""
    tail = f" / {_plain(value.p95)}" if value.p95 is not None else ""
    return f"{_plain(value.typical)}{tail}{unit}"


def _goal(row: Row, unit: str) -> str:
    if row.goal is None:
        return ""
    sign = "≥" if row.unit in MORE_IS_BETTER else "≤"
    if row.goal.limit is None:
        return row.goal.words
    said = f"{sign} {_plain(row.goal.limit)}{unit}"
    return f"{said} ({row.goal.words})" if row.goal.words else said


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    padded = [text.ljust(width) for text, width in zip(line, widths, strict=True)]
    return "  ".join(padded).rstrip()


def _piped(line: Any) -> str:
    return "| " + " | ".join(line) + " |"
