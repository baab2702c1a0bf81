"""About how much a month will cost: what was spent, what comes each month, and usage as it goes.

Usage that is to come is what days of the same weekday cost on average so far. It is a guess and
is called one; it is never below what was spent already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from self_service.domain.spend.points import Point, Spend, SpendKind, total
from self_service.money import Money

#: Days of usage without which nothing is said about usage that is to come.
LEAST_DAYS = 7
_USAGE = frozenset({SpendKind.DATA, SpendKind.VOICE, SpendKind.MESSAGE})


@dataclass(frozen=True, slots=True)
class Forecast:
    """A month to its end.

    Attributes:
        until: first day after it.
        spent: so far.
        fixed: monthly charges that are still to come.
        usage: usage that is still to come, about; nothing when not `known`.
        known: there are enough days to say something about usage.
        last_same: spent in the month before, up to the same day of it.
        last: spent in all of the month before.
    """

    until: date
    spent: Money
    fixed: Money
    usage: Money
    known: bool
    last_same: Money
    last: Money

    @property
    def about(self) -> Money:
        """What the month will cost, about."""
        return self.spent + self.fixed + self.usage


def month_after(day: date) -> date:
    """Return the first day of the month after that of `day`."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_before(day: date) -> date:
    """Return the first day of the month before that of `day`."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def forecast(found: Spend, *, today: date) -> Forecast:
    """Look ahead to the end of today's month.

    Args:
        found: points of days, from the first day of the month before on.
        today: of the operator's calendar.
    """
    start, until, before = today.replace(day=1), month_after(today), month_before(today)
    this = [at for at in found.points if start <= at.day < until]
    last = [at for at in found.points if before <= at.day < start]
    same = start - timedelta(days=1)
    if today.day < same.day:
        same = before.replace(day=today.day)
    running = [one for one in found.subscriptions if one.running]
    since = min((one.since for one in running if one.since), default=today)
    history = (max(since, before), today)
    known = (history[1] - history[0]).days >= LEAST_DAYS
    money = found.currency
    used = _per_day(found.points)
    coming = _usage(used, *history, until) if known else 0
    return Forecast(
        until=until,
        spent=total(this, money),
        fixed=Money(_fixed(this, last, {one.id for one in running}), money),
        usage=Money(coming, money),
        known=known,
        last_same=total((at for at in last if at.day <= same), money),
        last=total(last, money),
    )


def _per_day(points: Iterable[Point]) -> dict[date, int]:
    used: dict[date, int] = defaultdict(int)
    for at in points:
        if at.kind in _USAGE:
            used[at.day] += at.amount.minor
    return used


def _usage(used: dict[date, int], since: date, today: date, until: date) -> int:
    """Expect of each day that is left what its weekday cost on average since `since`."""
    days = [since + timedelta(days=count) for count in range((today - since).days)]
    sums, counts = [0] * 7, [0] * 7
    for day in days:
        sums[day.weekday()] += used.get(day, 0)
        counts[day.weekday()] += 1
    left = [0] * 7
    for count in range((until - today).days - 1):
        left[(today + timedelta(days=count + 1)).weekday()] += 1
    rest = sum(sums[n] * left[n] // counts[n] for n in range(7))
    here = today.weekday()
    return rest + max(sums[here] // counts[here] - used.get(today, 0), 0)


def _fixed(this: list[Point], last: list[Point], running: set[UUID]) -> int:
    """Expect the monthly charges of last month again, where they have not come yet."""
    came: dict[UUID, int] = defaultdict(int)
    for at, sign in [*((one, -1) for one in this), *((one, 1) for one in last)]:
        if at.kind is SpendKind.FIXED and at.subscription_id in running:
            came[at.subscription_id] += sign * at.amount.minor
    return sum(max(rest, 0) for rest in came.values())
