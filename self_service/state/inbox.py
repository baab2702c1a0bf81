"""The demo's inbox: the mails, SMS and browser notifications that would have been sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, letters, routes, settings
from self_service.domain import messages
from self_service.domain.access import Actor
from self_service.domain.errors import NotFound
from self_service.models.messages import MessageChannel
from self_service.state.guard import public
from self_service.state.notice_words import CHANNELS
from self_service.state.request import PageRequest, PageState, show

#: Mails on the page.
SHOWN = 30
_ADDRESS = re.compile(r"(https?://\S+)")


@dataclass(frozen=True, slots=True)
class PartRow:
    """A piece of a mail; one with an address is a link of ours."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class MailRow:
    """A message; `way` says by which it came, "" for mail."""

    id: str
    way: str
    subject: str
    receiver: str
    written: str
    language: str
    direction: str
    parts: list[PartRow]


class InboxState(PageState, rx.State):
    """The mails of the demo."""

    loaded: bool = False
    mails: list[MailRow] = []

    @public
    async def load(self) -> Any:
        """Read the mails."""
        return await show(self, inbox_values)


async def inbox_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of InboxState.

    Raises:
        NotFound: mails are really sent here, or this is no demo.
    """
    if not settings.get().shows_mail:
        raise NotFound
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    del actor, now
    found = messages.inbox(session, most=SHOWN)
    return {"loaded": True, "mails": [mail_row(mail, request.language) for mail in found]}


def mail_row(mail: messages.Mail, language: str) -> MailRow:
    """Put a mail into words; when it was written is said in the language of the page."""
    written_in = i18n.known(mail.language)
    mailed, pushed = mail.channel is MessageChannel.EMAIL, mail.channel is MessageChannel.PUSH
    page = letters.address(written_in, mail.body or routes.NOTIFICATIONS)
    return MailRow(
        id=str(mail.id),
        way="" if mailed else i18n.translate(language, CHANNELS[mail.channel]),
        subject=mail.subject,
        receiver="" if pushed else mail.receiver,
        written=i18n.instant(mail.created_at, language),
        language=written_in,
        direction=i18n.LANGUAGES[written_in].direction,
        parts=list(_parts(mail.body if mailed else page)),
    )


def _parts(body: str) -> Iterator[PartRow]:
    home = settings.get().public_url + "/"
    for piece in _ADDRESS.split(body):
        if piece:
            # within this installation, by whatever name it is reached
            yield PartRow(piece, piece[len(home) - 1 :] if piece.startswith(home) else "")
