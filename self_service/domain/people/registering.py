"""Registering without buying. Whoever asks is never told whether an address has an account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, select

from self_service.domain import audit
from self_service.domain.access import Actor, attempts, cookie_key
from self_service.domain.messages import Words
from self_service.domain.people import accounts, email_address, mailbox
from self_service.domain.people.accounts import LoginTaken, Registered
from self_service.domain.people.person_fields import PersonDetails
from self_service.domain.rows import changed
from self_service.models.access import DigitalIdentity, OneTimeSecret, Purpose

#: What was typed is found again in the same browser for so long.
KEPT_FOR = timedelta(minutes=10)


def register(
    session: Session,
    visitor: Actor,
    *,
    details: PersonDetails,
    password_hash: str,
    verify: Words,
    known: Words,
    now: datetime,
) -> None:
    """Make an account and write the mail that proves the address; nobody is signed in by it.

    Where there is an account already it stays as it is, and its owner is told by mail.

    Args:
        session: open transaction.
        visitor: whose browser.
        details: from `person_fields.check_person`.
        password_hash: made before the transaction, in both cases.
        verify: words of the mail with the link.
        known: words of the mail to the owner of an account.
        now: instant of registration.
    """
    forget(session, visitor)
    try:
        with session.begin_nested():
            made = accounts.register(session, details=details, password_hash=password_hash, now=now)
    except LoginTaken:
        _tell_owner(session, details.email, known, now)
        return
    email_address.ask_to_verify(session, made.identity_id, words=verify, now=now)
    _record(session, visitor, made, now)


def _record(session: Session, visitor: Actor, made: Registered, now: datetime) -> None:
    identity = session.get_one(DigitalIdentity, made.identity_id)
    actor = mailbox.holder(session, identity, visitor)
    audit.record(session, actor, "account.registered", now=now, subject=actor.full_name)


def _tell_owner(session: Session, email: str, words: Words, now: datetime) -> None:
    login = accounts.normalise(email)
    identity = session.exec(select(DigitalIdentity).where(DigitalIdentity.login == login)).one()
    allowed = attempts.count(session, attempts.MAIL_ACCOUNT, login, now=now)
    if allowed and identity.disabled_at is None:
        mailbox.write(session, identity, "known_already", words, now=now)


def keep_typed(session: Session, visitor: Actor, *, form: Mapping[str, str], now: datetime) -> None:
    """Keep a form that was refused, for this browser alone; never a password.

    Args:
        session: open transaction.
        visitor: whose browser; one without a cookie keeps nothing.
        form: field -> what was typed.
        now: instant of typing.
    """
    forget(session, visitor)
    if not visitor.key:
        return
    session.add(
        OneTimeSecret(
            key=_key(visitor),
            purpose=Purpose.TYPED,
            data={"typed": dict(form)},
            created_at=now,
            expires_at=now + KEPT_FOR,
        )
    )
    session.flush()


def typed(session: Session, visitor: Actor, *, now: datetime) -> dict[str, str]:
    """Return what this browser typed before, {} for nothing."""
    row = session.get(OneTimeSecret, _key(visitor)) if visitor.key else None
    if row is None or row.expires_at <= now:
        return {}
    found: dict[str, str] = row.data.get("typed", {})
    return found


def forget(session: Session, visitor: Actor) -> None:
    """Forget what this browser typed."""
    changed(session, delete(OneTimeSecret).where(OneTimeSecret.key == _key(visitor)))


def _key(visitor: Actor) -> str:
    return cookie_key(f"registering {visitor.key}")
