"""Lines of a quote in words: the same charge of many months is one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from self_service import i18n
from self_service.domain.catalog.view import text
from self_service.domain.changes.view import QuoteLine
from self_service.domain.errors import N_
from self_service.state.display import money


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the bill to come."""

    key: str
    name: str
    detail: str
    amount: str


def alike(lines: Iterable[QuoteLine]) -> list[list[QuoteLine]]:
    """Put together what differs by its month only, in the order of the first of each."""
    found: dict[Any, list[QuoteLine]] = {}
    for line in lines:
        same = line.kind, tuple(sorted(line.name.items())), line.amount, line.days, line.of
        found.setdefault(same, []).append(line)
    return list(found.values())


def line_rows(lines: Iterable[QuoteLine], language: str) -> list[LineRow]:
    """Put lines into words."""
    return [_row(number, same, language) for number, same in enumerate(alike(lines))]


def _row(number: int, same: list[QuoteLine], language: str) -> LineRow:
    line, times = same[0], len(same)
    row = LineRow(
        key=str(number),
        name=text(line.name, language),
        detail=_days(line, language),
        amount=money(line.amount, language),
    )
    if times == 1:
        return row
    each = f"{i18n.number(times, language)} × {row.amount}"
    return replace(row, detail=each, amount=money(line.amount * times, language))


def _days(line: QuoteLine, language: str) -> str:
    if line.of:
        days, of = i18n.number(line.days, language), i18n.number(line.of, language)
        return i18n.translate(language, N_("{days} of {of} days"), days=days, of=of)
    if line.days:
        return i18n.plural(language, "{count} day", "{count} days", line.days)
    return ""
