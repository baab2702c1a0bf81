"""Customers: whom the offers for new ones are for."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.basket.terms import OWNED
from self_service.models.subscriptions import Product


def is_new(session: Session, actor: Actor, *, now: datetime) -> bool:
    """Say whether offers for new customers hold: visitors, and customers who own nothing."""
    del now
    if actor.customer_id is None:
        return True
    owned = select(Product.id).where(
        Product.customer_id == actor.customer_id, Product.status.in_(OWNED)
    )
    return session.exec(owned.limit(1)).first() is None
