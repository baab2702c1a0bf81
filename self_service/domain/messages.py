"""Mail: written in the transaction that it tells of, sent by a job afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from self_service.domain.rows import changed
from self_service.models.messages import CommunicationMessage

#: Waiting times between tries; after the last the message is given up and stays in the table.
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to send, or one that was sent."""

    id: UUID
    kind: str
    receiver: str
    language: str
    subject: str
    body: str
    created_at: datetime


def write(
    session: Session,
    kind: str,
    *,
    receiver: str,
    language: str,
    subject: str,
    body: str,
    now: datetime,
    identity_id: UUID | None = None,
) -> None:
    """Write a mail; it is sent once the transaction is through.

    Args:
        session: open transaction.
        kind: "password_reset".
        receiver: e-mail address.
        language: in which it is written.
        subject: one line.
        body: plain text with whole addresses.
        now: instant of writing.
        identity_id: to whose sign-in it belongs.
    """
    session.add(
        CommunicationMessage(
            kind=kind,
            identity_id=identity_id,
            receiver=receiver,
            language=language,
            subject=" ".join(subject.split())[:200],  # no line can add a header
            body=body,
            created_at=now,
        )
    )


def due(session: Session, *, now: datetime, most: int = 50) -> list[Mail]:
    """List what is to be sent now, the oldest first."""
    rows = session.exec(
        select(CommunicationMessage)
        .where(
            col(CommunicationMessage.sent_at).is_(None),
            CommunicationMessage.tries <= len(RETRIES),
            or_(
                col(CommunicationMessage.next_try_at).is_(None),
                col(CommunicationMessage.next_try_at) <= now,
            ),
        )
        .order_by(CommunicationMessage.created_at)
        .limit(most)
    )
    return [_mail(row) for row in rows]


def claim(session: Session, message_id: UUID, *, now: datetime) -> bool:
    """Take a message for one try; False when another worker took it.

    The next try is set already, so a process that dies in between sends it again later: at least
    once, and twice only then.
    """
    row = session.get(CommunicationMessage, message_id)
    if row is None or row.sent_at is not None:
        return False
    wait = RETRIES[min(row.tries, len(RETRIES) - 1)]
    taken = (
        update(CommunicationMessage)
        .where(
            CommunicationMessage.id == message_id,
            CommunicationMessage.tries == row.tries,
            col(CommunicationMessage.sent_at).is_(None),
        )
        .values(tries=row.tries + 1, next_try_at=now + wait)
        .execution_options(synchronize_session=False)
    )
    return changed(session, taken) == 1


def sent(session: Session, message_id: UUID, *, now: datetime) -> None:
    """Say that a message is on its way."""
    changed(
        session,
        update(CommunicationMessage)
        .where(CommunicationMessage.id == message_id)
        .values(sent_at=now),
    )


def inbox(session: Session, *, most: int = 50) -> list[Mail]:
    """List the last messages, whoever they went to: for the demo's inbox page only."""
    rows = session.exec(
        select(CommunicationMessage)
        .order_by(col(CommunicationMessage.created_at).desc())
        .limit(most)
    )
    return [_mail(row) for row in rows]


def _mail(row: CommunicationMessage) -> Mail:
    return Mail(row.id, row.kind, row.receiver, row.language, row.subject, row.body, row.created_at)
