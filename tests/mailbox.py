"""What the tests of mails share: short words, and what was written."""

from __future__ import annotations

import re
from typing import Any

from sqlmodel import Session, select

from self_service.domain.messages import Letter
from self_service.models.messages import CommunicationMessage


def words(language: str, about: str = "") -> Letter:
    """A letter that says its language and what it is about."""
    return Letter(f"in {language}", about)


def mails(session: Session) -> list[tuple[str, str]]:
    """Kind and receiver of all mails, in the order of writing."""
    session.flush()
    rows = session.exec(select(CommunicationMessage)).all()
    return sorted((row.kind, row.receiver) for row in rows)


def mail(session: Session, kind: str) -> CommunicationMessage:
    """The one mail of a kind."""
    session.flush()
    statement = select(CommunicationMessage).where(CommunicationMessage.kind == kind)
    return session.exec(statement).one()


def link_in(body: str) -> str:
    """The secret of the link in a mail."""
    found: Any = re.search(r"link=([\w-]+)", body)
    return str(found[1])
