"""What a customer has: subscriptions with their services and goods, and what is charged next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.catalog.view import Price
from self_service.domain.errors import N_
from self_service.domain.fulfilment.resources import GOODS, LENT
from self_service.domain.orders.sold import sold_prices
from self_service.domain.orders.timeline import list_orders
from self_service.domain.pricing.charges import Charge, schedule
from self_service.domain.pricing.periods import add_months
from self_service.domain.subscriptions.view import (
    Allowance,
    GoodsView,
    HomeView,
    ServiceView,
    SubscriptionView,
)
from self_service.models.catalog import OfferingKind, PriceType
from self_service.models.subscriptions import Product, ProductStatus, Resource, ResourceKind
from self_service.money import Money

#: Products that are shown: switched on and not yet ended.
SHOWN = (ProductStatus.ACTIVE, ProductStatus.SUSPENDED, ProductStatus.PENDING_TERMINATE)
#: Kinds that make a subscription of what they stand in.
SERVICES = frozenset({OfferingKind.PLAN, OfferingKind.BROADBAND, OfferingKind.TV})
#: How far ahead the next charge is looked for, in months.
HORIZON_MONTHS = 13

#: What goods that come with a service are called.
LENT_NAMES: Mapping[OfferingKind, str] = {
    OfferingKind.BROADBAND: N_("Router"),
    OfferingKind.TV: N_("Set-top box"),
}


@dataclass(frozen=True, slots=True)
class _Owned:
    """All rows that the views are made from."""

    products: Mapping[UUID, Product]
    resources: Mapping[UUID, Mapping[ResourceKind, Resource]]
    prices: Mapping[UUID, tuple[Price, ...]]

    def trees(self) -> dict[UUID, list[Product]]:
        found: dict[UUID, list[Product]] = defaultdict(list)
        for product in self.products.values():
            root = product
            while root.parent_id and root.parent_id in self.products:
                root = self.products[root.parent_id]
            found[root.id].append(product)
        return found

    def value(self, product: Product, kind: ResourceKind) -> str:
        resource = self.resources[product.id].get(kind)
        return resource.value if resource else ""


def home(session: Session, actor: Actor, *, now: datetime) -> HomeView:
    """Show everything that the actor's customer has.

    Raises:
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in.
    """
    owned = _owned(session, actor.customer())
    goods = [_goods(owned, tree) for tree in owned.trees().values() if not _serves(tree)]
    return HomeView(
        subscriptions=_subscriptions(owned, now),
        goods=tuple(piece for pieces in goods for piece in pieces),
        open_orders=list_orders(session, actor, only_open=True),
    )


def subscriptions_of(
    session: Session, customer_id: UUID, *, now: datetime
) -> tuple[SubscriptionView, ...]:
    """Show a customer's subscriptions; whoever asks has been found to be allowed to see them."""
    return _subscriptions(_owned(session, customer_id), now)


def _subscriptions(owned: _Owned, now: datetime) -> tuple[SubscriptionView, ...]:
    return tuple(
        _subscription(owned, owned.products[root_id], tree, now)
        for root_id, tree in owned.trees().items()
        if _serves(tree)
    )


def _serves(tree: Iterable[Product]) -> bool:
    return any(product.kind in SERVICES for product in tree)


def _owned(session: Session, customer_id: UUID) -> _Owned:
    shown = (Product.customer_id == customer_id, Product.status.in_(SHOWN))
    products = session.exec(select(Product).where(*shown).order_by(Product.started_at)).all()
    resources: dict[UUID, dict[ResourceKind, Resource]] = defaultdict(dict)
    held = select(Resource).join(Product, Product.id == Resource.product_id).where(*shown)
    for resource in session.exec(held):
        if resource.product_id:
            resources[resource.product_id][resource.kind] = resource
    prices: dict[UUID, tuple[Price, ...]] = {}
    for currency in {product.currency for product in products}:
        items = {product.order_item_id for product in products if product.currency == currency}
        prices |= sold_prices(session, items, currency=currency, since=_since(products[0]))
    return _Owned({product.id: product for product in products}, resources, prices)


def _subscription(
    owned: _Owned, root: Product, tree: list[Product], now: datetime
) -> SubscriptionView:
    services = [product for product in tree if product.kind not in GOODS]
    main = next(product for product in services if product.kind in SERVICES)
    named = root if root.kind is OfferingKind.BUNDLE else main
    numbers = (owned.value(product, ResourceKind.MSISDN) for product in services)
    return SubscriptionView(
        id=root.id,
        order_id=root.order_id,
        name=named.name,
        kind=named.kind,
        picture=named.picture,
        status=main.status,
        since=_since(main),
        term_ends_at=max((p.term_ends_at for p in tree if p.term_ends_at), default=None),
        number=next((number for number in numbers if number), ""),
        services=tuple(
            _service(owned, product)
            for product in services
            if product.kind is not OfferingKind.BUNDLE
        ),
        goods=tuple(_goods(owned, tree)),
        next_charge=_next_charge(owned, tree, now),
    )


def _service(owned: _Owned, product: Product) -> ServiceView:
    sim = owned.resources[product.id].get(ResourceKind.ICCID)
    return ServiceView(
        id=product.id,
        kind=product.kind,
        name=product.name,
        status=product.status,
        since=_since(product),
        term_ends_at=product.term_ends_at,
        prepaid=product.prepaid,
        number=owned.value(product, ResourceKind.MSISDN),
        sim=sim.value if sim else "",
        sim_detail={"form": sim.pool, **sim.detail} if sim else {},
        allowances=tuple(
            Allowance(price.name, price.unit, price.units)
            for price in owned.prices.get(product.order_item_id, ())
            if price.price_type is PriceType.ALLOWANCE
        ),
    )


def _goods(owned: _Owned, tree: Iterable[Product]) -> list[GoodsView]:
    found = []
    for product in tree:
        serial = owned.value(product, ResourceKind.SERIAL)
        lent = product.kind in LENT
        if product.kind in GOODS or (lent and serial):
            found.append(
                GoodsView(
                    id=product.id,
                    name=product.name,
                    label=LENT_NAMES[product.kind] if lent else "",
                    serial=serial,
                    configuration=product.configuration,
                    picture=product.picture,
                    since=_since(product),
                )
            )
    return found


def _next_charge(owned: _Owned, tree: Iterable[Product], now: datetime) -> Charge | None:
    sums: dict[datetime, Money] = {}
    for product in tree:
        start = _since(product)
        after = max(now, start)
        charges = schedule(
            owned.prices.get(product.order_item_id, ()),
            start=start,
            until=add_months(after, HORIZON_MONTHS),
            currency=product.currency,
        )
        coming = [charge for charge in charges if charge.at > after]
        for charge in coming[:1]:
            sums[charge.at] = sums.get(charge.at, Money.zero(product.currency)) + charge.amount
    first = min(sums, default=None)
    return Charge(first, sums[first]) if first else None


def _since(product: Product) -> datetime:
    # what is shown was switched on; the column is empty only before that
    return product.started_at or product.status_changed_at
