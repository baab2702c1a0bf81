"""What a change of a product charges and gives back. Pure: no database, no clock.

All sums come from the engine of the bills (`bills.recurring`), so what is quoted is what the bill
says: the old price is settled up to the instant of the change, the days after it that were charged
are given back, and the new price begins there, on the same days of the month as before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from self_service.domain.bills.proration import grid
from self_service.domain.bills.recurring import Charging, Line, Pause, SoldPrice, owed
from self_service.domain.catalog.view import Price
from self_service.domain.pricing.charges import first_charge
from self_service.models.base import Texts
from self_service.models.bills import ChargeTiming
from self_service.models.catalog import PriceType

#: Before an instant: what falls due at the change itself belongs to what comes after it.
_BEFORE = timedelta(microseconds=1)
_CHARGED = (PriceType.RECURRING, PriceType.DISCOUNT)


@dataclass(frozen=True, slots=True)
class Settled:
    """The old price, up to the change.

    Attributes:
        due: what is charged anyway, change or not.
        back: what the change itself does: days given back, or in arrears the days used.
        pauses: which were looked at, and until when.
    """

    due: tuple[Line, ...]
    back: tuple[Line, ...]
    pauses: tuple[tuple[UUID, datetime], ...]


def as_sold(prices: Sequence[Price], first: int = 0) -> tuple[SoldPrice, ...]:
    """Return prices as an order line keeps them, numbered from `first` on."""
    return tuple(
        SoldPrice(
            price.price_type,
            price.amount_minor,
            price.percent_bp,
            price.period_unit,
            price.period_length,
            price.duration_unit,
            price.duration_length,
            first + number,
            json.dumps(price.name),
        )
        for number, price in enumerate(prices)
        if price.price_type in _CHARGED
    )


def origin(charging: Charging) -> datetime:
    """Return the instant from which a product's periods are counted, free days included."""
    if charging.starts_at != charging.anchor_at:
        return charging.anchor_at
    discounts = [price for price in charging.prices if price.price_type is PriceType.DISCOUNT]
    return first_charge(discounts, charging.starts_at)


def period_end(charging: Charging, at: datetime) -> datetime:
    """Return the end of the charging period in which `at` lies: the shortest of several."""
    start = origin(charging)
    if at < start:
        return start
    recurring = {
        (price.period_unit, price.period_length)
        for price in charging.prices
        if price.price_type is PriceType.RECURRING
    }
    ends = [next(grid(start, unit, length, at)).end for unit, length in recurring]
    return min(ends) if ends else at


def begun(
    product_id: UUID, name: Texts, prices: tuple[SoldPrice, ...], *, anchor: datetime, at: datetime
) -> Charging:
    """Return the charging of a price that begins at `at`, on the days of `anchor`."""
    told = json.dumps(name)
    return Charging(product_id.hex, told, prices, anchor, at, None, at, at, False)


def settle(
    charging: Charging,
    pauses: Sequence[Pause],
    *,
    at: datetime,
    timing: ChargeTiming,
    scale: int,
) -> Settled:
    """Settle a price that holds until before `at`.

    Charges that fell due are whole, and days after `at` are given back by a line of their own: the
    same sums whether a bill had collected them before or not.

    Args:
        charging: how far it has been charged.
        pauses: of the product.
        at: first instant at which it holds no more.
        timing: in advance or in arrears.
        scale: millionths in a minor unit.
    """
    due = owed(charging, pauses, timing=timing, as_of=at - _BEFORE, scale=scale)
    moved = charging._replace(
        charged_until=due.charged_until, ends_at=at, end_settled=due.end_settled
    )
    if timing is ChargeTiming.ARREARS and due.charged_until > at:
        # performed late, when a bill had asked for days after it: they count as paid before
        moved = moved._replace(bills_from=due.charged_until)
    known = pauses if timing is ChargeTiming.ARREARS else ()
    back = owed(moved, known, timing=timing, as_of=at, scale=scale)
    return Settled(tuple(due.lines), tuple(back.lines), tuple(due.pauses))


def first_lines(charging: Charging, *, timing: ChargeTiming, scale: int) -> tuple[Line, ...]:
    """Return what a price asks for as it begins: its part of the running period."""
    found = owed(charging, (), timing=timing, as_of=charging.starts_at, scale=scale)
    return tuple(found.lines)


def until_term(
    charging: Charging, pauses: Sequence[Pause], *, at: datetime, term_end: datetime, scale: int
) -> int:
    """Return what would be charged from `at` until the end of the minimum term, in millionths.

    Early ends are compared by what fell into the time that is given up: whole charges, and the
    parts of the first and the last period by their days.
    """
    if term_end <= at:
        return 0
    rest = charging._replace(
        anchor_at=origin(charging), starts_at=at, charged_until=at, ends_at=term_end
    )
    discounts = tuple(p for p in charging.prices if p.price_type is PriceType.DISCOUNT)
    regular = rest._replace(prices=tuple(p for p in rest.prices if p not in discounts))
    lines = owed(regular, pauses, timing=ChargeTiming.ADVANCE, as_of=term_end, scale=scale).lines
    return sum(line.micro for line in lines)
