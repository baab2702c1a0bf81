"""Money owed back: asked for once at a time, ended once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from self_service.domain.orders.cancellation import cancel
from self_service.domain.payments import refunds
from self_service.domain.payments import settling as payments
from self_service.models.orders import OrderMilestone
from self_service.models.payments import Payment, PaymentStatus, Refund
from self_service.ports import GatewayEvent, GatewayRefund, RefundStatus
from tests.conftest import NOW
from tests.order_shop import (
    charge,
    choose,
    customer,
    euro,
    open_shop,
    order,
    pay,
)

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def actor(session: Session):
    return customer(session)


@pytest.fixture
def placed(session: Session, actor):
    shop = open_shop(session)
    choose(session, actor, shop["case"])
    return order(session, actor)


def payment_of(session: Session, placed) -> Payment:
    return session.get(Payment, placed.payment_id, populate_existing=True)


def owed(session: Session, placed, actor) -> refunds.PendingRefund:
    pay(session, placed)
    cancel(session, actor, placed.order_id, now=NOW)
    return refunds.claim_checks(session, provider="sandbox", now=NOW)[0]


def test_refund_is_asked_for_once_at_a_time(session: Session, placed, actor) -> None:
    refund = owed(session, placed, actor)
    assert refund.amount == placed.amount
    assert refund.reference == f"ch_{placed.payment_id}"
    assert refunds.claim_checks(session, provider="sandbox", now=NOW) == ()
    soon = NOW + timedelta(seconds=31)
    assert refunds.claim_checks(session, provider="stripe", now=soon) == ()
    assert len(refunds.claim_checks(session, provider="sandbox", now=soon)) == 1


def test_a_payment_is_owed_back_once_whatever_the_reason(session: Session, placed) -> None:
    pay(session, placed)
    payment = payment_of(session, placed)
    assert refunds.due(session, payment, reason="paid_late", now=NOW)
    assert not refunds.due(session, payment, reason="order_cancelled", now=NOW)
    assert len(session.exec(select(Refund)).all()) == 1


@pytest.mark.parametrize("way", ["answer", "event"])
def test_refund_ends_once(session: Session, placed, actor, way) -> None:
    refund = owed(session, placed, actor)
    answer = GatewayRefund("re_1", refund.reference, RefundStatus.SUCCEEDED, refund.amount)
    told = charge(placed, refunded=placed.amount)
    event = GatewayEvent("evt_9", "refund_succeeded", told)
    if way == "answer":
        assert refunds.settle(session, refund.id, answer, now=LATER)
    payments.receive_event(session, event, source="sandbox", now=LATER)
    assert not refunds.settle(session, refund.id, answer, now=LATER)
    assert session.exec(select(Refund.status)).one() is PaymentStatus.DONE
    refunded = select(OrderMilestone).where(OrderMilestone.code == "refunded")
    assert len(session.exec(refunded).all()) == 1


def test_refund_that_is_not_through_stays_open(session: Session, placed, actor) -> None:
    refund = owed(session, placed, actor)
    answer = GatewayRefund("re_1", refund.reference, RefundStatus.PENDING, refund.amount)
    assert not refunds.settle(session, refund.id, answer, now=LATER)
    assert refunds.confirm(session, charge(placed, refunded=euro(1)), now=LATER) == 0
    assert session.exec(select(Refund.status)).one() is PaymentStatus.PENDING_AUTHORIZATION
    assert refunds.confirm(session, charge(placed, refunded=placed.amount), now=LATER) == 1


def test_refused_refund_is_left_to_people(
    session: Session, placed, actor, caplog: pytest.LogCaptureFixture
) -> None:
    refund = owed(session, placed, actor)
    answer = GatewayRefund("re_1", refund.reference, RefundStatus.FAILED, refund.amount)
    refunds.settle(session, refund.id, answer, now=LATER)
    assert str(refund.id) in caplog.text
    assert session.exec(select(Refund.status)).one() is PaymentStatus.FAILED
