"""What was sold to a product about usage: tariffs, and allowances to be given each period.

Prices as they were sold (`order_item_price`) of the plan, of its extras and of its boosters. How
one is counted stands in its `tariff`: `zones` (home when nothing is said), `block` and `first`
(units charged at once: seconds, bytes, pieces), `priority` (50, boosters 40), `carries` (what is
left goes to the next period once) and `days` (a booster's time; without, until the period ends).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session

from self_service.domain.bills import taxes
from self_service.domain.bills.bulk import instant
from self_service.domain.bills.reading import moment
from self_service.domain.changes.listing import held_from
from self_service.domain.usage.bulk import fetched
from self_service.domain.usage.rating import EVER, Tariff
from self_service.models.base import Texts
from self_service.models.catalog import OfferingKind, PriceType
from self_service.models.subscriptions import ProductStatus
from self_service.models.usage import UsageKind, UsageZone

#: Unit of a price -> what is counted, and how many of our units it is.
MEASURES: Mapping[str, tuple[UsageKind, int]] = {
    "MB": (UsageKind.DATA, 1_048_576),
    "min": (UsageKind.VOICE, 60),
    "SMS": (UsageKind.MESSAGE, 1),
}
#: Extras that stand beside a plan and are counted with it.
_BESIDE = frozenset({OfferingKind.ADDON.value, OfferingKind.BOOSTER.value})
PRIORITY, _BOOSTER_PRIORITY = 50, 40


class Grant(NamedTuple):
    """An allowance that was sold.

    Attributes:
        origin: the product that brings it.
        zones: with commas between.
        units: bytes, seconds or pieces; -1 without limit.
        once: a booster's: given once, from its start; else in every period.
        days: how long a booster holds, 0 = until the period ends.
        since, until: of its product.
    """

    price_id: UUID
    origin: UUID
    name: Texts
    kind: UsageKind
    zones: str
    units: int
    priority: int
    carries: bool
    once: bool
    days: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Sold:
    """All that was sold to one product about usage.

    Attributes:
        tariffs: extras' first, then the plan's: the first that holds is taken.
        prices: ids of their sold prices, 32 hex digits each, in the same order.
    """

    grants: tuple[Grant, ...] = ()
    tariffs: tuple[Tariff, ...] = ()
    prices: tuple[str, ...] = ()


class _Member(NamedTuple):
    """A product that brings prices to a plan; ids in hex digits, instants as sortable text.

    One that was changed to another offering is there once for each order line that it had:
    `held_from` and `held_to` say when its prices held.
    """

    id: str
    parent: str | None
    item: str
    kind: str
    currency: str
    since: str
    status: str
    changed: str
    ends: str | None
    held_from: str = ""
    held_to: str = EVER

    @property
    def until(self) -> str | None:
        """Return when it ends, None while that is open."""
        if self.ends is None and self.status == ProductStatus.TERMINATED.value:
            return self.changed
        return self.ends


class _Price(NamedTuple):
    """A sold price; `name` and `tariff` as JSON."""

    id: str
    price_type: str
    name: str
    minor: int
    unit: str
    units: int
    tariff: str


def sold(
    session: Session,
    product_ids: Sequence[UUID],
    *,
    kinds: Sequence[PriceType] = (PriceType.ALLOWANCE, PriceType.USAGE),
) -> dict[UUID, Sold]:
    """Read what was sold to products, by three statements.

    Args:
        session: open transaction.
        product_ids: plans, or whatever else is metered; at most some thousands.
        kinds: only allowances, or only tariffs, when no more is wanted.
    """
    if not product_ids:
        return {}
    session.flush()
    plans, members = _members(session, [one.hex for one in product_ids])
    items = {member.item for own in members.values() for member in own}
    prices = _prices(session, items, kinds)
    found = {}
    for product_id in product_ids:
        own = members.get(product_id.hex, ())
        parts = [(one, prices[one.item]) for one in own if one.item in prices]
        if product_id.hex in plans:
            found[product_id] = _sold(product_id.hex, parts)
    return found


_MEMBER = (
    "SELECT {key:d.id}, {key:d.parent_id}, {key:d.order_item_id}, d.kind, d.currency, "
    "{at:d.started_at}, d.status, {at:d.status_changed_at}, {at:c.ends_at} FROM product d "
    "LEFT JOIN product_charging c ON c.product_id = d.id "
)
_OWN = f"{_MEMBER} WHERE d.started_at IS NOT NULL AND d.id = {{ids}}"
_EXTRAS = (
    f"{_MEMBER} WHERE d.started_at IS NOT NULL AND d.parent_id = {{ids}} "
    "ORDER BY d.started_at, d.id"
)


def _members(
    session: Session, product_ids: Sequence[str]
) -> tuple[set[str], dict[str, list[_Member]]]:
    """Return which plans there are, and each with its extras: these first, as they were begun."""
    own = [_Member(*row) for row in fetched(session, _OWN, product_ids)]
    plans = {one.id for one in own}
    under: dict[str, list[str]] = defaultdict(list)
    for one in own:
        under[one.id].append(one.id)
        if one.parent is not None:
            under[one.parent].append(one.id)
    found: dict[str, list[_Member]] = defaultdict(list)
    extras = [_Member(*row) for row in fetched(session, _EXTRAS, under)]
    for extra in _held(session, extras):
        for plan in under[extra.parent or ""]:
            if extra.id != plan and (extra.parent == plan or extra.kind in _BESIDE):
                found[plan].append(extra)
    for one in _held(session, own):
        found[one.id].append(one)
    return plans, found


def _held(session: Session, members: Sequence[_Member]) -> Iterator[_Member]:
    """Yield each product, once for every order line whose prices held for it."""
    changes = held_from(session, [UUID(one.id) for one in members]) if members else {}
    by_key = {product_id.hex: spans for product_id, spans in changes.items()}
    for one in members:
        spans = by_key.get(one.id)
        if spans is None:
            yield one
            continue
        starts = ["", *(instant(at) for at, _ in spans[1:]), EVER]
        for place, (_, item) in enumerate(spans):
            yield one._replace(item=item.hex, held_from=starts[place], held_to=starts[place + 1])


def _prices(
    session: Session, items: set[str], kinds: Sequence[PriceType]
) -> dict[str, tuple[_Price, ...]]:
    wanted = " OR ".join(f"price_type = '{kind.value}'" for kind in kinds)
    statement = (
        "SELECT {key:item_id}, {key:id}, price_type, {text:name}, amount_minor, unit, units, "
        f"{{text:tariff}} FROM order_item_price WHERE item_id = {{ids}} AND ({wanted}) "
        "ORDER BY item_id, position"
    )
    found: dict[str, list[_Price]] = defaultdict(list)
    for item, *row in fetched(session, statement, items):
        found[item].append(_Price(*row))
    return {item: tuple(rows) for item, rows in found.items()}


def _sold(plan: str, parts: Sequence[tuple[_Member, tuple[_Price, ...]]]) -> Sold:
    grants: list[Grant] = []
    tariffs: list[Tariff] = []
    ids: list[str] = []
    for member, prices in parts:
        own = member.id == plan
        since = max(member.held_from, "" if own else member.since)
        until = min(member.held_to, EVER if own else member.until or EVER)
        for price in prices:
            if price.unit not in MEASURES:
                continue
            if price.price_type == PriceType.ALLOWANCE.value:
                grants.append(_grant(price, member))
            else:
                tariffs.append(tariff_of(*price[2:], member.currency, since, until))
                ids.append(price.id)
    return Sold(tuple(grants), tuple(tariffs), tuple(ids))


def _grant(price: _Price, member: _Member) -> Grant:
    said, once = said_of(price.tariff), member.kind == OfferingKind.BOOSTER.value
    kind, factor = MEASURES[price.unit]
    until = min(member.until or EVER, member.held_to)
    return Grant(
        price_id=UUID(price.id),
        origin=UUID(member.id),
        name=json.loads(price.name),
        kind=kind,
        zones=",".join(zones_of(said)),
        units=price.units if price.units < 0 else price.units * factor,
        priority=int(said.get("priority", _BOOSTER_PRIORITY if once else PRIORITY)),
        carries=bool(said.get("carries", False)),
        once=once,
        days=int(said.get("days", 0)),
        since=moment(max(member.since, member.held_from)),
        until=None if until == EVER else moment(until),
    )


@lru_cache(maxsize=4_096)
def tariff_of(name: str, minor: int, unit: str, units: int, tariff: str, *rest: str) -> Tariff:
    """Make a tariff of a sold price; few differ, and those that are equal are one."""
    said, (kind, factor), (currency, since, until) = said_of(tariff), MEASURES[unit], rest
    block = int(said.get("block", 1))
    return Tariff(
        name=name,
        kind=kind.value,
        zones=frozenset(zones_of(said)),
        micro=taxes.to_micro(minor, currency),
        per=max(units, 1) * factor,
        block=block,
        first=int(said.get("first", block)),
        since=since,
        until=until,
    )


@lru_cache(maxsize=1_024)
def said_of(tariff: str) -> Mapping[str, Any]:
    """Read how a price is counted."""
    found: Mapping[str, Any] = json.loads(tariff) or {}
    return found


def zones_of(said: Mapping[str, Any]) -> list[str]:
    """Return where a price holds."""
    zones = said.get("zones") or [UsageZone.HOME.value]
    return [zone for zone in map(str, zones) if zone in set(UsageZone)]
