"""From a paid order to active subscriptions, in steps that may each run twice.

Every step is one transaction: it locks the order, does nothing unless the order is in progress,
and changes nothing that it changed before. It returns False when the work must stop here: the
order was cancelled, is complete, or waits for stock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain import outbox
from self_service.domain.bills import order_bill
from self_service.domain.fulfilment import resources
from self_service.domain.orders.milestones import Milestone, mark
from self_service.domain.orders.sold import sold_prices
from self_service.domain.policy import BillPolicy
from self_service.domain.pricing.charges import schedule
from self_service.domain.pricing.periods import add_months
from self_service.domain.rows import add_once, changed, lock_order
from self_service.domain.transitions import ORDER, PRODUCT, advance
from self_service.domain.usage import allowances
from self_service.models.catalog import OfferingKind
from self_service.models.orders import OrderState, ProductOrder, ProductOrderItem
from self_service.models.subscriptions import Product, ProductStatus, ResourceKind

#: How far ahead the next charge is looked for, in months: more than any free time sold.
HORIZON_MONTHS = 36

_ALLOCATED = {
    ResourceKind.MSISDN: Milestone.NUMBER_ALLOCATED,
    ResourceKind.ICCID: Milestone.SIM_ALLOCATED,
    ResourceKind.SERIAL: Milestone.GOODS_ALLOCATED,
}


class Need(NamedTuple):
    """A resource that a product cannot work without."""

    product: Product
    kind: ResourceKind
    pool: str


def prepare(session: Session, order_id: UUID, *, now: datetime) -> bool:
    """Make the products that the customer will own, one for each piece of each line."""
    order = _working(session, order_id)
    if order is None:
        return False
    made = {(p.order_item_id, p.piece): p.id for p in products_of(session, order_id)}
    for item in _items(session, order_id):
        for piece in range(item.quantity):
            if (item.id, piece) not in made:
                parent = made.get((item.parent_id, piece)) or made.get((item.parent_id, 0))
                product = _product(order, item, piece, parent, now)
                add_once(session, product)
                made[item.id, piece] = product.id
    return True


def allocate(session: Session, order_id: UUID, kind: ResourceKind, *, now: datetime) -> bool:
    """Give every product the resource of this kind that it needs; hold the order if one lacks."""
    if _working(session, order_id) is None:
        return False
    values = []
    for need in needs(products_of(session, order_id)):
        if need.kind is kind:
            value = _obtain(session, need, now)
            if not value:
                return _hold(session, order_id, kind, now)
            values.append(value)
    if values:
        mark(session, order_id, _ALLOCATED[kind], now=now, values=", ".join(values))
    return True


def activate(session: Session, order_id: UUID, *, now: datetime) -> bool:
    """Switch everything on: from here on the order cannot be cancelled."""
    order = _working(session, order_id)
    if order is None:
        return False
    items = {item.id: item for item in _items(session, order_id)}
    prices = sold_prices(session, items, currency=order.currency, since=order.ordered_at)
    products = products_of(session, order_id)
    roots = _roots(products)
    prepaid = {product.id for product in products if product.prepaid}
    for product in products:
        term = items[product.order_item_id].term_months
        later = schedule(
            prices.get(product.order_item_id, ()),
            start=now,
            until=add_months(now, HORIZON_MONTHS),
            currency=order.currency,
        )
        switched_on = advance(
            session,
            Product,
            product.id,
            ProductStatus.ACTIVE,
            allowed=PRODUCT,
            now=now,
            started_at=now,
            term_ends_at=add_months(now, term) if term else None,
            next_charge_at=next((charge.at for charge in later if charge.at > now), None),
        )
        if switched_on:
            sold = prices.get(product.order_item_id, ())
            by_wallet = not prepaid.isdisjoint((product.id, roots[product.id]))
            order_bill.start_charging(session, product, sold, prepaid=by_wallet, now=now)
    allowances.activated(session, [product.id for product in products], now=now)
    mark(session, order_id, Milestone.ACTIVATED, now=now)
    return True


def complete(
    session: Session, order_id: UUID, *, now: datetime, policy: BillPolicy | None = None
) -> bool:
    """Close the order, and write the bill of what was due with it."""
    order = _working(session, order_id)
    if order is None:
        return False
    order_bill.bill_order(session, order, now=now, policy=policy)
    to = OrderState.COMPLETED
    advance(session, ProductOrder, order_id, to, allowed=ORDER, now=now, column="state")
    lines = update(ProductOrderItem).where(ProductOrderItem.order_id == order_id)
    changed(session, lines.values(state=to, status_changed_at=now))
    mark(session, order_id, Milestone.COMPLETED, now=now)
    outbox.emit(session, outbox.EventKind.ORDER_COMPLETED, str(order_id), now=now)
    return True


def needs(products: Sequence[Product]) -> list[Need]:
    """Return what the products of one order need, whether they have it already or not.

    A router or set-top box is lent with a service that was sold without any goods.
    """
    found = []
    roots = _roots(products)
    equipped = {roots[product.id] for product in products if product.kind in resources.GOODS}
    for product in products:
        if product.kind is OfferingKind.PLAN:
            sim = resources.sim_pool(product.configuration)
            found.append(Need(product, ResourceKind.MSISDN, ""))
            found.append(Need(product, ResourceKind.ICCID, sim))
        elif product.kind in resources.GOODS:
            pool = resources.goods_pool(product.offering_id, product.configuration)
            found.append(Need(product, ResourceKind.SERIAL, pool))
        elif product.kind in resources.LENT and roots[product.id] not in equipped:
            found.append(Need(product, ResourceKind.SERIAL, resources.LENT[product.kind]))
    return found


def _roots(products: Sequence[Product]) -> dict[UUID, UUID]:
    # parents stand before their parts
    roots: dict[UUID, UUID] = {}
    for product in products:
        roots[product.id] = roots[product.parent_id] if product.parent_id else product.id
    return roots


def _working(session: Session, order_id: UUID) -> ProductOrder | None:
    order = lock_order(session, order_id)
    return order if order is not None and order.state is OrderState.IN_PROGRESS else None


def _items(session: Session, order_id: UUID) -> Sequence[ProductOrderItem]:
    statement = select(ProductOrderItem).where(ProductOrderItem.order_id == order_id)
    return session.exec(statement.order_by(ProductOrderItem.position)).all()


def products_of(session: Session, order_id: UUID) -> Sequence[Product]:
    """Return the products of an order, parents before their parts."""
    statement = (
        select(Product)
        .join(ProductOrderItem, ProductOrderItem.id == Product.order_item_id)
        .where(Product.order_id == order_id)
        .order_by(ProductOrderItem.position, Product.piece)
    )
    return session.exec(statement).all()


def _product(
    order: ProductOrder,
    item: ProductOrderItem,
    piece: int,
    parent_id: UUID | None,
    now: datetime,
) -> Product:
    return Product(
        customer_id=order.customer_id,
        order_id=order.id,
        order_item_id=item.id,
        piece=piece,
        parent_id=parent_id,
        offering_id=item.offering_id,
        kind=item.kind,
        name=item.name,
        configuration=item.configuration,
        picture=item.picture,
        status=ProductStatus.PENDING_ACTIVE,
        status_changed_at=now,
        prepaid=item.prepaid,
        currency=order.currency,
    )


def _obtain(session: Session, need: Need, now: datetime) -> str:
    value = resources.allocate(session, need.kind, need.pool, need.product.id, now=now)
    if value or need.kind is not ResourceKind.SERIAL or resources.tracked(session, need.pool):
        return value
    return resources.supply(session, need.product, now=now)


def _hold(session: Session, order_id: UUID, kind: ResourceKind, now: datetime) -> bool:
    to = OrderState.HELD
    advance(session, ProductOrder, order_id, to, allowed=ORDER, now=now, column="state")
    mark(session, order_id, Milestone.HELD, now=now, subject=kind)
    return False
