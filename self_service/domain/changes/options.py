"""What can be done with a subscription, each with its price or with the rule that forbids it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from self_service.domain.access import Actor, grants
from self_service.domain.catalog.view import Offering
from self_service.domain.changes import goods, withdrawing
from self_service.domain.changes.goods import GoodsRights
from self_service.domain.changes.listing import open_changes, past_changes
from self_service.domain.changes.quoting import alternative, quoted
from self_service.domain.changes.tree import Tree, open_tree
from self_service.domain.changes.view import ChangeView, Quote, Wish
from self_service.domain.changes.withdrawing import Statement
from self_service.domain.errors import DomainError, NotFound
from self_service.domain.policy import Policy
from self_service.domain.rules.problems import FixAct, Impossible
from self_service.domain.subscriptions.home import subscriptions_of
from self_service.domain.subscriptions.shared import without_keys
from self_service.domain.subscriptions.view import SubscriptionView
from self_service.models.access import Scope
from self_service.models.catalog import OfferingKind
from self_service.models.changes import ChangeKind
from self_service.models.subscriptions import Product, ProductStatus

#: Offers of one kind that a page shows at most.
MOST = 12


@dataclass(frozen=True, slots=True)
class Option:
    """Something that may be chosen.

    Attributes:
        quote: what it costs, None when it is not possible now.
        refusal: why not.
        earliest: it is possible from then on, and can be planned for that day.
    """

    offering: Offering
    product_id: UUID
    quote: Quote | None = None
    refusal: DomainError | None = None
    earliest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A subscription as it stands.

    Attributes:
        open, past: changes.
        may_manage: whoever looks may change it.
        paused_until: end of a pause, None when it runs.
        withdraw_until: last instant at which it can be withdrawn from, None when that is over.
        changeable, extras: there are plans, or extras, to choose from.
        rights: about goods, by product id.
    """

    view: SubscriptionView
    open: tuple[ChangeView, ...]
    past: tuple[ChangeView, ...]
    may_manage: bool
    paused_until: datetime | None
    withdraw_until: datetime | None
    changeable: bool
    extras: bool
    boosters: bool
    rights: dict[UUID, GoodsRights]


def held(
    session: Session, actor: Actor, product_id: object, *, policy: Policy, now: datetime
) -> tuple[Held, Tree]:
    """Show a subscription to who may see it, and what may be done with it.

    Raises:
        NotFound: there is none, or it is nothing of theirs.
    """
    tree = open_tree(session, actor, product_id, scope=Scope.VIEW, now=now, policy=policy.bills)
    found = subscriptions_of(session, tree.root.customer_id, now=now)
    view = next((one for one in found if one.id == tree.root.id), None)
    if view is None:
        raise NotFound
    may_manage = grants.allowed(session, actor, tree.root.id, Scope.MANAGE, now=now)
    pausing = (one for one in tree.open if one.kind is ChangeKind.RESUME)
    last = withdrawing.until(tree, policy)
    found_held = Held(
        view=view if may_manage else without_keys(view),
        open=open_changes(session, [tree.root.id]).get(tree.root.id, ()),
        past=past_changes(session, tree.root.id),
        may_manage=may_manage,
        paused_until=next((one.effective_at for one in pausing), None),
        withdraw_until=last if now <= last else None,
        changeable=any(_alternatives(tree, one, now) for one in tree.services),
        extras=any(one for one in _extras(tree, OfferingKind.ADDON, now)),
        boosters=any(one for one in _extras(tree, OfferingKind.BOOSTER, now)),
        rights=goods.rights(session, tree.products, policy=policy.changes),
    )
    return found_held, tree


def plans(tree: Tree, *, policy: Policy, now: datetime) -> tuple[Option, ...]:
    """Return what the services of a subscription may become, the cheapest first."""
    found = []
    for product in tree.services:
        for offering in _alternatives(tree, product, now):
            wish = Wish(ChangeKind.UPGRADE, product.id, offering.id)
            option = _tried(tree, offering, wish, policy, now)
            found.append(option)
    ordered = sorted(found, key=lambda one: one.quote.after.minor if one.quote else 0)
    return tuple(ordered[:MOST])


def extras(tree: Tree, *, policy: Policy, now: datetime) -> tuple[Option, ...]:
    """Return the extras by the month that may come, the most popular first."""
    owned = {one.offering_id for one in tree.products}
    return tuple(
        _tried(tree, offering, Wish(ChangeKind.ADD, parent.id, offering.id), policy, now)
        for parent, offering in _extras(tree, OfferingKind.ADDON, now)[:MOST]
        if offering.id not in owned
    )


def boosters(tree: Tree, *, policy: Policy, now: datetime) -> tuple[Option, ...]:
    """Return the boosters that may come, the cheapest first."""
    found = [
        _tried(tree, offering, Wish(ChangeKind.BOOST, parent.id, offering.id), policy, now)
        for parent, offering in _extras(tree, OfferingKind.BOOSTER, now)[:MOST]
    ]
    return tuple(sorted(found, key=lambda one: one.quote.due.minor if one.quote else 0))


def ending(tree: Tree) -> tuple[Product, ...]:
    """Return the extras by the month that run and may be ended."""
    return tuple(
        one
        for one in tree.products
        if one.kind is OfferingKind.ADDON and one.status is ProductStatus.ACTIVE
    )


def offer(tree: Tree, *, policy: Policy, now: datetime) -> Option | None:
    """Return the one offer for somebody who wants to leave: the cheapest plan that saves money."""
    saving = [one for one in plans(tree, policy=policy, now=now) if one.quote]
    cheaper = [one for one in saving if one.quote and one.quote.saving.minor > 0]
    return cheaper[0] if cheaper else None


def statement(session: Session, tree: Tree, *, policy: Policy, now: datetime) -> Statement | None:
    """Return what withdrawing means, None when its time is over."""
    return _or_none(lambda: withdrawing.stated(session, tree, policy=policy, now=now))


def _alternatives(tree: Tree, product: Product, now: datetime) -> list[Offering]:
    kinds = tree.terms.catalog.of_kind(product.kind)
    return [one for one in kinds if alternative(tree, product, one, now)]


def _extras(tree: Tree, kind: OfferingKind, now: datetime) -> list[tuple[Product, Offering]]:
    return [
        (parent, offering)
        for parent in tree.products
        for offering in tree.terms.catalog.addons_of(parent.offering_id)
        if offering.kind is kind and offering.on_sale(now)
    ]


def _tried(tree: Tree, offering: Offering, wish: Wish, policy: Policy, now: datetime) -> Option:
    try:
        found = quoted(tree, wish, policy=policy, now=now)
    except DomainError as refusal:
        return Option(offering, wish.product_id, None, refusal, _earliest(refusal))
    return Option(offering, wish.product_id, found)


def _earliest(refusal: DomainError) -> datetime | None:
    fix = refusal.violation.fix if isinstance(refusal, Impossible) else None
    return fix.at if fix is not None and fix.act is FixAct.WAIT else None


def _or_none(make: Callable[[], Statement]) -> Statement | None:
    try:
        return make()
    except DomainError:
        return None
