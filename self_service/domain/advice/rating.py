"""What usage of past months would have cost under other prices. Pure, by the rules of rating.

The totals of a day, of one kind and in one zone, are rated as one record: allowances, blocks and
tariffs are those of `usage.rating`. A price that asks for whole blocks of each call is reckoned a
little too low by that; so the plan that somebody has is always rated in the same way.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from self_service.domain.bills import taxes
from self_service.domain.catalog.view import Price
from self_service.domain.usage.rating import EVER, UNLIMITED, Course, Pot, Tariff, tariff_for
from self_service.domain.usage.tariffs import MEASURES, PRIORITY, said_of, tariff_of, zones_of
from self_service.models.catalog import PriceType


class DayUse(NamedTuple):
    """Units of a kind in a zone on a day (ISO); what came in is not among them."""

    day: str
    kind: str
    zone: str
    units: int


class Allowed(NamedTuple):
    """An allowance of each month; `units` -1 without limit."""

    kind: str
    zones: frozenset[str]
    units: int
    priority: int
    carries: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """What a plan with its extras gives and asks for usage: extras' first, as for real usage."""

    allowances: tuple[Allowed, ...]
    tariffs: tuple[Tariff, ...]

    @property
    def something(self) -> bool:
        """Say whether it has to do with usage at all."""
        return bool(self.allowances or self.tariffs)


@dataclass(frozen=True, slots=True)
class Rated:
    """What months of usage cost.

    Attributes:
        micro: millionths by month, kind and zone: what bills would have one charge for.
        beyond: units by kind and zone for which there is neither allowance nor price: what a plan
            does not serve must not look cheap.
    """

    micro: tuple[tuple[tuple[str, str], int], ...]
    beyond: dict[tuple[str, str], int]

    def minor(self, currency: str) -> int:
        """Return the sum in minor units, each charge rounded as on a bill."""
        return sum(taxes.to_minor(micro, currency) for _, micro in self.micro)


def offered(prices: Iterable[Price]) -> Offered:
    """Read what prices say about usage.

    Args:
        prices: of the extras, then of the plan; all else than allowances and tariffs is ignored.
    """
    allowances, tariffs = [], []
    for price in prices:
        if price.unit not in MEASURES:
            continue
        tariff = json.dumps(dict(price.tariff), sort_keys=True)
        if price.price_type is PriceType.ALLOWANCE:
            allowances.append(_allowed(price, tariff))
        elif price.price_type is PriceType.USAGE:
            asked = price.amount_minor, price.unit, price.units, tariff, price.currency, "", EVER
            tariffs.append(tariff_of(json.dumps(dict(price.name)), *asked))
    return Offered(tuple(allowances), tuple(tariffs))


def rated(months: Sequence[Sequence[DayUse]], offer: Offered) -> Rated:
    """Rate months one after the other; what an allowance carries goes on to the next one once.

    Args:
        months: charging months without a gap, the earliest first.
        offer: prices that would have held in all of them.
    """
    micro: list[tuple[tuple[str, str], int]] = []
    beyond: dict[tuple[str, str], int] = defaultdict(int)
    left: dict[int, int] = {}
    for month in months:
        pots, own = _pots(offer, left)
        sums: dict[tuple[str, str], int] = defaultdict(int)
        course = Course(pots)
        for use in sorted(month):
            rest = course.rest(use.day, use.kind, use.zone, use.units)
            if not rest:
                continue
            place = tariff_for(offer.tariffs, use.day, use.kind, use.zone)
            if place is None:
                beyond[use.kind, use.zone] += rest
            else:
                sums[use.kind, use.zone] += offer.tariffs[place].amount(rest)
        micro += sorted(sums.items())
        left = {
            key: pot.left
            for key, pot in own.items()
            if offer.allowances[key].carries and pot.left > 0
        }
    return Rated(tuple(micro), dict(beyond))


def _pots(offer: Offered, left: dict[int, int]) -> tuple[list[Pot], dict[int, Pot]]:
    """Return the pots of a month, and those of them that are its own."""
    own = {key: _pot(key, one, one.units) for key, one in enumerate(offer.allowances)}
    before = [_pot(key, offer.allowances[key], units, last=True) for key, units in left.items()]
    return [*own.values(), *before], own


def _pot(key: int, one: Allowed, units: int, *, last: bool = False) -> Pot:
    return Pot(key, one.kind, one.zones, units, 0, one.priority, last, "", EVER)


def _allowed(price: Price, tariff: str) -> Allowed:
    said, (kind, factor) = said_of(tariff), MEASURES[price.unit]
    return Allowed(
        kind=kind.value,
        zones=frozenset(zones_of(said)),
        units=UNLIMITED if price.units < 0 else price.units * factor,
        priority=int(said.get("priority", PRIORITY)),
        carries=bool(said.get("carries", False)),
    )
