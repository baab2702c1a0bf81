"""Prepaid services: each period is taken from the wallet when it begins, once.

What cannot be paid is suspended and tried again: at each credit at once, and daily for a while.
A service that was suspended begins a new period when it can be paid: nobody pays for days on
which it did not run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import Session, col, select

from self_service.domain import ledger
from self_service.domain.bills.taxes import Split
from self_service.domain.catalog.view import Price
from self_service.domain.orders.sold import sold_prices
from self_service.domain.pricing import charges, periods
from self_service.domain.rows import add_rows, changed
from self_service.domain.transitions import PRODUCT, advance
from self_service.domain.wallet import buckets, taxing
from self_service.domain.wallet.telling import WalletLetters, tell
from self_service.models.base import Texts
from self_service.models.bills import ProductCharging
from self_service.models.catalog import PeriodUnit, PriceType
from self_service.models.changes import ChangeStatus, ProductChange
from self_service.models.ledger import AccountKind, EntryKind
from self_service.models.subscriptions import Product, ProductStatus
from self_service.models.wallet import Bucket, WalletCharge
from self_service.money import Money

#: What could not be paid is tried again so much later.
RETRY_EVERY = timedelta(days=1)
#: So far ahead the next charge is looked for.
_HORIZON_MONTHS = 25


class Outcome(StrEnum):
    """What became of a charge."""

    TAKEN = "taken"
    SHORT = "short"  # not enough credit: suspended, or still so
    OVER = "over"  # nothing will fall due any more
    ELSEWHERE = "elsewhere"  # somebody else took it, or it is not due


@dataclass(frozen=True, slots=True)
class NextCharge:
    """The next thing that a wallet pays.

    Attributes:
        name: of the service.
        at: when; None for one that waits for credit.
        short: suspended until the wallet holds `amount`.
    """

    name: Texts
    at: datetime | None
    amount: Money
    short: bool


@dataclass(frozen=True, slots=True)
class _Due:
    """A charge that falls due: for which time, and how much, of which how much tax.

    Attributes:
        anchor: from where the periods are counted from now on.
    """

    anchor: datetime
    at: datetime
    until: datetime
    gross: Money
    split: Split


def due(session: Session, *, now: datetime, limit: int = 100) -> tuple[UUID, ...]:
    """List the products whose next charge, or next try, is due."""
    statement = (
        select(ProductCharging.product_id)
        .join(Product, Product.id == ProductCharging.product_id)
        .where(ProductCharging.by_wallet, ProductCharging.next_at <= now, _chargeable())
        .where(~_changing(now))
        .order_by(ProductCharging.next_at, Product.parent_id.is_not(None), Product.id)
        .limit(limit)
    )
    return tuple(session.exec(statement))


def charge(
    session: Session,
    product_id: UUID,
    *,
    retry_days: int,
    letters: WalletLetters | None = None,
    now: datetime,
) -> Outcome:
    """Take what is due for a product; of several workers that try, one does.

    Args:
        session: open transaction.
        product_id: one of `due`.
        retry_days: what cannot be paid is tried again daily for so long.
        letters: tells the customer of a suspension; None tells nobody.
        now: instant of charging.
    """
    found = session.get_one(Product, product_id)
    row = buckets.lock(session, buckets.bucket(session, found.customer_id, found.currency, now).id)
    pair = _pair(session, product_id)
    if pair is None or pair[0].next_at is None or pair[0].next_at > now:
        return Outcome.ELSEWHERE
    return _charge(session, row, *pair, retry_days, letters, now)


def retry(session: Session, customer_id: UUID, *, now: datetime) -> int:
    """Restore what was suspended for want of credit, as far as the credit goes, oldest first.

    Returns:
        How many services run again.
    """
    statement = (
        select(ProductCharging.product_id)
        .join(Product, Product.id == ProductCharging.product_id)
        .where(
            Product.customer_id == customer_id,
            ProductCharging.by_wallet,
            col(ProductCharging.short_since).is_not(None),
            _chargeable(),
        )
        .order_by(ProductCharging.short_since, Product.parent_id.is_not(None), Product.id)
    )
    restored = 0
    for product_id in session.exec(statement).all():
        product = session.get_one(Product, product_id)
        row = buckets.lock(session, buckets.bucket(session, customer_id, product.currency, now).id)
        pair = _pair(session, product_id)
        if pair is not None and pair[0].short_since is not None:
            restored += _charge(session, row, *pair, None, None, now) is Outcome.TAKEN
    return restored


def coming(session: Session, customer_id: UUID, *, now: datetime) -> tuple[NextCharge, ...]:
    """List what the customer's wallet pays next, by time; what waits for credit first."""
    rows = session.exec(
        select(ProductCharging, Product)
        .join(Product, Product.id == ProductCharging.product_id)
        .where(Product.customer_id == customer_id, ProductCharging.by_wallet, _chargeable())
    ).all()
    found = []
    for charging, product in rows:
        short = charging.short_since is not None
        wanted = _due(session, charging, product, now)
        if wanted is None or not (wanted.gross or short):
            continue
        at = None if short else wanted.at
        found.append(NextCharge(product.name, at, wanted.gross, short))
    return tuple(sorted(found, key=lambda charge: (charge.at is not None, charge.at or now)))


def _changing(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a change of a product is due: its price is told by that first."""
    open_ = select(ProductChange.id).where(
        ProductChange.product_id == ProductCharging.product_id,
        ProductChange.effective_at <= now,
        col(ProductChange.status).in_([ChangeStatus.PENDING, ChangeStatus.PERFORMING]),
    )
    return open_.correlate(ProductCharging).exists()


def _chargeable() -> ColumnElement[bool]:
    """Return the condition that a product runs, or is suspended for want of credit alone."""
    short = and_(
        Product.status == ProductStatus.SUSPENDED, col(ProductCharging.short_since).is_not(None)
    )
    return or_(Product.status == ProductStatus.ACTIVE, short)


def _pair(session: Session, product_id: UUID) -> tuple[ProductCharging, Product] | None:
    """Read a product and how it is charged as they are now, None when it is not charged now."""
    statement = (
        select(ProductCharging, Product)
        .join(Product, Product.id == ProductCharging.product_id)
        .where(ProductCharging.product_id == product_id, ProductCharging.by_wallet, _chargeable())
        .execution_options(populate_existing=True)
    )
    found = session.exec(statement).first()
    return (found[0], found[1]) if found else None


def _charge(
    session: Session,
    row: Bucket,
    charging: ProductCharging,
    product: Product,
    retry_days: int | None,
    letters: WalletLetters | None,
    now: datetime,
) -> Outcome:
    """Take one period; the caller holds the wallet's lock."""
    wanted = _due(session, charging, product, now)
    if wanted is None:
        return _moved(session, charging, Outcome.OVER, next_at=None, short_since=None)
    if buckets.held(session, row) < wanted.gross:
        return _short(session, charging, product, wanted.gross, retry_days, letters, now)
    was_short = charging.short_since is not None
    values = {
        "anchor_at": wanted.anchor,
        "next_at": wanted.until,
        "charged_until": wanted.until,
        "short_since": None,
    }
    if _moved(session, charging, Outcome.TAKEN, **values) is not Outcome.TAKEN:
        return Outcome.ELSEWHERE
    if wanted.gross:
        _take(session, row, product, wanted, now)
    if was_short:
        advance(session, Product, product.id, ProductStatus.ACTIVE, allowed=PRODUCT, now=now)
    shown = update(Product).where(Product.id == product.id)
    changed(session, shown.values(next_charge_at=wanted.until))
    session.expire(charging)
    session.expire(product)
    return Outcome.TAKEN


def _moved(
    session: Session, charging: ProductCharging, outcome: Outcome, **values: object
) -> Outcome:
    """Claim a charge by moving on what it was found by; ELSEWHERE for who comes second."""
    next_at = col(ProductCharging.next_at)
    seen = next_at.is_(None) if charging.next_at is None else next_at == charging.next_at
    statement = update(ProductCharging).where(
        ProductCharging.product_id == charging.product_id,
        ProductCharging.charged_until == charging.charged_until,
        seen,
    )
    mine = changed(session, statement.values(**values)) == 1
    return outcome if mine else Outcome.ELSEWHERE


def _take(
    session: Session,
    row: Bucket,
    product: Product,
    wanted: _Due,
    now: datetime,
) -> None:
    parts = wanted.split
    taken = WalletCharge(
        bucket_id=row.id,
        product_id=product.id,
        name=product.name,
        period_start=wanted.at,
        period_end=wanted.until,
        tax_bp=parts.rate_bp,
        net_minor=parts.net,
        tax_minor=parts.tax,
        gross_minor=parts.gross,
        charged_at=now,
    )
    add_rows(session, [taken])
    wallet = buckets.account(row)
    # the tax first, so that the balance beside the charge is the one after both
    sold = ledger.house(session, AccountKind.REVENUE, row.currency)
    owed = ledger.house(session, AccountKind.TAX, row.currency, parts.category.value)
    moves = [
        ledger.Movement(kind, taken.id, wallet, target, Money(minor, row.currency))
        for kind, target, minor in (
            (EntryKind.CHARGE_TAX, owed, parts.tax),
            (EntryKind.CHARGE, sold, parts.net),
        )
        if minor
    ]
    ledger.post(session, moves, now=now)


def _short(
    session: Session,
    charging: ProductCharging,
    product: Product,
    gross: Money,
    retry_days: int | None,
    letters: WalletLetters | None,
    now: datetime,
) -> Outcome:
    """Suspend a product that cannot be paid; tell its owner the first time."""
    if retry_days is None:  # tried because credit came: the daily tries stay as they are
        return Outcome.SHORT
    since = charging.short_since or now
    again = now + RETRY_EVERY
    last = since + timedelta(days=retry_days)
    values = {"short_since": since, "next_at": again if again <= last else None}
    if _moved(session, charging, Outcome.SHORT, **values) is not Outcome.SHORT:
        return Outcome.ELSEWHERE
    to = ProductStatus.SUSPENDED
    if advance(session, Product, product.id, to, allowed=PRODUCT, now=now) and letters:
        words = lambda language: letters.suspended(language, product.name, gross)  # noqa: E731
        tell(session, product.customer_id, "service_suspended", words, now=now)
    session.expire(charging)
    session.expire(product)
    return Outcome.SHORT


def _due(
    session: Session, charging: ProductCharging, product: Product, now: datetime
) -> _Due | None:
    """Return the charge after those that were taken, None when there is none.

    One that waits for credit is for the time from now on, where all charges of the product come
    at the same times; else it is for the time in which it was missed.
    """
    at = charging.charged_until
    ends_at = charging.ends_at
    since = charging.starts_at
    sold = sold_prices(session, [charging.order_item_id], currency=product.currency, since=since)
    prices = sold.get(charging.order_item_id, ())
    recurring = [price for price in prices if price.price_type is PriceType.RECURRING]
    if not recurring or (ends_at is not None and at >= ends_at):
        return None
    steps = {(price.period_unit, price.period_length) for price in recurring}
    one = len(steps) == 1  # all of them fall due each time
    at = max(now, at) if one and charging.short_since is not None else at
    on_series = any(_falls_on(charging.anchor_at, price, at) for price in recurring)
    anchor = charging.anchor_at if on_series or not one else at
    until = min(_after(anchor, *step, at) for step in steps)
    asked = [price for price in recurring if one or _falls_on(anchor, price, at)]
    discounts = [price for price in prices if price.price_type is PriceType.DISCOUNT]
    lines = charges.lines_at([*asked, *discounts], start=charging.starts_at, at=at)
    parts = taxing.split(session, product, charging, sum(line.minor for line in lines), at)
    return _Due(anchor, at, until, Money(parts.gross, product.currency), parts)


def _after(anchor: datetime, unit: PeriodUnit, length: int, at: datetime) -> datetime:
    """Return the first instant of a series after `at`."""
    horizon = periods.add_months(max(at, anchor), _HORIZON_MONTHS)
    return next(day for day in periods.repeats(anchor, unit, length, horizon) if day > at)


def _falls_on(anchor: datetime, price: Price, at: datetime) -> bool:
    ahead = at + timedelta(microseconds=1)
    return at in set(periods.repeats(anchor, price.period_unit, price.period_length, ahead))
