"""People to reach about a customer, besides the customer. Staff sees three of them at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, Invalid, NotFound
from self_service.domain.ids import as_id
from self_service.domain.people import typed_text
from self_service.domain.people.own import Place, customer_row
from self_service.domain.people.person_fields import read_field
from self_service.domain.people.profile import checked
from self_service.models.people import ContactMedium

MOST = 10
MOST_SHOWN = 3

NO_NAME = N_("Enter the name of the person.")
NO_WAY = N_("Enter an e-mail address or a mobile number, or both.")
SHOWN_FULL = N_(
    "Our staff already sees {most} contacts. Untick this, or hide one of the others first."
)


class TooManyContacts(DomainError):
    """The list is full."""

    code = "too_many_contacts"
    message = N_("You can keep up to {most} contacts. Remove one before you add another.")


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to reach; `shown` says whether staff sees them."""

    id: UUID
    name: str
    relation: str
    email: str
    mobile: str
    shown: bool


def listed(session: Session, actor: Actor, *, now: datetime) -> tuple[Contact, ...]:
    """List the contacts of the actor's customer, the oldest first.

    Somebody who acts for the customer gets those that may be shown.

    Raises:
        SignInNeeded, NotAllowed: not a customer, nor somebody who acts for one.
    """
    del now
    statement = select(ContactMedium).where(ContactMedium.customer_id == actor.customer())
    if actor.acting:
        statement = statement.where(col(ContactMedium.shown).is_(True))
    rows = session.exec(statement.order_by(ContactMedium.created_at, ContactMedium.id))
    return tuple(
        Contact(row.id, row.name, row.relation, row.email, row.mobile, row.shown) for row in rows
    )


def add(
    session: Session, actor: Actor, *, form: Mapping[str, object], place: Place, now: datetime
) -> UUID:
    """Add a contact.

    Args:
        session: open transaction.
        actor: the customer, or who acts for them.
        form: name, relation, email, mobile, shown; from anybody.
        place: languages and country.
        now: instant of the act.

    Raises:
        Invalid: with a fault for each field that is wrong; nothing was added.
        TooManyContacts: the list is full.
        SignInNeeded, NotAllowed, AccountClosed: not for this actor.
    """
    customer = customer_row(session, actor)
    count = select(func.count()).where(ContactMedium.customer_id == customer.id)
    if session.exec(count).one() >= MOST:
        raise TooManyContacts(most=MOST)
    row = ContactMedium(customer_id=customer.id, name="", created_at=now)
    _fill(session, row, _read(form, place, now))
    session.add(row)
    session.flush()
    audit.record(session, actor, "contact.added", now=now, subject=f"contact {row.id}")
    return row.id


def change(
    session: Session,
    actor: Actor,
    contact_id: object,
    *,
    form: Mapping[str, object],
    place: Place,
    now: datetime,
) -> None:
    """Change a contact; the form is that of `add`.

    Raises:
        NotFound: the customer has no such contact.
        Invalid: with a fault for each field that is wrong; nothing was changed.
        SignInNeeded, NotAllowed, AccountClosed: not for this actor.
    """
    row = _own(session, actor, contact_id)
    values = _read(form, place, now)
    fields = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if not fields:
        return
    _fill(session, row, values)
    session.flush()
    said = {"fields": fields}
    audit.record(
        session, actor, "contact.changed", now=now, subject=f"contact {row.id}", after=said
    )


def remove(session: Session, actor: Actor, contact_id: object, *, now: datetime) -> None:
    """Remove a contact.

    Raises:
        NotFound: the customer has no such contact.
        SignInNeeded, NotAllowed, AccountClosed: not for this actor.
    """
    row = _own(session, actor, contact_id)
    session.delete(row)
    session.flush()
    audit.record(session, actor, "contact.removed", now=now, subject=f"contact {row.id}")


def _own(session: Session, actor: Actor, contact_id: object) -> ContactMedium:
    customer = customer_row(session, actor)
    wanted = as_id(contact_id)
    row = session.exec(
        select(ContactMedium).where(
            ContactMedium.id == wanted, ContactMedium.customer_id == customer.id
        )
    ).first()
    if row is None or (actor.acting and not row.shown):
        raise NotFound
    return row


def _read(form: Mapping[str, object], place: Place, now: datetime) -> dict[str, Any]:
    given = place.on(now)

    def way(name: str) -> str:
        typed = form.get(name)
        empty = not isinstance(typed, str) or not typed.strip()
        return "" if empty else str(read_field(name, form, **given))

    values = checked(
        {
            "name": lambda: typed_text.name(form.get("name"), missing=NO_NAME, longest=160),
            "relation": lambda: typed_text.name(form.get("relation"), missing="", longest=40),
            "email": lambda: way("email"),
            "mobile": lambda: way("mobile"),
        }
    )
    if not values["email"] and not values["mobile"]:
        raise Invalid({"email": (NO_WAY, {})})
    return {**values, "shown": form.get("shown") in (True, "on", "yes", "true")}


def _fill(session: Session, row: ContactMedium, values: Mapping[str, Any]) -> None:
    """Write checked values; the customer's row is locked, so the count of shown ones holds."""
    if values["shown"]:
        others = select(func.count()).where(
            ContactMedium.customer_id == row.customer_id,
            ContactMedium.id != row.id,
            col(ContactMedium.shown).is_(True),
        )
        if session.exec(others).one() >= MOST_SHOWN:
            raise Invalid({"shown": (SHOWN_FULL, {"most": MOST_SHOWN})})
    for name, value in values.items():
        setattr(row, name, value)
