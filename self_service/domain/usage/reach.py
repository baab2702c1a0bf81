"""Whose usage an actor may see: their own, and that of subscriptions shared with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.access import Actor, grants
from self_service.domain.errors import NotFound
from self_service.domain.ids import as_id
from self_service.domain.usage.allowances import METERED
from self_service.models.access import Scope
from self_service.models.subscriptions import Product

#: Products shown at once; a company with more chooses one.
MOST = 500


def products(
    session: Session, actor: Actor, *, now: datetime, of: object = None
) -> Sequence[Product]:
    """Return the metered products that an actor may see, the oldest first.

    Args:
        session: open transaction.
        actor: who asks.
        now: instant of asking: grants end.
        of: only this one: its id, or that of the subscription it is in; whatever a client sent.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: `of` is nothing that this actor may see.
    """
    actor.identity()
    wanted = select(Product).where(
        col(Product.kind).in_(METERED), col(Product.started_at).is_not(None)
    )
    if of is not None:
        return _one(session, actor, as_id(of), now)
    if actor.customer_id is not None:
        mine = wanted.where(Product.customer_id == actor.customer_id)
        return session.exec(mine.order_by(Product.started_at, Product.id).limit(MOST)).all()
    shares = grants.held(session, actor, now=now)
    customers = {share.customer_id for share in shares}
    found = session.exec(
        wanted.where(col(Product.customer_id).in_(customers)).order_by(
            Product.started_at, Product.id
        )
    ).all()
    whole = {share.customer_id for share in shares if share.product_id is None}
    roots = {share.product_id for share in shares}
    return [
        product
        for product in found
        if product.customer_id in whole or grants.root_of(session, product).id in roots
    ][:MOST]


def _one(session: Session, actor: Actor, product_id: UUID, now: datetime) -> list[Product]:
    if not grants.allowed(session, actor, product_id, Scope.VIEW, now=now):
        raise NotFound
    root = session.get_one(Product, product_id)
    below = select(Product).where(
        (Product.id == root.id) | (Product.parent_id == root.id),
        col(Product.kind).in_(METERED),
        col(Product.started_at).is_not(None),
        Product.customer_id == root.customer_id,
    )
    found = list(session.exec(below.order_by(Product.started_at, Product.id)).all())
    if not found:
        raise NotFound
    return found
