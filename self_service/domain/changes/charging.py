"""What a change does to how products are charged. The bills collect the rest by themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session

from self_service.domain.bills.accounts import billing_account
from self_service.domain.bills.recurring import Line
from self_service.domain.catalog.view import Price
from self_service.domain.changes import sums
from self_service.domain.changes.books import Books
from self_service.domain.rows import add_once, changed
from self_service.models.bills import AppliedBillingRate, ProductCharging, ProductPause
from self_service.models.catalog import PriceType
from self_service.models.subscriptions import Product


def wait_for_bill(session: Session, account_id: UUID, lines: Iterable[Line]) -> None:
    """Put lines on the account's next bill; a line that is there stays as it is."""
    for line in lines:
        row = AppliedBillingRate(
            account_id=account_id,
            product_id=UUID(line.product) if line.product else None,
            kind=line.kind,
            name=json.loads(line.name),
            detail=line.detail,
            source=line.source or None,
            charged_at=line.charged_at,
            period_start=line.period_start,
            period_end=line.period_end,
            amount_micro=line.micro,
            tax_category=line.category,
        )
        add_once(session, row)


def settle(session: Session, books: Books, product_id: UUID, *, at: datetime) -> None:
    """Settle the present price of a product: the next bill has it, and no later one looks again."""
    row = books.rows.get(product_id)
    if row is None or row.by_wallet:
        return
    settled = books.settled(product_id, at)
    wait_for_bill(session, row.account_id, (*settled.due, *settled.back))
    for pause_id, until in settled.pauses:
        rows = update(ProductPause).where(ProductPause.id == pause_id)
        changed(session, rows.values(credited_until=until))


def switch(
    session: Session,
    books: Books,
    product: Product,
    item_id: UUID,
    prices: Sequence[Price],
    *,
    at: datetime,
    now: datetime,
) -> None:
    """Charge another price from `at` on, on the same days of the month."""
    settle(session, books, product.id, at=at)
    row = books.rows.get(product.id)
    recurs = any(price.price_type is PriceType.RECURRING for price in prices)
    if row is None:
        if recurs:
            begin(session, product, item_id, anchor=at, at=at, by_wallet=product.prepaid, now=now)
        return
    if not recurs:
        finish(session, books, product.id, at=at)
        return
    anchor = sums.origin(books.chargings[product.id])
    values: dict[str, object] = {"order_item_id": item_id, "starts_at": at}
    if not row.by_wallet:  # what was taken from a wallet was paid until its period ends
        values |= {
            "anchor_at": anchor,
            "charged_until": at,
            "bills_from": None,
            "ends_at": None,
            "end_settled": False,
        }
    rows = update(ProductCharging).where(ProductCharging.product_id == product.id)
    changed(session, rows.values(**values))
    session.expire(row)


def begin(
    session: Session,
    product: Product,
    item_id: UUID,
    *,
    anchor: datetime,
    at: datetime,
    by_wallet: bool,
    now: datetime,
    paid_until: datetime | None = None,
) -> None:
    """Charge a product from `at` on; of a prepaid one, its first part was taken from the wallet."""
    account = billing_account(session, product.customer_id, currency=product.currency, now=now)
    row = ProductCharging(
        product_id=product.id,
        account_id=account.id,
        order_item_id=item_id,
        anchor_at=anchor,
        starts_at=at,
        charged_until=(paid_until or at) if by_wallet else at,
        by_wallet=by_wallet,
        next_at=(paid_until or at) if by_wallet else None,
    )
    add_once(session, row)


def finish(session: Session, books: Books, product_id: UUID, *, at: datetime) -> None:
    """Charge nothing from `at` on, and settle what was charged before."""
    row = books.rows.get(product_id)
    if row is None:
        return
    settle(session, books, product_id, at=at)
    values: dict[str, object] = {"ends_at": at}
    if row.by_wallet:
        values |= {"next_at": None, "short_since": None}
    else:
        values |= {"charged_until": at, "end_settled": True}
    rows = update(ProductCharging).where(ProductCharging.product_id == product_id)
    changed(session, rows.values(**values))
    session.expire(row)
