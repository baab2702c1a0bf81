"""Prepaid services: taken once a period, suspended without credit, restored with it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.pricing.periods import add_months
from self_service.domain.wallet import renewals, topups
from self_service.domain.wallet.renewals import Outcome
from self_service.models.ledger import EntryKind, LedgerEntry
from self_service.models.subscriptions import Product, ProductStatus
from self_service.models.wallet import WalletCharge
from tests.books import proven
from tests.conftest import NOW
from tests.factories import discount, free_months, monthly
from tests.wallets import (
    LETTERS,
    TERMS,
    charging_of,
    fresh,
    holds,
    kinds,
    make_service,
    make_voucher,
    person,
    top_up,
)

DAY = timedelta(days=1)


@pytest.fixture
def ada(session: Session) -> Actor:
    """A customer."""
    return person(session, "ada@example.com", now=NOW)


def charge(session: Session, service: Product, now: datetime = NOW) -> Outcome:
    return renewals.charge(session, service.id, retry_days=30, letters=LETTERS, now=now)


def status(session: Session, service: Product) -> ProductStatus:
    return session.get_one(Product, service.id, populate_existing=True).status


def starts(session: Session) -> list[datetime]:
    rows = session.exec(select(WalletCharge).order_by(WalletCharge.period_start))
    return [row.period_start for row in rows]


def test_a_period_is_taken_net_and_tax_once(session: Session, ada: Actor) -> None:
    top_up(session, ada, 1500, now=NOW)
    service = make_service(session, ada, now=NOW)
    assert renewals.due(session, now=NOW) == (service.id,)
    assert charge(session, service) is Outcome.TAKEN
    assert charge(session, service) is Outcome.ELSEWHERE
    assert (holds(session, ada), renewals.due(session, now=NOW)) == (500, ())
    (row,) = session.exec(select(WalletCharge)).all()
    # 10.00 with 19 % in it: 8.40 and 1.60
    assert (row.gross_minor, row.net_minor, row.tax_minor) == (1000, 840, 160)
    assert (row.period_start, row.period_end) == (NOW, add_months(NOW, 1))
    assert charging_of(session, service).next_at == add_months(NOW, 1)
    proven(session)


def test_missed_periods_are_caught_up_one_by_one(session: Session, ada: Actor) -> None:
    for _ in range(3):
        top_up(session, ada, 1000, now=NOW)
    service = make_service(session, ada, now=NOW)
    late = add_months(NOW, 2) + DAY
    outcomes = [charge(session, service, late) for _ in range(4)]
    assert outcomes == [Outcome.TAKEN] * 3 + [Outcome.ELSEWHERE]
    assert starts(session) == [add_months(NOW, n) for n in range(3)]
    assert holds(session, ada) == 0
    proven(session)


def test_the_31st_comes_back_after_february(session: Session, ada: Actor) -> None:
    start = NOW.replace(month=12, day=31)
    for _ in range(3):
        top_up(session, ada, 1000, now=start)
    service = make_service(session, ada, now=start)
    for _ in range(3):
        charge(session, service, start + 90 * DAY)
    assert [day.strftime("%m-%d") for day in starts(session)] == ["12-31", "01-31", "02-28"]
    assert charging_of(session, service).next_at == add_months(start, 3)


def test_without_credit_it_is_suspended_and_told_once(session: Session, ada: Actor) -> None:
    top_up(session, ada, 999, now=NOW)
    service = make_service(session, ada, now=NOW)
    assert charge(session, service) is Outcome.SHORT
    assert status(session, service) is ProductStatus.SUSPENDED
    assert holds(session, ada) == 999
    assert charge(session, service, NOW + DAY) is Outcome.SHORT
    assert kinds(session) == ["suspended"]
    (waiting,) = renewals.coming(session, ada.customer(), now=NOW + DAY)
    assert (waiting.short, waiting.at, waiting.amount.minor) == (True, None, 1000)
    assert session.exec(select(WalletCharge)).all() == []
    proven(session)


def test_credit_restores_it_at_once_from_that_day_on(session: Session, ada: Actor) -> None:
    service = make_service(session, ada, now=NOW)
    charge(session, service)
    later = NOW + 5 * DAY
    top_up(session, fresh(ada, later), 500, now=later)
    assert status(session, service) is ProductStatus.SUSPENDED
    top_up(session, fresh(ada, later), 600, now=later)
    assert status(session, service) is ProductStatus.ACTIVE
    assert (holds(session, ada), starts(session)) == (100, [later])
    row = charging_of(session, service)
    assert (row.short_since, row.anchor_at) == (None, later)
    assert row.next_at == row.charged_until == add_months(later, 1)
    proven(session)


def test_a_voucher_restores_it_too(session: Session, ada: Actor) -> None:
    service = make_service(session, ada, now=NOW)
    charge(session, service)
    topups.redeem(session, ada, make_voucher(session, 1000, now=NOW), terms=TERMS, now=NOW + DAY)
    assert (status(session, service), holds(session, ada)) == (ProductStatus.ACTIVE, 0)
    proven(session)


def test_daily_tries_end_and_credit_still_restores(session: Session, ada: Actor) -> None:
    service = make_service(session, ada, now=NOW)
    day, tries = NOW, 0
    while service.id in renewals.due(session, now=day):
        assert charge(session, service, day) is Outcome.SHORT
        day, tries = day + DAY, tries + 1
    assert (tries, charging_of(session, service).next_at) == (31, None)
    later = day + 100 * DAY
    top_up(session, fresh(ada, later), 1000, now=later)
    assert status(session, service) is ProductStatus.ACTIVE
    assert charging_of(session, service).next_at == add_months(later, 1)
    proven(session)


def test_the_oldest_is_restored_first(session: Session, ada: Actor) -> None:
    first = make_service(session, ada, now=NOW)
    second = make_service(session, ada, now=NOW + DAY)
    charge(session, first)
    charge(session, second, NOW + DAY)
    later = NOW + 2 * DAY
    top_up(session, fresh(ada, later), 1500, now=later)
    assert status(session, first) is ProductStatus.ACTIVE
    assert status(session, second) is ProductStatus.SUSPENDED
    proven(session)


def test_what_others_suspended_is_neither_charged_nor_restored(
    session: Session, ada: Actor
) -> None:
    service = make_service(session, ada, now=NOW)
    service.status = ProductStatus.SUSPENDED
    session.flush()
    assert renewals.due(session, now=NOW) == ()
    top_up(session, ada, 1500, now=NOW)
    assert charge(session, service) is Outcome.ELSEWHERE
    assert (status(session, service), holds(session, ada)) == (ProductStatus.SUSPENDED, 1500)


def test_discounts_hold_for_their_months(session: Session, ada: Actor) -> None:
    for _ in range(4):
        top_up(session, ada, 1000, now=NOW)
    prices = [monthly(1000), discount(percent_bp=5000, months=2)]
    service = make_service(session, ada, now=NOW, prices=prices)
    for _ in range(3):
        charge(session, service, add_months(NOW, 2))
    rows = session.exec(select(WalletCharge).order_by(WalletCharge.period_start)).all()
    assert [row.gross_minor for row in rows] == [500, 500, 1000]
    proven(session)


def test_a_free_month_moves_on_and_takes_nothing(session: Session, ada: Actor) -> None:
    service = make_service(session, ada, now=NOW, prices=[monthly(1000), free_months(1)])
    assert charge(session, service) is Outcome.TAKEN
    assert session.exec(select(LedgerEntry)).all() == []
    assert charging_of(session, service).next_at == add_months(NOW, 1)
    assert charge(session, service, add_months(NOW, 1)) is Outcome.SHORT


def test_after_its_end_nothing_is_taken(session: Session, ada: Actor) -> None:
    top_up(session, ada, 1500, now=NOW)
    service = make_service(session, ada, now=NOW)
    charging_of(session, service).ends_at = NOW
    session.flush()
    assert charge(session, service) is Outcome.OVER
    assert (holds(session, ada), charging_of(session, service).next_at) == (1500, None)


def test_no_tax_where_there_is_no_rate(session: Session, ada: Actor) -> None:
    top_up(session, ada, 1000, now=NOW)
    charge(session, make_service(session, ada, now=NOW, tax_bp=0))
    taxes = select(LedgerEntry).where(LedgerEntry.kind == EntryKind.CHARGE_TAX)
    assert session.exec(taxes).all() == []
    assert holds(session, ada) == 0
    proven(session)
