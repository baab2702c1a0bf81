"""The record of who did what, for whom, from where: appended to, never changed.

Each entry is sealed with the seal of the one before, so nobody can change, remove or slip in an
entry without all later seals being wrong (`broken`). The head row is locked first, so entries
stand in the order of their transactions; take it last in a transaction, others queue behind it.
No secret, card number or password may be given to `record`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, or_, select

from self_service.domain.access import Actor
from self_service.domain.rows import add_once, changed
from self_service.models.access import Role
from self_service.models.audit import AuditEntry, AuditHead
from self_service.models.people import Customer

#: Seal before the first entry.
_FIRST = "0" * 64
#: Entries that are read at a time when the chain is verified.
_STEP = 1_000
#: Where a session counts its entries.
_COUNT = "audit entries"
#: Made once: an entry, and the name of the customer whose things it is about.
_ENTRIES = (
    select(AuditEntry, Customer.name)
    .outerjoin(Customer, Customer.id == AuditEntry.customer_id)
    .order_by(col(AuditEntry.number).desc())
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, to be shown.

    Attributes:
        act: stable word for what was done: "password.changed".
        subject: what it was done to, in words of the domain.
        customer_name: whose things, "" when nobody's or when that customer is gone.
        theirs: done by the customer in person, not by somebody for them.
    """

    number: int
    at: datetime
    actor_id: UUID | None
    actor_name: str
    role: str
    customer_id: UUID | None
    act: str
    subject: str
    network: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    theirs: bool
    customer_name: str = ""


def record(
    session: Session,
    actor: Actor,
    act: str,
    *,
    now: datetime,
    subject: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    customer_id: UUID | None = None,
) -> None:
    """Append an entry in the transaction of the act itself.

    Args:
        session: open transaction.
        actor: who did it; for whom, and from where, stands in it.
        act: "password.changed".
        now: instant of the act.
        subject: what it was done to.
        before: values before, plain JSON, only of what changed.
        after: values after.
        customer_id: whose things, when not the actor's.
    """
    number, previous = _next(session)
    entry = AuditEntry(
        number=number,
        at=now.astimezone(UTC),
        actor_id=actor.identity_id,
        actor_name=actor.full_name[:170],
        role=actor.role.value,
        customer_id=customer_id or actor.customer_id,
        act=act,
        subject=subject[:120],
        network=actor.network,
        before=dict(before or {}),
        after=dict(after or {}),
        previous=previous,
        seal="",
    )
    entry.seal = seal(entry)
    session.add(entry)
    changed(session, update(AuditHead).values(number=number, seal=entry.seal))
    session.info[_COUNT] = recorded(session) + 1


def recorded(session: Session) -> int:
    """Return how many entries this session has written: whether an act recorded itself."""
    count: int = session.info.get(_COUNT, 0)
    return count


def seal(entry: AuditEntry) -> str:
    """Return the seal of an entry: SHA-256 over the seal before and all that it says."""
    said = entry.model_dump(exclude={"seal"})
    said["at"] = entry.at.astimezone(UTC).isoformat()
    text = json.dumps(said, default=str, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def broken(session: Session) -> int | None:
    """Return the number of the first entry that was tampered with, None when the chain holds."""
    previous, last = _FIRST, 0
    while rows := session.exec(
        select(AuditEntry)
        .where(AuditEntry.number > last)
        .order_by(AuditEntry.number)
        .limit(_STEP)
        .execution_options(populate_existing=True)
    ).all():
        for row in rows:
            if (row.number, row.previous, row.seal) != (last + 1, previous, seal(row)):
                return last + 1
            previous, last = row.seal, row.number
    head = session.exec(select(AuditHead.number, AuditHead.seal)).first() or (0, _FIRST)
    return None if tuple(head) == (last, previous) else last + 1


def verify(session: Session, actor: Actor, *, now: datetime) -> int | None:
    """Return the number of the first entry that was tampered with, None when the chain holds.

    Raises:
        SignInNeeded, NotAllowed: somebody who is no administrator.
    """
    del now
    actor.one_of(Role.ADMINISTRATOR)
    return broken(session)


def of_customer(session: Session, actor: Actor, *, now: datetime, most: int = 50) -> list[Entry]:
    """List what was done to the actor's things, and who looked, the newest first.

    Whoever acts for a customer sees that customer's part only; whoever has no things of their own
    sees what they did themselves.

    Raises:
        SignInNeeded: nobody is signed in.
    """
    del now
    own: ColumnElement[bool] = col(AuditEntry.actor_id) == actor.identity()
    if actor.customer_id is not None:
        theirs: ColumnElement[bool] = col(AuditEntry.customer_id) == actor.customer_id
        own = theirs if actor.acting else or_(theirs, own)
    return _entries(session.exec(_ENTRIES.where(own).limit(most)).all())


def search(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    words: str = "",
    before: int | None = None,
    most: int = 50,
) -> list[Entry]:
    """List entries that hold all of `words` in who, what, whose or where, the newest first.

    Args:
        session: open transaction.
        actor: an administrator.
        now: instant of looking.
        words: typed by the administrator.
        before: only entries with a smaller number: the next page.
        most: entries on a page.

    Raises:
        SignInNeeded, NotAllowed: somebody else.
    """
    del now
    actor.one_of(Role.ADMINISTRATOR)
    statement = _ENTRIES.limit(most)
    for word in words.split()[:8]:
        columns = (
            AuditEntry.actor_name,
            AuditEntry.act,
            AuditEntry.subject,
            AuditEntry.network,
            Customer.name,
        )
        statement = statement.where(
            or_(*(col(column).icontains(word, autoescape=True) for column in columns))
        )
    if before is not None:
        statement = statement.where(AuditEntry.number < before)
    return _entries(session.exec(statement).all())


def _entries(rows: Sequence[tuple[AuditEntry, str | None]]) -> list[Entry]:
    return [
        Entry(
            number=row.number,
            at=row.at,
            actor_id=row.actor_id,
            actor_name=row.actor_name,
            role=row.role,
            customer_id=row.customer_id,
            act=row.act,
            subject=row.subject,
            network=row.network,
            before=row.before,
            after=row.after,
            theirs=row.role in (Role.CUSTOMER, Role.SUB_USER, Role.VISITOR),
            customer_name=customer or "",
        )
        for row, customer in rows
    ]


def _next(session: Session) -> tuple[int, str]:
    """Return the number and the seal that the next entry follows, and keep others waiting."""
    add_once(session, AuditHead(id=1, number=0, seal=_FIRST))
    head = session.exec(select(AuditHead).where(AuditHead.id == 1).with_for_update()).one()
    session.refresh(head)
    return head.number + 1, head.seal
