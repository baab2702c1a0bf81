"""Calling an order off: by its buyer while that is possible, or because nobody paid."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain import outbox
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.fulfilment import resources
from self_service.domain.orders import stock
from self_service.domain.orders.milestones import Milestone, mark
from self_service.domain.payments import refunds
from self_service.domain.promotions import using
from self_service.domain.rows import changed, lock_order
from self_service.domain.transitions import ORDER, PRODUCT, advance
from self_service.models.orders import OrderState, ProductOrder, ProductOrderItem
from self_service.models.payments import Payment, PaymentStatus
from self_service.models.subscriptions import Product, ProductStatus

#: States in which an order was called off.
STOPPED = frozenset(
    {
        OrderState.ASSESSING_CANCELLATION,
        OrderState.PENDING_CANCELLATION,
        OrderState.CANCELLED,
        OrderState.REJECTED,
    }
)
#: States from which nothing moves on.
ENDED = frozenset(
    {OrderState.CANCELLED, OrderState.REJECTED, OrderState.COMPLETED, OrderState.FAILED}
)


class AlreadyActive(DomainError):
    """The services run: what the customer can do now is another thing than cancelling."""

    code = "order_active"
    message = N_(
        "This order is already switched on, so it cannot be cancelled. You can withdraw from the "
        "contract within 14 days: write to our support."
    )


class AlreadyCancelled(DomainError):
    """Asked for again after it was done, or after the order ran out."""

    code = "order_cancelled"
    message = N_("This order is already cancelled. There is nothing more to do.")


class BeingChecked(DomainError):
    """A payment of the wrong sum came: a person has to look first."""

    code = "order_checked"
    message = N_("We are checking the payment of this order. Write to our support to cancel it.")


class CallOffTheChange(DomainError):
    """It is a change of a subscription: that is called off where it was asked for."""

    code = "order_is_change"
    message = N_("This is a change of a subscription. Call it off on the page of the subscription.")


def cancel(session: Session, actor: Actor, order_id: UUID, *, now: datetime) -> None:
    """Call one of the actor's orders off: goods go back, money that was paid is owed back.

    Raises:
        NotFound: there is none, or it is somebody else's.
        AlreadyActive, AlreadyCancelled, BeingChecked: it is too late; nothing was changed.
    """
    order = lock_order(session, order_id)
    if order is None or order.customer_id != actor.customer():
        raise NotFound
    refusal = obstacle(session, order)
    if refusal:
        raise refusal
    mark(session, order.id, Milestone.CANCELLATION_ASKED, now=now)
    if order.state is OrderState.IN_PROGRESS:
        _move(session, order.id, OrderState.ASSESSING_CANCELLATION, now)
        _move(session, order.id, OrderState.PENDING_CANCELLATION, now)
    _stop(session, order, now, reason="asked")


def obstacle(session: Session, order: ProductOrder) -> DomainError | None:
    """Return why an order cannot be cancelled, None when it can."""
    if order.state in STOPPED:
        return AlreadyCancelled()
    if order.cart_id is None:
        return CallOffTheChange()
    if order.state is OrderState.PENDING:
        return BeingChecked()
    if order.state in ENDED or _is_active(session, order.id):
        return AlreadyActive()
    return None


def unpaid_too_long(session: Session, *, now: datetime, limit: int = 50) -> tuple[UUID, ...]:
    """Return the orders whose goods were kept long enough for somebody who did not pay."""
    statement = (
        select(ProductOrder.id)
        .where(ProductOrder.state == OrderState.ACKNOWLEDGED, ProductOrder.reserved_until <= now)
        .order_by(ProductOrder.reserved_until)
        .limit(limit)
    )
    return tuple(session.exec(statement).all())


def expire(session: Session, order_id: UUID, *, now: datetime) -> bool:
    """Call an order off that was not paid in time.

    Returns:
        False when it was paid or cancelled meanwhile.
    """
    order = lock_order(session, order_id)
    if order is None or order.state is not OrderState.ACKNOWLEDGED:
        return False
    if order.reserved_until is None or order.reserved_until > now:
        return False
    _stop(session, order, now, reason="not_paid")
    return True


def _is_active(session: Session, order_id: UUID) -> bool:
    switched_on = select(Product.id).where(
        Product.order_id == order_id,
        Product.status.not_in([ProductStatus.PENDING_ACTIVE, ProductStatus.CREATED]),
    )
    return session.exec(switched_on.limit(1)).first() is not None


def _stop(session: Session, order: ProductOrder, now: datetime, *, reason: str) -> None:
    to = OrderState.CANCELLED
    _move(session, order.id, to, now)
    lines = update(ProductOrderItem).where(ProductOrderItem.order_id == order.id)
    changed(session, lines.values(state=to, status_changed_at=now))
    stock.give_back(session, order.id)
    resources.give_back(session, order.id)
    using.give_back(session, order.id)
    for product_id in session.exec(select(Product.id).where(Product.order_id == order.id)).all():
        gone = ProductStatus.CANCELLED
        advance(session, Product, product_id, gone, allowed=PRODUCT, now=now)
    for payment in session.exec(select(Payment).where(Payment.order_id == order.id)).all():
        if payment.status is PaymentStatus.DONE:
            refunds.due(session, payment, reason="order_cancelled", now=now)
        elif payment.status is PaymentStatus.PENDING_AUTHORIZATION:
            payment.check_at = now  # the janitor gives the charge up at the provider
    session.flush()
    mark(session, order.id, Milestone.CANCELLED, now=now, reason=reason)
    outbox.emit(session, outbox.EventKind.ORDER_CANCELLED, str(order.id), now=now, reason=reason)


def _move(session: Session, order_id: UUID, to: OrderState, now: datetime) -> None:
    if not advance(session, ProductOrder, order_id, to, allowed=ORDER, now=now, column="state"):
        raise RuntimeError(f"order {order_id} could not become {to}, though it was locked")
