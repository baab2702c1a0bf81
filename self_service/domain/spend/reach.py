"""Whose spending an actor may see: all of their own, or that of subscriptions shared with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service import clock
from self_service.domain.access import Actor, grants
from self_service.domain.subscriptions.home import SHOWN
from self_service.models.base import Texts
from self_service.models.subscriptions import Product, Resource, ResourceKind


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription with all that belongs to it.

    Attributes:
        number: telephone number, "" without one.
        since: day on which it was switched on, None before.
        running: it goes on, so its monthly charges come again.
    """

    id: UUID
    name: Texts
    number: str
    since: date | None
    running: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """What is seen.

    Attributes:
        customer_id: whose own spending it is, None for somebody with whom something is shared:
            what belongs to no subscription is not theirs to see.
        customers: whose things those are that are seen.
        roots: subscription of each product.
        currency: of all sums; "" when there is nothing.
    """

    customer_id: UUID | None
    customers: frozenset[UUID]
    roots: Mapping[UUID, UUID]
    subscriptions: tuple[Subscription, ...]
    currency: str


def reach(session: Session, actor: Actor, *, now: datetime) -> Reach:
    """Find what an actor may see, by at most three statements.

    Args:
        session: open transaction.
        actor: who asks.
        now: instant of asking: grants end.

    Raises:
        SignInNeeded: nobody is signed in.
    """
    actor.identity()
    own = actor.customer_id
    shares = () if own is not None else grants.held(session, actor, now=now)
    customers = {own} if own is not None else {share.customer_id for share in shares}
    if not customers:
        return Reach(None, frozenset(), {}, (), "")
    rows = session.exec(
        select(Product)
        .where(col(Product.customer_id).in_(customers))
        .order_by(Product.started_at.is_(None), Product.started_at, Product.id)
    ).all()
    roots = _roots(rows)
    if own is None:
        whole = {share.customer_id for share in shares if share.product_id is None}
        named = {share.product_id for share in shares}
        rows = [row for row in rows if row.customer_id in whole or roots[row.id] in named]
    currency = rows[0].currency if rows else ""
    rows = [row for row in rows if row.currency == currency]
    numbers = _numbers(session, rows, roots)
    return Reach(
        customer_id=own,
        customers=frozenset(customers),
        roots={row.id: roots[row.id] for row in rows},
        subscriptions=tuple(
            _shown(row, numbers.get(row.id, "")) for row in rows if roots[row.id] == row.id
        ),
        currency=currency,
    )


def _roots(rows: Sequence[Product]) -> dict[UUID, UUID]:
    parents = {row.id: row.parent_id for row in rows}

    def root(key: UUID) -> UUID:
        while (above := parents.get(key)) is not None:
            key = above
        return key

    return {key: root(key) for key in parents}


def _numbers(
    session: Session, rows: Sequence[Product], roots: Mapping[UUID, UUID]
) -> dict[UUID, str]:
    found = session.execute(
        select(Resource.product_id, Resource.value)
        .where(
            Resource.kind == ResourceKind.MSISDN,
            col(Resource.product_id).in_([row.id for row in rows]),
        )
        .order_by(col(Resource.id).desc())
    )
    return {roots[product_id]: value for product_id, value in found if product_id in roots}


def _shown(row: Product, number: str) -> Subscription:
    since = row.started_at.astimezone(clock.zone()).date() if row.started_at else None
    return Subscription(row.id, row.name, number, since, row.status in SHOWN)
