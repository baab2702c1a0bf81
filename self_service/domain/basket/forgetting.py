"""Deleting visitors' baskets that nobody came back for, with what was typed at the check-out."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, exists, select

from self_service.domain.rows import changed
from self_service.models.basket import CartItem, CartStatus, ShoppingCart
from self_service.models.documents import Document
from self_service.models.orders import ProductOrder

#: A visitor's basket goes so long after its last change; the browser's cookie lives as long.
KEPT_FOR = timedelta(days=30)
#: Baskets that are deleted in one transaction.
BATCH = 100


def forget_old(session: Session, *, now: datetime, most: int = BATCH) -> int:
    """Delete visitors' open baskets that were not changed for 30 days.

    Their lines and the contract summaries that were made of them, but never ordered, go too. A
    basket with an order stays, whatever its state says, and so does one with an order's contract.

    Args:
        session: open transaction.
        now: the instant by which it is judged.
        most: at most so many; those that somebody is changing right now are left.

    Returns:
        How many; as many as `most` means that there may be more.
    """
    cart = col(ShoppingCart.id)
    ordered = exists().where(ProductOrder.cart_id == ShoppingCart.id)
    contract = exists().where(
        Document.cart_id == ShoppingCart.id, ProductOrder.contract_document_id == Document.id
    )
    old = session.exec(
        select(ShoppingCart.id)
        .where(
            col(ShoppingCart.visitor_key).is_not(None),
            ShoppingCart.status == CartStatus.OPEN,
            ShoppingCart.updated_at <= now - KEPT_FOR,
            ~ordered,
            ~contract,
        )
        .order_by(ShoppingCart.updated_at, cart)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    if not old:
        return 0
    for statement in (
        delete(CartItem).where(col(CartItem.cart_id).in_(old)),
        delete(Document).where(col(Document.cart_id).in_(old)),
        delete(ShoppingCart).where(cart.in_(old)),
    ):
        changed(session, statement.execution_options(synchronize_session=False))
    return len(old)
