"""Calling an order off: while it is possible, everything goes back; afterwards nothing changes."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from self_service.domain.errors import NotFound
from self_service.domain.fulfilment import work as fulfilment
from self_service.domain.orders import placing as orders
from self_service.domain.orders.cancellation import (
    AlreadyActive,
    AlreadyCancelled,
    cancel,
    expire,
)
from self_service.models.catalog import ProductStock
from self_service.models.messages import OutboxEvent
from self_service.models.orders import OrderState, ProductOrderItem
from self_service.models.payments import Payment, Refund
from tests.conftest import NOW
from tests.order_shop import (
    TERMS,
    agree,
    choose,
    customer,
    fill,
    fulfil,
    left,
    marks,
    open_shop,
    order,
    pay,
    state_of,
    unchanged_but,
)

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def shop(session: Session):
    return open_shop(session, numbers=1)


@pytest.fixture
def actor(session: Session):
    return customer(session)


@pytest.fixture
def placed(session: Session, shop, actor):
    fill(session, actor, shop)
    return order(session, actor)


def test_unpaid_order_gives_its_goods_back_and_owes_nothing(session, shop, actor, placed) -> None:
    assert left(session, shop["phone"]) == 4
    cancel(session, actor, placed.order_id, now=LATER)
    assert left(session, shop["phone"]) == 5
    assert state_of(session, placed.order_id) == OrderState.CANCELLED
    assert marks(session, placed.order_id)[0] == "placed"
    assert set(marks(session, placed.order_id)[1:]) == {"cancellation_asked", "cancelled"}
    assert session.exec(select(Refund)).all() == []
    assert session.exec(select(Payment.check_at)).one() == LATER
    states = set(session.exec(select(ProductOrderItem.state)).all())
    assert states == {OrderState.CANCELLED}
    told = session.exec(select(OutboxEvent).where(OutboxEvent.kind == "order_cancelled")).one()
    assert told.payload == {"reason": "asked"}


def test_paid_order_owes_all_of_it_back(session, shop, actor, placed) -> None:
    pay(session, placed)
    cancel(session, actor, placed.order_id, now=LATER)
    refund = session.exec(select(Refund)).one()
    assert (refund.payment_id, refund.amount_minor) == (placed.payment_id, placed.amount.minor)
    assert left(session, shop["phone"]) == 5


def test_order_that_waits_for_stock_can_be_cancelled(session, actor, shop, placed) -> None:
    other = customer(session, "first@example.com")
    fill(session, other, shop)
    first = order(session, other)
    pay(session, first)
    assert fulfil(session, first.order_id)
    pay(session, placed)
    assert not fulfil(session, placed.order_id)
    assert state_of(session, placed.order_id) == OrderState.HELD
    cancel(session, actor, placed.order_id, now=LATER)
    assert state_of(session, placed.order_id) == OrderState.CANCELLED
    assert len(session.exec(select(Refund)).all()) == 1


def test_active_order_cannot_be_cancelled(session, actor, placed) -> None:
    pay(session, placed)
    for kind in (None, *fulfilment._ALLOCATED):
        if kind is None:
            fulfilment.prepare(session, placed.order_id, now=NOW)
        else:
            fulfilment.allocate(session, placed.order_id, kind, now=NOW)
    fulfilment.activate(session, placed.order_id, now=NOW)
    unchanged_but(session, AlreadyActive, lambda: cancel(session, actor, placed.order_id, now=NOW))
    fulfilment.complete(session, placed.order_id, now=NOW)
    refusal = unchanged_but(
        session, AlreadyActive, lambda: cancel(session, actor, placed.order_id, now=NOW)
    )
    assert "14 days" in refusal.message


def test_second_cancelling_changes_nothing(session, shop, actor, placed) -> None:
    cancel(session, actor, placed.order_id, now=NOW)
    unchanged_but(
        session, AlreadyCancelled, lambda: cancel(session, actor, placed.order_id, now=LATER)
    )
    assert not expire(session, placed.order_id, now=NOW + timedelta(days=2))
    assert left(session, shop["phone"]) == 5


def test_only_its_buyer_can_cancel(session, actor, placed) -> None:
    stranger = customer(session, "eve@example.com")
    for who, order_id in ((stranger, placed.order_id), (actor, uuid4())):
        unchanged_but(
            session,
            NotFound,
            lambda who=who, order_id=order_id: cancel(session, who, order_id, now=NOW),
        )


def test_cancelled_basket_gives_no_second_order(session, shop, actor) -> None:
    fill(session, actor, shop)
    agreed = agree(session, actor)
    placed = orders.place(session, actor, **agreed, terms=TERMS, now=NOW)
    cancel(session, actor, placed.order_id, now=NOW)
    again = orders.place(session, actor, **agreed, terms=TERMS, now=LATER)
    assert again.order_id == placed.order_id
    assert state_of(session, placed.order_id) == OrderState.CANCELLED


def test_paid_order_does_not_run_out(session, placed) -> None:
    pay(session, placed)
    assert not expire(session, placed.order_id, now=NOW + timedelta(days=2))
    assert state_of(session, placed.order_id) == OrderState.IN_PROGRESS


def test_goods_that_are_not_counted_do_not_appear_in_stock(session, shop, actor) -> None:
    choose(session, actor, shop["case"])
    placed = order(session, actor)
    session.add(ProductStock(offering_id=shop["case"], variant="", available=7))
    session.flush()
    cancel(session, actor, placed.order_id, now=NOW)
    assert left(session, shop["case"], "") == 7
