"""Secrets that work once and for a while: links in mails, challenges to devices."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, select

from self_service.domain.access.sessions import cookie_key
from self_service.domain.errors import N_, DomainError
from self_service.domain.rows import changed
from self_service.models.access import OneTimeSecret, Purpose

LIFE = {
    Purpose.RESET_PASSWORD: timedelta(minutes=30),
    Purpose.VERIFY_EMAIL: timedelta(days=3),
    Purpose.CHANGE_EMAIL: timedelta(hours=3),
    Purpose.INVITATION: timedelta(days=7),
    Purpose.STAFF_INVITATION: timedelta(days=7),
}
#: Of what a person does in one go.
_SHORT = timedelta(minutes=10)


class LinkUsedUp(DomainError):
    """A secret that is unknown, used or too old: one answer for all three."""

    code = "link_used_up"
    message = N_("This link does not work any more. Please ask for a new one.")


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a secret was for."""

    identity_id: UUID | None
    data: dict[str, Any]


def issue(
    session: Session,
    purpose: Purpose,
    *,
    now: datetime,
    identity_id: UUID | None = None,
    replaces: bool = False,
    **data: Any,
) -> str:
    """Make a secret; only its hash is kept.

    Args:
        session: open transaction.
        purpose: what it is for.
        now: instant of making; it lives for `LIFE[purpose]`, else ten minutes.
        identity_id: whose it is.
        replaces: older ones of this person and purpose stop working.
        **data: kept with it.
    """
    if replaces and identity_id is not None:
        withdraw(session, purpose, identity_id)
    secret = secrets.token_urlsafe(32)
    session.add(
        OneTimeSecret(
            key=cookie_key(secret),
            purpose=purpose,
            identity_id=identity_id,
            data=data,
            created_at=now,
            expires_at=now + LIFE.get(purpose, _SHORT),
        )
    )
    return secret


def look(session: Session, purpose: Purpose, secret: str, *, now: datetime) -> Redeemed:
    """Return what a secret is for, and leave it as it is.

    Raises:
        LinkUsedUp: it does not work (any more).
    """
    row = session.exec(
        select(OneTimeSecret).where(
            OneTimeSecret.key == cookie_key(secret),
            OneTimeSecret.purpose == purpose,
            OneTimeSecret.expires_at > now,
        )
    ).first()
    if row is None:
        raise LinkUsedUp
    return Redeemed(row.identity_id, row.data)


def redeem(session: Session, purpose: Purpose, secret: str, *, now: datetime) -> Redeemed:
    """Use a secret: of two who come at the same moment, one succeeds.

    Raises:
        LinkUsedUp: it does not work (any more).
    """
    found = look(session, purpose, secret, now=now)
    used = delete(OneTimeSecret).where(
        OneTimeSecret.key == cookie_key(secret), OneTimeSecret.purpose == purpose
    )
    if not changed(session, used):
        raise LinkUsedUp
    return found


def withdraw(session: Session, purpose: Purpose, identity_id: UUID) -> None:
    """Make all of a person's secrets of one purpose useless."""
    changed(
        session,
        delete(OneTimeSecret).where(
            OneTimeSecret.purpose == purpose, OneTimeSecret.identity_id == identity_id
        ),
    )


def forget_old(session: Session, *, now: datetime) -> int:
    """Delete secrets that are too old; returns how many."""
    return changed(session, delete(OneTimeSecret).where(OneTimeSecret.expires_at <= now))
