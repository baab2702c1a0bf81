"""Money: exact in every currency, written as people write it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service.money import MINUS, CurrencyMismatch, Money, exponent

CURRENCIES = st.sampled_from(["JPY", "EUR", "KWD"])
SUMS = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(("currency", "digits"), [("JPY", 0), ("EUR", 2), ("KWD", 3)])
def test_exponents_are_those_of_the_currency(currency: str, digits: int) -> None:
    assert exponent(currency) == digits


@given(SUMS, SUMS, CURRENCIES)
def test_sums_are_exact(one: int, other: int, currency: str) -> None:
    total = Money(one, currency) + Money(other, currency)
    assert total.minor == one + other
    assert total - Money(other, currency) == Money(one, currency)
    assert Money.of(total.amount, currency) == total


@given(SUMS, SUMS)
def test_currencies_do_not_mix(one: int, other: int) -> None:
    with pytest.raises(CurrencyMismatch):
        Money(one, "EUR") + Money(other, "JPY")


@given(st.integers(0, 10**9), st.integers(0, 10_000), CURRENCIES)
def test_a_share_is_rounded_half_up_once(minor: int, basis_points: int, currency: str) -> None:
    part = Money(minor, currency).share(basis_points).minor
    exact = Decimal(minor) * basis_points / 10_000
    assert abs(part - exact) <= Decimal("0.5")
    assert part - exact != Decimal("-0.5")


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "shown"),
    [
        (-150, "EUR", "en_IE", f"{MINUS}€1.50"),
        (2490, "EUR", "es_ES", "24,90\N{NO-BREAK SPACE}€"),
        (500, "JPY", "en_IE", "JP¥500"),
        (1234, "KWD", "en_IE", "KWD1.234"),
    ],
)
def test_people_read_minor_units_and_a_true_minus(
    minor: int, currency: str, locale: str, shown: str
) -> None:
    assert Money(minor, currency).display(locale) == shown


def test_ends_of_ranges_leave_out_minor_units_that_are_none() -> None:
    assert Money(80_000, "EUR").rounded("en_IE") == "€800"
    assert Money(80_050, "EUR").rounded("en_IE") == "€800.50"
    assert Money(800, "JPY").rounded("en_IE") == "JP¥800"
