"""Where a basket goes: into the customer's at sign-in, and into an order."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.basket import rows as basket_rows
from self_service.domain.basket.change import owner_of
from self_service.domain.basket.lines import merged
from self_service.domain.basket.rows import Owner
from self_service.domain.errors import NotFound
from self_service.domain.ids import as_id
from self_service.domain.people.own import require_open
from self_service.domain.rows import add_once
from self_service.domain.transitions import advance
from self_service.models.basket import CartStatus, ShoppingCart
from self_service.models.promotions import CartPromotion

#: A basket is open until it became an order or was merged into another.
CART: dict[CartStatus, frozenset[CartStatus]] = {
    CartStatus.OPEN: frozenset({CartStatus.ORDERED, CartStatus.MERGED}),
}


def merge_on_sign_in(
    session: Session, *, visitor_key: str, customer_id: UUID, now: datetime
) -> int:
    """Bring a visitor's basket into the customer's: the stated rule of `basket`.

    For sign-in and sign-up only, in the transaction that opens the session: the key is that of
    the cookie which the browser just sent, never an argument of an event. Calling it again with
    the same key brings what was put in under that key in between.

    Args:
        session: open transaction.
        visitor_key: hash of the cookie before it changes; "" for none.
        customer_id: who signed in.
        now: instant of the sign-in.

    Returns:
        how many lines the visitor's basket had.

    Raises:
        AccountClosed: the customer was erased meanwhile; nothing was changed.
    """
    if not visitor_key:
        return 0
    # One sign-in of a customer at a time, and the customer's basket before the visitor's: somebody
    # who waited for a basket that was the visitor's and became the customer's holds it and then
    # asks for the visitor's new one (PostgreSQL locks a row before it looks whether it still fits).
    require_open(session, customer_id, alone=True)
    mine = basket_rows.lock(session, Owner(customer_id=customer_id))
    theirs = basket_rows.lock(session, Owner(visitor_key=visitor_key))
    if theirs.id is None:
        return 0
    if mine.id is None:
        if basket_rows.rehome(session, theirs.id, customer_id, now=now):
            return len(theirs.lines)
        # another of the customer's devices opened one since: start again with it
        return merge_on_sign_in(session, visitor_key=visitor_key, customer_id=customer_id, now=now)
    together = merged(mine.lines, theirs.lines)
    checkout = {**mine.checkout, **theirs.checkout}
    basket_rows.save(session, theirs.id, theirs.lines, (), undo=[], now=now, checkout={})
    basket_rows.save(session, mine.id, mine.lines, together, undo=[], now=now, checkout=checkout)
    if theirs.has_codes:
        _move_codes(session, theirs.id, mine.id)
    advance(
        session,
        ShoppingCart,
        theirs.id,
        CartStatus.MERGED,
        allowed=CART,
        now=now,
        visitor_key=None,
        customer_id=customer_id,
    )
    return len(theirs.lines)


def _move_codes(session: Session, source: UUID, target: UUID) -> None:
    """Bring promotion codes along; those that do not go together say so in the basket."""
    table = CartPromotion.__table__
    rows = session.execute(select(table).where(table.c.cart_id == source)).all()
    for row in rows:
        moved = CartPromotion(cart_id=target, promotion_id=row.promotion_id, added_at=row.added_at)
        add_once(session, moved)
    session.execute(delete(table).where(table.c.cart_id == source))


def claim_for_order(session: Session, actor: Actor, cart_id: object, *, now: datetime) -> bool:
    """Close the actor's basket because it becomes an order; one caller wins.

    Claim first and read with `basket.view(cart_id=...)` afterwards, in one transaction: nothing
    can come into a claimed basket, so what is ordered is what was read.

    Returns:
        True for the caller that closed it, False when it was closed already.

    Raises:
        NotFound: it is not a basket of the actor's.
    """
    wanted, owner = as_id(cart_id), owner_of(actor)
    if owner is None:
        raise NotFound
    mine = select(ShoppingCart.id).where(ShoppingCart.id == wanted, owner.owns)
    if session.execute(mine).one_or_none() is None:
        raise NotFound
    return advance(session, ShoppingCart, wanted, CartStatus.ORDERED, allowed=CART, now=now)
