"""What somebody was told: read, marked as read, forgotten after a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import Session, col, func, select

from self_service.domain.access import Actor
from self_service.domain.errors import NotFound
from self_service.domain.ids import as_id
from self_service.domain.notices.wishes import in_person
from self_service.domain.rows import changed
from self_service.models.access import DigitalIdentity, Role
from self_service.models.notices import Notice, Topic

#: Notices on a page, pages that can be asked for, and how far unread ones are counted.
PAGE, PAGES, COUNTED = 50, 200, 100
KEPT_FOR = timedelta(days=365)
#: Notices deleted in one transaction.
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class NoticeView:
    """Something that somebody was told.

    Attributes:
        path: of the page that it is about, below the language, "" for none.
        language: of subject and text.
    """

    id: UUID
    topic: Topic
    kind: str
    subject: str
    text: str
    path: str
    language: str
    created_at: datetime
    unread: bool


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of the history, the newest first.

    Attributes:
        topics: that there is anything of, whatever was filtered.
        more: there is a page of older ones.
    """

    notices: tuple[NoticeView, ...]
    topics: tuple[Topic, ...]
    more: bool


def page_of(
    session: Session, actor: Actor, *, topic: Topic | None, number: int, now: datetime
) -> HistoryPage:
    """Read a page of what the actor was told; who acts for a customer reads that customer's.

    Args:
        session: open transaction.
        actor: anybody who is signed in.
        topic: only of this topic, None for all.
        number: of the page, from 1; kept within what there can be.
        now: unused; every domain function has it.

    Raises:
        SignInNeeded: nobody is signed in.
    """
    del now
    theirs = _theirs(actor)
    wanted = select(Notice).where(*theirs)
    if topic is not None:
        wanted = wanted.where(Notice.topic == topic)
    first = (min(max(number, 1), PAGES) - 1) * PAGE
    ordered = wanted.order_by(col(Notice.created_at).desc(), Notice.id)
    rows = session.exec(ordered.offset(first).limit(PAGE + 1)).all()
    known = set(session.exec(select(Notice.topic).where(*theirs).distinct()))
    return HistoryPage(
        tuple(_view(row, actor) for row in rows[:PAGE]),
        tuple(one for one in Topic if one in known),
        len(rows) > PAGE,
    )


def unread(session: Session, actor: Actor, *, now: datetime) -> int:
    """Count what somebody has not read yet, up to a hundred: one look into a small index.

    Nobody counts for whoever acts for a customer, and for visitors.
    """
    del now
    if not actor.signed_in or actor.acting:
        return 0
    mine = (Notice.identity_id == actor.identity(), col(Notice.read_at).is_(None))
    some = select(Notice.id).where(*mine).limit(COUNTED).subquery()
    return session.exec(select(func.count()).select_from(some)).one()


#: What a form says to mean everything; one that says nothing is no wish.
ALL = "all"


def read_all(session: Session, actor: Actor, which: str, *, now: datetime) -> int:
    """Mark everything as read; returns how many were not.

    Raises:
        SignInNeeded, NotAllowed: not somebody for themselves.
        NotFound: `which` is not `ALL`.
    """
    mine = (col(Notice.identity_id) == in_person(actor), col(Notice.read_at).is_(None))
    if which != ALL:
        raise NotFound
    return changed(session, update(Notice).where(*mine).values(read_at=now))


def read_one(session: Session, actor: Actor, notice_id: object, *, now: datetime) -> NoticeView:
    """Mark a notice as read; returns it, to go where it leads.

    Raises:
        SignInNeeded, NotAllowed: not somebody for themselves.
        NotFound: it is not theirs.
    """
    mine = (col(Notice.identity_id) == in_person(actor), col(Notice.id) == as_id(notice_id))
    row = session.exec(select(Notice).where(*mine)).one_or_none()
    if row is None:
        raise NotFound
    if row.read_at is None:
        fresh = update(Notice).where(*mine, col(Notice.read_at).is_(None)).values(read_at=now)
        changed(session, fresh)
    return _view(row, actor)


def forget_old(session: Session, *, now: datetime, most: int = BATCH) -> int:
    """Delete notices that are older than a year, the oldest first; returns how many."""
    old = select(Notice.id).where(Notice.created_at <= now - KEPT_FOR)
    some = old.order_by(Notice.created_at).limit(most)
    gone = delete(Notice).where(col(Notice.id).in_(some))
    return changed(session, gone.execution_options(synchronize_session=False))


def _theirs(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Return the condition on notices that an actor may read.

    Of a customer whom somebody serves nothing about security, and nothing of those with whom the
    customer shares something.
    """
    identity_id = actor.identity()
    if not actor.acting:
        return (col(Notice.identity_id) == identity_id,)
    served = select(DigitalIdentity.id).where(
        DigitalIdentity.customer_id == actor.customer(), DigitalIdentity.role == Role.CUSTOMER
    )
    return (col(Notice.identity_id).in_(served), col(Notice.topic) != Topic.SECURITY)


def _view(row: Notice, actor: Actor) -> NoticeView:
    return NoticeView(
        row.id,
        row.topic,
        row.kind,
        row.subject,
        row.text,
        row.path,
        row.language,
        row.created_at,
        row.read_at is None and not actor.acting,
    )
