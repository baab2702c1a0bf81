"""Telling customers of automatic payments that did not go through: each once, with a link to pay.

`Payment.told_at` decides who tells; a process that dies in between tells at the next round.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import Session, col, select

from self_service.domain.messages import Words
from self_service.domain.payments import autopay, holders, pay_links
from self_service.domain.people.sealing import Vault
from self_service.domain.rows import changed
from self_service.models.bills import CustomerBill
from self_service.models.payments import Payment, PaymentItem, PaymentPurpose, PaymentStatus


@dataclass(frozen=True, slots=True)
class AutopayWords:
    """Words of the letters; each is given the secret of a link to pay.

    Attributes:
        declined: the card was refused and is tried again tomorrow.
        stopped: it was refused for the last time.
        confirm: the bank wants the person.
    """

    declined: Words
    stopped: Words
    confirm: Words


def untold(session: Session, *, limit: int = 50) -> tuple[UUID, ...]:
    """List automatic payments of bills whose customers have to act and were not told."""
    rows = session.exec(select(Payment.id).where(_untold()).order_by(Payment.created_at))
    return tuple(rows.fetchmany(limit))


def tell(
    session: Session, payment_id: UUID, *, words: AutopayWords, vault: Vault, now: datetime
) -> bool:
    """Write to a customer about an automatic payment, once.

    Args:
        session: open transaction.
        payment_id: one of `untold`.
        words: of the letters.
        vault: seals the link.
        now: instant of writing.

    Returns:
        True for the caller whose letter it is.
    """
    mine = update(Payment).where(Payment.id == payment_id, _untold())
    if not changed(session, mine.values(told_at=now)):
        return False
    payment = session.get_one(Payment, payment_id, populate_existing=True)
    item = session.exec(select(PaymentItem).where(PaymentItem.payment_id == payment_id)).first()
    if item is None:
        return False
    bill = session.get_one(CustomerBill, item.bill_id)
    link = pay_links.make(vault, bill.account_id, bill_id=bill.id, now=now)
    if payment.status is PaymentStatus.PENDING_AUTHORIZATION:
        kind, said = "autopay_confirm", words.confirm
    elif (item.attempt or 0) >= autopay.MOST_TRIES:
        kind, said = "autopay_stopped", words.stopped
    else:
        kind, said = "autopay_declined", words.declined
    holders.write(session, payment.customer_id, kind, said, link, now=now)
    return True


def _untold() -> ColumnElement[bool]:
    waits = and_(Payment.status == PaymentStatus.PENDING_AUTHORIZATION, col(Payment.pay_path) != "")
    return and_(
        Payment.off_session,
        Payment.purpose == PaymentPurpose.BILLS,
        col(Payment.told_at).is_(None),
        or_(Payment.status == PaymentStatus.FAILED, waits),
    )
