"""What must hold before the staff is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.access import SERVING, Actor
from self_service.domain.errors import N_, DomainError, Invalid, NotFound
from self_service.domain.ids import as_id
from self_service.domain.people import person_fields, typed_text
from self_service.domain.people.typed_text import Fault, Faulty
from self_service.models.access import DigitalIdentity, Role

_NO_ROLE = N_("Choose a role.")
_NO_SUPERVISOR = N_("Choose a dealer supervisor who works here.")


class NotYourself(DomainError):
    """An administrator would lock out themselves."""

    code = "not_yourself"
    message = N_("You cannot do this to yourself. Another administrator can.")


class NotWaiting(DomainError):
    """An invitation would go to somebody who needs none, or must not get one."""

    code = "not_waiting"
    message = N_(
        "This person chose a password already, or has no access. A forgotten password is chosen "
        "anew on the sign-in page."
    )


class LastAdministrator(DomainError):
    """Nobody would be left who can do this."""

    code = "last_administrator"
    message = N_("This is the last administrator. Make somebody else one first.")


def administrator(actor: Actor, now: datetime) -> None:
    """Demand an administrator who proved just now who is there.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: somebody else, or a proof that is too old.
    """
    actor.one_of(Role.ADMINISTRATOR)
    actor.fresh(now)


def member_of(session: Session, member_id: object) -> DigitalIdentity:
    """Return somebody who works here, as they are now, and keep others from changing them.

    Raises:
        NotFound: nobody, or a customer.
    """
    wanted = as_id(member_id)
    found = session.exec(
        select(DigitalIdentity)
        .where(DigitalIdentity.id == wanted, col(DigitalIdentity.role).in_(SERVING))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound
    return found


def keep_one(session: Session, actor: Actor, member: DigitalIdentity) -> None:
    """See that an administrator remains when `member` is none any more.

    Raises:
        NotYourself: the actor is meant.
        LastAdministrator: there is no other.
    """
    if member.id == actor.identity_id:
        raise NotYourself
    if member.role is not Role.ADMINISTRATOR or member.disabled_at is not None:
        return
    # all are locked, in one order: of two who demote each other, the second sees the first's act
    left = session.exec(
        select(DigitalIdentity.id)
        .where(
            DigitalIdentity.role == Role.ADMINISTRATOR,
            col(DigitalIdentity.disabled_at).is_(None),
        )
        .order_by(DigitalIdentity.id)
        .with_for_update()
    ).all()
    if set(left) <= {member.id}:
        raise LastAdministrator


def role_of(value: object) -> Role:
    """Read a role that somebody who works here can have.

    Raises:
        Invalid: it is none.
    """
    found = next((role for role in SERVING if role == value), None)
    if found is None:
        raise Invalid({"role": (_NO_ROLE, {})})
    return found


def supervisor_of(
    session: Session, role: Role, value: object, *, but: UUID | None = None
) -> UUID | None:
    """Read who supervises a dealer; others have no supervisor.

    Args:
        session: open transaction.
        role: of the one who is supervised.
        value: id of the supervisor, "" for none.
        but: who cannot be it.

    Raises:
        Invalid: nobody, or somebody who is no supervisor.
    """
    if role is not Role.DEALER or not value:
        return None
    try:
        found = member_of(session, value)
    except NotFound:
        found = None
    if found is None or found.id == but or found.role is not Role.DEALER_SUPERVISOR:
        raise Invalid({"supervisor": (_NO_SUPERVISOR, {})})
    return found.id


def login_of(session: Session, identity_id: UUID | None) -> str:
    """Return somebody's login for the record, "" for nobody."""
    if identity_id is None:
        return ""
    found: str = session.exec(
        select(DigitalIdentity.login).where(DigitalIdentity.id == identity_id)
    ).one()
    return found


def person_of(form: Mapping[str, object]) -> dict[str, str]:
    """Read name and e-mail address, clean.

    Raises:
        Invalid: with a fault for each field that is wrong.
    """
    checks: dict[str, Callable[[object], str]] = {
        "given_name": typed_text.name,
        "family_name": typed_text.name,
        "email": person_fields.check_email,
    }
    values: dict[str, str] = {}
    faults: dict[str, Fault] = {}
    for name, check in checks.items():
        try:
            values[name] = check(form.get(name))
        except Faulty as faulty:
            faults[name] = faulty.fault
        except Invalid as invalid:
            faults[name] = next(iter(invalid.faults.values()))
    if faults:
        raise Invalid(faults)
    return values
