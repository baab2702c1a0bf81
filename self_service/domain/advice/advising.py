"""Advice: the plan that would have cost least for one's own usage, if one may change to it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from self_service import clock
from self_service.domain.access import Actor
from self_service.domain.advice import looking
from self_service.domain.advice.rating import DayUse, Rated, offered, rated
from self_service.domain.catalog.view import Offering, Price
from self_service.domain.changes.quoting import alternative, becoming_prices, quoted
from self_service.domain.changes.tree import Tree, read_trees, running
from self_service.domain.changes.view import Loss, Quote, Wish
from self_service.domain.errors import DomainError, NotFound
from self_service.domain.ids import as_id
from self_service.domain.policy import Policy
from self_service.domain.pricing.charges import lines_at, per_month, regular_month
from self_service.models.base import Texts
from self_service.models.catalog import OfferingKind
from self_service.models.changes import ChangeKind
from self_service.models.subscriptions import Product
from self_service.models.usage import UsagePeriod
from self_service.money import Money


@dataclass(frozen=True, slots=True)
class Better:
    """A plan that would have cost less.

    Attributes:
        cost: of all months, monthly charges included, discounts left out.
        quote: what changing to it costs and does.
    """

    offering: Offering
    cost: Money
    quote: Quote


@dataclass(frozen=True, slots=True)
class Advice:
    """What own usage says about a plan.

    Attributes:
        product_id: the plan; `root_id` its subscription.
        since, until: first day that was looked at, and first that was not.
        months: full charging months in it, three at most.
        cost: of all of them under the plan as it is, with the discounts that hold now.
        best: None when nothing that may be had costs less.
    """

    product_id: UUID
    root_id: UUID
    name: Texts
    since: date
    until: date
    months: int
    cost: Money
    best: Better | None

    @property
    def saving(self) -> Money:
        """Return what is saved a month, rounded down; zero when the plan fits best."""
        if self.best is None:
            return Money.zero(self.cost.currency)
        return Money((self.cost - self.best.cost).minor // self.months, self.cost.currency)


def advice(
    session: Session,
    actor: Actor,
    *,
    policy: Policy,
    now: datetime,
    of: object = None,
    most: int = looking.MOST,
) -> tuple[Advice, ...]:
    """Advise the customer on each of the plans that run; nothing about those used for too short.

    Reads totals only, by a fixed number of statements.

    Args:
        session: open transaction; reading is enough.
        actor: the customer, or who acts for them; others are advised on nothing.
        policy: the operator's.
        now: instant of looking.
        of: only the plans of this subscription, whatever a client sent; None for all.
        most: who has more plans is advised on none but those of `of`.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: `of` is no subscription of theirs.
    """
    actor.identity()
    if actor.customer_id is None:
        return ()
    only = None if of is None else as_id(of)
    plans = looking.plans(session, actor.customer_id, only, most)
    spans = looking.months(session, plans, policy.advice.months, now)
    roots = looking.roots(session, actor.customer_id, only) if spans or only else ()
    if only and not roots:
        raise NotFound
    if not spans:
        return ()
    used = looking.days(session, [month.id or 0 for own in spans.values() for month in own])
    return tuple(
        _advised(tree, product, spans[product.id], used, policy, now)
        for tree in read_trees(session, roots, now=now, policy=policy.bills)
        for product in tree.services
        # while something is to change, what it becomes is not known
        if product.id in spans and running(product) and not tree.open
    )


def _advised(
    tree: Tree,
    product: Product,
    spans: Sequence[UsagePeriod],
    used: dict[int, list[DayUse]],
    policy: Policy,
    now: datetime,
) -> Advice:
    months = [used.get(span.id or 0, []) for span in spans]
    extras, own = _extras(tree, product), tree.sold(product)
    present = rated(months, offered([*_of(extras, tree), *own]))
    monthly = sum(_asked(tree.sold(one), one, now) for one in (product, *extras))
    cost = monthly * len(months) + present.minor(product.currency)
    zone = clock.zone()
    return Advice(
        product_id=product.id,
        root_id=tree.root.id,
        name=product.name,
        since=spans[0].starts_at.astimezone(zone).date(),
        until=spans[-1].ends_at.astimezone(zone).date(),
        months=len(months),
        cost=Money(cost, product.currency),
        best=_best(tree, product, extras, months, cost, present, policy, now),
    )


def _best(
    tree: Tree,
    product: Product,
    extras: Sequence[Product],
    months: Sequence[Sequence[DayUse]],
    cost: int,
    present: Rated,
    policy: Policy,
    now: datetime,
) -> Better | None:
    """Return the cheapest plan that the rules allow and that serves all that was used."""
    found: list[Better] = []
    for offering in tree.terms.catalog.of_kind(product.kind):
        if not alternative(tree, product, offering, now):
            continue
        prices = becoming_prices(tree, product, offering, now)
        least = regular_month(prices) * len(months)
        # what the charges alone make dearer needs no quote; a month's saving is whole cents
        if least + len(months) > cost or any(one.currency != product.currency for one in prices):
            continue
        quote = _quote(tree, product, offering, policy, now)
        if quote is None:
            continue
        ending = {lost.product_id for lost in quote.lost if lost.kind is Loss.EXTRA}
        kept = [one for one in extras if one.id not in ending]
        then = rated(months, offered([*_of(kept, tree), *prices]))
        sum_ = then.minor(product.currency) + least
        sum_ += sum(_asked(tree.sold(one), one, now) for one in kept) * len(months)
        serves = all(units <= present.beyond.get(key, 0) for key, units in then.beyond.items())
        if serves and cost - sum_ >= len(months):
            found.append(Better(offering, Money(sum_, product.currency), quote))
    return min(found, key=lambda one: (one.cost.minor, one.offering.slug), default=None)


def _quote(
    tree: Tree, product: Product, offering: Offering, policy: Policy, now: datetime
) -> Quote | None:
    try:
        wish = Wish(ChangeKind.UPGRADE, product.id, offering.id)
        return quoted(tree, wish, policy=policy, now=now)
    except DomainError:  # what the rules refuse is no advice
        return None


def _extras(tree: Tree, product: Product) -> list[Product]:
    """Return the extras by the month that a plan is used with; boosters are bought for once.

    What stands beside the plan (below the same phone) counts if it has to do with usage.
    """
    own = [one for one in tree.products if one.kind is OfferingKind.ADDON and running(one)]
    return [
        one
        for one in own
        if one.parent_id == product.id
        or (one.parent_id == product.parent_id and offered(tree.sold(one)).something)
    ]


def _of(products: Sequence[Product], tree: Tree) -> list[Price]:
    return [price for one in products for price in tree.sold(one)]


def _asked(prices: Sequence[Price], product: Product, now: datetime) -> int:
    """Return the monthly charge with the discounts that hold now: savings are never overstated."""
    lines = lines_at(prices, start=product.started_at or now, at=now)
    return sum(per_month(line.component, line.minor) for line in lines)
