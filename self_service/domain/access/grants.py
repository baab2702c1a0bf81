"""Grants: what sub-users, and customers among themselves, may do with somebody else's things.

They are read at every act, so that one that was taken away or is over allows nothing from that
instant on. A grant is about one subscription, named by its root product, or about all of a
customer's; never about orders, payments or whatever else is the customer's own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_
from sqlmodel import Session, col, select

from self_service.domain.access.actor import Actor, Share
from self_service.domain.rows import changed
from self_service.models.access import DigitalIdentity, Grant, Scope
from self_service.models.people import Customer, CustomerStatus
from self_service.models.subscriptions import Product

#: By which grants something is allowed: who manages or pays also sees; paying is not managing.
BY: Mapping[Scope, frozenset[Scope]] = {
    Scope.VIEW: frozenset(Scope),
    Scope.MANAGE: frozenset({Scope.MANAGE}),
    Scope.PAY: frozenset({Scope.PAY}),
}


@dataclass(frozen=True, slots=True)
class Granting:
    """What is granted: to whom, by whom, for what.

    Attributes:
        customer_id: whose things.
        product_id: the one subscription, None for all.
        granted_by: whose sign-in granted it.
        expires_at: first instant at which it is over, None for no end.
    """

    customer_id: UUID
    product_id: UUID | None
    scopes: frozenset[Scope]
    granted_by: UUID
    expires_at: datetime | None


def live(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a grant is not over."""
    return or_(col(Grant.expires_at).is_(None), col(Grant.expires_at) > now)


def held(session: Session, actor: Actor, *, now: datetime) -> tuple[Share, ...]:
    """List what was granted to whoever is signed in, and holds now.

    Whoever acts for a customer holds nothing of what was granted to that customer in person.
    """
    if actor.identity_id is None or actor.acting:
        return ()
    rows = session.exec(
        select(Grant)
        .join(Customer, col(Customer.id) == Grant.customer_id)
        .join(DigitalIdentity, col(DigitalIdentity.id) == Grant.identity_id)
        .where(
            Grant.identity_id == actor.identity_id,
            live(now),
            Customer.status != CustomerStatus.CLOSED,
            col(DigitalIdentity.disabled_at).is_(None),
        )
        .order_by(Grant.customer_id, Grant.created_at, Grant.id)
    )
    return tuple(Share(row.customer_id, row.product_id, row.scope) for row in rows)


def allowed(
    session: Session, actor: Actor, product_id: object, scope: Scope, *, now: datetime
) -> bool:
    """Say whether somebody may do something with a product now: their own, or granted to them.

    Args:
        session: open transaction.
        actor: who asks.
        product_id: a subscription or anything in it; whatever a client sent.
        scope: what is to be done.
        now: instant of the act.
    """
    product = session.get(Product, product_id) if isinstance(product_id, UUID) else None
    if product is None or not actor.signed_in:
        return False
    if actor.customer_id == product.customer_id:
        return True
    root = root_of(session, product)
    return any(
        share.customer_id == root.customer_id
        and share.product_id in (None, root.id)
        and share.scope in BY[scope]
        for share in held(session, actor, now=now)
    )


def root_of(session: Session, product: Product) -> Product:
    """Return the subscription that a product belongs to."""
    while product.parent_id is not None:
        product = session.get_one(Product, product.parent_id)
    return product


def needed(scopes: Collection[Scope]) -> frozenset[Scope]:
    """Return the scopes without those that another one holds anyway."""
    more = frozenset(scopes) - {Scope.VIEW}
    return more or frozenset({Scope.VIEW})


def give(session: Session, identity_id: UUID, granting: Granting, *, now: datetime) -> None:
    """Let somebody do exactly this with a subscription, or with all, from now on.

    What was granted to them about the same before is replaced; ids of rows stay where they can.
    """
    rows = list(
        session.exec(
            select(Grant).where(*_same(identity_id, granting)).order_by(Grant.created_at, Grant.id)
        )
    )
    for scope in sorted(needed(granting.scopes)):
        row = rows.pop(0) if rows else _new(identity_id, granting, now)
        row.scope, row.expires_at = scope, granting.expires_at
        row.granted_by = granting.granted_by
        session.add(row)
    for row in rows:
        session.delete(row)
    session.flush()


def take(session: Session, identity_id: UUID, customer_id: UUID, product_id: UUID | None) -> int:
    """Take away what somebody may do with a subscription, or with all; returns how many rows."""
    about: Any = col(Grant.product_id)
    same = about.is_(None) if product_id is None else about == product_id
    return changed(
        session,
        delete(Grant).where(
            col(Grant.identity_id) == identity_id, col(Grant.customer_id) == customer_id, same
        ),
    )


def _same(identity_id: UUID, granting: Granting) -> tuple[ColumnElement[bool], ...]:
    about: Any = col(Grant.product_id)
    same = about.is_(None) if granting.product_id is None else about == granting.product_id
    return (
        col(Grant.identity_id) == identity_id,
        col(Grant.customer_id) == granting.customer_id,
        same,
    )


def _new(identity_id: UUID, granting: Granting, now: datetime) -> Grant:
    return Grant(
        identity_id=identity_id,
        customer_id=granting.customer_id,
        product_id=granting.product_id,
        granted_by=granting.granted_by,
        created_at=now,
    )
