"""What usage of prepaid services costs is taken from wallets, as far as their credit goes.

The whole amount of a month is taken as it grows, to the minor unit, and given back when it shrinks.
What a wallet cannot cover stays open and is taken first when credit comes; no wallet goes below
zero.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from self_service.domain import ledger
from self_service.domain.bills import taxes
from self_service.domain.rows import add_rows, changed
from self_service.domain.usage.charging import by_wallet
from self_service.domain.wallet import buckets, taxing
from self_service.models.base import new_id
from self_service.models.bills import ProductCharging
from self_service.models.ledger import AccountKind, EntryKind
from self_service.models.subscriptions import Product
from self_service.models.usage import UsageCharge, UsagePeriod
from self_service.models.wallet import Bucket
from self_service.money import Money


def wallets_due(
    session: Session, *, limit: int = 100, after: UUID | None = None
) -> tuple[UUID, ...]:
    """List customers whose wallets are to be asked for usage, by id."""
    wanted = (
        select(Product.customer_id)
        .join(UsagePeriod, UsagePeriod.product_id == Product.id)
        .outerjoin(ProductCharging, ProductCharging.product_id == Product.id)
        .where(col(UsagePeriod.to_hand_over), by_wallet())
    )
    if after is not None:
        wanted = wanted.where(Product.customer_id > after)
    return tuple(session.exec(wanted.distinct().order_by(Product.customer_id).limit(limit)))


def collect(session: Session, customer_id: UUID, *, now: datetime) -> Money | None:
    """Take from a wallet what usage costs, the oldest first, as far as the credit goes.

    Args:
        session: open transaction; it may hold the wallet's lock already.
        customer_id: whose.
        now: instant of booking.

    Returns:
        What is still open, None when nothing was.
    """
    first = select(Product.currency).join(UsagePeriod, UsagePeriod.product_id == Product.id)
    mine = (Product.customer_id == customer_id, col(UsagePeriod.to_hand_over))
    currency = session.exec(first.where(*mine).limit(1)).first()
    if currency is None:
        return None
    row = buckets.lock(session, buckets.bucket(session, customer_id, currency, now).id)
    months = session.exec(
        select(UsagePeriod, Product)
        .join(Product, Product.id == UsagePeriod.product_id)
        .outerjoin(ProductCharging, ProductCharging.product_id == Product.id)
        .where(*mine, by_wallet(), Product.currency == currency)
        .order_by(UsagePeriod.starts_at, UsagePeriod.id)
        .with_for_update(key_share=True, of=UsagePeriod)
        .execution_options(populate_existing=True)
    ).all()
    left_open = 0
    for month, product in months:
        left_open += _take(session, row, month, product, now)
    session.expire_all()
    return Money(left_open, currency) if months else None


def open_sum(session: Session, customer_id: UUID, currency: str) -> Money:
    """Return what usage of a customer's prepaid services costs that no credit covered yet."""
    rows = session.exec(
        select(UsagePeriod.amount_micro, UsagePeriod.taken_minor)
        .join(Product, Product.id == UsagePeriod.product_id)
        .outerjoin(ProductCharging, ProductCharging.product_id == Product.id)
        .where(
            Product.customer_id == customer_id,
            Product.currency == currency,
            col(UsagePeriod.to_hand_over),
            by_wallet(),
        )
    )
    owed = sum(max(taxes.to_minor(micro, currency) - taken, 0) for micro, taken in rows)
    return Money(owed, currency)


def _take(
    session: Session, row: Bucket, month: UsagePeriod, product: Product, now: datetime
) -> int:
    """Bring what was taken for a month to what it costs; return what stays open, minor units."""
    wanted = taxes.to_minor(month.amount_micro, product.currency) - month.taken_minor
    moved = min(wanted, buckets.held(session, row).minor) if wanted > 0 else wanted
    if moved:
        _book(session, row, month, product, moved, now)
    left = wanted - moved
    values = {"taken_minor": month.taken_minor + moved, "to_hand_over": left > 0}
    mine = update(UsagePeriod).where(col(UsagePeriod.id) == month.id).values(**values)
    changed(session, mine.execution_options(synchronize_session=False))
    return left


def _book(
    session: Session,
    row: Bucket,
    month: UsagePeriod,
    product: Product,
    minor: int,
    now: datetime,
) -> None:
    charging = session.get(ProductCharging, product.id)
    parts = taxing.split(session, product, charging, abs(minor), now)
    sign = 1 if minor > 0 else -1
    taken = UsageCharge(
        id=new_id(),
        bucket_id=row.id,
        period_id=month.id,
        name=product.name,
        tax_bp=parts.rate_bp,
        net_minor=sign * parts.net,
        tax_minor=sign * parts.tax,
        gross_minor=sign * parts.gross,
        charged_at=now,
    )
    add_rows(session, [taken])
    wallet = buckets.account(row)
    sold = ledger.house(session, AccountKind.REVENUE, row.currency)
    owed = ledger.house(session, AccountKind.TAX, row.currency, parts.category.value)
    kinds = (
        (EntryKind.CHARGE_TAX, EntryKind.CHARGE)
        if minor > 0
        else (EntryKind.CHARGE_RETURNED_TAX, EntryKind.CHARGE_RETURNED)
    )
    moves = []
    for kind, house, part in zip(kinds, (owed, sold), (parts.tax, parts.net), strict=True):
        sides = (wallet, house) if minor > 0 else (house, wallet)
        if part:
            moves.append(ledger.Movement(kind, taken.id, *sides, Money(part, row.currency)))
    ledger.post(session, moves, now=now)
