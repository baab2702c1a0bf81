"""What quotes are made of: lines in money, and what is lost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from self_service.domain.bills.drafting import DraftLine
from self_service.domain.bills.recurring import Line
from self_service.domain.catalog.view import Price
from self_service.domain.changes import sums
from self_service.domain.changes.refusals import NotRunning, Unpaid
from self_service.domain.changes.tree import Tree
from self_service.domain.changes.view import Loss, Lost, Quote, QuoteLine, Wish
from self_service.domain.pricing.charges import Discount
from self_service.domain.pricing.periods import add_months
from self_service.models.base import Texts
from self_service.models.bills import ChargeKind, TaxCategory
from self_service.models.catalog import OfferingKind, PriceType
from self_service.models.subscriptions import Product, ProductStatus
from self_service.money import Money

EARLY_END: Texts = {
    "en": "Early end of the contract",
    "es": "Fin anticipado del contrato",
    "ar": "إنهاء العقد قبل أوانه",
}
PAUSE_FEE: Texts = {"en": "Pause", "es": "Pausa", "ar": "إيقاف مؤقت"}


def works(product: Product) -> None:
    """Refuse to change what does not run.

    Raises:
        Unpaid: it is suspended.
        NotRunning: it is about to end.
    """
    if product.status is ProductStatus.SUSPENDED:
        raise Unpaid if product.prepaid else NotRunning
    if product.status is not ProductStatus.ACTIVE:
        raise NotRunning


def period_end_of(tree: Tree, product: Product, now: datetime) -> datetime:
    """Return until when a product was paid: the end of its charging period, or of its parent's."""
    row = tree.books.rows.get(product.id)
    if row is not None and row.by_wallet:
        return max(row.charged_until, now)
    one: Product | None = product
    while one is not None:
        charging = tree.charging(one)
        if charging is not None and any(
            price.price_type is PriceType.RECURRING for price in charging.prices
        ):
            return sums.period_end(charging, now)
        one = tree.by_id.get(one.parent_id) if one.parent_id else None
    return next_month(product.started_at or now, now)


def next_month(start: datetime, now: datetime) -> datetime:
    """Return the next day of the month on which a product that costs nothing began."""
    months = 1
    while (end := add_months(start, months)) <= now:
        months += 1
    return end


def fee_line(name: Texts, minor: int, scale: int, source: str, at: datetime) -> Line:
    """Return a fee as a line."""
    told, micro = json.dumps(name), minor * scale
    return Line(ChargeKind.FEE, told, {}, None, at, None, None, micro, source, TaxCategory.STANDARD)


def drawn_up(
    tree: Tree,
    wish: Wish,
    name: Texts,
    at: datetime,
    lines: Iterable[Line],
    *,
    by_wallet: bool,
    before: int,
    after: int,
    fee: int = 0,
    **more: Any,
) -> Quote:
    """Round the lines and put a quote together; sums in minor units, `more` as of `Quote`."""
    currency = tree.root.currency
    rounded = tree.books.rounded(lines)
    due = sum(line.gross_minor for line in rounded)
    if by_wallet and due < 0:  # what was taken from a wallet is used up, not given back
        due = 0
    return Quote(
        wish=wish,
        name=name,
        at=at,
        lines=tuple(_line(line, currency) for line in rounded),
        due=Money(due, currency),
        by_wallet=by_wallet,
        before=Money(before, currency),
        after=Money(after, currency),
        fee=Money(fee, currency),
        **more,
    )


def _line(line: DraftLine, currency: str) -> QuoteLine:
    return QuoteLine(
        kind=line.kind,
        name=line.texts,
        amount=Money(line.gross_minor, currency),
        days=int(line.detail.get("days", 0)),
        of=int(line.detail.get("of", 0)),
        since=line.period_start,
        until=line.period_end,
    )


def allowances(prices: Sequence[Price]) -> dict[str, tuple[int, Texts]]:
    """Return what prices include by unit: how much (-1: without limit), and what it is called."""
    found: dict[str, tuple[int, Texts]] = {}
    for price in prices:
        if price.price_type is PriceType.ALLOWANCE:
            had = found.get(price.unit, (0, price.name))[0]
            endless = -1 in (had, price.units)
            found[price.unit] = (-1 if endless else had + price.units, price.name)
    return found


def lost_allowances(old: Sequence[Price], new: Sequence[Price]) -> tuple[Lost, ...]:
    """Return of which allowances there is less."""
    left = allowances(new)
    lost = []
    for unit, (units, name) in allowances(old).items():
        then = left.get(unit, (0, name))[0]
        if then != -1 and (units == -1 or then < units):
            lost.append(Lost(Loss.ALLOWANCE, name, unit, units, then))
    return tuple(lost)


def lost_discounts(prices: Sequence[Price], start: datetime, at: datetime) -> tuple[Lost, ...]:
    """Return discounts that would still hold."""
    return tuple(
        Lost(Loss.DISCOUNT, price.name)
        for price in prices
        if price.price_type is PriceType.DISCOUNT and Discount.of(price, start).holds(at)
    )


def lost_extras(ending: Iterable[Product]) -> tuple[Lost, ...]:
    """Return extras that end with it."""
    return tuple(
        Lost(
            Loss.BOOSTER if one.kind is OfferingKind.BOOSTER else Loss.EXTRA,
            one.name,
            product_id=one.id,
        )
        for one in ending
    )
