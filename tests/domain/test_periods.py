from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service import clock
from self_service.domain.pricing import periods
from self_service.models.catalog import PeriodUnit

instants = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001  (bounds are naive by contract)
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-01", -1, "2025-12-01"),
        ("2026-05-05", 0, "2026-05-05"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_one(start, months, expected):
    assert periods.add_months(day(start), months) == day(expected)


@given(at=instants, months=st.integers(0, 600))
def test_months_later_keeps_the_time_and_never_skips_a_month(at, months):
    later = periods.add_months(at, months)
    assert later.timetz() == at.timetz()
    assert (later.year - at.year) * 12 + later.month - at.month == months
    assert later.day == at.day or (later.day < at.day and (later + timedelta(days=1)).day == 1)


@given(at=instants, months=st.integers(0, 600))
def test_later_months_are_later(at, months):
    assert periods.add_months(at, months) < periods.add_months(at, months + 1)


@given(at=instants, length=st.integers(0, 40))
def test_units_agree(at, length):
    assert periods.add(at, PeriodUnit.YEAR, length) == periods.add(
        at, PeriodUnit.MONTH, 12 * length
    )
    assert periods.add(at, PeriodUnit.DAY, length) - at == timedelta(days=length)


def test_a_series_returns_to_its_day_after_a_short_month():
    series = periods.repeats(day("2027-12-31"), PeriodUnit.MONTH, 1, day("2028-05-01"))
    assert [f"{at:%d.%m}" for at in series] == ["31.12", "31.01", "29.02", "31.03", "30.04"]


def test_a_series_ends_before_its_end():
    start = day("2026-01-01")
    assert list(periods.repeats(start, PeriodUnit.DAY, 10, start + timedelta(days=20))) == [
        start,
        start + timedelta(days=10),
    ]
    assert list(periods.repeats(start, PeriodUnit.YEAR, 1, start)) == []


def test_months_are_counted_in_the_operators_zone() -> None:
    clock.set_zone("Europe/Berlin")
    late = datetime(2026, 11, 21, 22, 50, tzinfo=UTC)  # 23:50 on the 21st in Berlin
    due = periods.add_months(late, 6)
    assert due == datetime(2027, 5, 21, 21, 50, tzinfo=UTC)
    assert due.astimezone(clock.zone()).strftime("%d.%m. %H:%M") == "21.05. 23:50"


@pytest.mark.parametrize(
    ("at", "start"),
    [
        ("2026-11-21T22:50", "2026-11-20T23:00"),
        ("2026-11-21T23:00", "2026-11-21T23:00"),
        ("2027-03-28T12:00", "2027-03-27T23:00"),
        ("2027-03-28T22:30", "2027-03-28T22:00"),
    ],
)
def test_a_day_starts_at_the_operators_midnight(at: str, start: str) -> None:
    clock.set_zone("Europe/Berlin")
    assert periods.day_start(day(at)) == day(start)


def test_a_day_keeps_its_time_over_a_change_of_the_clock() -> None:
    clock.set_zone("Europe/Berlin")
    before = datetime(2027, 3, 27, 9, 0, tzinfo=UTC)
    assert periods.add(before, PeriodUnit.DAY, 1) == datetime(2027, 3, 28, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "last"),
    [
        ("2026-11-16T10:30", "2026-12-16T10:30", "2026-12-15"),
        ("2026-11-15T23:00", "2026-12-15T23:00", "2026-12-15"),  # from midnight to midnight
        ("2026-11-15T23:00", "2026-12-15T22:59:59.999999", "2026-12-15"),
        ("2027-03-27T23:00", "2027-03-28T22:00", "2027-03-28"),  # a day of 23 hours
        ("2026-11-16T10:30", "2026-11-16T18:00", "2026-11-16"),
    ],
    ids=["noon", "midnight", "typed", "summer", "hours"],
)
def test_the_last_day_is_that_before_what_follows(start: str, end: str, last: str) -> None:
    clock.set_zone("Europe/Berlin")
    assert f"{periods.last_day(day(start), day(end))}" == last


@given(at=instants, first=st.integers(1, 800), second=st.integers(1, 800))
def test_periods_that_follow_each_other_share_no_day(at, first, second):
    clock.set_zone("Europe/Berlin")
    middle = at + timedelta(hours=first)
    end = middle + timedelta(hours=second)
    starts = middle.astimezone(clock.zone()).date()
    if starts > at.astimezone(clock.zone()).date():
        assert periods.last_day(at, middle) == starts - timedelta(days=1)
    assert periods.last_day(middle, end) >= starts
