"""What a choice costs: due now, each month, over the whole term, now and later.

Rules (the operator's, stated in the store's terms):

* Recurring charges are due in advance, at activation and then on the same day of each period
  (a month that is too short takes its last day; the next long month returns to the day).
* Due now = one-time charges + the first recurring charge after its discounts.
* A discount lasts `duration_length` x `duration_unit` from activation; without a length it has
  no end. It lowers each charge that falls due inside that time, never below zero: a share of
  each recurring component, then an amount, once per charge. Free *days* (the whole charge for a
  number of days) move the first charge to the day after them, and the following ones with it.
* Whole term = due now + all further charges that fall due before the minimum term ends;
  without a minimum term, twelve months are shown.
* A percentage is rounded half up once per component and charge; sums are never rounded.
* Which components hold, and which of several alternatives, is told in `price_components`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from self_service.domain.catalog.view import Price
from self_service.domain.pricing import periods
from self_service.domain.pricing.charges import (
    Charge,
    due_lines,
    instalment_months,
    monthly_steps,
    regular_month,
    schedule,
    settled_after,
)
from self_service.domain.pricing.components import applicable
from self_service.models.catalog import PriceType
from self_service.money import CurrencyMismatch, Money

__all__ = [
    "REFERENCE_MONTHS",
    "Charge",
    "PriceTotals",
    "add_up",
    "applicable",
    "combine",
    "schedule",
    "totals",
]

#: Months shown as "whole term" for what can be cancelled at any time.
REFERENCE_MONTHS = 12


@dataclass(frozen=True, slots=True)
class PriceTotals:
    """The three totals of a price card, and what comes later.

    Attributes:
        due_now: one-time charges and the first recurring charge.
        one_time: the one-time part of `due_now`.
        monthly: the recurring charge of the first period, per month, after discounts; with free
            days it is zero.
        regular_monthly: the recurring charge per month without any discount.
        whole_term: all charges until the term ends.
        term_months: the months that `whole_term` covers.
        has_term: False when `term_months` is only the reference period.
        steps: every later change of the monthly charge, in order of time.
    """

    due_now: Money
    one_time: Money
    monthly: Money
    regular_monthly: Money
    whole_term: Money
    term_months: int
    has_term: bool
    steps: tuple[Charge, ...] = ()

    @property
    def later_monthly(self) -> Money | None:
        """The next different monthly charge, None when it never changes."""
        return self.steps[0].amount if self.steps else None

    @property
    def later_from(self) -> datetime | None:
        """The instant at which `later_monthly` starts, None when it never changes."""
        return self.steps[0].at if self.steps else None


def totals(
    prices: Iterable[Price],
    *,
    as_of: datetime,
    new_customer: bool,
    currency: str,
    configuration: Mapping[str, str] | None = None,
    term_months: int = 0,
    quantity: int = 1,
    reference_months: int = REFERENCE_MONTHS,
) -> PriceTotals:
    """Price `quantity` of one offering, activated at `as_of`.

    `due_now = one_time + charges at as_of`; `whole_term = one_time + sum(charges before
    as_of + term)`; so `whole_term = due_now + the later charges of the term`.

    Args:
        prices: all components of the offering.
        as_of: activation, and the instant at which the prices hold.
        new_customer: True when new customers' prices may be used.
        currency: ISO 4217 code of all of them.
        configuration: chosen values, all of them, or no conditional price holds.
        term_months: minimum term, 0 for none.
        quantity: pieces.
        reference_months: months covered without a term: for an add-on those of its plan.

    Raises:
        CurrencyMismatch: a component is in another currency.
    """
    chosen = configuration or {}
    return add_up(
        applicable(prices, as_of=as_of, new_customer=new_customer, configuration=chosen),
        start=as_of,
        currency=currency,
        term_months=term_months,
        quantity=quantity,
        reference_months=reference_months,
    )


def add_up(
    components: Sequence[Price],
    *,
    start: datetime,
    currency: str,
    term_months: int = 0,
    quantity: int = 1,
    reference_months: int = REFERENCE_MONTHS,
) -> PriceTotals:
    """Price components that are known to hold, activated at `start`; see `totals`.

    Raises:
        CurrencyMismatch: a component is in another currency.
    """
    if any(price.currency != currency for price in components):
        raise CurrencyMismatch(f"a component is not in {currency}")
    one_time = sum(
        p.amount_minor if p.once else p.amount_minor * quantity
        for p in components
        if p.price_type is PriceType.ONE_TIME
    )
    months = term_months or reference_months
    if not any(price.price_type is PriceType.RECURRING for price in components):
        once, never = Money(one_time, currency), Money.zero(currency)
        return PriceTotals(once, once, never, never, once, months, bool(term_months))
    instalments = instalment_months(components)  # a term of their own: all of them are shown
    months = max(term_months, instalments) or reference_months
    end = periods.add_months(start, months)
    lines = due_lines(components, start=start, until=max(end, settled_after(components, start)))
    now = one_time + quantity * sum(line.minor for line in lines if line.at == start)
    whole = one_time + quantity * sum(line.minor for line in lines if line.at < end)
    first, *later = monthly_steps(lines, start=start, quantity=quantity, currency=currency)
    return PriceTotals(
        due_now=Money(now, currency),
        one_time=Money(one_time, currency),
        monthly=first.amount,
        regular_monthly=Money(regular_month(components) * quantity, currency),
        whole_term=Money(whole, currency),
        term_months=months,
        has_term=bool(term_months or instalments),
        steps=tuple(later),
    )


def combine(parts: Iterable[PriceTotals], *, currency: str) -> PriceTotals:
    """Add the totals of several lines: every total is the sum of its parts.

    The term is the longest minimum term among them, else the longest reference period.

    Raises:
        CurrencyMismatch: a part is in another currency.
    """
    lines = tuple(parts)
    nothing = Money.zero(currency)
    with_term = [line.term_months for line in lines if line.has_term]
    reference = [line.term_months for line in lines] or [REFERENCE_MONTHS]
    monthly = sum((line.monthly for line in lines), nothing)
    return PriceTotals(
        due_now=sum((line.due_now for line in lines), nothing),
        one_time=sum((line.one_time for line in lines), nothing),
        monthly=monthly,
        regular_monthly=sum((line.regular_monthly for line in lines), nothing),
        whole_term=sum((line.whole_term for line in lines), nothing),
        term_months=max(with_term or reference),
        has_term=bool(with_term),
        steps=_combined_steps(lines, monthly),
    )


def _combined_steps(lines: Sequence[PriceTotals], monthly: Money) -> tuple[Charge, ...]:
    differences: dict[datetime, Money] = {}
    for line in lines:
        before = line.monthly
        for step in line.steps:
            change = step.amount - before
            differences[step.at] = differences.get(step.at, Money.zero(change.currency)) + change
            before = step.amount
    steps = []
    for at in sorted(differences):
        if differences[at]:
            monthly += differences[at]
            steps.append(Charge(at, monthly))
    return tuple(steps)
