"""Which offerings a customer has now, to set new ones beside them."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.models.catalog import OfferingKind
from self_service.models.subscriptions import Product, ProductStatus

#: Products that run: switched on and not yet ended.
_RUNNING = (ProductStatus.ACTIVE, ProductStatus.SUSPENDED, ProductStatus.PENDING_TERMINATE)


def current(session: Session, actor: Actor, kind: OfferingKind) -> tuple[UUID, ...]:
    """Return the offerings of one kind that the actor's customer has, the latest first."""
    if actor.customer_id is None:
        return ()
    running = select(Product.offering_id).where(
        Product.customer_id == actor.customer_id,
        Product.kind == kind,
        Product.status.in_(_RUNNING),
    )
    return tuple(dict.fromkeys(session.exec(running.order_by(Product.started_at.desc()))))
