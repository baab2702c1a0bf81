"""Who works for the operator or sells for it: roles, supervisors, and whom a dealer serves.

Only administrators change this, with a fresh proof of who they are. One administrator always
remains, and none can demote or lock out themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import SERVING, Actor, one_time, sessions
from self_service.domain.errors import N_, Invalid, NotFound
from self_service.domain.messages import Words
from self_service.domain.people import accounts, mailbox
from self_service.domain.people.staff_checks import (
    NotWaiting,
    administrator,
    keep_one,
    login_of,
    member_of,
    person_of,
    role_of,
    supervisor_of,
)
from self_service.domain.rows import add_once, add_rows, changed
from self_service.models.access import Assignment, DigitalIdentity, Purpose, Role
from self_service.models.people import Individual


def add(
    session: Session,
    actor: Actor,
    *,
    form: Mapping[str, object],
    words: Words,
    language: str,
    now: datetime,
) -> UUID:
    """Make an account for somebody who works here, and mail them a link to choose a password.

    Args:
        session: open transaction.
        actor: an administrator.
        form: given_name, family_name, email, role, supervisor; values of any type.
        words: of the mail; the secret of its link is kept nowhere else.
        language: of the mail, and of the person until they choose another.
        now: instant of adding.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not an administrator who is there now.
        Invalid: with a fault for each field that is wrong.
    """
    administrator(actor, now)
    values = person_of(form)
    role = role_of(form.get("role"))
    supervisor_id = supervisor_of(session, role, form.get("supervisor"))
    person = Individual(**values, language=language, created_at=now)
    identity = DigitalIdentity(
        individual_id=person.id,
        login=accounts.normalise(values["email"]),
        password_hash="",
        role=role,
        supervisor_id=supervisor_id,
        created_at=now,
    )
    add_rows(session, [person])
    if not add_once(session, identity):
        raise Invalid({"email": (N_("There is an account with this e-mail address already."), {})})
    _invite(session, identity, words, now)
    after = {"role": role.value, "supervisor": login_of(session, supervisor_id)}
    audit.record(session, actor, "staff.added", now=now, subject=identity.login, after=after)
    return identity.id


def invite_again(
    session: Session, actor: Actor, *, member_id: object, words: Words, now: datetime
) -> None:
    """Send a new link to choose the first password; the one before stops working.

    Args:
        session: open transaction.
        actor: an administrator.
        member_id: who was invited.
        words: of the mail.
        now: instant of sending.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not an administrator who is there now.
        NotFound: nobody who works here.
        NotWaiting: has a password already, or no access.
    """
    administrator(actor, now)
    member = member_of(session, member_id)
    if member.password_hash or member.disabled_at is not None:
        raise NotWaiting
    _invite(session, member, words, now)
    audit.record(session, actor, "staff.invited_again", now=now, subject=member.login)


def _invite(session: Session, member: DigitalIdentity, words: Words, now: datetime) -> None:
    secret = one_time.issue(
        session, Purpose.STAFF_INVITATION, now=now, identity_id=member.id, replaces=True
    )
    mailbox.write(session, member, "staff_invitation", words, secret, now=now)


def change_role(
    session: Session,
    actor: Actor,
    *,
    member_id: object,
    role: object,
    supervisor: object = "",
    now: datetime,
) -> None:
    """Give somebody another role or supervisor; with another role all their sessions end.

    Whoever is no dealer any more serves nobody, and whoever is no supervisor has no dealers.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not an administrator who is there now.
        NotFound: nobody who works here.
        NotYourself, LastAdministrator: the portal must not be left without one.
        Invalid: no such role or supervisor.
    """
    administrator(actor, now)
    member, wanted = member_of(session, member_id), role_of(role)
    supervisor_id = supervisor_of(session, wanted, supervisor, but=member.id)
    before, was = _standing(session, member), member.role
    if wanted is not Role.ADMINISTRATOR:
        keep_one(session, actor, member)
    _set(session, member, role=wanted, supervisor_id=supervisor_id)
    if wanted is not was:
        _hand_in(session, member)
    after = _standing(session, member)
    if after != before:
        audit.record(
            session,
            actor,
            "staff.role_changed",
            now=now,
            subject=member.login,
            before=before,
            after=after,
        )


def disable(session: Session, actor: Actor, *, member_id: object, now: datetime) -> None:
    """Lock somebody out at once; twice does nothing more.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not an administrator who is there now.
        NotFound: nobody who works here.
        NotYourself, LastAdministrator: the portal must not be left without one.
    """
    administrator(actor, now)
    member = member_of(session, member_id)
    keep_one(session, actor, member)
    if member.disabled_at is not None:
        return
    _set(session, member, disabled_at=now)
    sessions.end_all(session, member.id)
    for purpose in (Purpose.RESET_PASSWORD, Purpose.STAFF_INVITATION):
        one_time.withdraw(session, purpose, member.id)
    audit.record(session, actor, "staff.disabled", now=now, subject=member.login)


def enable(session: Session, actor: Actor, *, member_id: object, now: datetime) -> None:
    """Let somebody in again.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not an administrator who is there now.
        NotFound: nobody who works here.
    """
    administrator(actor, now)
    member = member_of(session, member_id)
    if member.disabled_at is None:
        return
    _set(session, member, disabled_at=None)
    audit.record(session, actor, "staff.enabled", now=now, subject=member.login)


def find(session: Session, login: str) -> UUID:
    """Return whose account a login is, among those who work here.

    Raises:
        NotFound: nobody's.
    """
    found = session.exec(
        select(DigitalIdentity.id).where(
            DigitalIdentity.login == accounts.normalise(login),
            col(DigitalIdentity.role).in_(SERVING),
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def _hand_in(session: Session, member: DigitalIdentity) -> None:
    """Take away what went with the role before: sessions, customers, dealers."""
    sessions.end_all(session, member.id)
    changed(session, delete(Assignment).where(Assignment.dealer_id == member.id))
    changed(
        session,
        update(DigitalIdentity)
        .where(DigitalIdentity.supervisor_id == member.id)
        .values(supervisor_id=None),
    )


def _standing(session: Session, member: DigitalIdentity) -> dict[str, str]:
    return {
        "role": member.role.value,
        "supervisor": login_of(session, member.supervisor_id),
    }


def _set(session: Session, member: DigitalIdentity, **values: object) -> None:
    for name, value in values.items():
        setattr(member, name, value)
    session.flush()
