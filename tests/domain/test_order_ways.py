"""An order paid by a saved card: whose, once, and by another way when it does not work."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from self_service.db import Database
from self_service.domain.access import Actor
from self_service.domain.orders import placing
from self_service.domain.orders.placing import AlreadyPaid, Placed
from self_service.domain.orders.timeline import timeline
from self_service.domain.orders.ways import CardOfAnother, OrderWay
from self_service.domain.payments.paying import CHARGING, BeingPaid, CardNotUsable
from self_service.domain.payments.pending import opened
from self_service.domain.payments.settling import Outcome
from self_service.models.orders import OrderState
from self_service.models.payments import MethodStatus, Payment, PaymentStatus, Refund
from self_service.ports import ChargeStatus
from tests.books import proven
from tests.conftest import NOW
from tests.crowd import at_once, everything
from tests.order_shop import (
    TERMS,
    Shop,
    agree,
    choose,
    customer,
    marks,
    open_shop,
    state_of,
    unchanged_but,
)
from tests.payers import make_card, settle

NEW = OrderWay()


@pytest.fixture
def shop(session: Session) -> Shop:
    return open_shop(session)


@pytest.fixture
def buyer(session: Session, shop: Shop) -> Actor:
    """A customer with a case in the basket."""
    actor = customer(session)
    choose(session, actor, shop["case"])
    return actor


def place(session: Session, actor: Actor, way: OrderWay, **changes: Any) -> Placed:
    agreed = agree(session, actor)
    terms = replace(TERMS, **changes)
    return placing.place(session, actor, **agreed, terms=terms, way=way, now=NOW)


def again(
    session: Session, actor: Actor, placed: Placed, way: OrderWay | None, now: datetime = NOW
) -> Placed:
    return placing.retry_payment(session, actor, placed.order_id, terms=TERMS, way=way, now=now)


def by_saved(session: Session, actor: Actor, **card: Any) -> OrderWay:
    return OrderWay(make_card(session, actor.customer(), **card).id)


def payment(session: Session, payment_id: UUID | None) -> Payment:
    return session.get_one(Payment, payment_id, populate_existing=True)


def at_screen(session: Session, placed: Placed) -> None:
    assert placed.payment_id is not None
    path = "/sandbox/pay/x"
    opened(session, placed.payment_id, reference="ch_1", pay_path=path, now=NOW)


def test_it_pays_the_order(session: Session, buyer: Actor) -> None:
    way = by_saved(session, buyer)
    placed = place(session, buyer, replace(way, keep=True))
    row = payment(session, placed.payment_id)
    assert (row.method_id, row.keep_method, row.provider) == (way.method_id, False, "sandbox")
    assert (row.amount_minor, row.off_session) == (placed.amount.minor, False)
    assert settle(session, row.id) is Outcome.SETTLED
    assert state_of(session, placed.order_id) == OrderState.IN_PROGRESS
    proven(session)
    paid = unchanged_but(session, AlreadyPaid, lambda: again(session, buyer, placed, NEW))
    assert paid.code == "already_paid"


CARDS: dict[str, dict[str, Any]] = {
    "removed": {"status": MethodStatus.REMOVED},
    "expired": {"status": MethodStatus.EXPIRED},
    "past its month": {"exp_month": NOW.month - 1, "exp_year": NOW.year},
    "of another provider": {"provider": "stripe"},
}


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_cards_that_cannot_pay(session: Session, buyer: Actor, card: dict[str, Any]) -> None:
    way, agreed = by_saved(session, buyer, **card), agree(session, buyer)
    unchanged_but(
        session,
        CardNotUsable,
        lambda: placing.place(session, buyer, **agreed, terms=TERMS, way=way, now=NOW),
    )


def test_others_cards_are_not_there(session: Session, buyer: Actor) -> None:
    theirs = by_saved(session, customer(session, "eve@example.com"))
    agreed = agree(session, buyer)
    for way in (theirs, OrderWay(uuid4())):
        unchanged_but(
            session,
            CardNotUsable,
            lambda way=way: placing.place(session, buyer, **agreed, terms=TERMS, way=way, now=NOW),
        )


def test_who_acts_for_a_customer_uses_and_saves_no_card(session: Session, buyer: Actor) -> None:
    way, acting = by_saved(session, buyer), replace(buyer, behalf="Ada Quell")
    agreed = agree(session, buyer)
    unchanged_but(
        session,
        CardOfAnother,
        lambda: placing.place(session, acting, **agreed, terms=TERMS, way=way, now=NOW),
    )
    placed = place(session, acting, OrderWay(keep=True))
    row = payment(session, placed.payment_id)
    assert (row.method_id, row.keep_method) == (None, False)
    unchanged_but(session, CardOfAnother, lambda: again(session, acting, placed, way))


def test_where_nothing_is_due_no_card_is_looked_at(session: Session, shop: Shop) -> None:
    actor = customer(session)
    choose(session, actor, shop["free"])
    assert place(session, actor, OrderWay(uuid4())).payment_id is None


def test_declined_it_says_so_and_another_way_pays(session: Session, buyer: Actor) -> None:
    first, second = by_saved(session, buyer), by_saved(session, buyer)
    placed = place(session, buyer, first)
    declined = settle(
        session, placed.payment_id, ChargeStatus.REQUIRES_METHOD, failure_code="card_declined"
    )
    assert declined is Outcome.DECLINED
    assert marks(session, placed.order_id).count("payment_failed") == 1
    seen = timeline(session, buyer, placed.order_id).payment
    assert seen is not None
    assert (seen.can_retry, seen.method_id) == (True, first.method_id)
    assert seen.failure.startswith("The card was declined.")
    other = again(session, buyer, placed, second, now=NOW + timedelta(minutes=1))
    assert other.payment_id != placed.payment_id
    assert payment(session, other.payment_id).method_id == second.method_id
    assert settle(session, other.payment_id) is Outcome.SETTLED
    # the bank changes its mind about the first: that money goes back
    assert settle(session, placed.payment_id) is Outcome.REFUND_DUE
    assert settle(session, placed.payment_id) is Outcome.REPEATED
    refund = session.exec(select(Refund)).one()
    assert (refund.payment_id, refund.amount_minor) == (placed.payment_id, placed.amount.minor)
    proven(session)


@pytest.mark.parametrize("saved", [True, False], ids=["saved", "new"])
def test_the_same_way_again_is_the_same_payment(
    session: Session, buyer: Actor, saved: bool
) -> None:
    way = by_saved(session, buyer) if saved else NEW
    placed = place(session, buyer, way)
    assert again(session, buyer, placed, way) == again(session, buyer, placed, None) == placed
    at_screen(session, placed)
    assert again(session, buyer, placed, way) == placed
    assert len(session.exec(select(Payment)).all()) == 1


def test_another_way_takes_the_place_of_a_screen(session: Session, buyer: Actor) -> None:
    placed = place(session, buyer, NEW)
    at_screen(session, placed)
    kept = again(session, buyer, placed, OrderWay(keep=True))
    saved = again(session, buyer, placed, by_saved(session, buyer))
    states = [payment(session, one.payment_id).status for one in (placed, kept, saved)]
    assert states == [PaymentStatus.CANCELED] * 2 + [PaymentStatus.PENDING_AUTHORIZATION]
    assert settle(session, placed.payment_id) is Outcome.REFUND_DUE
    assert settle(session, saved.payment_id) is Outcome.SETTLED
    assert session.exec(select(Refund.payment_id)).all() == [placed.payment_id]
    proven(session)


def test_what_is_under_way_is_waited_for(session: Session, buyer: Actor) -> None:
    placed = place(session, buyer, by_saved(session, buyer))
    unchanged_but(session, BeingPaid, lambda: again(session, buyer, placed, NEW))
    settle(session, placed.payment_id, ChargeStatus.PROCESSING)
    late = NOW + CHARGING
    unchanged_but(session, BeingPaid, lambda: again(session, buyer, placed, NEW, now=late))
    settle(session, placed.payment_id, ChargeStatus.REQUIRES_ACTION)
    assert again(session, buyer, placed, NEW, now=late).payment_id != placed.payment_id


def test_two_ways_at_once_are_one_open_payment(database: Database) -> None:
    with database.writing() as session:
        shop = open_shop(session)
        actor = customer(session)
        choose(session, actor, shop["case"])
        ways = [by_saved(session, actor) for _ in range(4)]
        placed = place(session, actor, NEW)
        at_screen(session, placed)
    told = at_once(database, [lambda s, way=way: again(s, actor, placed, way) for way in ways])
    assert sorted(map(str, told)).count("being_paid") == 3
    open_ones = [
        row
        for row in everything(database, Payment)
        if row.status is PaymentStatus.PENDING_AUTHORIZATION
    ]
    assert len(open_ones) == 1
    assert open_ones[0].method_id in [way.method_id for way in ways]
