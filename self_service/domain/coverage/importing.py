"""The operator's table of coverage, from a CSV file: what is said again is replaced."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.coverage.places import fold_street, postcode
from self_service.models.access import Role
from self_service.models.coverage import CoverageArea, Technology

COLUMNS = (
    "country",
    "postcode_prefix",
    "street",
    "house_from",
    "house_to",
    "technology",
    "down_mbps",
    "up_mbps",
    "available_from",
)
#: Rows written by one statement.
_BATCH = 500
_HIGHEST_HOUSE = 999_999


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line of the file that says nothing that can be used; lines count from 1."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file."""

    rows: int
    bad: tuple[BadRow, ...]


def load(session: Session, actor: Actor, lines: Iterable[str], *, now: datetime) -> Imported:
    """Read a CSV file with a heading line; rows that are wrong are reported and left out.

    Speed 0 says that a technology does not reach an area within one that it reaches.

    Args:
        session: open transaction.
        actor: an administrator.
        lines: of the file.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed: not an administrator.
        ValueError: a column is missing.
    """
    actor.one_of(Role.ADMINISTRATOR)
    reader = csv.DictReader(lines)
    missing = {"country", "technology", "down_mbps"} - set(reader.fieldnames or ())
    if missing:
        raise ValueError(f"columns are missing: {', '.join(sorted(missing))}")
    good: dict[tuple[Any, ...], dict[str, Any]] = {}
    bad = []
    for row in reader:
        try:
            values = _read(row)
        except ValueError as error:
            bad.append(BadRow(reader.line_num, str(error)))
            continue
        good[tuple(values[name] for name in COLUMNS[:6])] = values
    rows = list(good.values())
    for first in range(0, len(rows), _BATCH):
        _write(session, rows[first:][:_BATCH])
    audit.record(
        session, actor, "coverage.imported", now=now, after={"rows": len(rows), "bad": len(bad)}
    )
    return Imported(len(rows), tuple(bad))


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = make(CoverageArea).values(rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=list(COLUMNS[:6]),
            set_={name: getattr(statement.excluded, name) for name in COLUMNS[6:]},
        )
    )


def _read(row: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: str(row.get(name) or "").strip() for name in COLUMNS}
    if None in row:
        raise ValueError("more values than columns")
    country = said["country"].upper()
    if len(country) != 2 or not country.isascii() or not country.isalpha():
        raise ValueError(f"country: {said['country']!r} is no code of two letters")
    first = _number(said, "house_from", 0)
    last = _number(said, "house_to", _HIGHEST_HOUSE)
    if first > last:
        raise ValueError("house_from is above house_to")
    day = said["available_from"]
    return {
        "country": country,
        "postcode_prefix": postcode(said["postcode_prefix"]),
        "street": fold_street(said["street"]),
        "house_from": first,
        "house_to": last,
        "technology": Technology(said["technology"].lower()),
        "down_mbps": _number(said, "down_mbps", None),
        "up_mbps": _number(said, "up_mbps", 0),
        "available_from": date.fromisoformat(day) if day else None,
    }


def _number(said: Mapping[str, str], name: str, default: int | None) -> int:
    text = said[name]
    if not text and default is not None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise ValueError(f"{name}: {text!r} is no number from 0 to {_HIGHEST_HOUSE}")
    return int(text)
