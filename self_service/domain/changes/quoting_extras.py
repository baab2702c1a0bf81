"""Quotes for what comes to a service: extras by the month, and boosters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from self_service.domain.bills.recurring import Charging, Line
from self_service.domain.catalog.view import Offering, Price
from self_service.domain.changes import fitting, sums
from self_service.domain.changes.quoting_parts import (
    allowances,
    drawn_up,
    next_month,
    works,
)
from self_service.domain.changes.refusals import NoSuchChange
from self_service.domain.changes.tree import Tree
from self_service.domain.changes.view import Overlap, Quote, When, Wish
from self_service.domain.policy import Policy
from self_service.domain.pricing import periods
from self_service.domain.pricing.charges import regular_month
from self_service.domain.pricing.components import applicable
from self_service.domain.pricing.totals import add_up
from self_service.models.bills import ChargeKind
from self_service.models.catalog import OfferingKind, PriceType
from self_service.models.changes import ChangeKind
from self_service.models.subscriptions import Product

#: Stands for what is not made yet.
NOT_MADE = UUID(int=0)


def add(tree: Tree, wish: Wish, policy: Policy, now: datetime) -> Quote:
    """Quote an extra by the month; its first charge is for the rest of the running period."""
    del policy
    parent, offering = _extra(tree, wish, OfferingKind.ADDON)
    works(parent)
    fitting.adding(tree, parent, offering, now)
    prices = extra_prices(offering, now)
    charging = extra_charging(tree, parent, offering, prices, NOT_MADE, now)
    by_wallet = tree.books.by_wallet(parent.id) or parent.prepaid
    lines = [
        *one_time_lines(offering, prices, NOT_MADE, now, tree.books.scale),
        *tree.books.first(charging, by_wallet=by_wallet),
    ]
    term = offering.term_months
    return drawn_up(
        tree,
        replace(wish, when=When.NOW),
        parent.name,
        now,
        lines,
        by_wallet=by_wallet,
        before=0,
        after=regular_month(prices),
        to=offering.name,
        totals=add_up(prices, start=now, currency=parent.currency, term_months=term),
        term_ends_at=periods.add_months(now, term) if term else None,
    )


def boost(tree: Tree, wish: Wish, policy: Policy, now: datetime) -> Quote:
    """Quote a booster: from now on, or after the one of the same kind that runs."""
    del policy
    parent, offering = _extra(tree, wish, OfferingKind.BOOSTER)
    works(parent)
    fitting.boosting(tree, parent, offering, now)
    prices = extra_prices(offering, now)
    running = _running(tree, parent, prices, now)
    overlap = None
    at = now
    if running is not None:
        name, until = running
        ends = booster_end(tree, parent, prices, now), booster_end(tree, parent, prices, until)
        overlap = Overlap(name, until, *ends)
        at = until if wish.when is When.QUEUED else now
    lines = one_time_lines(offering, prices, NOT_MADE, at, tree.books.scale)
    return drawn_up(
        tree,
        wish if running else replace(wish, when=When.NOW),
        parent.name,
        at,
        lines,
        by_wallet=tree.books.by_wallet(parent.id) or parent.prepaid,
        before=0,
        after=0,
        to=offering.name,
        totals=add_up(prices, start=at, currency=parent.currency),
        until=booster_end(tree, parent, prices, at),
        overlap=overlap,
    )


def extra_prices(offering: Offering, now: datetime) -> tuple[Price, ...]:
    """Return the prices at which a customer gets an extra."""
    return applicable(offering.prices, as_of=now, new_customer=False, configuration={})


def extra_charging(
    tree: Tree,
    parent: Product,
    offering: Offering,
    prices: Sequence[Price],
    product_id: UUID,
    at: datetime,
) -> Charging:
    """Return how an extra is charged: on the days of what it belongs to."""
    above = tree.charging(parent)
    anchor = sums.origin(above) if above else at
    return sums.begun(product_id, offering.name, sums.as_sold(prices), anchor=anchor, at=at)


def one_time_lines(
    offering: Offering, prices: Sequence[Price], product_id: UUID, at: datetime, scale: int
) -> list[Line]:
    """Return what is asked for once."""
    name = json.dumps(offering.name)
    return [
        Line(
            ChargeKind.ONE_TIME,
            name,
            {},
            product_id.hex,
            at,
            None,
            None,
            price.amount_minor * scale,
            f"n{product_id.hex}:{number}",
        )
        for number, price in enumerate(prices)
        if price.price_type is PriceType.ONE_TIME and price.amount_minor
    ]


def booster_end(tree: Tree, parent: Product, prices: Sequence[Price], start: datetime) -> datetime:
    """Return when a booster is used up: after its own time, else with the period of its plan."""
    lasting = [p for p in prices if p.price_type is PriceType.ALLOWANCE and p.duration_length]
    if lasting:
        one = lasting[0]
        return periods.add(start, one.duration_unit, one.duration_length)
    charging = tree.charging(parent)
    if charging is not None:
        return sums.period_end(charging, start)
    return next_month(parent.started_at or start, start)


def _running(
    tree: Tree, parent: Product, prices: Sequence[Price], now: datetime
) -> tuple[dict[str, str], datetime] | None:
    """Return the last booster of the same kind that runs or waits, and when it ends."""
    units = allowances(prices).keys()
    found = [
        (one.name, booster_end(tree, parent, tree.sold(one), one.started_at or now))
        for one in tree.children(parent)
        if one.kind is OfferingKind.BOOSTER and units & allowances(tree.sold(one)).keys()
    ]
    for change in tree.open:
        offering = tree.known(change.to_offering_id)
        mine = change.kind is ChangeKind.BOOST and change.product_id == parent.id
        if mine and offering and change.until and units & allowances(offering.prices).keys():
            found.append((offering.name, change.until))
    ahead = [one for one in found if one[1] > now]
    return max(ahead, key=lambda one: one[1]) if ahead else None


def _extra(tree: Tree, wish: Wish, kind: OfferingKind) -> tuple[Product, Offering]:
    parent, offering = tree.one(wish.product_id), tree.known(wish.offering_id)
    if offering is None or offering.kind is not kind:
        raise NoSuchChange
    return parent, offering
