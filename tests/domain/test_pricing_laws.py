"""Laws of price totals: what holds for every offer, in every currency, from every day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from self_service.domain.pricing import periods
from self_service.domain.pricing import totals as pricing
from self_service.models.catalog import PeriodUnit
from self_service.money import Money
from tests.factories import as_price, discount, free_days, free_months, monthly, one_time
from tests.prices import day, minors, totals

#: With no, two and three digits after the point.
CURRENCIES = ("JPY", "EUR", "KWD")
amounts = st.integers(0, 5_000_000)
instants = st.one_of(
    st.datetimes(
        datetime(2024, 1, 1),  # noqa: DTZ001  (bounds are naive by contract)
        datetime(2032, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    st.sampled_from([day(d) for d in ("2028-02-29", "2026-01-31", "2027-12-31", "2026-11-30")]),
)
recurring = st.builds(
    lambda minor, step: monthly(minor, **step),
    amounts,
    st.sampled_from(
        [
            {},
            {"period_length": 3},
            {"period_unit": PeriodUnit.YEAR},
            {"period_unit": PeriodUnit.DAY, "period_length": 30},
        ]
    ),
)
discounts = st.one_of(
    st.builds(
        lambda b, m: discount(percent_bp=b, months=m), st.integers(0, 10_000), st.integers(0, 30)
    ),
    st.builds(lambda a, m: discount(minor=a, months=m), amounts, st.integers(0, 30)),
    st.builds(free_days, st.integers(1, 90)),
    st.builds(free_months, st.integers(1, 13)),
)
components = st.builds(
    lambda *lists: [c for chosen in lists for c in chosen],
    st.lists(st.builds(one_time, amounts), max_size=3),
    st.lists(recurring, max_size=3),
    st.lists(discounts, max_size=3),
)
offers = st.fixed_dictionaries(
    {
        "components": components,
        "term_months": st.sampled_from([0, 1, 12, 24, 36]),
        "quantity": st.integers(1, 9),
    }
)


def priced(offer, currency, at) -> pricing.PriceTotals:
    return totals(
        *offer["components"],
        currency=currency,
        as_of=at,
        term_months=offer["term_months"],
        quantity=offer["quantity"],
    )


@given(offer=offers, currency=st.sampled_from(CURRENCIES), at=instants)
def test_whole_term_is_due_now_and_every_later_charge(offer, currency, at):
    found = priced(offer, currency, at)
    end = periods.add_months(at, offer["term_months"] or pricing.REFERENCE_MONTHS)
    charges = pricing.schedule(
        [as_price(c, currency=currency) for c in offer["components"]],
        start=at,
        until=end,
        currency=currency,
        quantity=offer["quantity"],
    )
    now = sum(c.amount.minor for c in charges if c.at == at)
    later = sum(c.amount.minor for c in charges if c.at > at)
    assert found.due_now == found.one_time + Money(now, currency)
    assert found.whole_term == found.due_now + Money(later, currency)
    assert [c.at for c in charges] == sorted({c.at for c in charges})
    assert all(at <= c.at < end and c.amount.minor >= 0 for c in charges)


@given(lines=st.lists(offers, max_size=4), currency=st.sampled_from(CURRENCIES), at=instants)
def test_the_total_is_the_sum_of_its_parts(lines, currency, at):
    parts = [priced(offer, currency, at) for offer in lines]
    whole = pricing.combine(parts, currency=currency)
    for name in ("due_now", "one_time", "monthly", "regular_monthly", "whole_term"):
        assert getattr(whole, name).minor == sum(getattr(part, name).minor for part in parts)
    for moment in [step.at for part in parts for step in part.steps]:
        assert month_at(whole, moment) == sum(month_at(part, moment) for part in parts)


def month_at(found, moment) -> int:
    reached = [step.amount.minor for step in found.steps if step.at <= moment]
    return reached[-1] if reached else found.monthly.minor


@given(offer=offers, currency=st.sampled_from(CURRENCIES), at=instants)
def test_later_is_a_real_change_in_the_future(offer, currency, at):
    found = priced(offer, currency, at)
    before = found.monthly
    for step in found.steps:
        assert step.at > at
        assert step.amount != before
        before = step.amount
    if all(c["duration_length"] for c in offer["components"] if "duration_length" in c):
        assert before == found.regular_monthly  # every discount ended


@given(offer=offers, at=instants)
def test_quantity_multiplies_what_one_piece_costs(offer, at):
    one = priced({**offer, "quantity": 1}, "EUR", at)
    assert minors(priced(offer, "EUR", at)) == tuple(m * offer["quantity"] for m in minors(one))


@given(offer=offers, extra=st.lists(discounts, min_size=1, max_size=2), at=instants)
def test_what_is_for_new_customers_never_reaches_others(offer, extra, at):
    for_new = [{**component, "new_customers_only": True} for component in [*extra, one_time(7)]]
    with_offer = [as_price(c) for c in (*offer["components"], *for_new)]
    without = [as_price(c) for c in offer["components"]]
    price = {"as_of": at, "new_customer": False, "currency": "EUR"}
    assert pricing.totals(with_offer, **price) == pricing.totals(without, **price)


@given(
    minor=st.integers(1, 100_000),
    months=st.integers(1, 12),
    at=instants,
)
def test_free_months_end_on_the_day_on_which_the_next_charge_falls_due(minor, months, at):
    found = totals(monthly(minor), free_months(months), as_of=at, term_months=24)
    assert (found.monthly.minor, found.due_now.minor) == (0, 0)
    assert found.later_monthly == found.regular_monthly == Money(minor, "EUR")
    assert found.later_from == periods.add_months(at, months)
    assert found.whole_term.minor == minor * (24 - months)


@given(
    minor=st.integers(1, 100_000),
    days=st.integers(1, 60),
    at=instants,
)
def test_free_days_move_every_charge(minor, days, at):
    found = totals(monthly(minor), free_days(days), as_of=at, term_months=12)
    first = at + timedelta(days=days)
    assert (found.monthly.minor, found.due_now.minor) == (0, 0)
    assert (found.later_monthly, found.later_from) == (Money(minor, "EUR"), first)
    end = periods.add_months(at, 12)
    expected = sum(periods.add_months(first, k) < end for k in range(13))
    assert found.whole_term.minor == minor * expected


conditions = st.dictionaries(
    st.sampled_from(["colour", "storage", "memory"]), st.sampled_from(["a", "b"]), max_size=3
)


@given(
    prices=st.lists(st.tuples(amounts, conditions), max_size=8, unique_by=lambda p: str(p[1])),
    configuration=conditions,
)
def test_of_conditional_prices_one_of_the_most_specific_is_charged(prices, configuration):
    matching = [
        (minor, condition)
        for minor, condition in prices
        if condition.items() <= configuration.items()
    ]
    found = totals(
        *(one_time(minor, condition=condition) for minor, condition in prices),
        configuration=configuration,
    )
    most = max((len(condition) for _, condition in matching), default=0)
    assert found.one_time.minor in {
        minor for minor, condition in matching if len(condition) == most
    } or (not matching and found.one_time.minor == 0)
