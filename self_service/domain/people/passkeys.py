"""Passkeys (WebAuthn credentials): a device that proves its owner by finger, face or PIN.

A passkey is proof enough alone: the device is what one has, its unlocking what one is or knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.ids import as_id
from self_service.domain.rows import add_once, changed
from self_service.models.access import DigitalIdentity, LinkedAccount, Passkey
from self_service.ports import NewPasskey

#: More than anybody has devices.
MOST = 20


class PasskeyRefused(DomainError):
    """Unknown, of somebody else, or its proof does not fit: one answer for all."""

    code = "passkey_refused"
    message = N_("That passkey does not work here. Try another one, or use your password.")


class TooManyPasskeys(DomainError):
    """The list is full."""

    code = "too_many_passkeys"
    message = N_("You have {most} passkeys. Remove one that you do not use any more.")


class LastWayIn(DomainError):
    """Without it nobody could sign in to the account."""

    code = "last_way_in"
    message = N_("This is your only way to sign in. Set a password first.")


@dataclass(frozen=True, slots=True)
class Key:
    """A passkey as its owner sees it."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class KnownKey:
    """What a proof is checked against."""

    id: UUID
    identity_id: UUID
    public_key: str
    sign_count: int


def of(session: Session, actor: Actor, *, now: datetime) -> tuple[Key, ...]:
    """List the passkeys of whoever is signed in, the oldest first."""
    del now
    rows = session.exec(
        select(Passkey).where(Passkey.identity_id == actor.identity()).order_by(Passkey.created_at)
    )
    return tuple(Key(row.id, row.name, row.created_at, row.last_used_at) for row in rows)


def credential_ids(session: Session, actor: Actor, *, now: datetime) -> tuple[str, ...]:
    """Return what the devices call the passkeys, so that none is made twice.

    Raises:
        ConfirmationNeeded: the sign-in is not fresh: a passkey opens the account for good.
        TooManyPasskeys: there is no room for another.
    """
    actor.fresh(now)
    statement = select(Passkey.credential_id).where(Passkey.identity_id == actor.identity())
    found = tuple(session.exec(statement))
    if len(found) >= MOST:
        raise TooManyPasskeys(most=MOST)
    return found


def add(session: Session, actor: Actor, *, now: datetime, key: NewPasskey, name: str) -> None:
    """Keep a new passkey.

    Args:
        session: open transaction.
        actor: its owner, freshly proven.
        now: instant of the act.
        key: that the device made, verified.
        name: by which the owner knows it; "" is filled in.

    Raises:
        ConfirmationNeeded: the sign-in is not fresh.
        TooManyPasskeys: there is no room for another.
        PasskeyRefused: it is somebody's already.
    """
    credential_ids(session, actor, now=now)
    shown = " ".join(name.split())[:80] or "Passkey"
    row = Passkey(
        identity_id=actor.identity(),
        credential_id=key.credential_id,
        public_key=key.public_key,
        sign_count=key.sign_count,
        name=shown,
        created_at=now,
    )
    if not add_once(session, row):
        raise PasskeyRefused
    audit.record(session, actor, "security.passkey_added", now=now, subject=shown)


def remove(session: Session, actor: Actor, *, now: datetime, passkey_id: object) -> None:
    """Take a passkey away; the device may still offer it, but it opens nothing.

    Raises:
        ConfirmationNeeded: the sign-in is not fresh.
        NotFound: there is no such passkey of this person's.
        LastWayIn: there is no other way to sign in.
    """
    actor.fresh(now)
    mine = actor.identity()
    row = session.exec(
        select(Passkey).where(Passkey.id == as_id(passkey_id), Passkey.identity_id == mine)
    ).first()
    if row is None:
        raise NotFound
    if not _other_way(session, mine):
        raise LastWayIn
    changed(session, delete(Passkey).where(col(Passkey.id) == row.id))
    audit.record(session, actor, "security.passkey_removed", now=now, subject=row.name)


def known(session: Session, credential_id: str) -> KnownKey:
    """Return what the proof of a passkey is checked against.

    Raises:
        PasskeyRefused: nobody's, or of somebody who cannot sign in.
    """
    row = session.exec(
        select(Passkey)
        .join(DigitalIdentity, col(DigitalIdentity.id) == Passkey.identity_id)
        .where(Passkey.credential_id == credential_id, col(DigitalIdentity.disabled_at).is_(None))
    ).first()
    if row is None:
        raise PasskeyRefused
    return KnownKey(row.id, row.identity_id, row.public_key, row.sign_count)


def used(session: Session, key: KnownKey, sign_count: int, *, now: datetime) -> None:
    """Note that a passkey proved its owner.

    Raises:
        PasskeyRefused: it was used, or removed, since it was looked up.
    """
    statement = (
        update(Passkey)
        .where(col(Passkey.id) == key.id, col(Passkey.sign_count) == key.sign_count)
        .values(sign_count=sign_count, last_used_at=now)
    )
    if not changed(session, statement):
        raise PasskeyRefused


def _other_way(session: Session, identity_id: UUID) -> bool:
    if session.get_one(DigitalIdentity, identity_id).password_hash:
        return True
    keys = select(func.count()).where(Passkey.identity_id == identity_id)
    links = select(func.count()).where(LinkedAccount.identity_id == identity_id)
    return session.exec(keys).one() > 1 or session.exec(links).one() > 0
