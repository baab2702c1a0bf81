"""The waiting list: who wants to know when something reaches an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from self_service import clock
from self_service.domain.access import Actor
from self_service.domain.coverage import reach
from self_service.domain.coverage.places import Spot, spot
from self_service.domain.coverage.reach import Reach
from self_service.domain.errors import N_, DomainError, Invalid, NotFound
from self_service.domain.ids import as_id
from self_service.domain.network import notices
from self_service.domain.network.notices import NoticeKind
from self_service.domain.people.postal_address import PostalAddress, check_address
from self_service.domain.rows import add_once, changed
from self_service.models.catalog import OfferingKind
from self_service.models.coverage import CoverageWait

MOST = 10
#: What can be waited for.
WAITED = (OfferingKind.BROADBAND, OfferingKind.TV)


class CoveredAlready(DomainError):
    """Nothing to wait for."""

    code = "covered_already"
    message = N_("Good news: this is available at your address already.")


class TooManyWaits(DomainError):
    """The list of one customer is full."""

    code = "too_many_waits"
    message = N_("You wait for {most} things already. Leave one of the lists first.")


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that a customer waits for."""

    id: UUID
    kind: OfferingKind
    place: str
    joined_at: datetime
    told_at: datetime | None


def join(
    session: Session,
    actor: Actor,
    *,
    kind: object,
    form: Mapping[str, object],
    country: str,
    now: datetime,
) -> UUID:
    """Put the actor's customer on the list for an address; returns the entry's id.

    Args:
        session: open transaction.
        actor: the customer, or who acts for them.
        kind: "broadband" or "tv"; from anybody.
        form: the fields of an address; from anybody.
        country: that of the form when it names none.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed: not a customer.
        NotFound: nothing of this kind is waited for.
        Invalid: no address.
        CoveredAlready: it is there.
        TooManyWaits: the customer waits for enough.
    """
    customer_id = actor.customer()
    wanted = next((one for one in WAITED if one.value == kind), None)
    if wanted is None:
        raise NotFound
    address, faults = check_address(form, default_country=country)
    if address is None:
        raise Invalid(faults)
    if reach.check(session, address, now=now).reach(wanted) is Reach.YES:
        raise CoveredAlready
    where = spot(address)
    key = f"{where.country} {where.postcode} {where.street} {where.house}"[:200]
    mine = select(CoverageWait).where(CoverageWait.customer_id == customer_id)
    rows = session.exec(mine).all()
    known = next((row for row in rows if (row.kind, row.place_key) == (wanted.value, key)), None)
    if known is not None:
        changed(
            session,
            update(CoverageWait).where(col(CoverageWait.id) == known.id).values(told_at=None),
        )
        return known.id
    if sum(row.told_at is None for row in rows) >= MOST:
        raise TooManyWaits(most=MOST)
    row = CoverageWait(
        customer_id=customer_id,
        kind=wanted.value,
        country=where.country,
        postcode=where.postcode,
        street=where.street,
        house=str(where.house),
        place=_place(address),
        place_key=key,
        joined_at=now,
    )
    add_once(session, row)
    return row.id


def leave(session: Session, actor: Actor, wait_id: object, *, now: datetime) -> None:
    """Take the actor's customer off a list.

    Raises:
        SignInNeeded, NotAllowed: not a customer.
        NotFound: they are not on it.
    """
    del now
    mine = (
        col(CoverageWait.customer_id) == actor.customer(),
        col(CoverageWait.id) == as_id(wait_id),
    )
    if not changed(session, delete(CoverageWait).where(*mine)):
        raise NotFound


def listed(session: Session, actor: Actor, *, now: datetime) -> tuple[Wait, ...]:
    """List what the actor's customer waits for, the last first.

    Raises:
        SignInNeeded, NotAllowed: not a customer.
    """
    del now
    mine = select(CoverageWait).where(CoverageWait.customer_id == actor.customer())
    rows = session.exec(mine.order_by(col(CoverageWait.joined_at).desc(), CoverageWait.id))
    return tuple(
        Wait(row.id, OfferingKind(row.kind), row.place, row.joined_at, row.told_at)
        for row in rows.fetchmany(2 * MOST)
    )


def tell_covered(session: Session, *, now: datetime) -> int:
    """Tell everybody who waits for what has come since; returns how many were told."""
    today, told = now.astimezone(clock.zone()).date(), 0
    rows = session.exec(
        select(CoverageWait)
        .where(col(CoverageWait.told_at).is_(None))
        .order_by(CoverageWait.joined_at, CoverageWait.id)
        .limit(5_000)
    ).all()
    spots: dict[Spot, reach.Coverage] = {}
    for row in rows:
        where = Spot(row.country, row.postcode, row.street, int(row.house))
        if where not in spots:
            spots[where] = reach.at(session, where, on=today)
        if spots[where].reach(OfferingKind(row.kind)) is not Reach.YES:
            continue
        mine = (col(CoverageWait.id) == row.id, col(CoverageWait.told_at).is_(None))
        if changed(session, update(CoverageWait).where(*mine).values(told_at=now)):
            told += 1
            key = f"{row.id} {now.date()}"
            about = row.kind
            notices.tell(session, NoticeKind.COVERED, row.customer_id, key, about=about, now=now)
    return told


def _place(address: PostalAddress) -> str:
    first = address.street_address.split("\n", 1)[0]
    return ", ".join(part for part in (first, address.city) if part)[:200]
