"""Instants and numbers as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service import clock, i18n
from self_service.state.moments import ahead, past, until
from self_service.state.resource_words import is_imei, phone_text, sim_text
from tests.conftest import NOW

DAYS = st.integers(min_value=-2000, max_value=2000)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(), "Today, 10:00"),
        (timedelta(hours=10), "Today, 00:00"),
        (timedelta(hours=10, minutes=1), "Yesterday, 23:59"),
        (timedelta(days=2), "19 Nov 2026"),
        (timedelta(days=-1), "Today, 10:00"),  # a clock that runs behind ours
    ],
)
def test_past(ago: timedelta, said: str) -> None:
    assert past(NOW - ago, NOW, "en") == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (3, "in 3 days"),
        (14, "in 14 days"),
        (15, "6 Dec 2026"),
        (-1, "20 Nov 2026"),
    ],
)
def test_ahead(days: int, said: str) -> None:
    assert ahead(NOW + timedelta(days=days), NOW, "en") == said


def test_until_names_the_day_when_it_is_another_one() -> None:
    assert until(NOW + timedelta(hours=2), NOW, "en") == "12:00"
    assert until(NOW + timedelta(hours=14), NOW, "en") == "22 Nov 2026, 00:00"


def test_days_are_those_of_the_operator() -> None:
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert past(late, late + timedelta(hours=1), "en") == "Yesterday, 23:30"
    clock.set_zone("Europe/Berlin")
    assert past(late, late + timedelta(hours=1), "en") == "Today, 00:30"


@given(days=DAYS, language=st.sampled_from(list(i18n.LANGUAGES)))
def test_every_instant_can_be_said(days: int, language: str) -> None:
    moment = NOW + timedelta(days=days)
    for say in (past, until, ahead):
        said = say(moment, NOW, language)
        assert said
        assert "{" not in said


@given(st.text(alphabet="0123456789", max_size=22))
def test_grouping_a_sim_keeps_its_digits(digits: str) -> None:
    groups = sim_text(digits).split(" ")
    assert "".join(groups) == digits
    assert all(len(group) == 4 for group in groups[:-1])


@given(st.text(max_size=20))
def test_what_is_no_number_is_shown_as_it_is(text: str) -> None:
    shown = phone_text(text)
    assert shown == text or shown.startswith("+")


def test_phone_number_is_international() -> None:
    assert phone_text("+4915123456789") == "+49 1512 3456789"


@pytest.mark.parametrize(
    ("serial", "imei"),
    [("353671178785185", True), ("SN210178327011", False), ("٣" * 15, False), ("", False)],
)
def test_imei_is_fifteen_digits(serial: str, imei: bool) -> None:
    assert is_imei(serial) is imei
