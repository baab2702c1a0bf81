"""What brings charges to an account: its products, and single ones that wait for the next bill."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain.rows import add_once, changed
from self_service.models.base import Texts
from self_service.models.bills import (
    AppliedBillingRate,
    ChargeKind,
    ProductCharging,
    TaxCategory,
)


def add_charge(
    session: Session,
    account_id: UUID,
    kind: ChargeKind,
    name: Texts,
    micro: int,
    source: str,
    now: datetime,
    *,
    product_id: UUID | None = None,
    tax_category: TaxCategory = TaxCategory.STANDARD,
) -> bool:
    """Put one charge (below zero: a credit) on the account's next bill.

    Args:
        session: open transaction.
        account_id: whose.
        kind: what it is.
        name: by language.
        micro: millionths of the main unit, tax included (`taxes.to_micro` makes them of cents).
        source: what it is for, at most 80 letters: it is charged once, however often it is added.
        now: instant at which it falls due.
        product_id: the subscription it belongs to.
        tax_category: OUTSIDE for what is no price (a reminder fee is damages): no tax is in it.

    Returns:
        False when it was there before.
    """
    row = AppliedBillingRate(
        account_id=account_id,
        product_id=product_id,
        kind=kind,
        name=name,
        source=source,
        charged_at=now,
        amount_micro=micro,
        tax_category=tax_category,
    )
    return add_once(session, row)


def end_charging(session: Session, product_id: UUID, *, at: datetime) -> bool:
    """Let a product's charges end; the next bill gives back the days that were paid for beyond it.

    Args:
        session: open transaction.
        product_id: what ends.
        at: first instant that is not charged; not before what was billed as used (now, or later).

    Returns:
        False when it has an end already, or nothing is charged for it.
    """
    statement = update(ProductCharging).where(
        ProductCharging.product_id == product_id, ProductCharging.ends_at.is_(None)
    )
    return changed(session, statement.values(ends_at=at)) == 1


def charged_products(session: Session, account_id: UUID) -> list[ProductCharging]:
    """Return what is charged for on an account, the oldest first."""
    mine = select(ProductCharging).where(ProductCharging.account_id == account_id)
    return list(session.exec(mine.order_by(ProductCharging.starts_at, ProductCharging.product_id)))
