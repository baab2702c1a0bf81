"""Which of an offering's price components hold for somebody, at one time, for one configuration.

Components of one type, name and unit are alternatives where they differ in condition: the one that
matches most of the configuration hides the others, and a new customers' price hides the regular
one with the same condition. Without a condition they stand side by side and add up (activation
and delivery). Discounts never hide each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from self_service.domain.catalog.view import Price
from self_service.models.catalog import PriceType


def applicable(
    prices: Iterable[Price],
    *,
    as_of: datetime,
    new_customer: bool,
    configuration: Mapping[str, str],
) -> tuple[Price, ...]:
    """Return the components that hold at `as_of` for this configuration and person.

    A component holds from `valid_from` until before `valid_to`, for everybody or for new
    customers only, when every value of its condition is chosen. Of alternatives one is left (see
    above); of two conditions of equal weight the one whose price started last.
    """
    holding = [
        price
        for price in prices
        if price.valid_from <= as_of
        and (price.valid_to is None or as_of < price.valid_to)
        and (new_customer or not price.new_customers_only)
        and (not price.condition or price.condition.items() <= configuration.items())
    ]
    if len(holding) < 2:
        return tuple(holding)
    groups: dict[object, list[Price]] = defaultdict(list)
    for price in holding:
        if price.price_type is not PriceType.DISCOUNT:
            groups[_alternative_key(price)].append(price)
    hidden = {id(price) for group in groups.values() for price in _hidden(group)}
    return tuple(price for price in holding if id(price) not in hidden)


def _alternative_key(price: Price) -> object:
    return price.price_type, price.unit, tuple(sorted(price.name.items()))


def _hidden(group: Sequence[Price]) -> list[Price]:
    if len(group) == 1:
        return []
    best = max(_rank(price) for price in group)
    shown = [price for price in group if _rank(price) == best]
    if best[0]:  # two conditions of equal weight: one of them, the latest price
        shown = [max(shown, key=lambda price: price.valid_from)]
    kept = {id(price) for price in shown}
    return [price for price in group if id(price) not in kept]


def _rank(price: Price) -> tuple[int, bool]:
    return len(price.condition), price.new_customers_only
