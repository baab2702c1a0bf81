"""An installation from before there were bills: its past is booked, what runs is charged on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import Session, select

from self_service import clock, db, migrate, upgrading
from self_service.domain.bills import adopting
from self_service.domain.bills.drafting import draft
from self_service.domain.ledger.verifying import verify
from self_service.domain.orders import cancellation
from self_service.domain.policy import BillPolicy
from self_service.domain.pricing.periods import add_months
from self_service.models.bills import BillingAccount, CustomerBill, ProductCharging, ProductPause
from self_service.models.ledger import EntryKind, LedgerEntry
from self_service.models.payments import Payment, Refund
from self_service.models.subscriptions import Product
from tests import databases
from tests.conftest import NOW
from tests.order_shop import customer, fill, fulfil, open_shop, order, pay

LATER = add_months(NOW, 2) + timedelta(days=3)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.db'}"
        return
    with databases.postgres_database() as where:
        yield where


@pytest.fixture
def old(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[db.Database]:
    """A database of the fourth revision: Ada's order is complete, Bo's is paid, Cy's cancelled."""
    monkeypatch.setattr(clock, "now", lambda: LATER)
    migrate.upgrade(url)
    engine = db.make_engine(url)
    with Session(engine) as session:
        shop = open_shop(session)
        for name in ("ada", "bo", "cy"):
            actor = customer(session, f"{name}@example.com")
            fill(session, actor, shop)
            placed = order(session, actor)
            pay(session, placed)
            if name == "ada":
                fulfil(session, placed.order_id)
            if name == "cy":
                cancellation.cancel(session, actor, placed.order_id, now=NOW)
        session.commit()
    migrate.downgrade(url, "0004")
    yield db.Database(engine)
    engine.dispose()


def test_the_past_is_booked_and_what_runs_is_charged_on(old: db.Database, url: str) -> None:
    assert upgrading.upgrade(url)
    with old.reading() as session:
        assert verify(session) == ()
        assert len(session.exec(select(Payment)).all()) == 3
        booked = session.exec(select(LedgerEntry.kind)).all()
        assert sorted(booked) == [EntryKind.PAYMENT] * 3 + [EntryKind.REFUND]
        assert session.exec(select(CustomerBill)).all() == []
        charged = session.exec(select(ProductCharging)).all()
        assert charged
        started = {one.id: one.started_at for one in session.exec(select(Product))}
        for row in charged:
            assert row.anchor_at == row.starts_at == started[row.product_id]
            assert row.charged_until == row.bills_from == add_months(NOW, 3)
        credits = [one.credit_minor for one in session.exec(select(BillingAccount))]
        assert sorted(bool(one) for one in credits) == [False, True]
    assert not upgrading.upgrade(url)


def test_a_second_time_changes_nothing(old: db.Database, url: str) -> None:
    upgrading.upgrade(url)
    assert upgrading.adopt(old) == (0, 0)


def test_an_order_under_way_is_billed_or_given_back(old: db.Database, url: str) -> None:
    upgrading.upgrade(url)
    with old.writing() as session:
        account = session.exec(select(BillingAccount).where(BillingAccount.credit_minor > 0)).one()
        paid = account.credit_minor
        order_id = session.exec(
            select(Payment.order_id).where(Payment.customer_id == account.customer_id)
        ).one()
        assert order_id
        assert fulfil(session, order_id, now=LATER)
        bill = session.exec(select(CustomerBill)).one()
        assert (bill.gross_minor, bill.remaining_minor) == (paid, 0)
        session.refresh(account)
        assert account.credit_minor == 0
        assert verify(session) == ()


def test_batches_go_on_where_the_last_one_ended(old: db.Database, url: str) -> None:
    migrate.upgrade(url)
    given = {"now": LATER, "policy": BillPolicy(account_prefix="Z"), "most": 1}
    with old.writing() as session:
        assert adopting.adopt_payments(session, **given) == 1
        assert adopting.adopt_payments(session, **given) == 0
        counts = [adopting.adopt_products(session, **given) for _ in range(9)]
        assert counts == sorted(counts, reverse=True)
        assert sum(counts) == len(session.exec(select(ProductCharging)).all()) > 0
        numbers = session.exec(select(BillingAccount.number)).all()
        assert all(number.startswith("Z") for number in numbers)
        assert session.exec(select(Refund)).one()


def test_what_is_suspended_is_charged_once_it_is_back(old: db.Database, url: str) -> None:
    migrate.upgrade(url)
    with old.writing() as session:
        session.exec(update(Product).values(status="suspended"))  # type: ignore[call-overload]
        assert adopting.adopt_products(session, now=LATER, policy=BillPolicy()) > 0
        charged = session.exec(select(ProductCharging)).all()
        paused = {one.product_id: one for one in session.exec(select(ProductPause))}
        postpaid = {one.product_id: one.charged_until for one in charged if not one.by_wallet}
        assert {key: one.starts_at for key, one in paused.items()} == postpaid
        account_id = charged[0].account_id
        year = draft(session, account_id, as_of=add_months(LATER, 12))
        assert year.lines  # what falls due is given back as its days pass
        session.exec(update(ProductPause).values(ends_at=add_months(LATER, 6)))  # type: ignore[call-overload]
        back = draft(session, account_id, as_of=add_months(LATER, 12))
        assert back.gross_minor > 4 * year.gross_minor > 0
        assert adopting.adopt_products(session, now=LATER, policy=BillPolicy()) == 0


def test_what_has_ended_is_not_charged(old: db.Database, url: str) -> None:
    migrate.upgrade(url)
    with old.writing() as session:
        session.exec(update(Product).values(status="terminated"))  # type: ignore[call-overload]
        assert adopting.adopt_products(session, now=LATER, policy=BillPolicy()) == 0
        assert session.exec(select(ProductCharging)).all() == []
