"""What a payment agreement holds of each bill, and how far it is paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from self_service.domain.debts.notices import NoticeKind, tell
from self_service.domain.transitions import AGREEMENT, advance
from self_service.models.bills import CustomerBill
from self_service.models.dunning import (
    AgreedBill,
    AgreementStatus,
    BillDispute,
    DisputeStatus,
    PaymentAgreement,
)


def active(session: Session, account_id: UUID) -> PaymentAgreement | None:
    """Return the agreement that an account has now, None without one."""
    wanted = select(PaymentAgreement).where(
        PaymentAgreement.account_id == account_id,
        PaymentAgreement.status == AgreementStatus.ACTIVE,
    )
    return session.exec(wanted.execution_options(populate_existing=True)).first()


def held(session: Session, account_id: UUID) -> Mapping[UUID, int]:
    """Return what the active agreement of an account holds out of dunning: bill -> minor units."""
    found = active(session, account_id)
    return {} if found is None else open_of(session, found)


def open_of(session: Session, agreement: PaymentAgreement) -> dict[UUID, int]:
    """Return what is still open of an agreement's sum: bill -> minor units, the first due first.

    Open is what remains of a bill, at most what was agreed. What is beyond the agreement, and what
    was disputed since, is paid last.
    """
    later = _disputed_since(session, agreement)
    rows = session.exec(
        select(
            AgreedBill.bill_id,
            AgreedBill.amount_minor,
            AgreedBill.beyond_minor,
            CustomerBill.remaining_minor,
        )
        .join(CustomerBill, CustomerBill.id == AgreedBill.bill_id)
        .where(AgreedBill.agreement_id == agreement.id)
        .order_by(CustomerBill.due_at, CustomerBill.sequence)
    )
    return {
        bill_id: max(min(agreed, remaining - beyond - later.get(bill_id, 0)), 0)
        for bill_id, agreed, beyond, remaining in rows
    }


def end_if_paid(session: Session, agreement: PaymentAgreement, *, now: datetime) -> bool:
    """Say that an agreement was kept, once nothing of its sum is open."""
    if any(open_of(session, agreement).values()):
        return False
    to = AgreementStatus.KEPT
    kept = advance(session, PaymentAgreement, agreement.id, to, allowed=AGREEMENT, now=now)
    if kept:
        minor = agreement.total_minor
        tell(
            session,
            NoticeKind.AGREEMENT_KEPT,
            agreement.account_id,
            agreement.id,
            now=now,
            minor=minor,
        )
    return kept


def _disputed_since(session: Session, agreement: PaymentAgreement) -> dict[UUID, int]:
    rows = session.exec(
        select(BillDispute.bill_id, func.sum(BillDispute.amount_minor))
        .join(AgreedBill, AgreedBill.bill_id == BillDispute.bill_id)
        .where(
            AgreedBill.agreement_id == agreement.id,
            BillDispute.status == DisputeStatus.OPEN,
            col(BillDispute.created_at) > agreement.created_at,
        )
        .group_by(BillDispute.bill_id)
    )
    return {bill_id: int(total) for bill_id, total in rows}
