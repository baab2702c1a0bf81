"""What products owe: stories with exact sums, in the store's words and in every direction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from self_service import clock
from self_service.domain.bills import charges
from self_service.domain.bills.drafting import draft
from self_service.models.bills import (
    AppliedBillingRate,
    BillCategory,
    BillState,
    ChargeKind,
    ChargeTiming,
    CustomerBill,
    ProductPause,
)
from self_service.models.catalog import PeriodUnit
from tests.bills import bill, make_cycle, make_product, shown, sums
from tests.books import make_account, proven
from tests.factories import discount, free_days, free_months, monthly

JAN = datetime(2027, 1, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def here(text: str, zone: str) -> datetime:
    """An instant as the clocks of a zone show it."""
    clock.set_zone(zone)
    return datetime.fromisoformat(text).replace(tzinfo=clock.zone()).astimezone(UTC)


def test_a_plan_bought_on_the_31st_is_charged_on_the_last_days(session: Session) -> None:
    account = make_account(session, now=at("2027-01-31"))
    make_product(session, account, monthly(1999), start=at("2027-01-31T15:30"))
    found = draft(session, account, as_of=at("2027-05-31T23:59"))
    assert [line.charged_at for line in found.lines] == [
        at("2027-01-31T15:30"),
        at("2027-02-28T15:30"),
        at("2027-03-31T15:30"),
        at("2027-04-30T15:30"),
        at("2027-05-31T15:30"),
    ]
    assert found.lines[1].period_end == found.lines[2].period_start
    assert sums(found) == [1999] * 5
    made = bill(session, account, at("2027-05-31T23:59"))
    assert (made.gross_minor, made.tax_minor) == (9995, 5 * 319)
    assert made.number == f"{account.number}-0001"
    proven(session)


def test_a_second_bill_takes_up_where_the_first_ended(session: Session) -> None:
    account = make_account(session, now=JAN)
    made = make_product(session, account, monthly(2000), start=at("2027-01-31T15:30"))
    assert shown(session, bill(session, account, at("2027-02-01"))) == [2000]
    session.refresh(made)
    assert made.charged_until == at("2027-02-28T15:30")
    assert bill(session, account, at("2027-02-28T15:29")) is None
    assert shown(session, bill(session, account, at("2027-02-28T15:30"))) == [2000]
    session.refresh(made)
    assert made.charged_until == at("2027-03-31T15:30")
    proven(session)


def test_a_plan_changed_in_mid_cycle_gives_back_and_starts_on_the_same_day(
    session: Session,
) -> None:
    account = make_account(session, now=JAN)
    old = make_product(session, account, monthly(3100), start=JAN, name="Small")
    bill(session, account, at("2027-01-02"))
    change = at("2027-01-11")
    assert charges.end_charging(session, old.product_id, at=change)
    assert not charges.end_charging(session, old.product_id, at=change)
    make_product(session, account, monthly(6200), start=change, anchor=JAN, name="Large")
    made = bill(session, account, at("2027-02-01"))
    rows = session.exec(
        select(AppliedBillingRate)
        .where(AppliedBillingRate.bill_id == made.id)
        .order_by(AppliedBillingRate.position)
    ).all()
    assert [(row.kind, row.gross_minor, row.detail) for row in rows] == [
        (ChargeKind.CREDIT, -2100, {"days": 21, "of": 31, "why": "end"}),
        (ChargeKind.RECURRING, 4200, {"days": 21, "of": 31}),
        (ChargeKind.RECURRING, 6200, {}),
    ]
    session.refresh(old)
    assert (old.end_settled, old.closed_at is not None) == (True, True)
    assert shown(session, bill(session, account, at("2027-03-01"))) == [6200]
    proven(session)


def test_an_end_that_is_known_shortens_the_charge(session: Session) -> None:
    account = make_account(session, now=JAN)
    row = make_product(session, account, monthly(3100), start=JAN, end=at("2027-02-15"))
    assert shown(session, bill(session, account, JAN)) == [3100]
    made = bill(session, account, at("2027-02-01"))
    assert shown(session, made) == [1550]  # 14 of 28 days
    session.refresh(row)
    assert row.closed_at is None
    assert bill(session, account, at("2027-03-01")) is None
    proven(session)


def test_the_days_after_an_end_on_the_day_of_a_charge_cost_nothing(session: Session) -> None:
    account = make_account(session, now=JAN)
    make_product(session, account, monthly(3100), start=JAN, end=at("2027-02-01"))
    assert shown(session, bill(session, account, at("2027-02-01"))) == [3100]
    assert bill(session, account, at("2027-12-01")) is None


def test_each_component_gives_back_its_own_period(session: Session) -> None:
    account = make_account(session, now=JAN)
    yearly = monthly(36500, period_unit=PeriodUnit.YEAR)
    row = make_product(session, account, monthly(3100), yearly, start=JAN)
    assert shown(session, bill(session, account, JAN)) == [3100, 36500]
    assert shown(session, bill(session, account, at("2027-02-01"))) == [3100]
    charges.end_charging(session, row.product_id, at=at("2027-03-01"))
    made = bill(session, account, at("2027-03-01"))
    assert shown(session, made) == [-30600]  # 306 of 365 days, and no March
    assert (made.category, made.state) == (BillCategory.CREDIT_NOTE, BillState.SETTLED)
    session.refresh(account)
    remaining = session.exec(select(CustomerBill.remaining_minor)).all()
    assert sum(remaining) == 3100 + 36500 + 3100 - 30600
    assert account.credit_minor == 0
    proven(session)


def test_a_free_month_across_february_of_a_leap_year(session: Session) -> None:
    account = make_account(session, now=at("2028-01-31"))
    make_product(session, account, monthly(2900), free_months(1), start=at("2028-01-31T12:00"))
    first = bill(session, account, at("2028-02-01"))
    assert (first.gross_minor, first.state, shown(session, first)) == (0, BillState.SETTLED, [0])
    assert bill(session, account, at("2028-02-29T11:59")) is None
    second = bill(session, account, at("2028-02-29T12:00"))
    assert shown(session, second) == [2900]
    line = session.exec(
        select(AppliedBillingRate).where(AppliedBillingRate.bill_id == second.id)
    ).one()
    assert line.period_end == at("2028-03-31T12:00")
    proven(session)


def test_half_of_a_free_february_is_still_free(session: Session) -> None:
    account = make_account(session, now=at("2028-02-01"))
    row = make_product(session, account, monthly(2900), free_months(1), start=at("2028-02-01"))
    bill(session, account, at("2028-02-01"))
    charges.end_charging(session, row.product_id, at=at("2028-02-15"))
    assert bill(session, account, at("2028-03-01")) is None
    session.refresh(row)
    assert row.end_settled is False  # no bill was written, so nothing had to be remembered


def test_free_days_move_the_charges(session: Session) -> None:
    account = make_account(session, now=JAN)
    make_product(session, account, monthly(1000), free_days(10), start=JAN)
    found = draft(session, account, as_of=at("2027-02-20"))
    assert [line.charged_at for line in found.lines] == [at("2027-01-11"), at("2027-02-11")]


def test_an_addon_pays_its_days_until_the_plans_day(session: Session) -> None:
    account = make_account(session, now=JAN)
    make_product(session, account, monthly(500), start=at("2027-02-15"), anchor=JAN)
    assert shown(session, bill(session, account, at("2027-03-01"))) == [250, 500]
    proven(session)


def test_discounts_by_share_and_by_sum_come_off_partial_periods_too(session: Session) -> None:
    account = make_account(session, now=JAN)
    make_product(
        session,
        account,
        monthly(1000),
        monthly(300),
        discount(percent_bp=2500, months=2),
        discount(minor=400, months=2),
        start=at("2027-02-15"),
        anchor=JAN,
    )
    made = draft(session, account, as_of=at("2027-05-01"))
    by_day = {}
    for line in made.lines:
        by_day.setdefault(line.charged_at, []).append(line.gross_minor)
    assert by_day == {
        at("2027-02-15"): [175, 113],  # half of 1000-250-400 and of 300-75, rounded half up
        at("2027-03-01"): [350, 225],
        at("2027-04-01"): [350, 225],
        at("2027-05-01"): [1000, 300],
    }
    assert made.lines[0].detail == {"regular_minor": 1000, "days": 14, "of": 28}


@pytest.mark.parametrize(
    ("zone", "start", "ends", "days", "of"),
    [
        ("Europe/Berlin", "2027-03-15T23:30", "2027-04-01T00:30", 14, 31),
        ("Europe/Berlin", "2027-10-15T00:00", "2027-10-31T03:00", 15, 31),
        ("Pacific/Auckland", "2027-03-20T02:00", "2027-04-04T02:30", 16, 31),
        ("Pacific/Auckland", "2027-09-20T23:59", "2027-09-26T03:00", 24, 30),
    ],
)
def test_days_are_those_of_the_operators_calendar(
    session: Session, zone: str, start: str, ends: str, days: int, of: int
) -> None:
    begins, over = here(start, zone), here(ends, zone)
    account = make_account(session, now=begins)
    row = make_product(session, account, monthly(31000), start=begins)
    bill(session, account, begins)
    charges.end_charging(session, row.product_id, at=over)
    made = draft(session, account, as_of=over)
    assert [line.detail for line in made.lines] == [{"days": days, "of": of, "why": "end"}]
    later = draft(session, account, as_of=over + timedelta(days=90))
    assert sums(later) == sums(made)


@pytest.mark.parametrize(
    ("currency", "minor", "partial", "tax"),
    [("JPY", 3000, 1452, 232), ("KWD", 10_000, 4_839, 773), ("EUR", 1999, 967, 154)],
)
def test_every_currency_rounds_to_its_own_minor_unit(
    session: Session, currency: str, minor: int, partial: int, tax: int
) -> None:
    account = make_account(session, now=JAN, currency=currency)
    make_product(session, account, monthly(minor), start=at("2027-01-17"), anchor=JAN)
    made = bill(session, account, at("2027-01-17"))
    assert (made.gross_minor, made.tax_minor) == (partial, tax)  # 15 of 31 days
    line = session.exec(select(AppliedBillingRate)).one()
    scale = {"JPY": 1_000_000, "KWD": 1_000, "EUR": 10_000}[currency]
    assert line.amount_micro == minor * scale * 15 // 31
    proven(session)


def test_suspended_days_are_given_back_bill_by_bill(session: Session) -> None:
    account = make_account(session, now=JAN)
    row = make_product(session, account, monthly(3100), start=JAN)
    bill(session, account, JAN)
    pause = ProductPause(product_id=row.product_id, starts_at=at("2027-01-21T14:00"))
    session.add(pause)
    assert shown(session, bill(session, account, at("2027-02-01"))) == [3100, -1100]
    pause.ends_at = at("2027-02-11T09:00")
    session.add(pause)
    made = bill(session, account, at("2027-03-01"))
    assert shown(session, made) == [3100, -1107]  # 10 of 28 days
    session.refresh(pause)
    assert pause.credited_until == pause.ends_at
    assert shown(session, bill(session, account, at("2027-04-01"))) == [3100]
    proven(session)


def test_a_product_that_ends_while_suspended_gives_no_day_back_twice(session: Session) -> None:
    account = make_account(session, now=JAN)
    row = make_product(session, account, monthly(3100), start=JAN)
    bill(session, account, JAN)
    session.add(ProductPause(product_id=row.product_id, starts_at=at("2027-01-11")))
    charges.end_charging(session, row.product_id, at=at("2027-01-21"))
    made = bill(session, account, at("2027-02-01"))
    assert sorted(shown(session, made)) == [-1100, -1000]
    proven(session)


def test_in_arrears_a_period_is_charged_when_it_is_over(session: Session) -> None:
    cycle = make_cycle(session, "later", timing=ChargeTiming.ARREARS)
    account = make_account(session, now=JAN)
    account.cycle_id = cycle.id
    session.add(account)
    paid = at("2027-02-01")  # the first month was paid with the order
    row = make_product(session, account, monthly(3100), start=JAN, paid=paid)
    assert bill(session, account, at("2027-02-01")) is None
    session.add(
        ProductPause(
            product_id=row.product_id, starts_at=at("2027-02-08"), ends_at=at("2027-02-15")
        )
    )
    assert bill(session, account, at("2027-02-28")) is None
    assert shown(session, bill(session, account, at("2027-03-01"))) == [2325]  # 21 of 28 days
    charges.end_charging(session, row.product_id, at=at("2027-03-11"))
    assert shown(session, bill(session, account, at("2027-04-01"))) == [1000]  # 10 of 31
    assert bill(session, account, at("2027-08-01")) is None
    proven(session)
