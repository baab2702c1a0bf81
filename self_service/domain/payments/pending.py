"""Payments that are still open: asking for one, remembering the charge, asking again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.rows import add_rows, changed
from self_service.domain.transitions import PAYMENT, advance
from self_service.models.orders import OrderState, ProductOrder
from self_service.models.payments import Payment, PaymentStatus
from self_service.models.people import Customer
from self_service.money import Money

#: Waits before the first, second, ... question of the janitor; the last one repeats.
ASK_AFTER = (
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
)

#: Order states in which money is still awaited.
UNPAID = frozenset({OrderState.ACKNOWLEDGED, OrderState.PENDING})


@dataclass(frozen=True, slots=True)
class PendingPayment:
    """A payment for which the provider is to be asked.

    Attributes:
        reference: the provider's id, "" when the charge was never opened as far as we know.
        wanted: False when the order is gone, so that the charge is to be given up.
        customer: the provider's id of the customer, "" for none.
    """

    id: UUID
    order_id: UUID | None
    amount: Money
    reference: str
    pay_path: str
    wanted: bool
    customer: str = ""


def ask(session: Session, order: ProductOrder, *, provider: str, now: datetime) -> UUID:
    """Write down that an order is to be paid; the caller then opens the charge.

    The janitor opens it if the caller does not get to it.

    Returns:
        The payment's id, which is the idempotency key at the provider.
    """
    payment = Payment(
        customer_id=order.customer_id,
        order_id=order.id,
        amount_minor=order.due_now_minor,
        currency=order.currency,
        status_changed_at=now,
        provider=provider,
        check_at=now + ASK_AFTER[0],
        created_at=now,
    )
    add_rows(session, [payment])
    return payment.id


def of_order(session: Session, order_id: UUID) -> UUID | None:
    """Return the open payment of an order, None when there is none."""
    statement = select(Payment.id).where(
        Payment.order_id == order_id, Payment.status == PaymentStatus.PENDING_AUTHORIZATION
    )
    return session.exec(statement).first()


def opened(
    session: Session, payment_id: UUID, *, reference: str, pay_path: str, now: datetime
) -> bool:
    """Remember the provider's charge for a payment.

    Returns:
        False when the payment was closed meanwhile: the charge is then to be given up.
    """
    statement = (
        update(Payment)
        .where(Payment.id == payment_id, Payment.status == PaymentStatus.PENDING_AUTHORIZATION)
        .values(reference=reference, pay_path=pay_path, check_at=now + ASK_AFTER[0])
    )
    return changed(session, statement) == 1


def refused(session: Session, payment_id: UUID, *, code: str, now: datetime) -> bool:
    """Close a payment that the provider would not even open, or never heard of."""
    return advance(
        session,
        Payment,
        payment_id,
        PaymentStatus.FAILED,
        allowed=PAYMENT,
        now=now,
        failure_code=code,
        check_at=None,
    )


def pending(session: Session, payment_id: UUID) -> PendingPayment | None:
    """Return a payment that is still open, None when it is not."""
    payment = session.get(Payment, payment_id, populate_existing=True)
    if payment is None or payment.status is not PaymentStatus.PENDING_AUTHORIZATION:
        return None
    order = session.get(ProductOrder, payment.order_id) if payment.order_id else None
    customer = session.get(Customer, payment.customer_id)
    return PendingPayment(
        id=payment.id,
        order_id=payment.order_id,
        amount=Money(payment.amount_minor, payment.currency),
        reference=payment.reference,
        pay_path=payment.pay_path,
        wanted=order is None or order.state in UNPAID,
        customer=customer.gateway_customer if customer else "",
    )


def claim_checks(
    session: Session, *, provider: str, now: datetime, limit: int = 20
) -> tuple[UUID, ...]:
    """Take the payments that are due to be asked about; nobody else gets them until next time."""
    due = session.exec(
        select(Payment)
        .where(
            Payment.status == PaymentStatus.PENDING_AUTHORIZATION,
            Payment.check_at <= now,
            Payment.provider == provider,
        )
        .order_by(Payment.check_at)
        .limit(limit)
    ).all()
    return tuple(payment.id for payment in due if _claim(session, payment, now))


def _claim(session: Session, payment: Payment, now: datetime) -> bool:
    wait = ASK_AFTER[min(payment.checks + 1, len(ASK_AFTER) - 1)]
    statement = (
        update(Payment)
        .where(Payment.id == payment.id, Payment.check_at == payment.check_at)
        .values(check_at=now + wait, checks=Payment.checks + 1)
    )
    return changed(session, statement) == 1


def owned_by(session: Session, payment_id: UUID, actor: Actor) -> bool:
    """Say whether a payment is one of the actor's own."""
    payment = session.get(Payment, payment_id)
    return payment is not None and payment.customer_id == actor.customer_id
