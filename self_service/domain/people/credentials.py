"""What a person signs in with, and where they are signed in: looked at and changed by themselves.

Every act here is about whoever signed in, also while they act for a customer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor, one_time, sessions
from self_service.domain.access.attempts import Limit
from self_service.domain.errors import N_, DomainError
from self_service.domain.ids import as_id
from self_service.domain.messages import Letter
from self_service.domain.notices import telling
from self_service.domain.rows import changed
from self_service.models.access import DigitalIdentity, Purpose
from self_service.models.people import Individual

#: New usernames that may be tried: nobody learns by this which ones exist.
USERNAME_ACCOUNT = Limit("username account", 10, timedelta(hours=1))

_USERNAME = re.compile(r"[a-z0-9._-]{3,40}")


class PasswordWrong(DomainError):
    """The password used until now is not this, or was changed a moment ago."""

    code = "password_wrong"
    message = N_("The password that you use now is not right.")


class UsernameUnfit(DomainError):
    """Not a username, and so perhaps an e-mail address."""

    code = "username_unfit"
    message = N_("Use 3 to 40 letters a to z, digits, points, hyphens or underscores.")


class UsernameTaken(DomainError):
    """Somebody else has it."""

    code = "username_taken"
    message = N_("Somebody has this username. Choose another one.")


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail about a change, in the person's language."""

    kind: str
    language: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody signs in with; never leaves the server.

    Attributes:
        login: e-mail address.
        username: "" when none was chosen.
        password_hash: "" when the person signs in otherwise.
        second_factor: an authenticator app is set up.
    """

    identity_id: UUID
    login: str
    username: str
    password_hash: str
    second_factor: bool


def of(session: Session, actor: Actor, *, now: datetime) -> Credentials:
    """Return what the person signs in with.

    Raises:
        SignInNeeded: nobody is signed in.
    """
    del now
    row = session.get_one(DigitalIdentity, actor.identity())
    return Credentials(
        row.id, row.login, row.username or "", row.password_hash, row.totp_secret != ""
    )


def in_person(session: Session, actor: Actor) -> Actor:
    """Return the actor without the customer acted for: this is no act of theirs."""
    if not actor.acting:
        return actor
    own = session.get_one(DigitalIdentity, actor.identity()).customer_id
    return replace(actor, customer_id=own, behalf="")


def tell(session: Session, identity_id: UUID, notice: Notice, *, now: datetime) -> None:
    """Write a notice to the address that somebody signs in with."""
    identity = session.get_one(DigitalIdentity, identity_id)
    person = session.get_one(Individual, identity.individual_id)
    letter = Letter(notice.subject, notice.body)
    given = {"receiver": identity.login, "language": notice.language}
    telling.tell(session, person, identity_id, notice.kind, letter, now=now, **given)


def change_password(
    session: Session,
    actor: Actor,
    *,
    before: str,
    password_hash: str,
    proven: bool,
    notice: Notice,
    now: datetime,
) -> None:
    """Set another password and end all other sessions.

    Who has a password types it, however fresh the last proof is (ASVS 6.2.3); who has none gives a
    fresh proof of another kind.

    Args:
        session: open transaction.
        actor: whose password.
        before: hash that `proven` is about, "" when there is no password.
        password_hash: of a password that was checked, made before the transaction.
        proven: the password behind `before` was typed just now.
        notice: mail about it.
        now: instant of the change.

    Raises:
        SignInNeeded: nobody is signed in.
        ConfirmationNeeded: there is no password, and no fresh proof of who this is.
        PasswordWrong: it was not typed, or was changed by somebody else a moment ago.
    """
    mine = actor.identity()
    if not before:
        actor.fresh(now)
    elif not proven:
        raise PasswordWrong("current")
    unchanged = (DigitalIdentity.id == mine, DigitalIdentity.password_hash == before)
    if not changed(
        session,
        update(DigitalIdentity)
        .where(*unchanged)
        .values(password_hash=password_hash, failed_attempts=0, locked_until=None)
        .execution_options(synchronize_session="fetch"),
    ):
        raise PasswordWrong("current")
    for purpose in (Purpose.RESET_PASSWORD, Purpose.SECOND_FACTOR):
        one_time.withdraw(session, purpose, mine)
    ended = sessions.end_others(session, actor, now=now)
    tell(session, mine, notice, now=now)
    audit.record(
        session,
        in_person(session, actor),
        "password.changed",
        now=now,
        after={"ended_sessions": ended},
    )


def change_username(session: Session, actor: Actor, *, username: str, now: datetime) -> None:
    """Choose, change or give up a username.

    Args:
        session: open transaction.
        actor: whose.
        username: as typed; "" for none.
        now: instant of the change.

    Raises:
        SignInNeeded, ConfirmationNeeded: no fresh proof of who this is.
        UsernameUnfit, UsernameTaken: it cannot be this one.
    """
    actor.fresh(now)
    wanted = username.strip().casefold()
    if wanted and not _USERNAME.fullmatch(wanted):
        raise UsernameUnfit("username")
    mine = session.get_one(DigitalIdentity, actor.identity())
    before = mine.username or ""
    if wanted == before:
        return
    theirs = select(DigitalIdentity.id).where(col(DigitalIdentity.username) == wanted)
    if wanted and session.exec(theirs).first() is not None:
        raise UsernameTaken("username")
    mine.username = wanted or None
    try:
        session.flush()
    except IntegrityError:  # taken a moment ago
        raise UsernameTaken("username") from None
    audit.record(
        session,
        in_person(session, actor),
        "username.changed",
        now=now,
        before={"username": before},
        after={"username": wanted},
    )


def end_session(session: Session, actor: Actor, session_id: object, *, now: datetime) -> None:
    """End one of the person's sessions, at once; another than this one after a fresh proof.

    Raises:
        SignInNeeded: nobody is signed in.
        ConfirmationNeeded: it is another one, and there is no fresh proof of who this is.
        NotFound: the person has no such session.
    """
    if actor.session_id is None or as_id(session_id) != actor.session_id:
        actor.fresh(now)
    named = {str(one.id): one.device for one in sessions.devices(session, actor, now=now)}
    sessions.end(session, actor, session_id, now=now)
    device = named.get(str(session_id), "")
    audit.record(session, in_person(session, actor), "session.ended", subject=device, now=now)


def end_other_sessions(session: Session, actor: Actor, *, now: datetime) -> int:
    """End all of the person's sessions but this one; returns how many.

    Raises:
        SignInNeeded, ConfirmationNeeded: no fresh proof of who this is.
    """
    actor.fresh(now)
    ended = sessions.end_others(session, actor, now=now)
    if ended:
        audit.record(
            session,
            in_person(session, actor),
            "session.others_ended",
            now=now,
            after={"ended_sessions": ended},
        )
    return ended
