"""Who works here, to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.access import SERVING, Actor
from self_service.models.access import Assignment, DigitalIdentity, OneTimeSecret, Purpose, Role
from self_service.models.people import Customer, Individual

#: In the order in which they are listed.
ROLES = (Role.ADMINISTRATOR, Role.REPRESENTATIVE, Role.DEALER_SUPERVISOR, Role.DEALER)


@dataclass(frozen=True, slots=True)
class AssignedCustomer:
    """A customer whom a dealer serves."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who works here.

    Attributes:
        supervisor: name of a dealer's supervisor, "" without one.
        invited: has no password yet.
        expired: and the link to choose one does not work any more.
        second_factor: has an authenticator app.
    """

    id: UUID
    name: str
    login: str
    role: Role
    supervisor_id: UUID | None
    supervisor: str
    disabled: bool
    invited: bool
    expired: bool
    second_factor: bool
    customers: tuple[AssignedCustomer, ...]


def members(session: Session, actor: Actor, *, now: datetime) -> tuple[StaffMember, ...]:
    """List everybody who works here, by role and name.

    Raises:
        SignInNeeded, NotAllowed: not an administrator.
    """
    actor.one_of(Role.ADMINISTRATOR)
    found = session.exec(
        select(DigitalIdentity, Individual)
        .join(Individual, Individual.id == DigitalIdentity.individual_id)
        .where(col(DigitalIdentity.role).in_(SERVING))
    ).all()
    names = {who.id: f"{person.given_name} {person.family_name}" for who, person in found}
    served: dict[UUID, list[AssignedCustomer]] = {}
    for dealer_id, customer_id, name in session.execute(
        select(Assignment.dealer_id, Customer.id, Customer.name)
        .join(Customer, Customer.id == Assignment.customer_id)
        .order_by(Customer.name)
    ):
        served.setdefault(dealer_id, []).append(AssignedCustomer(customer_id, name))
    waiting = set(
        session.exec(
            select(OneTimeSecret.identity_id).where(
                OneTimeSecret.purpose == Purpose.STAFF_INVITATION, OneTimeSecret.expires_at > now
            )
        )
    )
    rows = [
        StaffMember(
            id=identity.id,
            name=names[identity.id],
            login=identity.login,
            role=identity.role,
            supervisor_id=identity.supervisor_id,
            supervisor=names.get(identity.supervisor_id, "") if identity.supervisor_id else "",
            disabled=identity.disabled_at is not None,
            invited=not identity.password_hash,
            expired=not identity.password_hash and identity.id not in waiting,
            second_factor=identity.totp_secret != "",
            customers=tuple(served.get(identity.id, ())),
        )
        for identity, _ in found
    ]
    return tuple(sorted(rows, key=lambda row: (ROLES.index(row.role), row.name, row.login)))
