"""A debt in instalments: equal parts that add up to the cent, on the same day of each month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from self_service.domain.debts.overdue import last_of_day
from self_service.domain.pricing import periods
from self_service.money import Money


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a debt.

    Attributes:
        number: from 1.
        due_at: the last second of the day until which it is to be paid.
    """

    number: int
    due_at: datetime
    amount: Money


def plan(total: Money, count: int, first: datetime) -> tuple[Instalment, ...]:
    """Divide a sum; without interest, the last instalment takes the rest.

    Args:
        total: the debt, at least `count` minor units.
        count: how many instalments.
        first: in the operator's day on which the first is due. The others follow on the same day
            of the months after; a month that is too short takes its last day.
    """
    part = total.minor // count
    start = periods.day_start(first)
    sums = [part] * (count - 1) + [total.minor - part * (count - 1)]
    return tuple(
        Instalment(n + 1, last_of_day(periods.add_months(start, n)), Money(minor, total.currency))
        for n, minor in enumerate(sums)
    )
