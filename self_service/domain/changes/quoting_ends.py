"""Quotes for what ends or rests: an extra, a pause, the whole subscription."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from self_service.domain.bills import taxes
from self_service.domain.bills.proration import days
from self_service.domain.bills.recurring import Line, Pause, owed
from self_service.domain.changes import fitting, sums
from self_service.domain.changes.quoting_parts import (
    EARLY_END,
    PAUSE_FEE,
    allowances,
    drawn_up,
    fee_line,
    lost_extras,
    period_end_of,
    works,
)
from self_service.domain.changes.refusals import BadDays, NoSuchChange, NotRunning
from self_service.domain.changes.tree import Tree
from self_service.domain.changes.view import Loss, Lost, Quote, When, Wish
from self_service.domain.policy import Policy
from self_service.domain.pricing.charges import regular_month
from self_service.domain.subscriptions.home import SERVICES
from self_service.models.bills import ChargeKind, ChargeTiming
from self_service.models.catalog import OfferingKind
from self_service.models.changes import ChangeKind
from self_service.models.subscriptions import Product

_WHOLE = 10_000
#: No end of a subscription is planned further ahead.
_AHEAD = timedelta(days=400)


def cancel(tree: Tree, wish: Wish, policy: Policy, now: datetime) -> Quote:
    """Quote the end of an extra: with its period, or with its minimum term."""
    del policy
    product = tree.one(wish.product_id)
    if product.kind is not OfferingKind.ADDON:
        raise NoSuchChange
    works(product)
    at = period_end_of(tree, product, now)
    if wish.when is When.EARLIEST and product.term_ends_at is not None:
        at = max(at, product.term_ends_at)
    fitting.ending(tree, [product], at, now)
    return drawn_up(
        tree,
        replace(wish, when=wish.when if wish.when is When.EARLIEST else When.PERIOD_END),
        product.name,
        at,
        tree.books.settled(product.id, at).back,
        by_wallet=tree.books.by_wallet(product.id),
        before=regular_month(tree.sold(product)),
        after=0,
        lost=tuple(
            Lost(Loss.ALLOWANCE, name, unit, units)
            for unit, (units, name) in allowances(tree.sold(product)).items()
        ),
    )


def pause(tree: Tree, wish: Wish, policy: Policy, now: datetime) -> Quote:
    """Quote a pause of all services of a subscription: nothing is charged for its days."""
    for one in tree.services:
        works(one)
    since, until = wish.since or now, wish.until
    most = timedelta(days=policy.changes.pause_most_days)
    if until is None or since < now or until <= since or until - since > most:
        raise BadDays("until", days=policy.changes.pause_most_days)
    if since > now + _AHEAD:
        raise BadDays("since", days=policy.changes.pause_most_days)
    products = tree.ending
    wallet = any(tree.books.by_wallet(one.id) for one in products)
    lines = [
        line
        for one in products
        if not tree.books.by_wallet(one.id)
        for line in _rest(tree, one, since, until)
    ]
    fee = 0 if wallet else policy.changes.pause_fee_minor
    if fee:
        lines.append(fee_line(PAUSE_FEE, fee, tree.books.scale, "", since))
    month = sum(regular_month(tree.sold(one)) for one in products)
    return drawn_up(
        tree,
        replace(wish, since=since),
        tree.main.name,
        since,
        lines,
        by_wallet=wallet,
        before=month,
        after=month,
        fee=fee,
        until=until,
    )


def resume(tree: Tree, wish: Wish, policy: Policy, now: datetime) -> Quote:
    """Quote the end of a pause, now."""
    del policy
    if not any(change.kind is ChangeKind.RESUME for change in tree.open):
        raise NotRunning
    month = sum(regular_month(tree.sold(one)) for one in tree.ending)
    wallet = tree.main.prepaid
    return drawn_up(
        tree, wish, tree.main.name, now, (), by_wallet=wallet, before=month, after=month
    )


def leave(tree: Tree, wish: Wish, policy: Policy, now: datetime) -> Quote:
    """Quote the end of a subscription: at its earliest free day, or before for a stated sum."""
    products = tree.ending
    bound = fitting.bound_until(tree, products)
    at = _leave_at(tree, wish, bound, now)
    fitting.ending(tree, products, at, now, bound=False)
    early = _early(tree, products, at)
    fee = early * policy.changes.early_end_bp // _WHOLE
    settled = [tree.books.settled(one.id, at) for one in products]  # the last bill, as a whole
    lines = [line for one in settled for line in (*one.due, *one.back)]
    minor = taxes.to_minor(fee, tree.root.currency)
    if minor:
        lines.append(fee_line(EARLY_END, minor, tree.books.scale, "", at))
    return drawn_up(
        tree,
        wish,
        tree.main.name,
        at,
        lines,
        by_wallet=tree.main.prepaid,
        before=sum(regular_month(tree.sold(one)) for one in products),
        after=0,
        fee=minor,
        lost=(
            *(Lost(Loss.NUMBER, one.name) for one in products if one.kind is OfferingKind.PLAN),
            *lost_extras(one for one in products if one.kind not in SERVICES and one.parent_id),
        ),
        term_ends_at=bound if bound and bound > now else None,
    )


def _leave_at(tree: Tree, wish: Wish, bound: datetime | None, now: datetime) -> datetime:
    if wish.until is not None:
        if not now <= wish.until <= now + _AHEAD * 2:
            raise BadDays("until", days=(_AHEAD * 2).days)
        return wish.until
    if wish.when is When.NOW:
        return now
    return max(filter(None, (period_end_of(tree, tree.main, now), bound)))


def _early(tree: Tree, products: Iterable[Product], at: datetime) -> int:
    """Return what would have been charged until the end of each minimum term, in millionths."""
    found = 0
    for one in products:
        charging = tree.charging(one)
        if charging is not None and one.term_ends_at is not None:
            found += sums.until_term(
                charging, (), at=at, term_end=one.term_ends_at, scale=tree.books.scale
            )
    return found


def _rest(tree: Tree, product: Product, since: datetime, until: datetime) -> list[Line]:
    """Return what a pause gives back."""
    charging = tree.charging(product)
    if charging is None:
        return []
    timing, scale = tree.books.timing, tree.books.scale
    had = tree.books.pauses.get(product.id, ())
    new = Pause(UUID(int=0), since, until, None)
    usual = owed(charging, had, timing=timing, as_of=until, scale=scale).lines
    paused = owed(charging, (*had, new), timing=timing, as_of=until, scale=scale).lines
    if timing is ChargeTiming.ADVANCE:
        known = {line.source for line in usual}
        return [line for line in paused if line.source not in known]
    less = sum(line.micro for line in paused) - sum(line.micro for line in usual)
    if not less:
        return []
    told = {"days": days(since, until), "why": "pause"}
    kind, name = ChargeKind.CREDIT, charging.name
    return [Line(kind, name, told, product.id.hex, since, since, until, less, "")]
