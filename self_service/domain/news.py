"""News: for whom something changed, so that pages which are open show it.

Written to the outbox with the change, read by each worker for the tabs that it serves. A line says
what changed, not what it is now: whoever is told reads it again, as the person who looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from self_service.domain import outbox
from self_service.domain.access import Actor, grants
from self_service.domain.ids import as_id
from self_service.domain.outbox import EventKind
from self_service.domain.rows import changed
from self_service.models.bills import BillingAccount, CustomerBill
from self_service.models.changes import ProductChange
from self_service.models.ledger import AccountKind, LedgerAccount
from self_service.models.messages import OutboxEvent
from self_service.models.network import ServiceRequest
from self_service.models.orders import ProductOrder
from self_service.models.payments import Payment
from self_service.models.subscriptions import Product

#: Customers named in one line.
TOGETHER = 200
#: Lines before the last one read that are looked at again: a slow transaction may have taken its
#: number early and ended late.
BACK = 200
#: Lines read at once.
MOST = 1_000
#: Nobody reads what is older.
KEPT = timedelta(days=1)


def _own(table: Any) -> Any:
    return select(table.customer_id).where(col(table.id).is_not(None)), table.id


def _whose() -> Mapping[str, tuple[SelectOfScalar[UUID], Any]]:
    """Return how the customers are found of what a line names."""
    wallets = select(LedgerAccount.owner_id).where(LedgerAccount.kind == AccountKind.WALLET)
    debts = select(BillingAccount.customer_id).join(
        LedgerAccount, col(LedgerAccount.owner_id) == BillingAccount.id
    )
    asked = select(Product.customer_id).join(
        ServiceRequest, col(ServiceRequest.product_id) == Product.id
    )
    own = (BillingAccount, CustomerBill, Payment, Product, ProductChange, ProductOrder)
    return {
        **{str(table.__tablename__): _own(table) for table in own},
        "wallet": (wallets, LedgerAccount.id),
        "receivable": (debts, LedgerAccount.id),
        "service_request": (asked, ServiceRequest.id),
    }


#: Events with a meaning of their own that are news too: what their payload names.
_SAID = {
    EventKind.BILL_MADE: ("bill", "customer_bill"),
    EventKind.DEBT_NOTICE: ("account", "billing_account"),
}


def note(session: Session, what: str, row_id: object, *, now: datetime) -> None:
    """Write that something changed; at the same instant a second time changes nothing.

    Args:
        session: open transaction, that of the change.
        what: name of a table with customers' things, else nothing is written.
        row_id: its row.
        now: instant of the change.
    """
    if what in _NOTED:
        key = f"{row_id} {now.timestamp():.6f}"
        outbox.note(session, EventKind.NEWS, key, now=now, what=what, id=str(row_id))


def tell(session: Session, customers: Iterable[UUID], *, now: datetime) -> None:
    """Write that something changed for customers: for changes that are made by the set."""
    listed = sorted({str(customer) for customer in customers})
    for start in range(0, len(listed), TOGETHER):
        named = " ".join(listed[start : start + TOGETHER])
        outbox.note(session, EventKind.NEWS, str(uuid4()), now=now, customers=named)


def of_products(session: Session, products: Iterable[UUID], *, now: datetime) -> None:
    """Write that something changed about products, as `tell` does for their customers."""
    whose = select(Product.customer_id).where(col(Product.id).in_(list(products))).distinct()
    tell(session, session.exec(whose), now=now)


_NOTED = frozenset(_whose())


def newest(session: Session) -> int:
    """Return the number of the last line, 0 when there is none."""
    return session.exec(select(func.max(OutboxEvent.id))).one() or 0


def since(session: Session, last: int, seen: frozenset[int]) -> tuple[Sequence[int], set[UUID]]:
    """Read the lines that came.

    Args:
        session: open transaction.
        last: the last number that was read.
        seen: those read before, of the last `BACK` ones.

    Returns:
        Numbers of the lines in order, old ones among them, and whom the new ones tell of.
    """
    number = col(OutboxEvent.id)
    read = session.exec(select(number).where(number > last - BACK).order_by(number).limit(MOST))
    there = [one for one in read if one is not None]
    new = [line for line in there if line not in seen]
    if not new:
        return there, set()
    customers: set[UUID] = set()
    named: dict[str, set[UUID]] = {}
    for line in session.exec(select(OutboxEvent).where(number.in_(new))):
        if line.kind == EventKind.NEWS:
            customers |= {UUID(one) for one in line.payload.get("customers", "").split()}
            if "id" in line.payload:
                named.setdefault(line.payload["what"], set()).add(UUID(line.payload["id"]))
        elif line.kind in _SAID:
            key, what = _SAID[EventKind(line.kind)]
            named.setdefault(what, set()).add(as_id(line.payload[key]))
    whose = _whose()
    for what, ids in named.items():
        found, key_column = whose[what]
        customers |= set(session.exec(found.where(key_column.in_(ids))))
    return there, customers


def followed(session: Session, actor: Actor, *, now: datetime) -> frozenset[UUID]:
    """Return whose news an actor sees at home: their own, or of those who share with them."""
    if actor.customer_id is not None:
        return frozenset({actor.customer_id})
    return frozenset(share.customer_id for share in grants.held(session, actor, now=now))


def forget(session: Session, *, now: datetime) -> int:
    """Delete lines that nobody reads any more; return how many."""
    old = delete(OutboxEvent).where(
        OutboxEvent.kind == EventKind.NEWS, OutboxEvent.created_at < now - KEPT
    )
    return changed(session, old)
