"""Who has access to a customer's subscriptions, as the customer sees it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.access import Actor, grants
from self_service.domain.errors import NotFound
from self_service.domain.ids import as_id
from self_service.domain.people import member_wishes
from self_service.domain.people.member_wishes import Pending
from self_service.domain.subscriptions.home import subscriptions_of
from self_service.domain.subscriptions.view import SubscriptionView
from self_service.models.access import DigitalIdentity, Grant, Scope
from self_service.models.people import Individual


@dataclass(frozen=True, slots=True)
class Access:
    """What a member may do with one subscription, or with all.

    Attributes:
        id: names it to the customer.
        product_id: None for all subscriptions.
        until: first instant at which it is over, None for no end.
    """

    id: UUID
    product_id: UUID | None
    scopes: frozenset[Scope]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who has access."""

    name: str
    email: str
    access: tuple[Access, ...]


@dataclass(frozen=True, slots=True)
class Circle:
    """Everybody who has access or was invited, and what can be shared."""

    members: tuple[Member, ...]
    pending: tuple[Pending, ...]
    subscriptions: tuple[SubscriptionView, ...]


def circle(session: Session, actor: Actor, *, now: datetime) -> Circle:
    """Show who has access to what, and who was invited.

    Raises:
        SignInNeeded, NotAllowed: not a customer in person.
    """
    customer_id = actor.own_customer()
    return Circle(
        members=members_of(session, customer_id, now),
        pending=member_wishes.pending(session, customer_id, now=now),
        subscriptions=tuple(subscriptions_of(session, customer_id, now=now)),
    )


def members_of(session: Session, customer_id: UUID, now: datetime) -> tuple[Member, ...]:
    """List who has access now, by name."""
    rows = session.exec(
        select(Grant, DigitalIdentity.login, Individual.given_name, Individual.family_name)
        .join(DigitalIdentity, col(DigitalIdentity.id) == Grant.identity_id)
        .join(Individual, col(Individual.id) == DigitalIdentity.individual_id)
        .where(Grant.customer_id == customer_id, grants.live(now))
        .order_by(Individual.given_name, Individual.family_name, Grant.created_at, Grant.id)
    ).all()
    by_person: dict[UUID, dict[UUID | None, list[Grant]]] = {}
    who: dict[UUID, tuple[str, str]] = {}
    for grant, login, given, family in rows:
        by_person.setdefault(grant.identity_id, {}).setdefault(grant.product_id, []).append(grant)
        who[grant.identity_id] = (f"{given} {family}", login)
    return tuple(
        Member(*who[person], tuple(access_of(found) for found in about.values()))
        for person, about in by_person.items()
    )


def access_of(rows: Iterable[Grant]) -> Access:
    """Put the grants to one person about the same into one."""
    found = sorted(rows, key=lambda row: (row.created_at, str(row.id)))
    first = found[0]
    scopes = grants.needed([row.scope for row in found])
    return Access(first.id, first.product_id, scopes, first.expires_at)


def access_named(
    session: Session, customer_id: UUID, access_id: object, *, now: datetime
) -> tuple[Access, UUID]:
    """Return an access that a customer named, and whose it is.

    Raises:
        NotFound: there is none (any more), or it is another customer's.
    """
    named = session.get(Grant, as_id(access_id))
    if named is None or named.customer_id != customer_id:
        raise NotFound
    rows = session.exec(
        select(Grant).where(
            Grant.customer_id == customer_id,
            Grant.identity_id == named.identity_id,
            grants.live(now),
        )
    ).all()
    same = [row for row in rows if row.product_id == named.product_id]
    if not same:
        raise NotFound
    return access_of(same), named.identity_id


def name_of(session: Session, identity_id: UUID) -> str:
    """Return the name of somebody who has access."""
    identity = session.get_one(DigitalIdentity, identity_id)
    person = session.get_one(Individual, identity.individual_id)
    return f"{person.given_name} {person.family_name}"
