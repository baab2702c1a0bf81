"""The file of a bill: kept once, the same bytes ever after."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col

from self_service.domain.access import Actor
from self_service.domain.bills.reach import bill_of
from self_service.domain.orders.contract import StoredDocument
from self_service.domain.rows import add_rows, changed
from self_service.models.bills import CustomerBill
from self_service.models.documents import Document

#: `Document.kind` of a bill.
KIND = "bill"


def stored(
    session: Session, actor: Actor, number: str, *, now: datetime
) -> tuple[UUID, StoredDocument | None]:
    """Return a bill's id and its file, None while it was not made.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: there is no such bill, or none that this person sees.
    """
    bill, _ = bill_of(session, actor, number, now=now)
    return bill.id, _read(session, bill.document_id)


def keep(
    session: Session, bill_id: UUID, *, content: bytes, name: str, now: datetime
) -> StoredDocument:
    """Keep a bill's file; when there is one already, that one stays and is returned.

    Args:
        session: open transaction.
        bill_id: the bill.
        content: the file.
        name: what a person will save it as.
        now: instant of keeping.
    """
    bill = session.get_one(CustomerBill, bill_id)
    document = Document(
        customer_id=bill.customer_id,
        kind=KIND,
        name=name,
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        created_at=now,
    )
    add_rows(session, [document])
    first = (
        update(CustomerBill)
        .where(CustomerBill.id == bill_id, col(CustomerBill.document_id).is_(None))
        .values(document_id=document.id)
        .execution_options(synchronize_session=False)
    )
    if changed(session, first) == 0:
        changed(session, delete(Document).where(col(Document.id) == document.id))
    session.refresh(bill, ["document_id"])
    found = _read(session, bill.document_id)
    assert found is not None  # ours, or that of whoever came first
    return found


def _read(session: Session, document_id: UUID | None) -> StoredDocument | None:
    row = session.get(Document, document_id) if document_id else None
    return StoredDocument(row.name, row.media_type, row.content) if row else None
