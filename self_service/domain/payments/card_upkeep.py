"""What happens to saved cards by themselves: collected, announced, expired, forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from self_service.domain.messages import Words
from self_service.domain.payments import holders, methods
from self_service.domain.rows import changed
from self_service.models.payments import MethodStatus, Payment, PaymentMethod, PaymentStatus
from self_service.models.people import Customer
from self_service.ports import SavedMethod


@dataclass(frozen=True, slots=True)
class Collected:
    """A paid payment whose card is to be saved; `customer` is the provider's id of the payer."""

    payment_id: UUID
    customer: str


def to_collect(session: Session, *, provider: str, limit: int = 20) -> tuple[Collected, ...]:
    """List payments that are done and whose card is still to be fetched from the provider."""
    rows = session.exec(
        select(Payment.id, Customer.gateway_customer)
        .join(Customer, Customer.id == Payment.customer_id)
        .where(
            Payment.keep_method,
            Payment.status == PaymentStatus.DONE,
            Payment.provider == provider,
            Customer.gateway_customer != "",
        )
        .order_by(Payment.status_changed_at)
        .limit(limit)
    )
    return tuple(Collected(payment_id, customer) for payment_id, customer in rows)


def collect(
    session: Session, payment_id: UUID, saved: Iterable[SavedMethod], *, now: datetime
) -> int:
    """Keep the cards that a paid payment brought; a second time finds nothing to do.

    Returns:
        How many are new.
    """
    statement = update(Payment).where(Payment.id == payment_id, Payment.keep_method)
    if not changed(session, statement.values(keep_method=False)):
        return 0
    payment = session.get_one(Payment, payment_id)
    known = set(
        session.exec(select(PaymentMethod.token).where(PaymentMethod.provider == payment.provider))
    )
    new = [one for one in saved if one.token not in known]
    for one in new:
        methods.keep(session, payment.customer_id, one, provider=payment.provider, now=now)
    return len(new)


def to_forget(session: Session, *, provider: str, limit: int = 20) -> tuple[tuple[UUID, str], ...]:
    """List removed cards that the provider still has: our id and its token."""
    rows = session.exec(
        select(PaymentMethod.id, PaymentMethod.token)
        .where(
            PaymentMethod.status == MethodStatus.REMOVED,
            col(PaymentMethod.forgotten_at).is_(None),
            PaymentMethod.provider == provider,
            PaymentMethod.token != "",
        )
        .order_by(PaymentMethod.status_changed_at)
        .limit(limit)
    )
    return tuple((method_id, token) for method_id, token in rows)


def forgotten(session: Session, method_id: UUID, *, now: datetime) -> None:
    """Note that the provider forgot a card."""
    statement = update(PaymentMethod).where(PaymentMethod.id == method_id)
    changed(session, statement.values(forgotten_at=now))


def expire(session: Session, *, now: datetime) -> int:
    """Mark the cards whose month is over; returns how many."""
    active = select(PaymentMethod).where(
        PaymentMethod.status == MethodStatus.ACTIVE, PaymentMethod.exp_year > 0, _within(now)
    )
    over = [
        row.id
        for row in session.exec(active)
        if methods.ends_at(row.exp_month, row.exp_year) <= now
    ]
    statement = update(PaymentMethod).where(
        col(PaymentMethod.id).in_(over), PaymentMethod.status == MethodStatus.ACTIVE
    )
    return changed(session, statement.values(status=MethodStatus.EXPIRED, status_changed_at=now))


def announce(session: Session, *, days: int, words: Words, now: datetime) -> int:
    """Write to the owners of cards that expire within `days`, once for each card.

    Args:
        session: open transaction.
        days: so long before the end (`BillPolicy.card_warn_days`).
        words: of the letter; they are given the last digits of the card.
        now: instant of writing.

    Returns:
        To how many cards letters were written.
    """
    soon = now + timedelta(days=days)
    rows = session.exec(
        select(PaymentMethod).where(
            PaymentMethod.status == MethodStatus.ACTIVE,
            PaymentMethod.exp_year > 0,
            col(PaymentMethod.told_expiry_at).is_(None),
            _within(soon),
        )
    ).all()
    told = 0
    for row in rows:
        if methods.ends_at(row.exp_month, row.exp_year) > soon:
            continue
        mine = update(PaymentMethod).where(
            PaymentMethod.id == row.id, col(PaymentMethod.told_expiry_at).is_(None)
        )
        if changed(session, mine.values(told_expiry_at=now)):
            holders.write(session, row.customer_id, "card_expires", words, row.last4, now=now)
            told += 1
    return told


def _within(until: datetime) -> object:
    """Return the condition that a card may end until an instant: its month is not later."""
    year, month = until.year, until.month
    this_year = (PaymentMethod.exp_year == year) & (PaymentMethod.exp_month <= month)
    return or_(PaymentMethod.exp_year < year, this_year)
