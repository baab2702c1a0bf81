"""Systems that send usage records: each known by its key, of which we keep the fingerprint."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.people import typed_text
from self_service.domain.people.sealing import Vault
from self_service.domain.people.typed_text import Faulty
from self_service.domain.rows import add_once, changed
from self_service.models.access import Role
from self_service.models.usage import UsagePartner

#: A name is the source of each of its records.
NAME_MOST = 30


class SenderUnknown(DomainError):
    """A key that is none, or of a system whose access was closed."""

    code = "sender_unknown"
    message = N_("This key is not known. Ask the operator for one.")


class SenderName(DomainError):
    """A name that cannot be used, or is another system's."""

    code = "sender_name"
    message = N_("Choose another name: 1 to 30 characters, and no other system's yet.")


def add(session: Session, actor: Actor, name: str, *, vault: Vault, now: datetime) -> str:
    """Let a system send usage records.

    Returns:
        Its key, which is shown this once.

    Raises:
        SignInNeeded, NotAllowed: not an administrator.
        SenderName: the name cannot be used.
    """
    actor.one_of(Role.ADMINISTRATOR)
    known_as = source_name(name)
    key = f"us_{secrets.token_urlsafe(32)}"
    row = UsagePartner(name=known_as, key_hash=vault.fingerprint(_named(key)), created_at=now)
    if not add_once(session, row):
        raise SenderName("name")
    audit.record(session, actor, "usage.sender_added", now=now, subject=known_as)
    return key


def source_name(name: str) -> str:
    """Read what a source of records is called.

    Raises:
        SenderName: it cannot be used.
    """
    try:
        return typed_text.line(name, longest=NAME_MOST)
    except Faulty:
        raise SenderName("name") from None


def close(session: Session, actor: Actor, name: str, *, now: datetime) -> None:
    """End a system's access; what it sent stays.

    Raises:
        SignInNeeded, NotAllowed: not an administrator.
        NotFound: there is no such system with access.
    """
    actor.one_of(Role.ADMINISTRATOR)
    open_one = (UsagePartner.name == name, col(UsagePartner.closed_at).is_(None))
    if not changed(session, update(UsagePartner).where(*open_one).values(closed_at=now)):
        raise NotFound
    audit.record(session, actor, "usage.sender_closed", now=now, subject=name)


def fingerprints(vault: Vault, key: str) -> tuple[str, ...]:
    """Return what a system's key may be stored as."""
    return vault.fingerprints(_named(key))


def sender(session: Session, keys: Sequence[str]) -> str:
    """Return the name of the system that a key belongs to.

    Raises:
        SenderUnknown: none with access.
    """
    wanted = select(UsagePartner.name).where(
        col(UsagePartner.key_hash).in_(keys), col(UsagePartner.closed_at).is_(None)
    )
    found = session.exec(wanted).first()
    if found is None:
        raise SenderUnknown
    return found


def _named(key: str) -> str:
    return f"usage sender {key[:200]}"
