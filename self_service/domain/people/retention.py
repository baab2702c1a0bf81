"""Deleting what the law kept of a customer who was erased, once it need not be kept any more.

Everything goes that belongs to such a customer: whatever row leads to them by foreign keys, so a
table that is added later is not forgotten. What is left names nobody: the emptied customer, person
and sign-in, to which the audit record points, and the ledger: its entries are never deleted, and
the sums of the operator's accounts need them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, exists, or_, tuple_, update
from sqlmodel import Session, SQLModel, col, func, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.pricing.periods import add_months
from self_service.domain.rows import changed
from self_service.models.access import Role
from self_service.models.bills import CustomerBill
from self_service.models.documents import Document
from self_service.models.orders import ProductOrder
from self_service.models.payments import ChargeBack, Payment, Refund
from self_service.models.people import Customer, CustomerStatus
from self_service.models.subscriptions import Resource, ResourceKind
from self_service.models.wallet import Bucket, TopupBalance, WalletCharge

#: Customers whose data are deleted in one transaction.
BATCH = 20
#: What stays: it names nobody since the erasure, or it is somebody else's too (the other end of a
#: transfer, the buyer of a voucher, whoever served the customer).
_STAYS = frozenset({"customer", "digital_identity", "transfer_balance", "voucher", "web_session"})
#: The empty wallet stays as the end of such transfers, but nothing that was put in or taken out.
_WALLET = Bucket.__tablename__
#: Who does it.
_PORTAL = Actor(role=Role.ADMINISTRATOR, full_name="Self Service")


def _documents(customer: Any) -> tuple[tuple[Any, ColumnElement[bool]], ...]:
    """Return what the years are counted from: when each was made, and that it is a customer's."""
    paid = select(Payment.id).where(Payment.customer_id == customer)
    wallets = select(Bucket.id).where(Bucket.customer_id == customer)
    return (
        (ProductOrder.ordered_at, col(ProductOrder.customer_id) == customer),
        (Payment.created_at, col(Payment.customer_id) == customer),
        (Refund.created_at, col(Refund.payment_id).in_(paid)),
        (ChargeBack.status_changed_at, col(ChargeBack.payment_id).in_(paid)),
        (Document.created_at, col(Document.customer_id) == customer),
        (CustomerBill.billed_at, col(CustomerBill.customer_id) == customer),
        (WalletCharge.charged_at, col(WalletCharge.bucket_id).in_(wallets)),
        (TopupBalance.created_at, col(TopupBalance.bucket_id).in_(wallets)),
    )


def kept_until(session: Session, customer_id: UUID, *, years: int) -> datetime | None:
    """Return until when the law wants a customer's documents kept, None when there are none.

    Args:
        session: open transaction.
        customer_id: whose.
        years: how long after the last of them: order, bill, charge, top-up, payment, refund or
            document.
    """
    found = [
        session.exec(select(func.max(at)).where(theirs)).one()
        for at, theirs in _documents(customer_id)
    ]
    last = max((at for at in found if at is not None), default=None)
    return add_months(last, 12 * years) if last else None


def due(session: Session, *, years: int, as_of: datetime, most: int = BATCH) -> tuple[UUID, ...]:
    """List erased customers of whom documents are kept that need not be any more.

    Args:
        session: open transaction.
        years: how long documents have to be kept.
        as_of: the instant by which it is judged.
        most: at most so many.
    """
    before = add_months(as_of, -12 * years)
    kept = _documents(Customer.id)
    old = [exists().where(theirs, at <= before).correlate(Customer) for at, theirs in kept]
    young = [exists().where(theirs, at > before).correlate(Customer) for at, theirs in kept]
    statement = (
        select(Customer.id)
        .where(Customer.status == CustomerStatus.CLOSED, or_(*old), ~or_(*young))
        .order_by(Customer.created_at, Customer.id)
        .limit(most)
    )
    return tuple(session.exec(statement))


def run(session: Session, *, years: int, now: datetime, most: int = BATCH) -> int:
    """Delete what need not be kept any more of some customers; a second time changes nothing.

    Args:
        session: open transaction.
        years: how long documents have to be kept.
        now: the instant by which it is judged, and which the record gets.
        most: at most so many customers.

    Returns:
        Of how many customers; as many as `most` means that there may be more.
    """
    done = 0
    for customer_id in due(session, years=years, as_of=now, most=most):
        row = session.exec(select(Customer.id).where(Customer.id == customer_id).with_for_update())
        until = kept_until(session, customer_id, years=years)
        if row.first() is None or until is None or until > now:  # another worker was first
            continue
        counts = _delete(session, customer_id)
        audit.record(
            session,
            _PORTAL,
            "account.retention_ended",
            now=now,
            subject="account",
            after={"rows": counts},
            customer_id=customer_id,
        )
        done += 1
    return done


def _delete(session: Session, customer_id: UUID) -> dict[str, int]:
    """Delete all that hangs on a customer; returns table name -> how many rows."""
    session.flush()
    found = _hanging(session, customer_id)
    _free(session, found.pop(Resource.__tablename__, set()))
    found.pop(_WALLET, None)
    for name in found:  # rows of one table may lead to each other
        table = SQLModel.metadata.tables[name]
        own = [c for c in table.columns if any(k.column.table is table for k in c.foreign_keys)]
        if own:
            values = dict.fromkeys((column.name for column in own), None)
            changed(session, update(table).where(_key(table).in_(found[name])).values(values))
    for name, ids in reversed(found.items()):
        table = SQLModel.metadata.tables[name]
        changed(session, delete(table).where(_key(table).in_(ids)))
    session.expire_all()
    return {name: len(ids) for name, ids in found.items()}


def _hanging(session: Session, customer_id: UUID) -> dict[str, set[Any]]:
    """Return the keys of all rows that lead to a customer, what they lead to first."""
    found: dict[str, set[Any]] = {}
    for table in SQLModel.metadata.sorted_tables:
        if table.name in _STAYS:
            continue
        leads = [
            column.in_(ids)
            for column in table.columns
            for key in column.foreign_keys
            if (ids := _reached(key.column.table.name, found, customer_id))
        ]
        if not leads:
            continue
        rows = session.execute(select(*table.primary_key.columns).where(or_(*leads)))
        if keys := {tuple(row) if len(row) > 1 else row[0] for row in rows}:
            found[table.name] = keys
    return found


def _reached(name: str, found: dict[str, set[Any]], customer_id: UUID) -> Collection[Any]:
    return {customer_id} if name == Customer.__tablename__ else found.get(name, set())


def _key(table: Table) -> Any:
    key, *more = table.primary_key.columns
    return tuple_(key, *more) if more else key


def _free(session: Session, ids: Collection[UUID]) -> None:
    """Give numbers back to the stock; a SIM or a thing is one person's for good: deleted."""
    theirs = col(Resource.id).in_(ids)
    number = Resource.kind == ResourceKind.MSISDN
    free = update(Resource).where(theirs, number).values(product_id=None, assigned_at=None)
    gone = delete(Resource).where(theirs, ~number)
    for statement in (free, gone):
        changed(session, statement.execution_options(synchronize_session=False))
