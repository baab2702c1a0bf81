"""The one gate: whatever somebody is told goes through here, into the history and the channels."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain import messages
from self_service.domain.messages import Letter
from self_service.domain.notices import wishes
from self_service.domain.notices.topics import LINKED, must_mail, topic_of
from self_service.models.messages import MessageChannel
from self_service.models.notices import Notice, NoticeSettings, PushSubscription, Topic
from self_service.models.people import Individual

#: Characters of a letter that the history keeps.
KEPT = 300
_LONGEST_PATH = 200
#: An address of ours: what stands below its language.
_OURS = re.compile(r"https?://[^/\s]+/[a-z]{2}(/[^\s?#]+(?:\?[^\s#]*)?)")
#: Words of an address that are worth something to whoever has it.
_SECRETS = re.compile(r"[?&](?:link|token|code|secret)=")


def tell(
    session: Session,
    person: Individual,
    identity_id: UUID | None,
    kind: str,
    letter: Letter,
    *,
    receiver: str,
    now: datetime,
    language: str = "",
) -> None:
    """Write a letter by every channel that its reader wants, and note it in the history.

    Args:
        session: open transaction.
        person: to whom.
        identity_id: whose history it goes to, None for who has no sign-in: they get mail only.
        kind: "bill_ready"; says the topic.
        letter: the words as they are mailed.
        receiver: e-mail address.
        now: instant of writing.
        language: of the words, when it is not the person's.
    """
    language = language or person.language
    topic, linked = topic_of(kind), kind in LINKED
    chosen = session.get(NoticeSettings, identity_id) if identity_id else None
    if identity_id:
        note(session, identity_id, kind, letter, language=language, now=now)
    written = {"language": language, "subject": letter.subject, "now": now}
    written |= {"identity_id": identity_id}
    if must_mail(kind) or wishes.wants(chosen, person, topic, MessageChannel.EMAIL):
        messages.write(session, kind, receiver=receiver, body=letter.body, **written)
    if identity_id is None or linked:
        return
    short = {**written, "body": path_in(letter.body)}
    if person.mobile and wishes.wants(chosen, person, topic, MessageChannel.SMS):
        sms = MessageChannel.SMS
        messages.write(session, kind, receiver=person.mobile, channel=sms, **short)
    if wishes.wants(chosen, person, topic, MessageChannel.PUSH):
        mine = select(PushSubscription.id).where(PushSubscription.identity_id == identity_id)
        for browser in session.exec(mine.order_by(PushSubscription.id)):
            push = MessageChannel.PUSH
            messages.write(session, kind, receiver=str(browser), channel=push, **short)


def path_in(body: str) -> str:
    """Return the page that a letter leads to, below the language; "" when there is none.

    Links that work once, or that let in whoever has them, are none: the history keeps no secret.
    """
    found = (one[1] for one in _OURS.finditer(body) if not _SECRETS.search(one[1]))
    path = next(found, "")
    return path if len(path) <= _LONGEST_PATH else ""


def text_of(kind: str, body: str) -> str:
    """Return what the history keeps of a letter: its first words, of security nothing.

    A paragraph with an address is left out, and one that only leads to it.
    """
    if topic_of(kind) is Topic.SECURITY or kind in LINKED:
        return ""
    kept = [
        part
        for part in (" ".join(piece.split()) for piece in body.split("\n\n"))
        if part and "://" not in part and not part.endswith(":")
    ]
    text = kept[0] if kept else ""
    return text if len(text) <= KEPT else text[: KEPT - 1].rstrip() + "…"


def note(
    session: Session,
    identity_id: UUID,
    kind: str,
    letter: Letter,
    *,
    language: str,
    now: datetime,
) -> None:
    """Put what a letter tells into somebody's history: its headline, a few words, its page.

    Args:
        session: open transaction.
        identity_id: whose history.
        kind: "bill_ready"; says the topic.
        letter: the words as they are mailed.
        language: of the words.
        now: instant of telling.
    """
    session.add(
        Notice(
            identity_id=identity_id,
            topic=topic_of(kind),
            kind=kind,
            language=language,
            subject=_headline(letter.subject),
            text=text_of(kind, letter.body),
            path="" if kind in LINKED else path_in(letter.body),
            created_at=now,
        )
    )


def _headline(subject: str) -> str:
    """Return the subject of a letter without the operator's name, which mails end it with."""
    line = " ".join(subject.split())[:200]
    return line.rpartition(" · ")[0] or line
