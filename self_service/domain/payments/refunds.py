"""Money given back: a pending row first, then the provider, then `settle` or `confirm`."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain.orders.milestones import Milestone, mark
from self_service.domain.payments import booking
from self_service.domain.rows import add_once, changed
from self_service.domain.transitions import PAYMENT, advance
from self_service.models.payments import Payment, PaymentStatus, Refund
from self_service.money import Money
from self_service.ports import Charge, GatewayRefund, RefundStatus

log = logging.getLogger(__name__)

#: Shortest and longest time between two questions about one refund; it doubles in between.
ASK_AGAIN, ASK_AGAIN_AT_MOST = timedelta(seconds=30), timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class PendingRefund:
    """A refund for which the provider is to be asked; `reference` is that of the charge."""

    id: UUID
    reference: str
    amount: Money


def due(session: Session, payment: Payment, *, reason: str, now: datetime) -> bool:
    """Owe all of a payment back that its payer's bank did not take. Call it with the order locked.

    Returns:
        False when it was owed back already, for whatever reason, or the bank took all of it.
    """
    minor = payment.amount_minor - payment.taken_back_minor
    if owed(session, payment) or not minor:
        return False
    refund = Refund(
        payment_id=payment.id,
        amount_minor=minor,
        currency=payment.currency,
        reason=reason,
        status_changed_at=now,
        created_at=now,
    )
    if not add_once(session, refund):
        return False
    booking.give_back(session, payment, refund, now=now)
    return True


def owed(session: Session, payment: Payment) -> bool:
    """Say whether a payment is owed back, or was given back."""
    found = select(Refund.id).where(Refund.payment_id == payment.id)
    return session.exec(found).first() is not None


def by_bank(session: Session, payment: Payment, reference: str, *, now: datetime) -> int:
    """End the refunds of a payment that its payer's bank was faster than; call it with both locked.

    The provider gives nothing back of what the bank took. One that it refused counts as well: the
    books say that its money went.

    Args:
        session: open transaction.
        payment: the money of which was taken back.
        reference: the charge-back.
        now: instant of the change.

    Returns:
        How much of the payment left the books by them, in minor units.
    """
    rows = session.exec(
        select(Refund).where(Refund.payment_id == payment.id, Refund.status != PaymentStatus.DONE)
    ).all()
    for row in rows:
        _done(session, row.id, reference, now)
    return sum(row.amount_minor for row in rows)


def settle(session: Session, refund_id: UUID, answer: GatewayRefund, *, now: datetime) -> bool:
    """Take note of what the provider says about a refund.

    Returns:
        True for the caller that ended it.
    """
    if answer.status is RefundStatus.PENDING:
        return False
    if answer.status is RefundStatus.FAILED:
        return fail(session, refund_id, now=now)
    return _done(session, refund_id, answer.reference, now)


def confirm(session: Session, charge: Charge, *, now: datetime) -> int:
    """End the refunds of a charge of which the provider says that all was given back.

    Returns:
        How many were ended.
    """
    rows = session.exec(
        select(Refund)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(
            Payment.reference == charge.reference,
            Refund.status == PaymentStatus.PENDING_AUTHORIZATION,
        )
    ).all()
    if sum(row.amount_minor for row in rows) > charge.refunded.minor:
        return 0
    return sum(_done(session, row.id, row.reference, now) for row in rows)


def fail(session: Session, refund_id: UUID, *, now: datetime) -> bool:
    """Close a refund that the provider refused: people have to look."""
    log.error("refund %s was refused by the provider", refund_id)
    return advance(session, Refund, refund_id, PaymentStatus.FAILED, allowed=PAYMENT, now=now)


def claim_checks(
    session: Session, *, provider: str, now: datetime, limit: int = 20
) -> tuple[PendingRefund, ...]:
    """Take the refunds that are due to be asked for; nobody else gets them until next time."""
    rows = session.exec(
        select(Refund, Payment)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.status == PaymentStatus.PENDING_AUTHORIZATION, Payment.provider == provider)
        .order_by(Refund.status_changed_at)
        .limit(limit)
    ).all()
    return tuple(
        PendingRefund(
            id=refund.id,
            reference=payment.reference,
            amount=Money(refund.amount_minor, refund.currency),
        )
        for refund, payment in rows
        if _is_due(refund, now) and _claim(session, refund, now)
    )


def _is_due(refund: Refund, now: datetime) -> bool:
    # status_changed_at is when it was asked for last: the wait doubles with the refund's age
    waited = refund.status_changed_at - refund.created_at
    if not waited:
        return True
    return now - refund.status_changed_at >= min(max(waited, ASK_AGAIN), ASK_AGAIN_AT_MOST)


def _claim(session: Session, refund: Refund, now: datetime) -> bool:
    asked = max(now, refund.created_at + timedelta(microseconds=1))
    statement = (
        update(Refund)
        .where(Refund.id == refund.id, Refund.status_changed_at == refund.status_changed_at)
        .values(status_changed_at=asked)
    )
    return changed(session, statement) == 1


def _done(session: Session, refund_id: UUID, reference: str, now: datetime) -> bool:
    moved = advance(
        session,
        Refund,
        refund_id,
        PaymentStatus.DONE,
        allowed=PAYMENT,
        now=now,
        reference=reference,
    )
    if moved:
        _tell(session, refund_id, now)
    return moved


def _tell(session: Session, refund_id: UUID, now: datetime) -> None:
    row = session.exec(
        select(Refund, Payment.order_id)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.id == refund_id)
    ).one()
    refund, order_id = row
    if order_id is not None:
        detail = {"minor": str(refund.amount_minor), "currency": refund.currency}
        mark(session, order_id, Milestone.REFUNDED, now=now, subject=str(refund_id), **detail)
