"""Calendar arithmetic of charges and terms: days, months and years after an instant.

People count days and months by their own calendar, so the arithmetic is done in the operator's
time zone: what starts late on the 21st there is due on the 21st, whatever day it is in UTC.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from self_service import clock
from self_service.models.catalog import PeriodUnit

#: Months of a year, and the days of a common one: an average month has 365 / 12 days.
MONTHS_A_YEAR = 12
DAYS_A_YEAR = 365


def add_months(at: datetime, months: int) -> datetime:
    """Return the same day and time `months` later; a month that is too short takes its last day.

    Always count from the first day of a series: 31 January + 1 month is 28 February, and
    31 January + 2 months is 31 March again.
    """
    return months_after(at.astimezone(clock.zone()), months)


def months_after(here: datetime, months: int) -> datetime:
    """Do the same for an instant that is in the operator's zone already: series count from one."""
    year, month = divmod(here.year * MONTHS_A_YEAR + here.month - 1 + months, MONTHS_A_YEAR)
    day = here.day if here.day <= 28 else min(here.day, monthrange(year, month + 1)[1])
    return here.replace(year=year, month=month + 1, day=day).astimezone(UTC)


def add(at: datetime, unit: PeriodUnit, length: int) -> datetime:
    """Return the instant `length` units after `at`, at the same time of the operator's day."""
    return after(at.astimezone(clock.zone()), unit, length)


def after(here: datetime, unit: PeriodUnit, length: int) -> datetime:
    """Do the same for an instant that is in the operator's zone already: series count from one."""
    if unit is PeriodUnit.DAY:
        return (here + timedelta(days=length)).astimezone(UTC)
    return months_after(here, length * (MONTHS_A_YEAR if unit is PeriodUnit.YEAR else 1))


def day_start(at: datetime) -> datetime:
    """Return the first instant of the operator's day in which `at` lies."""
    here = at.astimezone(clock.zone())
    return here.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)


def month_day(at: datetime, day: int) -> datetime:
    """Return the first instant of a day (1 to 28) of the operator's month in which `at` lies."""
    here = at.astimezone(clock.zone())
    start = here.replace(day=day, hour=0, minute=0, second=0, microsecond=0, fold=0)
    return start.astimezone(UTC)


def last_day(start: datetime, end: datetime) -> date:
    """Return the last of the operator's days of a period whose first instant after it is `end`.

    A day belongs to the period in which it begins: periods that follow each other share no day,
    at whatever hour they meet. A period of less than a day has the day on which it starts.
    """
    # until a day's last microsecond is until its end: so is meant a day that was typed
    after = (end + timedelta(microseconds=1)).astimezone(clock.zone()).date()
    return max(after - timedelta(days=1), start.astimezone(clock.zone()).date())


def repeats(first: datetime, unit: PeriodUnit, length: int, until: datetime) -> Iterator[datetime]:
    """Yield `first` and every `length` units after it, before `until`."""
    step = max(length, 1)
    at, count = first, 0
    while at < until:
        yield at
        count += step
        at = add(first, unit, count)


def months_in(unit: PeriodUnit, length: int) -> tuple[int, int]:
    """Return how many months a period has, as a fraction (numerator, denominator).

    Years have 12 months; a day is 12/365 of a month.
    """
    step = max(length, 1)
    if unit is PeriodUnit.DAY:
        return step * MONTHS_A_YEAR, DAYS_A_YEAR
    return step * (MONTHS_A_YEAR if unit is PeriodUnit.YEAR else 1), 1
