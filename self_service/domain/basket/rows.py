"""Where baskets are kept: find, lock, create, save. Every statement names the owner or the cart.

A change takes the lock of its cart first: an UPDATE that writes what is there already. It waits for
whoever changes the same cart, on PostgreSQL by the row, on SQLite by the one writer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    String,
    bindparam,
    cast,
    delete,
    exists,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from self_service.domain.basket.lines import Line, Lines
from self_service.domain.rows import add_once
from self_service.models.basket import CartItem, CartStatus, ShoppingCart
from self_service.models.promotions import CartPromotion

_CART = ShoppingCart.__table__
_ITEM = CartItem.__table__
_CHANGE = update(_ITEM).where(_ITEM.c.id == bindparam("this"), _ITEM.c.cart_id == bindparam("mine"))

#: The fields of `Line`, in their order.
_COLUMNS = (
    _ITEM.c.id,
    _ITEM.c.offering_id,
    _ITEM.c.configuration,
    _ITEM.c.parent_id,
    _ITEM.c.group,
    _ITEM.c.quantity,
    _ITEM.c.position,
    _ITEM.c.seen_minor,
)
#: Whether codes were typed into a basket: read with it, so that a basket without costs nothing.
_HAS_CODES = exists().where(CartPromotion.cart_id == _CART.c.id).correlate(_CART)
_LINES = select(*_COLUMNS).where(_ITEM.c.cart_id == bindparam("cart")).order_by(_ITEM.c.position)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose basket: a customer's, or of the visitor behind a cookie's hash."""

    customer_id: UUID | None = None
    visitor_key: str = ""

    @property
    def owns(self) -> ColumnElement[bool]:
        """The condition that a cart is this owner's."""
        mine: ColumnElement[bool] = _CART.c.visitor_key == self.visitor_key
        if self.customer_id is not None:
            mine = _CART.c.customer_id == self.customer_id
        return mine


@dataclass(frozen=True, slots=True)
class Cart:
    """A basket as it is stored.

    Attributes:
        id: None for one that nothing was put into yet.
        undo: empty, or one object {"lines": [...]} with the lines before the last change.
        can_undo: whether `undo` holds something; known also where `undo` was not read.
        checkout: what was typed on the way to the order.
        has_codes: whether promotion codes were typed into it.
    """

    id: UUID | None = None
    lines: Lines = ()
    undo: Sequence[Mapping[str, Any]] = ()
    can_undo: bool = False
    checkout: Mapping[str, Any] = field(default_factory=dict)
    has_codes: bool = False

    @property
    def before(self) -> Lines:
        """The lines before the last change."""
        return tuple(Line.from_json(line) for memory in self.undo for line in memory["lines"])


#: The basket of somebody who has none yet.
NO_CART = Cart()


def lock(session: Session, owner: Owner) -> Cart:
    """Return the owner's open basket and keep others from changing it until the commit."""
    statement = (
        update(_CART)
        .where(owner.owns, _CART.c.status == CartStatus.OPEN)
        .values(status=CartStatus.OPEN)
        .returning(_CART.c.id, _CART.c.undo, _CART.c.checkout, _HAS_CODES.label("has_codes"))
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        return NO_CART
    lines = tuple(_line(item) for item in session.execute(_LINES, {"cart": row.id}))
    return Cart(row.id, lines, row.undo, bool(row.undo), row.checkout, bool(row.has_codes))


def look(session: Session, owner: Owner, cart_id: UUID | None = None) -> Cart:
    """Return the owner's open basket, or the one with this id in any state, to be shown only."""
    which = _CART.c.status == CartStatus.OPEN if cart_id is None else _CART.c.id == cart_id
    rows: Sequence[Row[Any]] = session.execute(
        select(
            _CART.c.id.label("cart_id"),
            (cast(_CART.c.undo, String) != "[]").label("can_undo"),
            _HAS_CODES.label("has_codes"),
            *_COLUMNS,
        )
        .outerjoin(_ITEM, _ITEM.c.cart_id == _CART.c.id)
        .where(owner.owns, which)
        .order_by(_ITEM.c.position)
    ).all()
    if not rows:
        return NO_CART
    lines = tuple(_line(row[3:]) for row in rows if row.id is not None)
    first = rows[0]
    return Cart(first.cart_id, lines, can_undo=first.can_undo, has_codes=bool(first.has_codes))


def create(session: Session, owner: Owner, *, currency: str, now: datetime) -> UUID | None:
    """Open a basket for an owner who has none; None when another request was first."""
    cart = ShoppingCart(
        visitor_key=None if owner.customer_id else owner.visitor_key,
        customer_id=owner.customer_id,
        status_changed_at=now,
        currency=currency,
        updated_at=now,
    )
    return cart.id if add_once(session, cart) else None


def save(
    session: Session,
    cart_id: UUID,
    before: Lines,
    after: Lines,
    *,
    undo: Sequence[Mapping[str, Any]],
    now: datetime,
    **columns: Any,
) -> None:
    """Write what differs between `before` and `after`, and what undo brings back."""
    old = {line.id: line for line in before}
    new = {line.id for line in after}
    gone = [line.id for line in before if line.id not in new]
    if gone:
        session.execute(delete(_ITEM).where(_ITEM.c.cart_id == cart_id, _ITEM.c.id.in_(gone)))
    fresh = [_values(line, cart_id) for line in after if line.id not in old]
    if fresh:
        session.execute(insert(_ITEM), fresh)
    other = [_values(line, cart_id) for line in after if old.get(line.id, line) != line]
    if other:
        # executemany straight on the connection: the session would take it for a bulk ORM update
        whose = [{"this": v.pop("id"), "mine": v.pop("cart_id"), **v} for v in other]
        session.connection().execute(_CHANGE, whose)
    mine = update(_CART).where(_CART.c.id == cart_id)
    session.execute(mine.values(undo=list(undo), updated_at=now, **columns))


def memory(lines: Lines) -> list[dict[str, Any]]:
    """Return `lines` in the form of the column `undo`."""
    return [{"lines": [line.as_json() for line in lines]}]


def rehome(session: Session, cart_id: UUID, customer_id: UUID, *, now: datetime) -> bool:
    """Make a visitor's basket the customer's; False when the customer has an open one."""
    owner = {"visitor_key": None, "customer_id": customer_id, "updated_at": now}
    try:
        with session.begin_nested():
            session.execute(update(_CART).where(_CART.c.id == cart_id).values(owner))
    except IntegrityError:
        return False
    return True


def _line(columns: Any) -> Line:
    return Line(*columns)


def _values(line: Line, cart_id: UUID) -> dict[str, Any]:
    return {
        "id": line.id,
        "cart_id": cart_id,
        "parent_id": line.parent_id,
        "offering_id": line.offering_id,
        "configuration": dict(line.configuration),
        "group": line.group,
        "quantity": line.quantity,
        "position": line.position,
        "seen_minor": line.seen_minor,
    }
