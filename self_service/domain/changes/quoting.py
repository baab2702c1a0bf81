"""What a change costs, when it happens and what is lost: said before it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.catalog.view import Offering, Price
from self_service.domain.changes import fitting, sums
from self_service.domain.changes.quoting_ends import cancel, leave, pause, resume
from self_service.domain.changes.quoting_extras import add, boost
from self_service.domain.changes.quoting_parts import (
    drawn_up,
    lost_allowances,
    lost_discounts,
    lost_extras,
    period_end_of,
    works,
)
from self_service.domain.changes.refusals import NoSuchChange
from self_service.domain.changes.tree import Tree, open_tree
from self_service.domain.changes.view import Quote, When, Wish
from self_service.domain.policy import Policy
from self_service.domain.pricing import periods
from self_service.domain.pricing.charges import regular_month
from self_service.domain.pricing.components import applicable
from self_service.domain.pricing.totals import add_up
from self_service.domain.rules.sale import GivenUp, covered
from self_service.domain.subscriptions.home import SERVICES
from self_service.models.access import Scope
from self_service.models.catalog import PriceType
from self_service.models.changes import ChangeKind
from self_service.models.subscriptions import Product


def quote(session: Session, actor: Actor, wish: Wish, *, policy: Policy, now: datetime) -> Quote:
    """Say what a change costs; nothing is changed.

    Args:
        session: open transaction; reading is enough.
        actor: the customer, whoever acts for one, or a member who may manage the subscription.
        wish: what is wanted.
        policy: the operator's.
        now: the present.

    Raises:
        NotFound, NotAllowed: it is not theirs to change.
        Impossible: a rule of the catalogue forbids it; says which, and the earliest day.
        NoSuchChange, NotRunning, Unpaid, PartOfBundle, BadDays, OtherChangeOpen: see there.
    """
    tree = open_tree(
        session, actor, wish.product_id, scope=Scope.MANAGE, now=now, policy=policy.bills
    )
    return quoted(tree, wish, policy=policy, now=now)


def quoted(tree: Tree, wish: Wish, *, policy: Policy, now: datetime) -> Quote:
    """Quote a change of a subscription that was read; raises as `quote`. Pure."""
    make = _KINDS.get(wish.kind)
    if make is None:
        raise NoSuchChange
    return make(tree, wish, policy, now)


def switch(tree: Tree, wish: Wish, policy: Policy, now: datetime) -> Quote:
    """Quote another plan for a service; up or down is told by the monthly price."""
    del policy
    product, offering = tree.one(wish.product_id), tree.known(wish.offering_id)
    if offering is None or not alternative(tree, product, offering, now):
        raise NoSuchChange
    works(product)
    prices = becoming_prices(tree, product, offering, now)
    before, after = regular_month(tree.sold(product)), regular_month(prices)
    up = after >= before
    kind = ChangeKind.UPGRADE if up else ChangeKind.DOWNGRADE
    at = _switch_at(tree, product, wish.when, up=up, now=now)
    given_up = None if up else GivenUp(product.id, product.name, product.term_ends_at, at)
    ending = fitting.becoming(tree, product, offering, given_up, now)
    charging = tree.charging(product)
    anchor = sums.origin(charging) if charging else (product.started_at or now)
    first = max((price.position for price in charging.prices), default=-1) + 1 if charging else 0
    begun = sums.begun(product.id, offering.name, sums.as_sold(prices, first), anchor=anchor, at=at)
    by_wallet = tree.books.by_wallet(product.id) or product.prepaid
    back = [line for one in (product, *ending) for line in tree.books.settled(one.id, at).back]
    lines = [*back, *tree.books.first(begun, by_wallet=by_wallet)]
    term = periods.add_months(at, offering.term_months) if offering.term_months else None
    return drawn_up(
        tree,
        replace(wish, kind=kind),
        product.name,
        at,
        lines,
        by_wallet=by_wallet,
        before=before + sum(regular_month(tree.sold(one)) for one in ending),
        after=after,
        to=offering.name,
        totals=add_up(
            prices, start=at, currency=product.currency, term_months=offering.term_months
        ),
        lost=(
            *lost_allowances(tree.sold(product), prices),
            *lost_discounts(tree.sold(product), product.started_at or now, at),
            *lost_extras(ending),
        ),
        term_ends_at=max(filter(None, (product.term_ends_at, term)), default=None),
    )


def alternative(tree: Tree, product: Product, offering: Offering, now: datetime) -> bool:
    """Say whether a service may become this at all, whatever the rules say about it now."""
    same = offering.kind is product.kind and offering.prepaid == product.prepaid
    other = offering.id != product.offering_id and product.kind in SERVICES
    sold = offering.on_sale(now) and (offering.is_sellable or tree.in_bundle(product) is not None)
    return same and other and sold and not offering.new_customers_only


def becoming_prices(
    tree: Tree, product: Product, offering: Offering, now: datetime
) -> tuple[Price, ...]:
    """Return the prices of what a service becomes: no fee is asked for switching on again."""
    above = tree.in_bundle(product)
    if above is not None and covered(tree.offering(above), offering.id, ""):
        return ()
    found = applicable(
        offering.prices, as_of=now, new_customer=False, configuration=product.configuration
    )
    return tuple(price for price in found if price.price_type is not PriceType.ONE_TIME)


def _switch_at(tree: Tree, product: Product, when: When, *, up: bool, now: datetime) -> datetime:
    if up and when is When.NOW:
        return now
    end = period_end_of(tree, product, now)
    if when is When.EARLIEST and product.term_ends_at is not None:
        return max(end, product.term_ends_at)
    return end


_KINDS: dict[ChangeKind, Callable[[Tree, Wish, Policy, datetime], Quote]] = {
    ChangeKind.UPGRADE: switch,
    ChangeKind.DOWNGRADE: switch,
    ChangeKind.ADD: add,
    ChangeKind.BOOST: boost,
    ChangeKind.CANCEL: cancel,
    ChangeKind.PAUSE: pause,
    ChangeKind.RESUME: resume,
    ChangeKind.LEAVE: leave,
}
