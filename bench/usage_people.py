"""Subscribers with a day of usage records that wait: ten each, as their networks deliver them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from sqlmodel import Session, SQLModel

from bench.bill_people import _order as shop_order
from self_service.domain.bills.bulk import Bulk, Native, document, instant, named
from self_service.models.catalog import OfferingKind
from self_service.models.orders import OrderItemPrice, ProductOrderItem
from self_service.models.subscriptions import Product
from self_service.models.usage import Allowance, Usage, UsagePeriod
from tests.factories import make_offering

#: Records of one subscriber.
EACH = 10
DAY = datetime(2027, 1, 20, tzinfo=UTC)
_SINCE = datetime(2027, 1, 3, 8, 30, tzinfo=UTC)
_NAMESPACE = UUID(int=20270120)
_AT_ONCE = 5_000
_MB = 1_048_576
#: unit, included (in units of ours), minor units a unit, tariff.
_SOLD = (
    ("MB", 200, 0, "{}"),
    ("min", 20, 0, "{}"),
    ("MB", 0, 1, '{"block": 102400}'),
    ("min", 0, 9, '{"block": 60}'),
    ("SMS", 0, 9, "{}"),
    ("MB", 0, 5, '{"zones": ["roaming"], "block": 1024}'),
)
_ITEM = named(
    "id order_id offering_id kind action state status_changed_at name configuration picture "
    "quantity reserved term_months prepaid position"
)
_PRICE = named(
    "id item_id price_type name amount_minor percent_bp period_unit period_length duration_unit "
    "duration_length unit units tariff once position"
)
_PRODUCT = named(
    "id customer_id order_id order_item_id piece offering_id kind name configuration picture "
    "status status_changed_at started_at prepaid currency"
)
_PERIOD = named(
    "id product_id starts_at ends_at stale_from rerated amount_micro taken_minor to_hand_over"
)
_ALLOWANCE = named(
    "product_id period_id origin_id price_id name kind zones units used_units priority carries "
    "from_last valid_from valid_until made_at"
)
_USAGE = named(
    "period_id started_at source record_id kind zone direction units other charged_units "
    "amount_micro import_id"
)
Rows = dict[type[SQLModel], list[tuple[Native, ...]]]
_COLUMNS: dict[type[SQLModel], tuple[str, ...]] = {
    ProductOrderItem: _ITEM,
    OrderItemPrice: _PRICE,
    Product: _PRODUCT,
    UsagePeriod: _PERIOD,
    Allowance: _ALLOWANCE,
    Usage: _USAGE,
}


def populate(session: Session, count: int) -> None:
    """Add `count` subscribers with their records; not committed."""
    offering = make_offering(session, kind=OfferingKind.PLAN, name="Plan M")
    order = shop_order(session)
    writer, chance = Bulk(session), random.Random(1)
    shared = order.id.hex, order.customer_id.hex, offering.id.hex
    for first in range(0, count, _AT_ONCE):
        rows: Rows = {table: [] for table in _COLUMNS}
        for number in range(first, min(first + _AT_ONCE, count)):
            for table, row in _subscriber(number, *shared):
                rows[table].append(row)
            rows[Usage] += _records(number, chance)
        for table, made in rows.items():
            writer.insert(table, _COLUMNS[table], made)


def _subscriber(
    number: int, order: str, customer: str, offering: str
) -> Iterator[tuple[type[SQLModel], tuple[Native, ...]]]:
    item, product = (uuid5(_NAMESPACE, f"{what}{number}").hex for what in ("item", "product"))
    name, since = document({"en": "Plan M"}), instant(_SINCE)
    until = instant(_SINCE + timedelta(days=31))
    line = (item, order, offering, "plan", "add", "completed", since, name, "{}", "{}")
    yield ProductOrderItem, (*line, 1, 0, 0, False, 0)
    owned = (product, customer, order, item, 0, offering, "plan", name, "{}", "{}", "active")
    yield Product, (*owned, since, since, False, "EUR")
    yield UsagePeriod, (number + 1, product, since, until, instant(DAY), False, 0, 0, False)
    for place, (unit, units, minor, tariff) in enumerate(_SOLD):
        price = uuid5(_NAMESPACE, f"price{number}.{place}").hex
        kind = "allowance" if units else "usage"
        sold = (price, item, kind, name, minor, 0, "month", 1, "month", 0)
        yield OrderItemPrice, (*sold, unit, units or 1, tariff, False, place)
        if units:
            counted = ("data", units * _MB) if unit == "MB" else ("voice", units * 60)
            ids = product, number + 1, product, price, name, counted[0], "home", counted[1]
            yield Allowance, (*ids, 0, 50, False, False, since, until, since)


def _records(number: int, chance: random.Random) -> Iterator[tuple[Native, ...]]:
    for place in range(EACH):
        at = instant(DAY + timedelta(seconds=chance.randrange(86_400)))
        name = f"{number:08d}-{place}"
        zone = "roaming" if chance.random() < 0.03 else "home"
        if place < 6:
            what = "data", zone, "out", chance.randrange(1, 60 * _MB)
        elif place < 9:
            way = "in" if chance.random() < 0.4 else "out"
            what = "voice", "home", way, chance.randrange(5, 1_200)
        else:
            what = "message", "home", "out", 1
        yield (number + 1, at, "bench", name, *what, "", 0, 0, 1)
