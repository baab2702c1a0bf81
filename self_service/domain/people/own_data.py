"""Everything that is kept about a customer, for the customer to take along (GDPR 15 and 20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.people.own import customer_row, person_of
from self_service.domain.people.own_data_parts import PARTS, Part, Whose
from self_service.models.documents import Document

#: Of the shape of the data: a new one whenever a key goes or means something else.
FORMAT = 1
#: Columns by which rows stand in the order in which they came.
_TIMES = ("ordered_at", "created_at", "at", "updated_at", "position")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A document as it was archived."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OwnData:
    """All parts, each a list of plain values, and the documents."""

    made_at: datetime
    parts: Mapping[str, list[dict[str, Any]]]
    files: tuple[StoredFile, ...]


def gather(session: Session, actor: Actor, *, now: datetime) -> OwnData:
    """Collect everything, and record that it was handed out.

    Args:
        session: open transaction that may write.
        actor: the customer in person, freshly confirmed.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed, AccountClosed, NotFound: not a customer in person.
        ConfirmationNeeded: the last proof of who this is is too old.
    """
    customer = customer_row(session, actor, in_person=True)
    actor.fresh(now)
    who = Whose(customer.id, person_of(session, customer).id, actor.identity())
    parts = {part.key: _rows(session, part, who) for part in PARTS}
    documents = session.exec(
        select(Document.name, Document.content)
        .where(Document.customer_id == customer.id)
        .order_by(Document.created_at, Document.id)
    )
    files = tuple(StoredFile(name, content) for name, content in documents)
    audit.record(session, actor, "own_data.exported", now=now, subject="own data")
    return OwnData(now, parts, files)


def _rows(session: Session, part: Part, who: Whose) -> list[dict[str, Any]]:
    columns = part.table.__table__.c
    statement = (
        select(*(columns[name] for name in part.columns))
        .where(part.mine(who))
        .order_by(*(columns[name] for name in _TIMES if name in columns), *columns.values()[:1])
    )
    return [
        dict(zip(part.columns, map(_plain, row), strict=True))
        for row in session.execute(statement).all()
    ]


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
