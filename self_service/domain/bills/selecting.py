"""The statements that read what bills are made of, each built once for either database.

All take `ids`, some `as_of`; ids and instants come as text, see `reading`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import select

from self_service.domain.bills.reading import among, key, plain
from self_service.models.bills import (
    AppliedBillingRate,
    BillingAccount,
    ProductCharging,
    ProductPause,
)
from self_service.models.catalog import PriceType
from self_service.models.dunning import InstalmentPurchase, PurchaseStatus
from self_service.models.orders import OrderItemPrice
from self_service.models.subscriptions import Product


@lru_cache(maxsize=2)
def accounts(postgres: bool) -> Any:
    """Select billing accounts, the fields of `gathering.Account`."""
    of = BillingAccount
    return select(
        *[key(one, postgres=postgres) for one in (of.id, of.customer_id, of.ledger_id)],
        key(of.cycle_id, postgres=postgres),
        of.number,
        of.currency,
        of.credit_minor,
        of.last_sequence,
        plain(of.billed_until),
        plain(of.next_bill_at),
        plain(of.created_at),
        plain(of.tax_category),
        of.tax_country,
    ).where(among(of.id, postgres=postgres))


@lru_cache(maxsize=2)
def chargings(postgres: bool) -> Any:
    """Select what is charged for: account, order item, then the fields of `Charging`."""
    of = ProductCharging
    times = of.anchor_at, of.starts_at, of.ends_at, of.charged_until, of.bills_from
    return (
        select(
            *[key(one, postgres=postgres) for one in (of.account_id, of.order_item_id)],
            key(of.product_id, postgres=postgres),
            plain(Product.name),
            *map(plain, times),
            of.end_settled,
        )
        .join(Product, Product.id == of.product_id)
        .where(among(of.account_id, postgres=postgres))
        .where(of.by_wallet.is_(False), of.closed_at.is_(None))
        .order_by(of.account_id, of.starts_at, of.product_id)
    )


@lru_cache(maxsize=2)
def sold(postgres: bool) -> Any:
    """Select prices as they were sold: order item, then the fields of `SoldPrice`."""
    of = OrderItemPrice
    return select(
        key(of.item_id, postgres=postgres),
        plain(of.price_type),
        of.amount_minor,
        of.percent_bp,
        plain(of.period_unit),
        of.period_length,
        plain(of.duration_unit),
        of.duration_length,
        of.position,
        plain(of.name),
    ).where(
        among(of.item_id, postgres=postgres),
        of.price_type.in_([PriceType.RECURRING, PriceType.DISCOUNT]),
    )


@lru_cache(maxsize=2)
def pauses(postgres: bool) -> Any:
    """Select suspensions of what is charged for: product, then the fields of `Pause`."""
    of = ProductPause
    product = key(of.product_id, postgres=postgres)
    return (
        select(product, of.id, of.starts_at, of.ends_at, of.credited_until)
        .join(ProductCharging, ProductCharging.product_id == of.product_id)
        .where(among(ProductCharging.account_id, postgres=postgres))
        .where(ProductCharging.closed_at.is_(None))
    )


@lru_cache(maxsize=4)
def waiting(postgres: bool, texts: bool) -> Any:
    """Select charges that wait for a bill; with `texts` also what only readers want."""
    of = AppliedBillingRate
    shown: list[Any] = [of.detail, key(of.product_id, postgres=postgres)]
    shown += [plain(of.period_start), plain(of.period_end), of.source]
    return (
        select(
            key(of.account_id, postgres=postgres),
            plain(of.charged_at),
            of.amount_micro,
            plain(of.tax_category),
            of.id,
            *([plain(of.kind), plain(of.name), *shown] if texts else []),
        )
        .where(among(of.account_id, postgres=postgres))
        .where(of.bill_id.is_(None), of.charged_at <= bindparam("as_of"))
        .order_by(of.account_id, of.charged_at, of.id)
    )


@lru_cache(maxsize=2)
def instalments(postgres: bool) -> Any:
    """Select what is paid over months, due or not: account, then the fields of `Instalment`."""
    of = InstalmentPurchase
    return (
        select(
            key(of.account_id, postgres=postgres),
            of.id,
            key(of.product_id, postgres=postgres),
            plain(Product.name),
            of.total_minor,
            of.count,
            of.billed,
            of.next_at,
            of.anchor_at,
        )
        .join(Product, Product.id == of.product_id)
        .where(among(of.account_id, postgres=postgres))
        .where(of.status == PurchaseStatus.ACTIVE)
        .order_by(of.anchor_at, of.id)
    )
