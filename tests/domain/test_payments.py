"""Settling: once, the right sum, and what came too late goes back."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from self_service.domain import outbox
from self_service.domain.orders import placing as orders
from self_service.domain.orders.cancellation import BeingChecked, cancel, expire, unpaid_too_long
from self_service.domain.payments import pending as open_payments
from self_service.domain.payments import settling as payments
from self_service.domain.payments.settling import Outcome
from self_service.models.messages import OutboxEvent
from self_service.models.orders import OrderState, ProductOrder
from self_service.models.payments import InboundEvent, Payment, PaymentStatus, Refund
from self_service.ports import ChargeStatus, GatewayEvent
from tests.conftest import NOW
from tests.order_shop import (
    TERMS,
    WRITTEN,
    charge,
    choose,
    customer,
    euro,
    marks,
    open_shop,
    order,
    pay,
    rows,
    state_of,
    unchanged_but,
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


def test_success_moves_the_order_on(session: Session, placed) -> None:
    settled = payments.settle(session, charge=charge(placed), now=LATER)
    assert settled == payments.Settled(Outcome.SETTLED, placed.payment_id, placed.order_id)
    payment = payment_of(session, placed)
    assert (payment.status, payment.check_at) == (PaymentStatus.DONE, None)
    assert payment.reference == f"ch_{placed.payment_id}"
    assert state_of(session, placed.order_id) == OrderState.IN_PROGRESS
    assert session.get(ProductOrder, placed.order_id).reserved_until is None
    assert marks(session, placed.order_id) == ["placed", "paid"]
    paid = session.exec(select(OutboxEvent).where(OutboxEvent.kind == "order_paid")).one()
    assert paid.key == str(placed.order_id)


def test_who_comes_second_changes_nothing(session: Session, placed) -> None:
    pay(session, placed)
    before = rows(session, *WRITTEN)
    for said in (
        charge(placed),
        charge(placed, ChargeStatus.PROCESSING),
        charge(placed, ChargeStatus.REQUIRES_METHOD, failure_code="card_declined"),
        charge(placed, ChargeStatus.CANCELED),
    ):
        assert payments.settle(session, charge=said, now=LATER).outcome is Outcome.REPEATED
    assert rows(session, *WRITTEN) == before


def test_found_by_reference_when_our_id_is_not_known(session: Session, placed) -> None:
    open_payments.opened(session, placed.payment_id, reference="pi_7", pay_path="/p", now=NOW)
    said = charge(placed, reference="pi_7", payment_id="")
    assert payments.settle(session, charge=said, now=LATER).outcome is Outcome.SETTLED


@pytest.mark.parametrize("payment_id", ["", "nonsense", "5d0c2a9e-7c0f-4b57-9d4e-0a6b8a3f1c11"])
def test_charge_of_somebody_else_changes_nothing(session: Session, placed, payment_id) -> None:
    before = rows(session, *WRITTEN)
    said = charge(placed, payment_id=payment_id, reference="pi_other")
    assert payments.settle(session, charge=said, now=LATER).outcome is Outcome.UNKNOWN
    assert rows(session, *WRITTEN) == before


@pytest.mark.parametrize(
    "amount", [euro(1), euro(199000), euro(1990) * -1], ids=["less", "more", "minus"]
)
def test_another_sum_is_held_and_logged(
    session: Session, placed, actor, amount, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        settled = payments.settle(session, charge=charge(placed, amount=amount), now=LATER)
    assert settled.outcome is Outcome.MISMATCH
    assert str(placed.payment_id) in caplog.text
    payment = payment_of(session, placed)
    assert payment.status is PaymentStatus.PENDING_AUTHORIZATION
    assert (payment.failure_code, payment.check_at) == ("amount_mismatch", None)
    assert state_of(session, placed.order_id) == OrderState.PENDING
    assert "paid" not in marks(session, placed.order_id)
    assert not expire(session, placed.order_id, now=NOW + timedelta(days=1))
    unchanged_but(session, BeingChecked, lambda: cancel(session, actor, placed.order_id, now=LATER))


def test_another_currency_is_another_sum(session: Session, placed) -> None:
    from self_service.money import Money

    amount = Money(placed.amount.minor, "USD")
    settled = payments.settle(session, charge=charge(placed, amount=amount), now=LATER)
    assert settled.outcome is Outcome.MISMATCH


def test_declined_try_leaves_the_payment_open(session: Session, placed) -> None:
    said = charge(placed, ChargeStatus.REQUIRES_METHOD, failure_code="card_declined")
    assert payments.settle(session, charge=said, now=LATER).outcome is Outcome.DECLINED
    payment = payment_of(session, placed)
    assert payment.status is PaymentStatus.PENDING_AUTHORIZATION
    assert payment.failure_code == "card_declined"
    assert state_of(session, placed.order_id) == OrderState.ACKNOWLEDGED
    payments.settle(session, charge=said, now=LATER)
    assert marks(session, placed.order_id) == ["placed", "payment_failed"]
    payments.settle(session, charge=charge(placed, ChargeStatus.PROCESSING), now=LATER)
    assert payment_of(session, placed).failure_code == ""
    assert pay(session, placed).outcome is Outcome.SETTLED


def test_charge_that_was_never_tried_changes_nothing(session: Session, placed) -> None:
    before = rows(session, *WRITTEN)
    said = charge(placed, ChargeStatus.REQUIRES_METHOD)
    assert payments.settle(session, charge=said, now=LATER).outcome is Outcome.WAITING
    assert rows(session, *WRITTEN) == before


def test_charge_given_up_by_the_provider_is_denied(session: Session, placed) -> None:
    said = charge(placed, ChargeStatus.CANCELED, failure_code="expired_card")
    assert payments.settle(session, charge=said, now=LATER).outcome is Outcome.CLOSED
    payment = payment_of(session, placed)
    assert (payment.status, payment.failure_code) == (PaymentStatus.DENIED, "expired_card")
    assert state_of(session, placed.order_id) == OrderState.ACKNOWLEDGED


def test_success_after_all_of_a_denied_charge_goes_back(session: Session, placed, actor) -> None:
    payments.settle(session, charge=charge(placed, ChargeStatus.CANCELED), now=NOW)
    again = orders.retry_payment(session, actor, placed.order_id, terms=TERMS, now=NOW)
    assert pay(session, placed).outcome is Outcome.REFUND_DUE
    assert pay(session, placed).outcome is Outcome.REPEATED
    assert state_of(session, placed.order_id) == OrderState.ACKNOWLEDGED
    assert pay(session, again).outcome is Outcome.SETTLED
    refund = session.exec(select(Refund)).one()
    assert (refund.payment_id, refund.amount_minor) == (placed.payment_id, placed.amount.minor)


def test_success_after_cancelling_goes_back(session: Session, placed, actor) -> None:
    cancel(session, actor, placed.order_id, now=NOW)
    assert payment_of(session, placed).check_at == NOW
    assert pay(session, placed).outcome is Outcome.REFUND_DUE
    assert payment_of(session, placed).status is PaymentStatus.DONE
    assert state_of(session, placed.order_id) == OrderState.CANCELLED
    assert session.exec(select(Refund.amount_minor)).one() == placed.amount.minor
    kinds = {event.kind for event in outbox.open_events(session)}
    assert "order_paid" not in kinds


def test_success_after_running_out_goes_back(session: Session, placed) -> None:
    out = NOW + timedelta(minutes=30)
    assert unpaid_too_long(session, now=out - timedelta(seconds=1)) == ()
    assert unpaid_too_long(session, now=out) == (placed.order_id,)
    assert not expire(session, placed.order_id, now=out - timedelta(seconds=1))
    assert expire(session, placed.order_id, now=out)
    assert not expire(session, placed.order_id, now=out)
    assert pay(session, placed, now=out).outcome is Outcome.REFUND_DUE
    assert len(session.exec(select(Refund)).all()) == 1


def test_charge_of_a_cancelled_order_closes_as_canceled(session: Session, placed, actor) -> None:
    cancel(session, actor, placed.order_id, now=NOW)
    payments.settle(session, charge=charge(placed, ChargeStatus.CANCELED), now=LATER)
    assert payment_of(session, placed).status is PaymentStatus.CANCELED


def test_same_event_is_acted_on_once(session: Session, placed) -> None:
    event = GatewayEvent("evt_1", "charge_succeeded", charge(placed))
    first = payments.receive_event(session, event, source="sandbox", now=LATER)
    again = payments.receive_event(session, event, source="sandbox", now=LATER)
    assert (first.outcome, again.outcome) == (Outcome.SETTLED, Outcome.REPEATED)
    assert session.exec(select(InboundEvent.external_id)).one() == "evt_1"
    assert marks(session, placed.order_id).count("paid") == 1


def test_old_event_once_more_does_not_undo_what_came_after(session: Session, placed) -> None:
    declined = charge(placed, ChargeStatus.REQUIRES_METHOD, failure_code="card_declined")
    event = GatewayEvent("evt_1", "charge_failed", declined)
    payments.receive_event(session, event, source="sandbox", now=LATER)
    payments.settle(session, charge=charge(placed, ChargeStatus.PROCESSING), now=LATER)
    payments.receive_event(session, event, source="sandbox", now=LATER)
    assert payment_of(session, placed).failure_code == ""


def test_same_event_id_of_another_provider_is_another_event(session: Session, placed) -> None:
    event = GatewayEvent("evt_1", "other", None)
    payments.receive_event(session, event, source="sandbox", now=LATER)
    payments.receive_event(session, event, source="stripe", now=LATER)
    assert len(session.exec(select(InboundEvent)).all()) == 2
    assert marks(session, placed.order_id) == ["placed"]


def test_questions_come_less_and_less_often(session: Session, placed) -> None:
    asked, now = [], NOW
    while now < NOW + timedelta(hours=1):
        if open_payments.claim_checks(session, provider="sandbox", now=now):
            asked.append(int((now - NOW).total_seconds()))
            assert open_payments.claim_checks(session, provider="sandbox", now=now) == ()
        now += timedelta(seconds=10)
    assert asked == [30, 90, 390, 1290, 2190, 3090]


def test_opened_only_while_open(session: Session, placed, actor) -> None:
    pending = open_payments.pending(session, placed.payment_id)
    assert (pending.amount, pending.wanted, pending.pay_path) == (placed.amount, True, "")
    assert open_payments.opened(
        session, placed.payment_id, reference="ch_1", pay_path="/pay/1", now=NOW
    )
    cancel(session, actor, placed.order_id, now=NOW)
    assert not open_payments.pending(session, placed.payment_id).wanted
    open_payments.refused(session, placed.payment_id, code="not_opened", now=NOW)
    assert open_payments.pending(session, placed.payment_id) is None
    assert not open_payments.opened(
        session, placed.payment_id, reference="ch_2", pay_path="/pay/2", now=NOW
    )
    assert payment_of(session, placed).reference == "ch_1"
