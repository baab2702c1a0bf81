"""Rules of changes of subscriptions: each selects the rows that break it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, func, or_
from sqlmodel import col, select

from self_service.models.bills import ProductCharging
from self_service.models.changes import ChangeKind, ChangeStatus, ProductChange
from self_service.models.ledger import EntryKind, LedgerEntry
from self_service.models.subscriptions import Product, ProductStatus
from self_service.models.wallet import WalletCharge

_RETURNED = (EntryKind.CHARGE_RETURNED, EntryKind.CHARGE_RETURNED_TAX)


def failed_change_kept_no_money() -> Select[Any]:
    """What a wallet paid for a change that failed went back whole."""
    back = _returned()
    about = or_(
        WalletCharge.product_id == ProductChange.made_id,
        and_(
            WalletCharge.product_id == ProductChange.product_id,
            col(ProductChange.kind) == ChangeKind.UPGRADE,
        ),
    )
    return (
        select(ProductChange.id)
        .join(WalletCharge, and_(about, WalletCharge.period_start == ProductChange.effective_at))
        .outerjoin(back, back.c.source_id == WalletCharge.id)
        .where(
            ProductChange.status == ChangeStatus.FAILED,
            func.coalesce(back.c.total, 0) != WalletCharge.gross_minor,
        )
    )


def wallet_charge_went_back_whole() -> Select[Any]:
    """Of a charge from a wallet nothing, or all, was given back."""
    back = _returned()
    return (
        select(WalletCharge.id)
        .join(back, back.c.source_id == WalletCharge.id)
        .where(back.c.total != WalletCharge.gross_minor)
    )


def ended_product_is_charged_no_more() -> Select[Any]:
    """What was ended is charged until a day, not for ever."""
    return (
        select(ProductCharging.product_id)
        .join(Product, Product.id == ProductCharging.product_id)
        .join(
            ProductChange,
            or_(
                ProductChange.product_id == Product.id,
                ProductChange.root_id == Product.id,
            ),
        )
        .where(
            Product.status == ProductStatus.TERMINATED,
            ProductChange.status == ChangeStatus.DONE,
            col(ProductCharging.ends_at).is_(None),
        )
    )


def changed_product_is_charged_as_agreed() -> Select[Any]:
    """A product that runs is charged by the prices of the order line that it has."""
    return (
        select(ProductCharging.product_id)
        .join(Product, Product.id == ProductCharging.product_id)
        .join(ProductChange, ProductChange.to_item_id == Product.order_item_id)
        .where(
            Product.status == ProductStatus.ACTIVE,
            ProductChange.status == ChangeStatus.DONE,
            col(ProductCharging.ends_at).is_(None),
            ProductCharging.order_item_id != Product.order_item_id,
        )
    )


def _returned() -> Any:
    return (
        select(LedgerEntry.source_id, func.sum(LedgerEntry.amount_minor).label("total"))
        .where(col(LedgerEntry.kind).in_(_RETURNED))
        .group_by(LedgerEntry.source_id)
        .subquery()
    )
