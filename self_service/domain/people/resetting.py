"""A forgotten password: a link by mail, and a new password under it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from self_service.domain import audit
from self_service.domain.access import Actor, one_time, sessions
from self_service.domain.access.one_time import LinkUsedUp
from self_service.domain.messages import Words
from self_service.domain.people import accounts, mailbox
from self_service.models.access import DigitalIdentity, Purpose

#: What whoever was there before may have asked for; a new password ends it.
_ASKED_BEFORE = (
    Purpose.RESET_PASSWORD,
    Purpose.STAFF_INVITATION,
    Purpose.CHANGE_EMAIL,
    Purpose.SECOND_FACTOR,
)


def ask(session: Session, *, login: str, words: Words, now: datetime) -> None:
    """Write the mail with the link; for an unknown address nothing happens.

    Args:
        session: open transaction.
        login: e-mail address as typed; how often it may be asked for is counted before.
        words: of the mail.
        now: instant of asking.
    """
    identity = session.exec(
        select(DigitalIdentity).where(
            DigitalIdentity.login == accounts.normalise(login),
            DigitalIdentity.disabled_at.is_(None),
        )
    ).one_or_none()
    if identity is None:
        return
    secret = one_time.issue(
        session, Purpose.RESET_PASSWORD, now=now, identity_id=identity.id, replaces=True
    )
    mailbox.write(session, identity, "reset_password", words, secret, now=now)


def login_of(session: Session, secret: str, *, now: datetime) -> str:
    """Return whose password a link lets choose, and leave the link as it is.

    Raises:
        LinkUsedUp: it does not work (any more).
    """
    found = one_time.look(session, _purpose(session, secret, now), secret, now=now)
    identity = session.get(DigitalIdentity, found.identity_id)
    if identity is None or identity.disabled_at is not None:
        raise LinkUsedUp
    return identity.login


def reset(
    session: Session,
    visitor: Actor,
    *,
    secret: str,
    password_hash: str,
    told: Words,
    now: datetime,
) -> None:
    """Choose the new password: every session ends, a second factor stays, the owner is told.

    Whoever reads the mailbox has proven the address too.

    Args:
        session: open transaction.
        visitor: whose browser.
        secret: of the link.
        password_hash: of the new password, made before the transaction.
        told: words of the mail to the owner.
        now: instant of the act.

    Raises:
        LinkUsedUp: the link does not work (any more); nothing was changed.
    """
    purpose = _purpose(session, secret, now)
    found = one_time.redeem(session, purpose, secret, now=now)
    identity = mailbox.usable(session, found.identity_id)
    if identity is None:
        raise LinkUsedUp
    identity.password_hash = password_hash
    identity.failed_attempts, identity.locked_until = 0, None
    identity.email_verified_at = identity.email_verified_at or now
    for older in _ASKED_BEFORE:
        one_time.withdraw(session, older, identity.id)
    sessions.end_all(session, identity.id)
    if purpose is Purpose.RESET_PASSWORD:  # else it is the first one: nothing changed
        mailbox.write(session, identity, "password_changed", told, now=now)
    session.flush()
    actor = mailbox.holder(session, identity, visitor)
    audit.record(session, actor, "password.reset", now=now)


def _purpose(session: Session, secret: str, now: datetime) -> Purpose:
    """Return what a link is for: a new password, or the first one of somebody who works here."""
    try:
        one_time.look(session, Purpose.STAFF_INVITATION, secret, now=now)
    except LinkUsedUp:
        return Purpose.RESET_PASSWORD
    return Purpose.STAFF_INVITATION
