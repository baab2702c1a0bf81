"""The bill of an order: what was due with it, paid by its payment; and what is charged after it.

Called by fulfilment: `start_charging` when the products are switched on, `bill_order` when the
order is complete. The first charge is due with the order (decision 0006), so later bills and the
wallet begin with the charge after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain.bills import allocating, credit_note, taxes, writing
from self_service.domain.bills.accounts import billing_account, lock_account
from self_service.domain.bills.allocating import Share
from self_service.domain.bills.drafting import taxed, totalled
from self_service.domain.bills.gathering import gather
from self_service.domain.bills.recurring import Charging, Line, SoldPrice, joined, owed
from self_service.domain.catalog.view import Price
from self_service.domain.debts import purchases
from self_service.domain.orders.sold import sold_prices
from self_service.domain.policy import BillPolicy
from self_service.domain.pricing import periods
from self_service.domain.pricing.charges import due_lines
from self_service.domain.rows import add_once, changed
from self_service.models.bills import ChargeKind, ChargeTiming, CustomerBill, ProductCharging
from self_service.models.catalog import PriceType
from self_service.models.orders import ProductOrder, ProductOrderItem
from self_service.models.payments import Payment, PaymentStatus
from self_service.models.subscriptions import Product

_CHARGED = (PriceType.ONE_TIME, PriceType.RECURRING)


def start_charging(
    session: Session,
    product: Product,
    prices: Sequence[Price],
    *,
    prepaid: bool,
    now: datetime,
    since: datetime | None = None,
) -> bool:
    """Let a product that was just switched on be charged from its second charge on.

    Args:
        session: open transaction.
        product: one of an order's.
        prices: for what its line was sold.
        prepaid: whether it, or what it belongs to, is paid from the wallet.
        now: instant of activation.
        since: when it was switched on, if that was before there were bills: all that fell due by
            now was asked for elsewhere.

    Returns:
        False when nothing of it recurs, or it is charged already.
    """
    if not any(price.price_type is PriceType.RECURRING for price in prices):
        return False
    account = billing_account(session, product.customer_id, currency=product.currency, now=now)
    start = since or now
    if purchases.begin(session, account, product, prices, now=start, until=now):
        return True
    sold = _as_sold(prices)
    first = Charging(product.id.hex, "{}", sold, start, start, None, start, None, False)
    paid = owed(first, (), timing=ChargeTiming.ADVANCE, as_of=now, scale=1).charged_until
    row = ProductCharging(
        product_id=product.id,
        account_id=account.id,
        order_item_id=product.order_item_id,
        anchor_at=start,
        starts_at=start,
        charged_until=paid,
        bills_from=paid,
        by_wallet=prepaid,
        next_at=paid if prepaid else None,
    )
    return add_once(session, row)


def bill_order(
    session: Session, order: ProductOrder, *, now: datetime, policy: BillPolicy | None = None
) -> CustomerBill | None:
    """Write the bill of what was due with an order, and pay it from the order's payment.

    Args:
        session: open transaction that holds the order's lock.
        order: its products are active.
        now: instant of completion.
        policy: the operator's tax country.

    Returns:
        The bill; None when nothing was charged, or it was written before.
    """
    written = select(CustomerBill.id).where(CustomerBill.order_id == order.id)
    if session.exec(written).first() is not None:
        return None
    found = billing_account(session, order.customer_id, currency=order.currency, now=now)
    account_id = lock_account(session, found.id).id
    gathered = gather(session, [account_id.hex], as_of=now)
    account = gathered.accounts[0]
    country = account.tax_country or (policy or BillPolicy()).tax_country
    lines = [taxed(line, account, country, gathered.rates) for line in _lines(session, order)]
    if not lines:
        return None
    cycle = gathered.cycles[account.cycle]
    whole = totalled(account, now, lines, cycle.due_days, cycle.day)
    bill = writing.write(session, whole, writing.Occasion(now, order_id=order.id))
    _pay(session, order, bill, now)
    session.refresh(bill)
    return bill


def call_off(
    session: Session, order_id: UUID, *, reason: str, now: datetime
) -> CustomerBill | None:
    """Credit the whole bill of an order, and all that its products were charged since.

    Args:
        session: open transaction.
        order_id: the order that was withdrawn from after it was complete.
        reason: on the credit note.
        now: instant of withdrawal.

    Returns:
        The credit note; None when there is no bill that asked for anything.
    """
    bill = session.exec(select(CustomerBill).where(CustomerBill.order_id == order_id)).first()
    if bill is not None:
        lock_account(session, bill.account_id)  # before its charges: as a bill run does
    mine = select(Product.id).where(Product.order_id == order_id)
    rows = update(ProductCharging).where(ProductCharging.product_id.in_(mine))
    changed(session, rows.values(ends_at=ProductCharging.bills_from))
    if bill is None or not bill.gross_minor:
        return None
    return credit_note.credit_all(session, bill.id, reason=reason, now=now)


def _pay(session: Session, order: ProductOrder, bill: CustomerBill, now: datetime) -> None:
    done = select(Payment).where(Payment.order_id == order.id, Payment.status == PaymentStatus.DONE)
    account = lock_account(session, bill.account_id)
    for payment in session.exec(done).all():
        free = payment.amount_minor - payment.allocated_minor - payment.taken_back_minor
        if 0 < free <= account.credit_minor:  # it was noted as credit when it came
            allocating.add_credit(session, account.id, -free)
            meant = [Share(bill.id, bill.gross_minor)]
            allocating.use_payment(session, account.id, payment, meant, now=now)
    writing.use_credit(session, account.id, account.customer_id, now=now)


def _lines(session: Session, order: ProductOrder) -> Iterator[Line]:
    items = session.exec(
        select(ProductOrderItem)
        .where(ProductOrderItem.order_id == order.id)
        .order_by(ProductOrderItem.position)
    ).all()
    prices = sold_prices(
        session, [item.id for item in items], currency=order.currency, since=order.ordered_at
    )
    made = select(Product).where(Product.order_id == order.id).order_by(Product.piece)
    products = {product.order_item_id: product for product in reversed(session.exec(made).all())}
    for item in items:
        product = products.get(item.id)
        if product is not None and product.started_at is not None:
            yield from _item_lines(item, product, product.started_at, prices.get(item.id, ()))


def _item_lines(
    item: ProductOrderItem, product: Product, start: datetime, prices: Sequence[Price]
) -> Iterator[Line]:
    """Yield what one line of an order asked for at its start, all pieces together."""
    due = due_lines(prices, start=start, until=periods.add_months(start, 1))
    first = {id(line.component): line.minor for line in due if line.at == start}
    named = json.dumps(item.name)
    several = sum(price.price_type in _CHARGED for price in prices) > 1
    for number, price in enumerate(prices):
        recurs = price.price_type is PriceType.RECURRING
        if price.price_type not in _CHARGED or (recurs and id(price) not in first):
            continue
        minor = first[id(price)] if recurs else price.amount_minor
        pieces = 1 if price.once else item.quantity
        detail = {"quantity": pieces} if pieces > 1 else {}
        if minor != price.amount_minor:
            detail["regular_minor"] = price.amount_minor
        end = periods.add(start, price.period_unit, max(price.period_length, 1))
        yield Line(
            kind=ChargeKind.RECURRING if recurs else ChargeKind.ONE_TIME,
            name=joined(named, json.dumps(price.name)) if several else named,
            detail=detail,
            product=product.id.hex if item.quantity == 1 else None,
            charged_at=start,
            period_start=start if recurs else None,
            period_end=end if recurs else None,
            micro=minor * taxes.to_micro(pieces, product.currency),
            source=f"o{item.id.hex}:{number}",
        )


def _as_sold(prices: Sequence[Price]) -> tuple[SoldPrice, ...]:
    return tuple(
        SoldPrice(
            price.price_type,
            price.amount_minor,
            price.percent_bp,
            price.period_unit,
            price.period_length,
            price.duration_unit,
            price.duration_length,
            number,
            "{}",
        )
        for number, price in enumerate(prices)
        if price.price_type in (PriceType.RECURRING, PriceType.DISCOUNT)
    )
