"""The demo's inbox: the mails that would have been sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, settings
from self_service.domain import messages
from self_service.domain.access import Actor
from self_service.domain.errors import NotFound
from self_service.state.guard import public
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
    """A mail."""

    id: str
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
    return MailRow(
        id=str(mail.id),
        subject=mail.subject,
        receiver=mail.receiver,
        written=i18n.instant(mail.created_at, language),
        language=written_in,
        direction=i18n.LANGUAGES[written_in].direction,
        parts=list(_parts(mail.body)),
    )


def _parts(body: str) -> Iterator[PartRow]:
    home = settings.get().public_url + "/"
    for piece in _ADDRESS.split(body):
        if piece:
            # within this installation, by whatever name it is reached
            yield PartRow(piece, piece[len(home) - 1 :] if piece.startswith(home) else "")
