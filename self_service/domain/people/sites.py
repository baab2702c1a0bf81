"""A customer's places. A closed one stays known for what was delivered there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, Invalid, NotFound
from self_service.domain.ids import as_id
from self_service.domain.people.own import Place, customer_row
from self_service.domain.people.postal_address import PostalAddress, check_address
from self_service.domain.people.profile import chosen
from self_service.domain.people.typed_text import Faulty
from self_service.domain.rows import changed
from self_service.models.orders import ProductOrder
from self_service.models.people import PlannedMove, Site

MOST = 10
#: What a place is called.
LABELS: Mapping[str, str] = {
    "home": N_("Home address"),
    "office": N_("Office"),
    "family": N_("Family"),
    "holiday": N_("Holiday home"),
    "other": N_("Another place"),
}


class TooManySites(DomainError):
    """The list is full."""

    code = "too_many_sites"
    message = N_("You can keep up to {most} places. Close one before you add another.")


class LastSite(DomainError):
    """A customer lives somewhere."""

    code = "last_site"
    message = N_("This is your only address. Add the new one first, then close this one.")


class MovePlanned(DomainError):
    """What is to become of the place was said."""

    code = "move_planned"
    message = N_("A move from this place is planned. Call it off first.")


@dataclass(frozen=True, slots=True)
class Location:
    """A place of the customer's; `closed_at` is when they moved away."""

    id: UUID
    label: str
    address: PostalAddress
    closed_at: datetime | None


def listed(session: Session, actor: Actor, *, now: datetime) -> tuple[Location, ...]:
    """List the places of the actor's customer: the open ones, then the closed, the oldest first.

    Raises:
        SignInNeeded, NotAllowed: not a customer, nor somebody who acts for one.
    """
    del now
    rows = session.exec(
        select(Site)
        .where(Site.customer_id == actor.customer())
        .order_by(col(Site.closed_at).is_not(None), Site.created_at, Site.id)
    )
    return tuple(
        Location(row.id, row.label, PostalAddress(**row.address), row.closed_at) for row in rows
    )


def add(
    session: Session, actor: Actor, *, form: Mapping[str, object], place: Place, now: datetime
) -> UUID:
    """Add a place.

    Args:
        session: open transaction.
        actor: the customer, or who acts for them.
        form: label, and the fields of `PostalAddress`; from anybody.
        place: languages and country.
        now: instant of the act.

    Raises:
        Invalid: with a fault for each field that is wrong; nothing was added.
        TooManySites: the list is full.
        SignInNeeded, NotAllowed, AccountClosed: not for this actor.
    """
    customer = customer_row(session, actor)
    label, address = _read(form, place)
    if len(_open(session, customer.id)) >= MOST:
        raise TooManySites(most=MOST)
    row = Site(customer_id=customer.id, label=label, address=address, created_at=now)
    session.add(row)
    session.flush()
    audit.record(session, actor, "site.added", now=now, subject=f"place {row.id}")
    return row.id


def change(
    session: Session,
    actor: Actor,
    site_id: object,
    *,
    form: Mapping[str, object],
    place: Place,
    now: datetime,
) -> UUID:
    """Change a place; returns its id.

    Where an order was delivered to, the order keeps the address as it was: the old row is closed
    and a new one takes its place, also in the order of the list, whose first is the main address.
    A move that is planned from there is then one from the new row.

    Raises:
        NotFound: the customer has no such open place.
        Invalid: with a fault for each field that is wrong; nothing was changed.
        SignInNeeded, NotAllowed, AccountClosed: not for this actor.
    """
    row = _own(session, actor, site_id)
    label, address = _read(form, place)
    fields = [
        name
        for name, new, old in (("address", address, row.address), ("label", label, row.label))
        if new != old
    ]
    if not fields:
        return row.id
    if "address" in fields and _delivered(session, row.id):
        old, row.closed_at = row.id, now
        row = Site(customer_id=row.customer_id, address={}, created_at=row.created_at)
        session.add(row)
        session.flush()
        changed(session, update(PlannedMove).where(*_planned(old)).values(site_id=row.id))
    row.label, row.address = label, address
    session.add(row)
    session.flush()
    said = {"fields": fields}
    audit.record(session, actor, "site.changed", now=now, subject=f"place {row.id}", after=said)
    return row.id


def close(session: Session, actor: Actor, site_id: object, *, now: datetime) -> None:
    """Say that the customer moved away from a place.

    Raises:
        NotFound: the customer has no such open place.
        LastSite: it is the only one.
        MovePlanned: it is closed on the day of a move.
        SignInNeeded, NotAllowed, AccountClosed: not for this actor.
    """
    row = _own(session, actor, site_id)
    if move_planned(session, row.id):
        raise MovePlanned
    if len(_open(session, row.customer_id)) == 1:
        raise LastSite
    row.closed_at = now
    session.flush()
    audit.record(session, actor, "site.closed", now=now, subject=f"place {row.id}")


def move_planned(session: Session, site_id: UUID) -> bool:
    """Say whether a move from a place is planned and neither called off nor done."""
    return session.exec(select(PlannedMove.id).where(*_planned(site_id))).first() is not None


def stored(address: PostalAddress) -> dict[str, Any]:
    """Return an address as the tables hold it."""
    return {name: value for name, value in address.as_form().items() if value}


def _planned(site_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        col(PlannedMove.site_id) == site_id,
        col(PlannedMove.cancelled_at).is_(None),
        col(PlannedMove.done_at).is_(None),
    )


def _own(session: Session, actor: Actor, site_id: object) -> Site:
    customer = customer_row(session, actor)
    wanted = as_id(site_id)
    found = [row for row in _open(session, customer.id) if row.id == wanted]
    if not found:
        raise NotFound
    return found[0]


def _open(session: Session, customer_id: UUID) -> list[Site]:
    statement = select(Site).where(Site.customer_id == customer_id, col(Site.closed_at).is_(None))
    return list(session.exec(statement.execution_options(populate_existing=True)))


def _delivered(session: Session, site_id: UUID) -> bool:
    orders = select(ProductOrder.id).where(ProductOrder.site_id == site_id)
    return session.exec(orders.limit(1)).first() is not None


def _read(form: Mapping[str, object], place: Place) -> tuple[str, dict[str, Any]]:
    address, faults = check_address(form, default_country=place.country)
    label = ""
    try:
        label = chosen(form.get("label"), LABELS)
    except Faulty as faulty:
        faults = {"label": faulty.fault, **faults}
    if address is None or faults:
        raise Invalid(faults)
    return label, stored(address)
