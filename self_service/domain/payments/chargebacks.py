"""Charge-backs: the payer's bank takes a payment back, and may give it again when we contest it.

The provider tells of one several times and in any order (made, money gone, money back, closed).
What it told last, by its own clock, is what holds; each change of place is booked once, by new
entries of the ledger. `decisions/0013-charge-backs.md` says who owes what then.
"""

from __future__ import annotations

import logging
from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain.errors import N_, DomainError
from self_service.domain.payments import booking, methods
from self_service.domain.payments.giving_again import give_again
from self_service.domain.payments.pending import lock_payment
from self_service.domain.payments.taking_back import take
from self_service.domain.rows import add_once, changed, lock_order
from self_service.domain.transitions import CHARGE_BACK, advance
from self_service.models.bills import BillingAccount
from self_service.models.ledger import EntryKind, LedgerEntry
from self_service.models.payments import ChargeBack, ChargeBackStatus, Payment
from self_service.ports import ChargedBack

log = logging.getLogger(__name__)


class NotPaidYet(DomainError):
    """A charge-back of a payment whose money we have not heard of: the message is to come again."""

    code = "not_paid_yet"
    message = N_("This payment is not settled here yet. Send the message again later.")


class Came(StrEnum):
    """What came of a message."""

    TAKEN = "taken"
    RETURNED = "returned"
    REPEATED = "repeated"  # nothing new
    UNKNOWN = "unknown"  # not a payment of ours


def receive(
    session: Session, told: ChargedBack, *, provider: str, now: datetime
) -> tuple[Came, Payment | None]:
    """Act on what a provider says about a charge-back.

    Args:
        session: open transaction.
        told: as the provider says it.
        provider: who says it; none can say anything about another's payments.
        now: instant of booking.

    Returns:
        What came of it, and the payment, None when it is none of ours.

    Raises:
        NotPaidYet: the payment is not done here; nothing was changed.
    """
    payment = _find(session, told, provider)
    if payment is None:
        log.warning("charge-back of no payment of ours: %s", told.reference)
        return Came.UNKNOWN, None
    account = _lock(session, payment, now)
    session.refresh(payment)
    if not _came(session, payment):
        raise NotPaidYet
    row = _row(session, payment, told, now)
    to = ChargeBackStatus.TAKEN if told.taken else ChargeBackStatus.RETURNED
    before = row.status
    if told.at < row.heard_at or before is to:  # an older message that comes late, or said before
        _heard(session, row, told.at)
        return Came.REPEATED, payment
    if not advance(session, ChargeBack, row.id, to, allowed=CHARGE_BACK, now=now):
        return Came.REPEATED, payment
    _heard(session, row, told.at)
    if told.taken:
        take(session, row, payment, account, told, now=now)
    elif before is ChargeBackStatus.TAKEN:
        give_again(session, row, payment, account, now=now)
    session.expire_all()
    return (Came.TAKEN if told.taken else Came.RETURNED), payment


def _find(session: Session, told: ChargedBack, provider: str) -> Payment | None:
    theirs = select(Payment).where(Payment.provider == provider)
    found = None
    if told.charge_reference:
        found = session.exec(theirs.where(Payment.reference == told.charge_reference)).first()
    if found is None and told.payment_id:
        found = session.exec(theirs.where(Payment.id == booking.id_of(told.payment_id))).first()
    return found


def _lock(session: Session, payment: Payment, now: datetime) -> BillingAccount:
    """Take all locks of `lock_account`'s order that come before the wallet."""
    if payment.order_id:
        lock_order(session, payment.order_id)
    account = booking.account_of(session, payment, now=now)
    methods.lock(session, payment.customer_id)
    lock_payment(session, payment.id)
    return account


def _came(session: Session, payment: Payment) -> bool:
    """Say whether the money of a payment is in the books, done or come too late."""
    mine = (LedgerEntry.source_id == payment.id, LedgerEntry.kind == EntryKind.PAYMENT)
    return session.exec(select(LedgerEntry.id).where(*mine)).first() is not None


def _row(session: Session, payment: Payment, told: ChargedBack, now: datetime) -> ChargeBack:
    named = {"provider": payment.provider, "reference": told.reference[:120]}
    new = ChargeBack(
        payment_id=payment.id,
        currency=payment.currency,
        status_changed_at=now,
        heard_at=told.at,
        created_at=now,
        **named,
    )
    add_once(session, new)
    mine = select(ChargeBack).filter_by(**named)
    return session.exec(mine.execution_options(populate_existing=True)).one()


def _heard(session: Session, row: ChargeBack, at: datetime) -> None:
    later = update(ChargeBack).where(ChargeBack.id == row.id, ChargeBack.heard_at < at)
    changed(session, later.values(heard_at=at))
