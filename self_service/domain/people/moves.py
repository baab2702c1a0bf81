"""Moving: from a day on, a place of the customer's is at another address.

A move is planned for a day, can be called off until that day, and is done by a job when it has
come. What is delivered at the place is not moved by it: the operator confirms each service at the
new address. The record says that somebody moves, not where to or when.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from self_service import clock
from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.basket.terms import OWNED
from self_service.domain.catalog.view import text
from self_service.domain.coverage import reach
from self_service.domain.coverage.reach import FIXED, Reach
from self_service.domain.errors import N_, DomainError, Invalid, NotFound
from self_service.domain.ids import as_id
from self_service.domain.messages import Words
from self_service.domain.people import mailbox
from self_service.domain.people.own import Place, customer_row
from self_service.domain.people.postal_address import PostalAddress, check_address
from self_service.domain.people.sites import MovePlanned, move_planned, stored
from self_service.domain.people.typed_text import Faulty
from self_service.domain.pricing.periods import add_months
from self_service.domain.rows import changed
from self_service.domain.subscriptions.home import SERVICES
from self_service.models.access import DigitalIdentity, Role
from self_service.models.base import Texts
from self_service.models.catalog import OfferingKind
from self_service.models.orders import ProductOrder
from self_service.models.people import Customer, PlannedMove, Site
from self_service.models.subscriptions import Product

#: How far ahead a move can be planned, in months.
MONTHS_AHEAD = 12
NO_DAY = N_("Enter the day as year-month-day, like {example}.")
TOO_SOON = N_("Choose tomorrow or a later day.")
TOO_FAR = N_("Choose a day in the next 12 months.")
NOT_THERE = N_(
    "Not available at the new address on that day: {services}. Tick the box to move all the same; "
    "everything else moves with you."
)

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
#: What cannot be delivered on the day.
STAYS = frozenset({Reach.NO, Reach.LATER})
#: Who does what was planned.
_PORTAL = Actor(role=Role.ADMINISTRATOR, full_name="Self Service")


class PlaceClosed(DomainError):
    """The customer is not at this place any more."""

    code = "place_closed"
    message = N_("You have moved away from this place already.")


class MoveBegun(DomainError):
    """The day of the move has come."""

    code = "move_begun"
    message = N_("The day of this move has come, so it cannot be called off. Plan another one.")


@dataclass(frozen=True, slots=True)
class Service:
    """Something that is delivered at a place.

    Attributes:
        runs: whether it can be delivered at the new address on the day of the move.
    """

    id: UUID
    name: Texts
    kind: OfferingKind
    runs: Reach = Reach.UNKNOWN


@dataclass(frozen=True, slots=True)
class Move:
    """A move that is planned.

    Attributes:
        address: the new one.
        move_on: its day, in the operator's zone.
        services: what is delivered at the place; each has to be confirmed at the new address.
        can_be_called_off: its day has not come.
    """

    site_id: UUID
    address: PostalAddress
    move_on: date
    services: tuple[Service, ...]
    can_be_called_off: bool


def listed(session: Session, actor: Actor, *, now: datetime) -> tuple[Move, ...]:
    """List the moves that the actor's customer plans, the next one first.

    Raises:
        SignInNeeded, NotAllowed: not a customer, nor somebody who acts for one.
    """
    mine = select(PlannedMove).where(PlannedMove.customer_id == actor.customer(), *_open())
    rows = session.exec(mine.order_by(col(PlannedMove.move_on), col(PlannedMove.id))).all()
    services = _services(session, {row.site_id for row in rows})
    return tuple(
        Move(
            row.site_id,
            PostalAddress(**row.address),
            row.move_on,
            _there(session, services[row.site_id], PostalAddress(**row.address), row.move_on, now),
            _today(now) < row.move_on,
        )
        for row in rows
    )


def plan(
    session: Session,
    actor: Actor,
    site_id: object,
    *,
    form: Mapping[str, object],
    place: Place,
    told: Words,
    now: datetime,
) -> UUID:
    """Plan a move; returns its id.

    Args:
        session: open transaction.
        actor: the customer, or who acts for them.
        site_id: the place that the customer leaves; from anybody.
        form: the fields of `PostalAddress`, `move_on`, an ISO date, and `accept`, "" unless the
            person knows what will not run at the new address; from anybody.
        place: languages and country.
        told: words of the letter to the customer, about the day as an ISO date.
        now: instant of the act.

    Raises:
        NotFound: the customer has no such place.
        PlaceClosed: the customer has moved away from it.
        MovePlanned: there is a plan for it.
        Invalid: with a fault for each field that is wrong; nothing was planned.
        SignInNeeded, NotAllowed, AccountClosed: not for this actor.
    """
    site = _own_place(session, actor, site_id)
    if move_planned(session, site.id):
        raise MovePlanned
    address, move_on = _read(form, place, now)
    if not form.get("accept"):
        _say_what_stays(session, actor, site.id, address, move_on, now)
    row = PlannedMove(
        site_id=site.id,
        customer_id=site.customer_id,
        address=stored(address),
        move_on=move_on,
        created_at=now,
    )
    session.add(row)
    session.flush()
    _tell(session, row, "move_planned", told, now)
    audit.record(session, actor, "site.move_planned", now=now, subject=f"place {site.id}")
    return row.id


def call_off(
    session: Session, actor: Actor, site_id: object, *, told: Words, now: datetime
) -> None:
    """Call a planned move off: the place stays as it is.

    Args:
        session: open transaction.
        actor: the customer, or who acts for them.
        site_id: the place that the customer wanted to leave; from anybody.
        told: words of the letter to the customer, about the day as an ISO date.
        now: instant of the act.

    Raises:
        NotFound: the customer has no such place, or no move from it is planned (any more).
        MoveBegun: its day has come; nothing was changed.
        PlaceClosed: the customer has moved away from it.
        SignInNeeded, NotAllowed, AccountClosed: not for this actor.
    """
    site = _own_place(session, actor, site_id)
    row = session.exec(
        select(PlannedMove)
        .where(PlannedMove.site_id == site.id, *_open())
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    if _today(now) >= row.move_on:
        raise MoveBegun
    row.cancelled_at = now
    session.flush()
    _tell(session, row, "move_called_off", told, now)
    audit.record(session, actor, "site.move_called_off", now=now, subject=f"place {site.id}")


def due(session: Session, *, now: datetime, most: int = 500) -> tuple[UUID, ...]:
    """List moves whose day has come, the oldest first, at most so many."""
    come = select(PlannedMove.id).where(PlannedMove.move_on <= _today(now), *_open())
    return tuple(session.exec(come.order_by(PlannedMove.move_on, PlannedMove.id).limit(most)))


def take_effect(session: Session, move_id: UUID, *, told: Words, now: datetime) -> bool:
    """Do a move whose day has come: the place is closed, and one at the new address opens.

    One move in a transaction, for it holds the customer's row and the record's. The new place
    stands where the old one stood in the list, whose first is the main address.

    Args:
        session: open transaction.
        move_id: one of `due`.
        told: words of the letter to the customer, about the day as an ISO date.
        now: instant of the act.

    Returns:
        True for the caller who did it, False when another did or it was called off meanwhile.
    """
    owner = select(PlannedMove.customer_id).where(PlannedMove.id == move_id)
    held = select(Customer.id).where(col(Customer.id).in_(owner)).with_for_update()
    session.exec(held).all()
    ripe = (PlannedMove.id == move_id, col(PlannedMove.move_on) <= _today(now), *_open())
    if not changed(session, update(PlannedMove).where(*ripe).values(done_at=now)):
        return False
    row = session.get_one(PlannedMove, move_id, populate_existing=True)
    old = session.get_one(Site, row.site_id, populate_existing=True)
    old.closed_at = now
    new = Site(
        customer_id=old.customer_id,
        label=old.label,
        address=row.address,
        created_at=old.created_at,
    )
    session.add(new)
    session.flush()
    _tell(session, row, "moved", told, now)
    subject, after = f"place {old.id}", {"place": str(new.id)}
    audit.record(
        session,
        _PORTAL,
        "site.moved",
        now=now,
        subject=subject,
        after=after,
        customer_id=old.customer_id,
    )
    return True


def first_day(now: datetime) -> date:
    """Return the first day for which a move can be planned: tomorrow, in the operator's zone."""
    return _today(now) + timedelta(days=1)


def last_day(now: datetime) -> date:
    """Return the last day for which a move can be planned."""
    return _today(add_months(now, MONTHS_AHEAD))


def _today(now: datetime) -> date:
    return now.astimezone(clock.zone()).date()


def _open() -> tuple[ColumnElement[bool], ...]:
    return (col(PlannedMove.cancelled_at).is_(None), col(PlannedMove.done_at).is_(None))


def _own_place(session: Session, actor: Actor, site_id: object) -> Site:
    customer = customer_row(session, actor)
    mine = select(Site).where(Site.id == as_id(site_id), Site.customer_id == customer.id)
    row = session.exec(mine.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    if row.closed_at is not None:
        raise PlaceClosed
    return row


def _read(form: Mapping[str, object], place: Place, now: datetime) -> tuple[PostalAddress, date]:
    address, faults = check_address(form, default_country=place.country)
    day = None
    try:
        day = _day(form.get("move_on"), now)
    except Faulty as faulty:
        faults = {**faults, "move_on": faulty.fault}
    if address is None or day is None:
        raise Invalid(faults)
    return address, day


def _day(typed: object, now: datetime) -> date:
    text = typed.strip() if isinstance(typed, str) else ""
    try:
        day = date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise Faulty(NO_DAY, example=first_day(now).isoformat())
    if day < first_day(now):
        raise Faulty(TOO_SOON)
    if day > last_day(now):
        raise Faulty(TOO_FAR)
    return day


def _say_what_stays(
    session: Session, actor: Actor, site_id: UUID, address: PostalAddress, on: date, now: datetime
) -> None:
    """Refuse a move that leaves something behind, once, by saying what."""
    found = _there(session, _services(session, {site_id})[site_id], address, on, now)
    stays = [text(one.name, actor.language or "en") for one in found if one.runs in STAYS]
    if stays:
        raise Invalid({"accept": (NOT_THERE, {"services": ", ".join(stays)})})


def _there(
    session: Session, services: Sequence[Service], address: PostalAddress, on: date, now: datetime
) -> tuple[Service, ...]:
    """Say of each service whether it runs at an address on a day; a phone goes everywhere."""
    if not any(one.kind in FIXED for one in services):
        return tuple(services)
    found = reach.check(session, address, now=now, on=on)
    return tuple(
        replace(one, runs=found.reach(one.kind)) if one.kind in FIXED else one for one in services
    )


def _services(session: Session, site_ids: Collection[UUID]) -> Mapping[UUID, list[Service]]:
    found: dict[UUID, list[Service]] = defaultdict(list)
    rows: Any = session.exec(
        select(ProductOrder.site_id, Product.id, Product.name, Product.kind)
        .join(ProductOrder, ProductOrder.id == Product.order_id)
        .where(
            col(ProductOrder.site_id).in_(site_ids),
            col(Product.status).in_(OWNED),
            col(Product.kind).in_(SERVICES),
        )
        .order_by(ProductOrder.ordered_at, Product.id)
    )
    for site_id, product_id, name, kind in rows:
        found[site_id].append(Service(product_id, name, kind))
    return found


def _tell(session: Session, row: PlannedMove, kind: str, told: Words, now: datetime) -> None:
    holders = select(DigitalIdentity).where(
        DigitalIdentity.customer_id == row.customer_id, col(DigitalIdentity.disabled_at).is_(None)
    )
    for holder in session.exec(holders.order_by(DigitalIdentity.id)).all():
        mailbox.write(session, holder, kind, told, row.move_on.isoformat(), now=now)
    session.flush()
