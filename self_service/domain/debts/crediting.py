"""Giving back a disputed sum: a credit note for its line."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, update
from sqlmodel import Session, col

from self_service.domain.bills import credit_note
from self_service.domain.bills.credit_note import CreditLine
from self_service.domain.rows import changed
from self_service.models.dunning import AgreedBill, BillDispute


def give_back(
    session: Session, dispute: BillDispute, minor: int, reason: str, *, now: datetime
) -> None:
    """Write the credit note of a dispute that was accepted, and remember it with the dispute.

    Args:
        session: open transaction that holds the account's lock.
        dispute: which.
        minor: how much, in minor units, at most the line's sum.
        reason: for the reader.
        now: instant of writing.

    Raises:
        credit_note.TooMuch, credit_note.NothingToCredit: so much is not left of the line.
    """
    # what was disputed before an agreement was no part of it, nor is its credit; said before the
    # note is written, after which is looked whether the agreement is paid
    less = AgreedBill.beyond_minor - minor
    beyond = update(AgreedBill).where(
        AgreedBill.bill_id == dispute.bill_id, col(AgreedBill.beyond_minor) > 0
    )
    changed(session, beyond.values(beyond_minor=case((less > 0, less), else_=0)))
    lines = [CreditLine(dispute.rate_id, minor)]
    note = credit_note.credit(session, dispute.bill_id, lines, reason, now)
    mine = update(BillDispute).where(BillDispute.id == dispute.id)
    changed(session, mine.values(credit_bill_id=note.id))
