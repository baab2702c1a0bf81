"""Payments that are still open: asking for one, remembering the charge, asking again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.payments import applying
from self_service.domain.rows import add_rows, changed
from self_service.domain.transitions import PAYMENT, advance
from self_service.models.orders import OrderState, ProductOrder
from self_service.models.payments import MethodStatus, Payment, PaymentMethod, PaymentStatus
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
        wanted: False when what was to be paid is gone, so that the charge is to be given up.
        customer: the provider's id of the customer, "" for none.
        provider: name of the one that is asked.
        customer_id: whose it is.
        by_card: a saved card is charged; else the person pays on a screen.
        token: the saved card at the provider, "" when it was removed meanwhile.
        keep: the card of the screen is to be saved.
    """

    id: UUID
    order_id: UUID | None
    amount: Money
    reference: str
    pay_path: str
    wanted: bool
    customer: str = ""
    provider: str = ""
    customer_id: UUID | None = None
    by_card: bool = False
    token: str = ""
    keep: bool = False


def ask(
    session: Session,
    order: ProductOrder,
    *,
    provider: str,
    now: datetime,
    method_id: UUID | None = None,
    keep: bool = False,
) -> UUID:
    """Write down that an order is to be paid; the caller then opens or makes the charge.

    The janitor does it if the caller does not get to it.

    Args:
        session: open transaction.
        order: new, or locked.
        provider: name of the one that is asked.
        now: instant of asking.
        method_id: the saved card (`orders.ways` finds out whether it may be charged), None to pay
            on the provider's screen.
        keep: save the card of that screen.

    Returns:
        The payment's id, which is the idempotency key at the provider.
    """
    payment = Payment(
        customer_id=order.customer_id,
        order_id=order.id,
        method_id=method_id,
        keep_method=keep,
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
    return close(session, payment_id, PaymentStatus.FAILED, code=code, now=now)


def give_up(session: Session, payment_id: UUID, *, now: datetime) -> bool:
    """Close a payment that another one takes the place of; the janitor tells the provider."""
    return close(session, payment_id, PaymentStatus.CANCELED, code="given_up", now=now, ask_at=now)


def close(
    session: Session,
    payment_id: UUID,
    to: PaymentStatus,
    *,
    code: str,
    now: datetime,
    ask_at: datetime | None = None,
) -> bool:
    """End an open payment without its money, and free what it was meant for.

    Args:
        session: open transaction.
        payment_id: which.
        to: FAILED, DENIED or CANCELED.
        code: why, for programs.
        now: instant of the change.
        ask_at: when the provider is to be told that the charge is given up, None for never.

    Returns:
        True for the caller that ended it.
    """
    values = {"failure_code": code, "check_at": ask_at}
    if not advance(session, Payment, payment_id, to, allowed=PAYMENT, now=now, **values):
        return False
    applying.failed(session, session.get_one(Payment, payment_id), now=now)
    return True


def lock_payment(session: Session, payment_id: UUID) -> None:
    """Keep others from changing a payment until the commit; its account, if any, comes first."""
    session.exec(select(Payment.id).where(Payment.id == payment_id).with_for_update()).one()


def pending(
    session: Session, payment_id: UUID, *, now: datetime | None = None
) -> PendingPayment | None:
    """Return a payment that is still open, None when it is not.

    Args:
        session: open transaction.
        payment_id: which.
        now: by which it is judged whether it is still wanted; None leaves its age out.
    """
    payment = session.get(Payment, payment_id, populate_existing=True)
    if payment is None or payment.status is not PaymentStatus.PENDING_AUTHORIZATION:
        return None
    customer = session.get(Customer, payment.customer_id)
    method = session.get(PaymentMethod, payment.method_id) if payment.method_id else None
    usable = method is not None and method.status is not MethodStatus.REMOVED
    return PendingPayment(
        id=payment.id,
        order_id=payment.order_id,
        amount=Money(payment.amount_minor, payment.currency),
        reference=payment.reference,
        pay_path=payment.pay_path,
        wanted=_wanted(session, payment, now),
        customer=customer.gateway_customer if customer else "",
        provider=payment.provider,
        customer_id=payment.customer_id,
        by_card=payment.method_id is not None,
        token=method.token if method is not None and usable else "",
        keep=payment.keep_method,
    )


def _wanted(session: Session, payment: Payment, now: datetime | None) -> bool:
    if payment.order_id is not None:
        order = session.get(ProductOrder, payment.order_id)
        return order is None or order.state in UNPAID
    if payment.purpose not in applying.APPLY:
        return True
    if now is not None and payment.give_up_at is not None and payment.give_up_at <= now:
        return False
    return applying.wanted(session, payment, now=now or payment.created_at)


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
        .with_for_update(skip_locked=True)  # whoever holds several waits for none
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


def claim_given_up(
    session: Session, *, provider: str, now: datetime, limit: int = 20
) -> tuple[UUID, ...]:
    """Take the payments that ended here while their charge may still be open at the provider.

    Each is taken once: a charge that is paid all the same comes back as a late payment.
    """
    over = (PaymentStatus.CANCELED, PaymentStatus.FAILED)
    due = (Payment.status.in_(over), Payment.check_at <= now, Payment.provider == provider)
    wanted = select(Payment.id).where(*due).order_by(Payment.check_at).limit(limit)
    found = session.exec(wanted.with_for_update(skip_locked=True))
    return tuple(
        payment_id
        for payment_id in found.all()
        if changed(
            session,
            update(Payment).where(Payment.id == payment_id, *due).values(check_at=None),
        )
    )


def reference_of(session: Session, payment_id: UUID) -> str:
    """Return the provider's id of a payment's charge, "" when we never learnt it."""
    return session.get_one(Payment, payment_id, populate_existing=True).reference


def owned_by(session: Session, payment_id: UUID, actor: Actor) -> bool:
    """Say whether a payment is one of the actor's own, or started by them for somebody else."""
    payment = session.get(Payment, payment_id)
    if payment is None or not actor.signed_in:
        return False
    return payment.customer_id == actor.customer_id or payment.payer_id == actor.identity_id
