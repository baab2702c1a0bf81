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
    found = one_time.look(session, Purpose.RESET_PASSWORD, secret, now=now)
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
    found = one_time.redeem(session, Purpose.RESET_PASSWORD, secret, now=now)
    identity = mailbox.usable(session, found.identity_id)
    if identity is None:
        raise LinkUsedUp
    identity.password_hash = password_hash
    identity.failed_attempts, identity.locked_until = 0, None
    identity.email_verified_at = identity.email_verified_at or now
    for purpose in (Purpose.RESET_PASSWORD, Purpose.CHANGE_EMAIL, Purpose.SECOND_FACTOR):
        one_time.withdraw(session, purpose, identity.id)  # asked for by whoever was there before
    sessions.end_all(session, identity.id)
    mailbox.write(session, identity, "password_changed", told, now=now)
    session.flush()
    actor = mailbox.holder(session, identity, visitor)
    audit.record(session, actor, "password.reset", now=now)
