"""When recurring charges fall due, and how much each one is after its discounts.

Works on components that hold already (`pricing.applicable` chose them, or an order copied them).
For component c with period p, charge k falls due at `anchor + k * p`, anchor being the start moved
by the longest free days. Its amount is, never below zero,
`c - sum(round_half_up(c * share))`, less what is left of the amount discounts on that day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from self_service.domain.catalog.view import Price
from self_service.domain.pricing import periods
from self_service.models.catalog import PeriodUnit, PriceType
from self_service.money import Money

#: All of a charge, in basis points.
WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Charge:
    """One recurring charge that will fall due.

    Attributes:
        at: the instant at which it falls due.
        amount: after discounts; zero in free months.
    """

    at: datetime
    amount: Money


@dataclass(frozen=True, slots=True)
class DueLine:
    """What one recurring component asks for at one instant: `minor` units, after discounts."""

    at: datetime
    component: Price
    minor: int


def schedule(
    components: Iterable[Price],
    *,
    start: datetime,
    until: datetime,
    currency: str,
    quantity: int = 1,
) -> tuple[Charge, ...]:
    """Return the recurring charges of `quantity` pieces that fall due from `start` to `until`.

    Args:
        components: the price components that hold; all but recurring and discount are ignored.
        start: activation.
        until: the first instant that is not covered.
        currency: of all components.
        quantity: pieces; rounding is done for one piece, before it is multiplied.
    """
    sums: dict[datetime, int] = defaultdict(int)
    for line in due_lines(tuple(components), start=start, until=until):
        sums[line.at] += line.minor
    return tuple(Charge(at, Money(sums[at] * quantity, currency)) for at in sorted(sums))


def due_lines(components: Sequence[Price], *, start: datetime, until: datetime) -> list[DueLine]:
    """Return what each recurring component asks for and when, ordered by time.

    Amount discounts are taken from the components in their order until nothing is left of them.
    """
    discounts = [Discount.of(p, start) for p in components if p.price_type is PriceType.DISCOUNT]
    anchor = first_charge(components, start)
    due: dict[datetime, list[Price]] = defaultdict(list)
    for component in _recurring(components):
        step = component.period_unit, component.period_length
        for at in periods.repeats(anchor, *step, min(until, _end(component, anchor) or until)):
            due[at].append(component)
    return [line for at in sorted(due) for line in discounted(at, due[at], discounts)]


def _end(component: Price, anchor: datetime) -> datetime | None:
    """Return when a recurring charge ends: goods paid by instalments; None for all others."""
    length = component.duration_length
    return periods.add(anchor, component.duration_unit, length) if length else None


def instalment_months(components: Iterable[Price]) -> int:
    """Return over how many months the longest instalments run, 0 without any."""
    found = (
        p.duration_length * (periods.MONTHS_A_YEAR if p.duration_unit is PeriodUnit.YEAR else 1)
        for p in _recurring(components)
    )
    return max(found, default=0)


def lines_at(components: Iterable[Price], *, start: datetime, at: datetime) -> list[DueLine]:
    """Return what recurring components ask for at one instant, after the discounts that hold then.

    Args:
        components: those that fall due then, with all discounts.
        start: activation: discounts with an end are counted from it.
        at: the instant.
    """
    held = tuple(components)
    discounts = [Discount.of(p, start) for p in held if p.price_type is PriceType.DISCOUNT]
    return list(discounted(at, _recurring(held), discounts))


def monthly_steps(
    lines: Iterable[DueLine], *, start: datetime, quantity: int, currency: str
) -> tuple[Charge, ...]:
    """Return the monthly charge at `start` and at each later change.

    Each component counts with its latest charge, per month (`per_month`), rounded half up once.
    """
    latest: dict[int, int] = {}
    at_time: dict[datetime, int] = {start: 0}
    for line in lines:
        latest[id(line.component)] = per_month(line.component, line.minor)
        at_time[line.at] = sum(latest.values())
    steps: list[Charge] = []
    for at, minor in at_time.items():
        amount = Money(minor * quantity, currency)
        if not steps or steps[-1].amount != amount:
            steps.append(Charge(at, amount))
    return tuple(steps)


def regular_month(components: Iterable[Price]) -> int:
    """Return the sum of the recurring components per month without discounts, in minor units."""
    return sum(per_month(c, c.amount_minor) for c in _recurring(components))


def per_month(component: Price, minor: int) -> int:
    """Return a charge per month, rounded half up: a year is 12 months, a day 12/365 of one."""
    months, parts = periods.months_in(component.period_unit, component.period_length)
    return (2 * minor * parts + months) // (2 * months)


def settled_after(components: Sequence[Price], start: datetime) -> datetime:
    """Return an instant by which the last discount with an end has shown its effect."""
    ends = [
        periods.add(start, p.duration_unit, p.duration_length)
        for p in components
        if p.price_type is PriceType.DISCOUNT and p.duration_length
    ]
    if not ends:
        return start
    steps = [(c.period_unit, 2 * max(c.period_length, 1)) for c in _recurring(components)]
    return max((periods.add(max(ends), *step) for step in steps), default=start)


@dataclass(frozen=True, slots=True)
class Discount:
    """What lowers the charges that fall due before `ends_at` (None: all)."""

    ends_at: datetime | None
    percent_bp: int
    minor: int

    @classmethod
    def of(cls, price: Price, start: datetime) -> Discount:
        """Return what a discount component means for something that started at `start`."""
        length = price.duration_length
        ends_at = periods.add(start, price.duration_unit, length) if length else None
        return cls(ends_at, price.percent_bp, max(-price.amount_minor, 0))

    def holds(self, at: datetime) -> bool:
        """Say whether a charge that falls due at `at` is lowered."""
        return self.ends_at is None or at < self.ends_at


def _recurring(components: Iterable[Price]) -> list[Price]:
    return [p for p in components if p.price_type is PriceType.RECURRING]


def first_charge(components: Iterable[Price], start: datetime) -> datetime:
    """Return when the first charge falls due: the start, moved by the longest free days."""
    free = (
        p.duration_length
        for p in components
        if p.price_type is PriceType.DISCOUNT
        and p.percent_bp == WHOLE
        and p.duration_unit is PeriodUnit.DAY
    )
    return periods.add(start, PeriodUnit.DAY, max(free, default=0))


def discounted(
    at: datetime, components: Iterable[Price], discounts: Iterable[Discount]
) -> Iterable[DueLine]:
    """Yield what components that fall due together ask for, after the discounts that hold then."""
    holding = [d for d in discounts if d.holds(at)]
    left = sum(d.minor for d in holding)
    for component in components:
        gross = component.amount_minor
        shares = sum((2 * gross * d.percent_bp + WHOLE) // (2 * WHOLE) for d in holding)
        net = max(gross - shares, 0)
        taken = min(left, net)
        left -= taken
        yield DueLine(at, component, net - taken)
