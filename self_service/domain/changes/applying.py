"""What a change does once the network has done its part: products, prices, pauses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col

from self_service.domain.bills.accounts import billing_account, lock_account
from self_service.domain.changes import charging, orders, sums
from self_service.domain.changes.quoting_extras import extra_charging, one_time_lines
from self_service.domain.changes.quoting_parts import EARLY_END, PAUSE_FEE, fee_line
from self_service.domain.changes.tree import Tree, read_tree
from self_service.domain.changes.view import Quote, Wish
from self_service.domain.orders.sold import sold_prices
from self_service.domain.pricing.charges import schedule
from self_service.domain.pricing.periods import add_months
from self_service.domain.rows import add_once, changed
from self_service.domain.transitions import PRODUCT, advance
from self_service.models.base import Texts, new_id
from self_service.models.bills import ProductCharging, ProductPause
from self_service.models.catalog import PriceType
from self_service.models.changes import ChangeKind, ProductChange
from self_service.models.orders import ProductOrderItem
from self_service.models.subscriptions import Product, ProductStatus
from self_service.money import Money

_HORIZON_MONTHS = 13


def apply(session: Session, change: ProductChange, *, now: datetime) -> None:
    """Do what was asked for, as of the change's own instant.

    Args:
        session: open transaction that holds the lock of the change's order.
        change: being performed; the caller ends it.
        now: the present; later than the change's instant when the network took its time.
    """
    root = session.get_one(Product, change.root_id)
    found = billing_account(session, root.customer_id, currency=root.currency, now=now)
    lock_account(session, found.id)
    tree = read_tree(session, root, now=now)
    _APPLY[change.kind](session, change, tree, now)
    session.flush()


def _switch(session: Session, change: ProductChange, tree: Tree, now: datetime) -> None:
    product = tree.one(change.product_id)
    item = session.get_one(ProductOrderItem, change.to_item_id)
    at = change.effective_at
    gone = set(change.quoted.get("ending", ()))
    _end(session, tree, [one for one in tree.products if str(one.id) in gone], at, now)
    prices = sold_prices(session, [item.id], currency=product.currency, since=at).get(item.id, ())
    charging.switch(session, tree.books, product, item.id, prices, at=at, now=now)
    coming = schedule(
        prices,
        start=product.started_at or at,
        until=add_months(now, _HORIZON_MONTHS),
        currency=product.currency,
    )
    term = change.quoted.get("term_ends_at")
    values = {
        "offering_id": item.offering_id,
        "order_item_id": item.id,
        "name": item.name,
        "picture": item.picture,
        "term_ends_at": datetime.fromisoformat(term) if term else product.term_ends_at,
        "next_charge_at": next((one.at for one in coming if one.at > now), None),
    }
    _set(session, product, **values)


def _add(session: Session, change: ProductChange, tree: Tree, now: datetime) -> None:
    made = session.get_one(Product, change.made_id)
    parent, offering = tree.one(change.product_id), tree.known(change.to_offering_id)
    assert offering is not None  # it was quoted with it
    at, by_wallet = change.effective_at, "charge" in change.wanted or parent.prepaid
    item = made.order_item_id
    prices = sold_prices(session, [item], currency=made.currency, since=at).get(item, ())
    term = offering.term_months
    advance(
        session,
        Product,
        made.id,
        ProductStatus.ACTIVE,
        allowed=PRODUCT,
        now=now,
        started_at=at,
        term_ends_at=add_months(at, term) if term else None,
    )
    if not by_wallet:
        account = billing_account(session, made.customer_id, currency=made.currency, now=now)
        lines = one_time_lines(offering, prices, made.id, at, tree.books.scale)
        charging.wait_for_bill(session, account.id, lines)
    if any(price.price_type is PriceType.RECURRING for price in prices):
        begun = extra_charging(tree, parent, offering, prices, made.id, at)
        paid = sums.period_end(begun, at)
        charging.begin(
            session,
            made,
            item,
            anchor=begun.anchor_at,
            at=at,
            by_wallet=by_wallet,
            now=now,
            paid_until=paid,
        )
        _set(session, made, next_charge_at=paid)


def _cancel(session: Session, change: ProductChange, tree: Tree, now: datetime) -> None:
    _end(session, tree, [tree.one(change.product_id)], change.effective_at, now)


def _leave(session: Session, change: ProductChange, tree: Tree, now: datetime) -> None:
    at = change.effective_at
    _fee(session, change, tree, EARLY_END, now)
    _end(session, tree, tree.ending, at, now)


def _pause(session: Session, change: ProductChange, tree: Tree, now: datetime) -> None:
    at, until = change.effective_at, change.until
    assert until is not None  # a pause was quoted with its end
    _fee(session, change, tree, PAUSE_FEE, now)
    resting = []
    for one in tree.ending:
        to = ProductStatus.SUSPENDED
        if advance(session, Product, one.id, to, allowed=PRODUCT, now=now):
            resting.append(str(one.id))
            if one.id in tree.books.rows and not tree.books.by_wallet(one.id):
                add_once(session, ProductPause(product_id=one.id, starts_at=at, ends_at=until))
    _plan_resuming(session, change, tree, resting, until, now)


def _resume(session: Session, change: ProductChange, tree: Tree, now: datetime) -> None:
    at, since = change.effective_at, datetime.fromisoformat(change.wanted["since"])
    ids = [UUID(one) for one in change.wanted["resting"].split(",") if one]
    mine = (
        col(ProductPause.product_id).in_(ids),
        ProductPause.starts_at == since,
        col(ProductPause.ends_at) > at,
    )
    if at > since:
        changed(session, update(ProductPause).where(*mine).values(ends_at=at))
    else:  # a pause without any length is none
        changed(session, delete(ProductPause).where(*mine))
    for one in ids:
        advance(session, Product, one, ProductStatus.ACTIVE, allowed=PRODUCT, now=now)
        row = tree.books.rows.get(one)
        if row is not None and row.by_wallet and at > since:
            _later(session, row, at - since)


def _later(session: Session, row: ProductCharging, rested: timedelta) -> None:
    """Give a prepaid product the days of its pause after those that it was paid for."""
    until = row.charged_until + rested
    rows = update(ProductCharging).where(ProductCharging.product_id == row.product_id)
    changed(session, rows.values(anchor_at=until, charged_until=until, next_at=until))
    _next = update(Product).where(Product.id == row.product_id)
    changed(session, _next.values(next_charge_at=until))
    session.expire(row)


def _fee(session: Session, change: ProductChange, tree: Tree, name: Texts, now: datetime) -> None:
    minor = int(change.quoted.get("fee_minor", 0))
    if minor:
        whose = tree.root
        account = billing_account(session, whose.customer_id, currency=whose.currency, now=now)
        line = fee_line(name, minor, tree.books.scale, f"c{change.id.hex}", change.effective_at)
        charging.wait_for_bill(session, account.id, [line])


def _end(
    session: Session, tree: Tree, products: Iterable[Product], at: datetime, now: datetime
) -> None:
    for one in products:
        charging.finish(session, tree.books, one.id, at=at)
        to = ProductStatus.TERMINATED
        advance(session, Product, one.id, to, allowed=PRODUCT, now=now, next_charge_at=None)


def _plan_resuming(
    session: Session,
    change: ProductChange,
    tree: Tree,
    resting: list[str],
    until: datetime,
    now: datetime,
) -> None:
    """Write the end of a pause as a change of its own: it is performed on its day, or before."""
    nothing = Money.zero(tree.root.currency)
    name = dict(change.quoted.get("name", {}))
    wish = Wish(ChangeKind.RESUME, change.product_id)
    quote = Quote(wish, name, until, (), nothing, False, nothing, nothing, nothing)
    product = tree.one(change.product_id)
    order_id, _ = orders.place(session, tree, product, quote, None, (), language="", now=now)
    row = ProductChange(
        id=new_id(),
        order_id=order_id,
        customer_id=change.customer_id,
        root_id=change.root_id,
        product_id=change.product_id,
        slot=f"{change.slot}:resume",  # while the pause itself is still being performed
        kind=ChangeKind.RESUME,
        effective_at=until,
        status_changed_at=now,
        quoted={"name": name, "to": {}, "due_minor": 0},
        wanted={"since": change.effective_at.isoformat(), "resting": ",".join(resting)},
        asked_by=change.asked_by,
        asked_at=now,
    )
    add_once(session, row)


def _set(session: Session, product: Product, **values: object) -> None:
    changed(session, update(Product).where(Product.id == product.id).values(**values))
    session.expire(product)


_APPLY: dict[ChangeKind, Callable[[Session, ProductChange, Tree, datetime], None]] = {
    ChangeKind.UPGRADE: _switch,
    ChangeKind.DOWNGRADE: _switch,
    ChangeKind.ADD: _add,
    ChangeKind.BOOST: _add,
    ChangeKind.CANCEL: _cancel,
    ChangeKind.PAUSE: _pause,
    ChangeKind.RESUME: _resume,
    ChangeKind.LEAVE: _leave,
}
