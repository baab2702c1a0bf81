"""Parts of a period, by whole days of the operator's calendar.

A day belongs to the interval in which it begins: days are counted between dates, so the parts of
an interval always have as many days as the whole, whatever the clocks do in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from self_service import clock
from self_service.domain.pricing import periods
from self_service.models.catalog import PeriodUnit


class Period(NamedTuple):
    """A period of a recurring charge, from `start` until before `end`."""

    start: datetime
    end: datetime


def day_number(at: datetime) -> int:
    """Return the number of the operator's day in which an instant lies."""
    return at.astimezone(clock.zone()).toordinal()


def days(start: datetime, end: datetime) -> int:
    """Return how many of the operator's days begin with `start` and end before `end`."""
    return day_number(end) - day_number(start)


def part(micro: int, wanted: int, of: int) -> int:
    """Return `wanted` days of `of` of a sum in millionths.

    What is less than a millionth is cut off, which no later rounding to minor units can see.
    """
    if micro < 0:
        return -(-micro * wanted // of)
    return micro * wanted // of


def grid(anchor: datetime, unit: PeriodUnit, length: int, since: datetime) -> Iterator[Period]:
    """Yield the periods of a charge in order, from the one in which `since` lies; without end.

    Args:
        anchor: where the first period starts; all others are counted from it, so that a day 31
            comes back after a short month.
        unit: of each period.
        length: so many units each period has.
        since: the first instant that is of interest; before the anchor, the first period.
    """
    step = max(length, 1)
    first = anchor.astimezone(clock.zone())
    index = _guess(first, unit, step, since) if since > anchor else 0
    start = periods.after(first, unit, index * step)
    while index and start > since:
        index -= 1
        start = periods.after(first, unit, index * step)
    while True:
        index += 1
        end = periods.after(first, unit, index * step)
        if end > since:
            yield Period(start, end)
        start = end


def _guess(first: datetime, unit: PeriodUnit, step: int, since: datetime) -> int:
    """Return the number of the period in which `since` lies, or a near one; `first` is local."""
    here = since.astimezone(first.tzinfo)
    if unit is PeriodUnit.DAY:
        return (here.toordinal() - first.toordinal()) // step
    months = (here.year - first.year) * periods.MONTHS_A_YEAR + here.month - first.month
    if here.day < first.day:
        months -= 1
    if unit is PeriodUnit.YEAR:
        months //= periods.MONTHS_A_YEAR
    return max(months // step, 0)
