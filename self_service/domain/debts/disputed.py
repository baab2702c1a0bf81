"""How much of a bill is disputed: the sum of its open disputes, at most what remains of it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Update, case, update
from sqlmodel import Session, func, select

from self_service.domain.rows import changed
from self_service.models.bills import CustomerBill
from self_service.models.dunning import BillDispute, DisputeStatus

_OPEN = (
    select(func.coalesce(func.sum(BillDispute.amount_minor), 0))
    .where(BillDispute.bill_id == CustomerBill.id, BillDispute.status == DisputeStatus.OPEN)
    .correlate(CustomerBill)
    .scalar_subquery()
)


def count(session: Session, bill_id: UUID) -> None:
    """Write how much of a bill is disputed now. The caller holds the account's lock."""
    session.flush()
    remaining = CustomerBill.remaining_minor
    least = case((remaining > _OPEN, _OPEN), else_=remaining)
    statement = update(CustomerBill).where(CustomerBill.id == bill_id)
    _run(session, statement.values(disputed_minor=least))


def keep_within(session: Session, account_id: UUID) -> None:
    """Lower what is disputed of an account's bills to what remains of them: they were paid."""
    statement = update(CustomerBill).where(
        CustomerBill.account_id == account_id,
        CustomerBill.disputed_minor > CustomerBill.remaining_minor,
    )
    _run(session, statement.values(disputed_minor=CustomerBill.remaining_minor))


def _run(session: Session, statement: Update) -> None:
    changed(session, statement.execution_options(synchronize_session=False))
