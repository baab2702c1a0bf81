"""The order of a change (TMF622): one line, whose action says what happens to the product."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain.catalog.view import Offering, Price
from self_service.domain.changes.tree import Tree
from self_service.domain.changes.view import Quote
from self_service.domain.orders.milestones import Milestone, mark
from self_service.domain.orders.numbers import free_number
from self_service.domain.orders.sold import copied
from self_service.domain.rows import add_rows, changed
from self_service.domain.transitions import ORDER, advance
from self_service.models.base import new_id
from self_service.models.changes import ChangeKind
from self_service.models.orders import OrderItemPrice, OrderState, ProductOrder, ProductOrderItem
from self_service.models.subscriptions import Product

#: TMF622 OrderItemActionType.
ACTIONS = {
    ChangeKind.ADD: "add",
    ChangeKind.BOOST: "add",
    ChangeKind.CANCEL: "delete",
    ChangeKind.LEAVE: "delete",
    ChangeKind.WITHDRAW: "delete",
}
#: Letters before the numbers of orders.
PREFIX = "TW"


def place(
    session: Session,
    tree: Tree,
    product: Product,
    quote: Quote,
    offering: Offering | None,
    prices: Sequence[Price],
    *,
    language: str,
    now: datetime,
) -> tuple[UUID, UUID]:
    """Write the order of a change.

    Returns:
        Ids of the order and of its line.
    """
    order = ProductOrder(
        id=new_id(),
        number=free_number(session, PREFIX),
        customer_id=product.customer_id,
        state=OrderState.IN_PROGRESS,
        status_changed_at=now,
        currency=product.currency,
        due_now_minor=0,
        monthly_minor=quote.after.minor,
        language=language or tree.contract.language,
        site_id=tree.contract.site_id,
        ordered_at=now,
    )
    item = _item(order.id, product, quote, offering, now)
    # bills name charges by price and instant: numbers that the old prices did not have keep apart
    # what both asked for at the same instant
    first = _next_position(session, product.order_item_id)
    rows = copied(item.id, prices)
    for row in rows:
        row.position += first
    add_rows(session, [order])
    add_rows(session, [item])
    add_rows(session, rows)
    mark(session, order.id, Milestone.PLACED, now=now)
    return order.id, item.id


def close(session: Session, order_id: UUID, to: OrderState, *, now: datetime) -> None:
    """End the order of a change; a called-off one goes the way of TMF622."""
    way = [to]
    if to is OrderState.CANCELLED:
        way = [OrderState.ASSESSING_CANCELLATION, OrderState.PENDING_CANCELLATION, to]
    for state in way:
        advance(session, ProductOrder, order_id, state, allowed=ORDER, now=now, column="state")
    lines = update(ProductOrderItem).where(ProductOrderItem.order_id == order_id)
    changed(session, lines.values(state=to, status_changed_at=now))
    ended = {
        OrderState.COMPLETED: Milestone.COMPLETED,
        OrderState.CANCELLED: Milestone.CANCELLED,
    }
    if to in ended:
        mark(session, order_id, ended[to], now=now)


def _item(
    order_id: UUID, product: Product, quote: Quote, offering: Offering | None, now: datetime
) -> ProductOrderItem:
    kept = {} if quote.wish.kind in (ChangeKind.ADD, ChangeKind.BOOST) else product.configuration
    return ProductOrderItem(
        id=new_id(),
        order_id=order_id,
        offering_id=offering.id if offering else product.offering_id,
        kind=offering.kind if offering else product.kind,
        action=ACTIONS.get(quote.wish.kind, "modify"),
        state=OrderState.IN_PROGRESS,
        status_changed_at=now,
        name=dict(offering.name if offering else product.name),
        configuration=dict(kept),
        picture=dict(offering.picture if offering else product.picture),
        term_months=offering.term_months if offering else 0,
        prepaid=quote.by_wallet,
    )


def _next_position(session: Session, item_id: UUID) -> int:
    rows = select(OrderItemPrice.position).where(OrderItemPrice.item_id == item_id)
    return max(session.exec(rows).all(), default=-1) + 1
