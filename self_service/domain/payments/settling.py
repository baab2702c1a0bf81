"""Money asked for and given back: what is written before the provider is called, and after.

`settle` is the only way in which a payment ends. The webhook, the janitor and the page to which
the person returns all call it with what the provider says; whoever comes second changes nothing.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain import outbox
from self_service.domain.orders.milestones import Milestone, mark
from self_service.domain.payments import applying, booking, chargebacks, refunds
from self_service.domain.payments.pending import UNPAID, lock_payment
from self_service.domain.rows import add_once, lock_order
from self_service.domain.transitions import ORDER, PAYMENT, advance
from self_service.models.orders import OrderState, ProductOrder
from self_service.models.payments import InboundEvent, Payment, PaymentPurpose, PaymentStatus
from self_service.money import Money
from self_service.ports import Charge, ChargeStatus, GatewayEvent

log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What `settle` did."""

    SETTLED = "settled"  # the money is ours, the order goes on
    REFUND_DUE = "refund_due"  # the money came too late: it goes back
    DECLINED = "declined"  # the last try failed; another one may work
    CLOSED = "closed"  # the provider gave the charge up
    WAITING = "waiting"  # the provider does not know yet, or the person has not acted
    MISMATCH = "mismatch"  # another sum than ours was paid: a bug, left to people
    REPEATED = "repeated"  # somebody else was first: nothing changed
    UNKNOWN = "unknown"  # not a payment of ours
    TAKEN_BACK = "taken_back"  # the payer's bank took the money back
    GIVEN_AGAIN = "given_again"  # and gave it again


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of what the provider said."""

    outcome: Outcome
    payment_id: UUID | None = None
    order_id: UUID | None = None


def settle(session: Session, *, charge: Charge, now: datetime, provider: str = "") -> Settled:
    """Take note of what the provider says about a charge.

    Args:
        session: open transaction.
        charge: as the provider knows it; found by our id in it, else by its reference.
        now: instant of the change.
        provider: who says it; no provider can say anything about another's payments.
    """
    payment = _find(session, charge)
    if payment is None or provider not in ("", payment.provider):
        log.warning("charge of no payment of ours: %s", charge.reference)
        return Settled(Outcome.UNKNOWN)
    order = _lock(session, payment, now)
    session.refresh(payment)  # as it is now that nobody else can change it
    outcome = _apply(session, payment, order, charge, now)
    session.expire(payment)
    return Settled(outcome, payment.id, payment.order_id)


def receive_event(session: Session, event: GatewayEvent, *, source: str, now: datetime) -> Settled:
    """Act on a verified message of the provider, once, however often it is delivered.

    Args:
        session: open transaction.
        event: as `PaymentGateway.parse_event` returned it.
        source: name of the provider.
        now: instant of receipt.

    Raises:
        chargebacks.NotPaidYet: the provider is to send it again.
    """
    message = InboundEvent(source=source, external_id=event.id, kind=event.kind, received_at=now)
    if not add_once(session, message):
        return Settled(Outcome.REPEATED)
    if event.charged_back is not None:
        came, paid = chargebacks.receive(session, event.charged_back, provider=source, now=now)
        return Settled(_CAME[came], paid.id if paid else None, paid.order_id if paid else None)
    if event.charge is None:
        return Settled(Outcome.UNKNOWN)
    if event.kind == "refund_succeeded":
        refunds.confirm(session, event.charge, now=now)
        return Settled(Outcome.REPEATED)
    return settle(session, charge=event.charge, now=now, provider=source)


_CAME = {
    chargebacks.Came.TAKEN: Outcome.TAKEN_BACK,
    chargebacks.Came.RETURNED: Outcome.GIVEN_AGAIN,
    chargebacks.Came.REPEATED: Outcome.REPEATED,
    chargebacks.Came.UNKNOWN: Outcome.UNKNOWN,
}


def _find(session: Session, charge: Charge) -> Payment | None:
    try:
        found = session.get(Payment, UUID(charge.payment_id))
    except ValueError:
        found = None
    if found is None and charge.reference:
        found = session.exec(select(Payment).where(Payment.reference == charge.reference)).first()
    return found


def _lock(session: Session, payment: Payment, now: datetime) -> ProductOrder | None:
    """Keep others from what the payment is about; returns its order, None without one."""
    if payment.order_id:
        return lock_order(session, payment.order_id)
    if payment.purpose is PaymentPurpose.BILLS:
        booking.account_of(session, payment, now=now)
    lock_payment(session, payment.id)
    return None


def _apply(
    session: Session, payment: Payment, order: ProductOrder | None, charge: Charge, now: datetime
) -> Outcome:
    if charge.status is ChargeStatus.SUCCEEDED:
        return _succeeded(session, payment, order, charge, now)
    if payment.status is not PaymentStatus.PENDING_AUTHORIZATION:
        return Outcome.REPEATED
    if charge.status is ChargeStatus.CANCELED:
        return _closed(session, payment, order, charge, now)
    if charge.status is ChargeStatus.REQUIRES_METHOD and charge.failure_code:
        return _declined(session, payment, charge, now)
    payment.failure_code = ""  # another try is under way
    payment.processing = charge.status is ChargeStatus.PROCESSING
    session.flush()
    return Outcome.WAITING


def _succeeded(
    session: Session, payment: Payment, order: ProductOrder | None, charge: Charge, now: datetime
) -> Outcome:
    if payment.status is PaymentStatus.DONE:
        return Outcome.REPEATED
    if charge.amount != Money(payment.amount_minor, payment.currency):
        return _mismatch(session, payment, order, charge, now)
    done = advance(
        session,
        Payment,
        payment.id,
        PaymentStatus.DONE,
        allowed=PAYMENT,
        now=now,
        reference=charge.reference,
        failure_code="",
        check_at=None,
    )
    if not done:  # we had given this charge up, and now it was paid after all
        if refunds.owed(session, payment):
            return Outcome.REPEATED
        booking.to_credit(session, payment, now=now)
        refunds.due(session, payment, reason="paid_late", now=now)
        return Outcome.REFUND_DUE
    if payment.purpose in applying.APPLY:
        applying.paid(session, payment, now=now)
        return Outcome.SETTLED
    booking.to_credit(session, payment, now=now)
    if order is None:
        return Outcome.SETTLED
    if order.state not in UNPAID:
        refunds.due(session, payment, reason="order_cancelled", now=now)
        return Outcome.REFUND_DUE
    begin(session, order.id, now=now, amount=charge.amount)
    return Outcome.SETTLED


def begin(session: Session, order_id: UUID, *, now: datetime, amount: Money) -> None:
    """Let a paid order (or one with nothing to pay) go to fulfilment."""
    values = {"reserved_until": None}
    to = OrderState.IN_PROGRESS
    if advance(
        session, ProductOrder, order_id, to, allowed=ORDER, now=now, column="state", **values
    ):
        if amount:
            detail = {"minor": str(amount.minor), "currency": amount.currency}
            mark(session, order_id, Milestone.PAID, now=now, **detail)
        outbox.emit(session, outbox.EventKind.ORDER_PAID, str(order_id), now=now)


def _mismatch(
    session: Session, payment: Payment, order: ProductOrder | None, charge: Charge, now: datetime
) -> Outcome:
    log.error("payment %s: the provider took another sum than ours", payment.id)
    payment.failure_code, payment.reference = "amount_mismatch", charge.reference
    payment.check_at = None
    session.flush()
    if order is not None and order.state is OrderState.ACKNOWLEDGED:
        to = OrderState.PENDING  # neither expired nor fulfilled until a person has looked
        advance(session, ProductOrder, order.id, to, allowed=ORDER, now=now, column="state")
        mark(session, order.id, Milestone.HELD, now=now, subject="payment")
    return Outcome.MISMATCH


def _declined(session: Session, payment: Payment, charge: Charge, now: datetime) -> Outcome:
    code = charge.failure_code[:27]
    payment.failure_code, payment.reference = code, charge.reference
    payment.processing = False
    session.flush()
    if payment.order_id:
        about = f"{payment.id}:{code}"
        failed = Milestone.PAYMENT_FAILED
        mark(session, payment.order_id, failed, now=now, subject=about, reason=code)
    if payment.method_id is not None and not payment.pay_path:
        return _card_refused(session, payment, now)
    return Outcome.DECLINED


def _card_refused(session: Session, payment: Payment, now: datetime) -> Outcome:
    """End a payment by a saved card that was refused: nobody is at a screen to try another."""
    to = PaymentStatus.FAILED
    # `check_at`: the janitor gives the charge up at the provider
    if not advance(session, Payment, payment.id, to, allowed=PAYMENT, now=now, check_at=now):
        return Outcome.REPEATED
    applying.failed(session, payment, now=now)
    return Outcome.DECLINED


def _closed(
    session: Session, payment: Payment, order: ProductOrder | None, charge: Charge, now: datetime
) -> Outcome:
    ours = order is not None and order.state not in UNPAID
    moved = advance(
        session,
        Payment,
        payment.id,
        PaymentStatus.CANCELED if ours else PaymentStatus.DENIED,
        allowed=PAYMENT,
        now=now,
        reference=charge.reference,
        failure_code=charge.failure_code,
        check_at=None,
    )
    if not moved:
        return Outcome.REPEATED
    applying.failed(session, payment, now=now)
    return Outcome.CLOSED
