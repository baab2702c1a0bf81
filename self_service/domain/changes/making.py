"""What is made before the network is asked: the product that comes, and its price if prepaid."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from self_service.domain.bills.taxes import Split
from self_service.domain.changes import paying, sums
from self_service.domain.changes.quoting_extras import (
    NOT_MADE,
    extra_charging,
    one_time_lines,
)
from self_service.domain.changes.quoting_parts import period_end_of
from self_service.domain.changes.tree import Tree
from self_service.domain.orders.sold import sold_prices
from self_service.domain.rows import add_rows
from self_service.models.base import new_id
from self_service.models.changes import ChangeKind, ProductChange
from self_service.models.orders import ProductOrderItem
from self_service.models.subscriptions import Product, ProductStatus


def make(session: Session, change: ProductChange, tree: Tree, *, now: datetime) -> None:
    """Make the product that a change brings, and take from the wallet what it costs now.

    Raises:
        NotEnoughCredit: the wallet lacks it.
    """
    if change.kind in (ChangeKind.ADD, ChangeKind.BOOST):
        change.made_id = _product(session, change, now)
    by_wallet = _by_wallet(tree, change)
    if by_wallet and change.effective_at < _next(tree, change):
        _take(session, change, tree, now)
    session.add(change)
    session.flush()


def _by_wallet(tree: Tree, change: ProductChange) -> bool:
    if change.kind not in (ChangeKind.ADD, ChangeKind.BOOST, ChangeKind.UPGRADE):
        return False
    product = tree.one(change.product_id)
    return tree.books.by_wallet(product.id) or product.prepaid


def _next(tree: Tree, change: ProductChange) -> datetime:
    """Return when the wallet pays next anyway: a change at that instant is paid by that."""
    row = tree.books.rows.get(change.product_id)
    if change.kind is not ChangeKind.UPGRADE or row is None:
        return datetime.max.replace(tzinfo=change.effective_at.tzinfo)
    return row.charged_until


def _product(session: Session, change: ProductChange, now: datetime) -> UUID:
    item = session.get_one(ProductOrderItem, change.to_item_id)
    parent = session.get_one(Product, change.product_id)
    made = Product(
        id=new_id(),
        customer_id=change.customer_id,
        order_id=change.order_id,
        order_item_id=item.id,
        parent_id=parent.id,
        offering_id=item.offering_id,
        kind=item.kind,
        name=item.name,
        configuration=item.configuration,
        picture=item.picture,
        status=ProductStatus.PENDING_ACTIVE,
        status_changed_at=now,
        prepaid=parent.prepaid,
        currency=parent.currency,
    )
    add_rows(session, [made])
    return made.id


def _take(session: Session, change: ProductChange, tree: Tree, now: datetime) -> None:
    product, offering = tree.one(change.product_id), tree.known(change.to_offering_id)
    assert offering is not None  # it was quoted with it
    assert change.to_item_id is not None
    at, books = change.effective_at, tree.books
    prices = sold_prices(session, [change.to_item_id], currency=product.currency, since=at).get(
        change.to_item_id, ()
    )
    if change.kind is ChangeKind.UPGRADE:
        charging = books.chargings[product.id]
        begun = sums.begun(
            product.id,
            offering.name,
            sums.as_sold(prices),
            anchor=sums.origin(charging),
            at=at,
        )
        lines = [*books.settled(product.id, at).back, *books.first(begun, by_wallet=True)]
    else:
        begun = extra_charging(tree, product, offering, prices, NOT_MADE, at)
        once = one_time_lines(offering, prices, NOT_MADE, at, books.scale)
        lines = [*once, *books.first(begun, by_wallet=True)]
    rounded = books.rounded(lines)
    if not rounded:
        return
    parts = Split(
        sum(line.net_minor for line in rounded),
        sum(line.tax_minor for line in rounded),
        sum(line.gross_minor for line in rounded),
        rounded[0].category,
        rounded[0].rate_bp,
    )
    whose = session.get_one(Product, change.made_id) if change.made_id else product
    until = change.until or period_end_of(tree, product, at)
    name = dict(offering.name)
    charge_id = paying.take(session, whose, name, parts, since=at, until=until, now=now)
    if charge_id is not None:
        change.wanted = {**change.wanted, "charge": str(charge_id)}
