"""Sums, totals, refusals and configurations in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service import i18n
from self_service.domain.errors import DomainError, NotFound
from self_service.domain.pricing.charges import Charge
from self_service.domain.pricing.totals import PriceTotals
from self_service.money import MINUS, Money, exponent
from self_service.state.display import (
    configuration_text,
    money,
    picture_path,
    problem,
    refusal,
    totals_row,
)

languages = st.sampled_from(list(i18n.LANGUAGES))
DIGITS = "0123456789"


@pytest.mark.parametrize(
    ("minor", "currency", "en", "es", "ar"),
    [
        (123456, "EUR", "€1,234.56", "1.234,56\xa0€", "\u200f1,234.56\xa0€"),
        (-150, "EUR", "−€1.50", "−1,50\xa0€", "\u200f−1.50\xa0€"),
        (5, "EUR", "€0.05", "0,05\xa0€", "\u200f0.05\xa0€"),
        (1500, "JPY", "JP¥1,500", "1.500\xa0JPY", "\u200f1,500\xa0JP¥"),
        (-1, "JPY", "−JP¥1", "−1\xa0JPY", "\u200f−1\xa0JP¥"),
        (1234567, "KWD", "KWD1,234.567", "1.234,567\xa0KWD", None),
        (-1, "KWD", "−KWD0.001", "−0,001\xa0KWD", None),
    ],
)
def test_sums_by_language(minor: int, currency: str, en: str, es: str, ar: str | None) -> None:
    amount = Money(minor, currency)
    assert money(amount, "en").replace("\xa0", "") == en.replace("\xa0", "")
    assert money(amount, "es") == es
    if ar is not None:
        assert money(amount, "ar") == ar


@given(languages, st.sampled_from(["EUR", "JPY", "KWD"]), st.integers(-(10**12), 10**12))
def test_a_sum_shows_all_its_digits_and_its_sign(language: str, currency: str, minor: int) -> None:
    text = money(Money(minor, currency), language)
    digits = "".join(char for char in text if char in DIGITS)
    assert int(digits) == abs(minor)
    assert len(digits) > exponent(currency)
    assert "-" not in text
    assert (MINUS in text) == (minor < 0)


def totals(**changes: object) -> PriceTotals:
    euro = lambda minor: Money(minor, "EUR")  # noqa: E731  (a shorthand)
    plain = {
        "due_now": euro(1999),
        "one_time": euro(0),
        "monthly": euro(1999),
        "regular_monthly": euro(1999),
        "whole_term": euro(1999 * 24),
        "term_months": 24,
        "has_term": True,
    }
    return PriceTotals(**{**plain, **changes})


def test_three_totals_in_words() -> None:
    row = totals_row(totals(), "es")
    assert (row.due_now, row.monthly, row.whole_term) == (
        "19,99\xa0€",
        "19,99\xa0€",
        "479,76\xa0€",
    )
    assert "24" in row.term
    assert (row.later, row.has_monthly, row.has_due) == ("", True, True)


def test_a_later_price_is_said_with_its_day() -> None:
    later = Charge(datetime(2027, 5, 21, tzinfo=UTC), Money(2999, "EUR"))
    row = totals_row(totals(steps=(later,)), "en")
    assert row.later == "then €29.99 a month from 21 May 2027"


def test_what_is_paid_once_has_no_month() -> None:
    zero = Money.zero("EUR")
    row = totals_row(totals(monthly=zero, regular_monthly=zero), "en")
    assert (row.has_monthly, row.has_due) == (False, True)
    free = totals_row(totals(due_now=zero, monthly=zero), "en")
    assert (free.has_monthly, free.has_due) == (True, False)


@given(languages, st.dictionaries(st.sampled_from("abc"), st.text(), max_size=3))
def test_no_configuration_breaks_its_text(language: str, chosen: dict[str, str]) -> None:
    assert configuration_text(chosen, language).count(" · ") >= max(len(chosen) - 1, 0)


def test_a_configuration_starts_with_the_colour() -> None:
    chosen = {"storage": "128 GB", "colour": "Black", "sim": "esim"}
    assert configuration_text(chosen, "en") == "Black · eSIM · 128 GB"
    assert configuration_text({}, "en") == ""


class _TooMany(DomainError):
    code = "too_many"
    message = "At most {most} of {thing}."


def test_refusals_are_said_in_the_persons_language() -> None:
    assert refusal(NotFound(), "en") == "We could not find that."
    assert refusal(NotFound(), "ar") != refusal(NotFound(), "en")
    thing = {"en": "the phone", "es": "el teléfono"}
    error = _TooMany(most=2, thing=thing)
    assert refusal(error, "es") == "At most 2 of el teléfono."
    assert refusal(error, "ar") == "At most 2 of the phone."
    assert problem("{thing}", {"thing": {}}, "en") == ""


def test_nothing_in_a_refusal_is_a_template() -> None:
    error = _TooMany(most="{thing.__class__}", thing="{0}")
    assert refusal(error, "en") == "At most {thing.__class__} of {0}."


@pytest.mark.parametrize(
    ("picture", "colour", "path"),
    [
        ({}, "", "/pictures/plan/-/1/0/0.svg"),
        (
            {"shape": "phone", "colour": "Blue", "cameras": 3, "variant": 7, "ratio": 2.1},
            "Midnight blue",
            "/pictures/phone/Midnight%20blue/3/7/2.1.svg",
        ),
        ({"colour": "Black/Blue"}, "", "/pictures/plan/Black%20Blue/1/0/0.svg"),
        ({"colour": "../.."}, " ", "/pictures/plan/-/1/0/0.svg"),
        ({"shape": "a?b#c"}, "é", "/pictures/a%3Fb%23c/%C3%A9/1/0/0.svg"),
    ],
)
def test_equal_pictures_have_equal_addresses(
    picture: dict[str, object], colour: str, path: str
) -> None:
    assert picture_path(picture, colour) == path
