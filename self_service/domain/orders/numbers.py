"""Orders by their number: what people read, say and find in the address of a page."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.errors import NotFound
from self_service.domain.orders import cancellation as order_cancellation
from self_service.domain.orders import timeline as order_timeline
from self_service.domain.orders.view import OrderRef, OrderView
from self_service.models.orders import ProductOrder
from self_service.models.payments import Payment

#: Digits and letters that are not mistaken for each other (Crockford's base 32).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def free_number(session: Session, prefix: str) -> str:
    """Make up a number that no order has, that people can say and strangers cannot guess.

    Forty of its bits are random: "TW-7K3M-92QX".
    """
    while True:
        drawn = "".join(secrets.choice(ALPHABET) for _ in range(8))
        number = f"{prefix}-{drawn[:4]}-{drawn[4:]}"
        taken = select(ProductOrder.id).where(ProductOrder.number == number)
        if session.exec(taken).first() is None:
            return number


def find(session: Session, actor: Actor, number: str) -> UUID:
    """Return the id of the actor's order with this number.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    own = ProductOrder.customer_id == actor.customer()
    statement = select(ProductOrder.id).where(own, ProductOrder.number == number)
    found = session.exec(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def timeline(session: Session, actor: Actor, number: str) -> OrderView:
    """Show the actor's order with this number.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    return order_timeline.timeline(session, actor, find(session, actor, number))


def cancel(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Call the actor's order with this number off.

    Raises:
        NotFound: there is none, or it is somebody else's.
        AlreadyActive, AlreadyCancelled, BeingChecked: it is too late; nothing was changed.
    """
    order_cancellation.cancel(session, actor, find(session, actor, number), now=now)


def paid_by(session: Session, payment_id: UUID) -> OrderRef | None:
    """Return the order that a payment is for; its page then asks who is looking."""
    statement = (
        select(ProductOrder)
        .join(Payment, Payment.order_id == ProductOrder.id)
        .where(Payment.id == payment_id)
    )
    order = session.exec(statement).one_or_none()
    return OrderRef(order.id, order.number, order.language) if order else None
