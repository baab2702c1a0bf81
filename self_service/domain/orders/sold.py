"""Prices as they were sold: copied from the catalogue into an order, and read back to be priced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session, select

from self_service.domain.catalog.view import Price
from self_service.models.orders import OrderItemPrice

#: Columns that an order's price has in common with the catalogue's.
_SHARED = (
    "price_type",
    "amount_minor",
    "percent_bp",
    "period_unit",
    "period_length",
    "duration_unit",
    "duration_length",
    "unit",
    "units",
    "tariff",
    "once",
)


def copied(item_id: UUID, prices: Iterable[Price]) -> list[OrderItemPrice]:
    """Return rows that keep the components which held when a line was ordered."""
    return [
        OrderItemPrice(
            item_id=item_id,
            price_id=None if price.promotion else price.id,
            name=dict(price.name),
            position=position,
            **{column: getattr(price, column) for column in _SHARED},
        )
        for position, price in enumerate(prices)
    ]


def sold_prices(
    session: Session, item_ids: Iterable[UUID], *, currency: str, since: datetime
) -> dict[UUID, tuple[Price, ...]]:
    """Return what each order line was sold for, by its id.

    Args:
        session: open transaction.
        item_ids: order lines.
        currency: of their order.
        since: instant of the order; the components hold from then on without end.
    """
    found: dict[UUID, list[Price]] = defaultdict(list)
    rows = session.exec(
        select(OrderItemPrice)
        .where(OrderItemPrice.item_id.in_(list(item_ids)))
        .order_by(OrderItemPrice.item_id, OrderItemPrice.position)
    )
    for row in rows:
        shared = {column: getattr(row, column) for column in _SHARED}
        price = Price(
            id=row.price_id or uuid4(),
            name=row.name,
            currency=currency,
            valid_from=since,
            **shared,
        )
        found[row.item_id].append(price)
    return {item_id: tuple(prices) for item_id, prices in found.items()}
