"""Mail, SMS, web push: written in the transaction that they tell of, sent by a job afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, update
from sqlmodel import Session, col, func, or_, select

from self_service.domain.notices import quiet
from self_service.domain.rows import changed
from self_service.models.messages import CommunicationMessage, MessageChannel

#: Kind of the last mail to somebody who was erased: the address goes with its text.
FAREWELL = "account_erased"
#: The text of what could not be sent goes so long after the last try.
GIVEN_UP_FOR = timedelta(days=7)
#: Waiting times between tries; after the last the message is given up and stays in the table.
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written, in the language of whoever gets it."""

    subject: str
    body: str


#: Words of a letter: words(language, what it is about, be it a secret for its link or an address).
Words = Callable[[str, str], Letter]


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to send, or one that was sent.

    Attributes:
        receiver: e-mail address, telephone number, or id of a push subscription.
        body: of SMS and push the path of the page that they lead to, below the language.
    """

    id: UUID
    kind: str
    receiver: str
    language: str
    subject: str
    body: str
    created_at: datetime
    channel: MessageChannel = MessageChannel.EMAIL


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
    channel: MessageChannel = MessageChannel.EMAIL,
) -> None:
    """Write a message; it is sent once the transaction is through.

    Args:
        session: open transaction.
        kind: "password_reset".
        receiver: e-mail address, telephone number, or id of a push subscription.
        language: in which it is written.
        subject: one line.
        body: plain text with whole addresses; for SMS and push the path of a page.
        now: instant of writing.
        identity_id: to whose sign-in it belongs.
        channel: by which way it leaves.
    """
    session.add(
        CommunicationMessage(
            kind=kind,
            identity_id=identity_id,
            channel=channel,
            receiver=receiver,
            language=language,
            subject=" ".join(subject.split())[:200],  # no line can add a header
            body=body,
            created_at=now,
        )
    )


def due(
    session: Session,
    *,
    now: datetime,
    most: int = 50,
    channel: MessageChannel = MessageChannel.EMAIL,
) -> list[Mail]:
    """List what is to be sent now by a channel, the oldest first."""
    rows = session.exec(
        select(CommunicationMessage)
        .where(
            col(CommunicationMessage.sent_at).is_(None),
            CommunicationMessage.channel == channel,
            CommunicationMessage.tries <= len(RETRIES),
            _ripe(now),
        )
        .order_by(CommunicationMessage.created_at, CommunicationMessage.id)
        .limit(most)
    )
    return [_mail(row) for row in rows]


def claim(session: Session, message_id: UUID, *, now: datetime) -> bool:
    """Take a message for one try; False when another worker took it, or its time has not come.

    The next try is set already, so a process that dies in between sends it again later: at least
    once, and twice only then. What comes in somebody's quiet hours waits for their end; that is no
    try.
    """
    row = session.get(CommunicationMessage, message_id)
    if row is None or row.sent_at is not None:
        return False
    quiet_until = quiet.waits_until(session, row, now=now)
    wait = RETRIES[min(row.tries, len(RETRIES) - 1)]
    taken = (
        update(CommunicationMessage)
        .where(
            CommunicationMessage.id == message_id,
            CommunicationMessage.tries == row.tries,
            col(CommunicationMessage.sent_at).is_(None),
            _ripe(now),  # another worker's try is under way else
        )
        .values(
            tries=row.tries + (quiet_until is None),
            next_try_at=quiet_until or now + wait,
        )
        .execution_options(synchronize_session=False)
    )
    return changed(session, taken) == 1 and quiet_until is None


def sent(session: Session, message_id: UUID, *, now: datetime, keep: bool = True) -> None:
    """Say that a message is on its way.

    Args:
        session: open transaction.
        message_id: which.
        now: instant of sending.
        keep: keep the text; else it goes, with the links in it that still work.
    """
    _end(session, message_id, keep, sent_at=now)


def give_up(session: Session, message_id: UUID) -> None:
    """Say that a message can never be sent: the text goes, the row stays."""
    _end(session, message_id, False, tries=len(RETRIES) + 1)


def forget_given_up(session: Session, *, now: datetime) -> int:
    """Clear the texts of mails whose tries were used up a week ago; returns how many.

    The row stays, to be counted; who was written to is forgotten only where the person was.
    """
    last_try = func.coalesce(CommunicationMessage.next_try_at, CommunicationMessage.created_at)
    given_up = (
        col(CommunicationMessage.sent_at).is_(None),
        col(CommunicationMessage.tries) > len(RETRIES),
        last_try <= now - GIVEN_UP_FOR,
        or_(
            col(CommunicationMessage.body) != "",
            (col(CommunicationMessage.kind) == FAREWELL) & (CommunicationMessage.receiver != ""),
        ),
    )
    return changed(
        session, update(CommunicationMessage).where(*given_up).values(body="", receiver=_kept())
    )


def _kept() -> ColumnElement[str]:
    """Return who a mail went to, once its text is gone."""
    return case(
        (col(CommunicationMessage.kind) == FAREWELL, ""), else_=CommunicationMessage.receiver
    )


def _ripe(now: datetime) -> ColumnElement[bool]:
    next_try = col(CommunicationMessage.next_try_at)
    return or_(next_try.is_(None), next_try <= now)


def _end(session: Session, message_id: UUID, keep: bool, **values: object) -> None:
    values |= {} if keep else {"body": "", "receiver": _kept()}
    changed(
        session,
        update(CommunicationMessage).where(CommunicationMessage.id == message_id).values(**values),
    )


def inbox(session: Session, *, most: int = 50) -> list[Mail]:
    """List the last messages, whoever they went to: for the demo's inbox page only."""
    rows = session.exec(
        select(CommunicationMessage)
        .order_by(col(CommunicationMessage.created_at).desc(), CommunicationMessage.id)
        .limit(most)
    )
    return [_mail(row) for row in rows]


def _mail(row: CommunicationMessage) -> Mail:
    return Mail(
        row.id,
        row.kind,
        row.receiver,
        row.language,
        row.subject,
        row.body,
        row.created_at,
        row.channel,
    )
