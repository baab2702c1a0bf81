"""Price totals: examples that a person can check by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from self_service import clock
from self_service.domain.pricing import periods
from self_service.domain.pricing import totals as pricing
from self_service.models.catalog import PeriodUnit
from self_service.money import CurrencyMismatch, Money
from tests.conftest import NOW
from tests.factories import allowance, as_price, discount, free_days, monthly, one_time
from tests.prices import day, minors, totals


def test_a_device_is_paid_once():
    found = totals(one_time(89_900))
    assert minors(found) == (89_900, 89_900, 0, 0, 89_900)
    assert (found.has_term, found.term_months, found.steps) == (False, 12, ())


def test_a_plan_with_a_fee_and_half_price_for_three_months():
    found = totals(
        one_time(990), monthly(1_999), discount(percent_bp=5_000, months=3), term_months=24
    )
    # half of 19.99 is 9.995: the discount is rounded up to 10.00, so 9.99 are charged
    assert minors(found) == (1_989, 990, 999, 1_999, 990 + 3 * 999 + 21 * 1_999)
    assert (found.later_monthly, found.later_from) == (
        Money(1_999, "EUR"),
        periods.add_months(NOW, 3),
    )
    assert (found.has_term, found.term_months) == (True, 24)


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
def test_rounding_is_of_minor_units_whatever_the_currency(currency):
    found = totals(monthly(1_999), discount(percent_bp=5_000, months=1), currency=currency)
    assert found.monthly == Money(999, currency)


def test_a_discount_from_leap_day_ends_a_year_later_on_the_last_of_february():
    start = day("2028-02-29")
    found = totals(monthly(1_000), discount(minor=400, months=12), as_of=start, term_months=24)
    assert found.later_from == day("2029-02-28")
    assert found.whole_term.minor == 12 * 600 + 12 * 1_000


def test_charges_from_the_31st_fall_on_month_ends_and_return():
    charges = pricing.schedule(
        [as_price(monthly(1_000)), as_price(discount(minor=250, months=2))],
        start=day("2026-01-31"),
        until=day("2026-05-01"),
        currency="EUR",
    )
    assert [(f"{c.at:%d.%m}", c.amount.minor) for c in charges] == [
        ("31.01", 750),
        ("28.02", 750),
        ("31.03", 1_000),
        ("30.04", 1_000),
    ]


def test_free_days_then_a_discount_count_from_activation():
    found = totals(
        monthly(1_000),
        free_days(14),
        discount(percent_bp=5_000, months=2),
        as_of=day("2026-12-20"),
        term_months=12,
    )
    assert [(f"{s.at:%Y-%m-%d}", s.amount.minor) for s in found.steps] == [
        ("2027-01-03", 500),
        ("2027-03-03", 1_000),
    ]
    assert found.whole_term.minor == 2 * 500 + 10 * 1_000


def test_discounts_add_up_and_never_pay_out():
    found = totals(
        monthly(1_000), monthly(300), discount(percent_bp=8_000, months=1), discount(minor=500)
    )
    assert found.monthly.minor == 0
    assert found.later_monthly == Money(800, "EUR")  # the amount has no end


def test_a_year_and_a_quarter_are_shown_per_month():
    found = totals(monthly(2_000, period_unit=PeriodUnit.YEAR), monthly(1_000, period_length=3))
    assert found.monthly.minor == 167 + 333
    assert found.due_now.minor == 3_000
    assert found.whole_term.minor == 2_000 + 4 * 1_000


def test_thirty_days_are_a_little_less_than_a_month():
    found = totals(monthly(1_000, period_unit=PeriodUnit.DAY, period_length=30))
    assert found.monthly.minor == 1_014  # 1000 x 365 / 12 / 30 is 1013.9
    assert found.whole_term.minor == 13 * 1_000


def test_the_longest_free_days_count():
    found = totals(monthly(1_000), free_days(30), free_days(10))
    assert found.later_from == NOW + timedelta(days=30)


def test_a_share_for_some_days_lowers_what_falls_due_and_moves_nothing():
    half = discount(percent_bp=5_000, duration_unit=PeriodUnit.DAY, duration_length=10)
    found = totals(monthly(1_000), half)
    assert (found.monthly.minor, found.due_now.minor) == (500, 500)
    assert found.later_from == periods.add_months(NOW, 1)


@pytest.mark.parametrize("start", ["2026-10-20", "2027-03-10"])
def test_free_days_over_a_change_of_the_clock_end_with_a_charge(start):
    clock.set_zone("Europe/Berlin")
    found = totals(monthly(1_000), free_days(14), as_of=day(start), term_months=12)
    assert found.later_monthly == Money(1_000, "EUR")
    assert found.later_from == periods.add(day(start), PeriodUnit.DAY, 14)


def test_a_price_holds_from_its_first_to_before_its_last_instant():
    change = day("2027-01-01")
    old, new = monthly(1_000, valid_to=change), monthly(1_200, valid_from=change)
    just_before = change - timedelta(microseconds=1)
    assert totals(old, new, as_of=just_before).monthly.minor == 1_000
    assert totals(old, new, as_of=change).monthly.minor == 1_200


def test_a_price_change_does_not_reach_what_was_sold():
    change = day("2027-01-01")
    old, new = monthly(1_000, valid_to=change), monthly(1_200, valid_from=change)
    assert totals(old, new, term_months=12).whole_term.minor == 12 * 1_000


def test_the_new_customers_price_takes_the_place_of_the_regular_one():
    prices = (
        one_time(990, name={"en": "Activation"}),
        one_time(0, name={"en": "Activation"}, new_customers_only=True),
    )
    assert totals(*prices).one_time.minor == 0
    assert totals(*prices, new_customer=False).one_time.minor == 990


def test_a_variant_price_hides_only_prices_of_its_own_name():
    prices = (
        one_time(50_000, name={"en": "Device"}),
        one_time(60_000, name={"en": "Device"}, condition={"storage": "256 GB"}),
        one_time(500, name={"en": "Delivery"}),
    )
    assert totals(*prices, configuration={"storage": "128 GB"}).one_time.minor == 50_500
    assert totals(*prices, configuration={"storage": "256 GB"}).one_time.minor == 60_500


def test_of_two_equal_conditions_the_later_price_is_charged():
    prices = (
        one_time(700, condition={"colour": "Red"}, valid_from=day("2026-06-01")),
        one_time(600, condition={"storage": "256 GB"}),
    )
    chosen = {"colour": "Red", "storage": "256 GB"}
    assert totals(*prices, configuration=chosen).one_time.minor == 700
    assert totals(*reversed(prices), configuration=chosen).one_time.minor == 700


def test_allowances_cost_nothing():
    assert minors(totals(allowance("MB", 10_240), allowance("min", -1))) == (0,) * 5


def test_the_term_of_several_lines_is_the_longest_minimum():
    plan = totals(monthly(1_000), term_months=24)
    addon = totals(monthly(200), reference_months=24)
    device = totals(one_time(10_000))
    both = pricing.combine([device, plan, addon], currency="EUR")
    assert (both.term_months, both.has_term) == (24, True)
    assert both.whole_term.minor == 10_000 + 24 * 1_200
    short = totals(monthly(1_000), term_months=6)
    assert pricing.combine([device, short], currency="EUR").term_months == 6


def test_an_empty_basket_costs_nothing():
    nothing = pricing.combine([], currency="KWD")
    assert minors(nothing) == (0,) * 5
    assert nothing.whole_term.currency == "KWD"
    assert not nothing.has_term


def test_changes_on_one_day_that_cancel_out_are_no_change():
    up = totals(monthly(1_000), discount(minor=100, months=3), term_months=12)
    down = pricing.PriceTotals(
        due_now=Money(500, "EUR"),
        one_time=Money.zero("EUR"),
        monthly=Money(500, "EUR"),
        regular_monthly=Money(500, "EUR"),
        whole_term=Money(500, "EUR"),
        term_months=12,
        has_term=True,
        steps=(pricing.Charge(up.later_from, Money(400, "EUR")),),
    )
    assert pricing.combine([up, down], currency="EUR").later_monthly is None


def test_currencies_are_never_mixed():
    with pytest.raises(CurrencyMismatch):
        pricing.totals([as_price(one_time(1))], as_of=NOW, new_customer=True, currency="JPY")
    with pytest.raises(CurrencyMismatch):
        pricing.combine([totals(one_time(1))], currency="JPY")
