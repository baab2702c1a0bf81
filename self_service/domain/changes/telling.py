"""What people are told about changes: written with the change, put into words by a job."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain import outbox
from self_service.domain.messages import Words
from self_service.domain.outbox import EventKind, OpenEvent
from self_service.domain.people import mailbox
from self_service.domain.rows import add_rows, lock_order
from self_service.models.base import Texts
from self_service.models.changes import ChangeKind, ChangeStatus, ProductChange
from self_service.models.documents import Document
from self_service.models.orders import ProductOrder
from self_service.models.subscriptions import Product
from self_service.money import Money


class Told(StrEnum):
    """What is told of a change."""

    PLANNED = "planned"
    DONE = "done"
    FAILED = "failed"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"  # the receipt: at once, whatever the network says


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """What a letter is made from.

    Attributes:
        name, to: of what is changed, and what it becomes.
        order: number of the change's order.
        contract: number of the order that the subscription came with.
        asked_at: with date and time: the receipt of a withdrawal says them.
        who: who withdraws, as they said.
    """

    told: Told
    kind: ChangeKind
    name: Texts
    to: Texts
    order: str
    contract: str
    asked_at: datetime
    effective_at: datetime
    due: Money
    root_id: UUID
    who: str = ""


#: Puts a notice into words.
Wording = Callable[[ChangeNotice], Words]


def tell(session: Session, change: ProductChange, told: Told, *, now: datetime) -> None:
    """Write that the customer is to be told; the same thing a second time changes nothing."""
    key = f"{change.id} {told.value}"
    event = {"change": str(change.id), "told": told.value}
    outbox.emit(session, EventKind.CHANGE_NOTICE, key, now=now, **event)


def waiting(session: Session) -> tuple[OpenEvent, ...]:
    """List what has to be put into words, the oldest first."""
    return outbox.open_events(session, of=outbox.OF_CHANGES)


def undocumented(session: Session, *, most: int = 20) -> tuple[tuple[UUID, str], ...]:
    """List withdrawals whose receipt is not kept yet: change and language, the oldest first."""
    rows = session.exec(
        select(ProductChange.id, ProductOrder.language)
        .join(ProductOrder, col(ProductOrder.id) == ProductChange.order_id)
        .where(
            ProductChange.kind == ChangeKind.WITHDRAW,
            ProductChange.status == ChangeStatus.DONE,
            col(ProductOrder.contract_document_id).is_(None),
        )
        .order_by(ProductChange.asked_at)
        .limit(most)
    )
    return tuple((change_id, language) for change_id, language in rows)


def notice_of(session: Session, change_id: UUID) -> ChangeNotice:
    """Return what the receipt of a withdrawal says."""
    told = {"told": Told.WITHDRAWN.value}
    return _notice(session, session.get_one(ProductChange, change_id), told)


def keep_receipt(session: Session, change_id: UUID, content: bytes, *, now: datetime) -> bool:
    """Keep the receipt of a withdrawal with its order, once; False when it is there."""
    change = session.get_one(ProductChange, change_id)
    order = lock_order(session, change.order_id)
    if order is None or order.contract_document_id is not None:
        return False
    document = Document(
        customer_id=change.customer_id,
        kind="withdrawal",
        name=f"{order.number}.pdf",
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        created_at=now,
    )
    add_rows(session, [document])
    order.contract_document_id = document.id
    session.flush()
    return True


def write(session: Session, event: OpenEvent, wording: Wording, *, now: datetime) -> int:
    """Write the letters of a notice, once, whoever else is at it.

    Returns:
        How many: one to each sign-in of the customer.
    """
    if not outbox.finish(session, event.id, now=now):
        return 0
    change = session.get_one(ProductChange, UUID(event.payload["change"]))
    receivers = mailbox.of_customer(session, change.customer_id)
    notice = _notice(session, change, event.payload)
    words = wording(notice)
    for identity in receivers:
        mailbox.write(session, identity, f"change_{notice.told.value}", words, now=now)
    return len(receivers)


def _notice(session: Session, change: ProductChange, payload: Mapping[str, str]) -> ChangeNotice:
    order = session.get_one(ProductOrder, change.order_id)
    root = session.get_one(Product, change.root_id)
    return ChangeNotice(
        told=Told(payload["told"]),
        kind=change.kind,
        name=dict(change.quoted.get("name", {})),
        to=dict(change.quoted.get("to", {})),
        order=order.number,
        contract=session.get_one(ProductOrder, root.order_id).number,
        asked_at=change.asked_at,
        effective_at=change.effective_at,
        due=Money(int(change.quoted.get("due_minor", 0)), root.currency),
        root_id=root.id,
        who=change.wanted.get("who", ""),
    )
