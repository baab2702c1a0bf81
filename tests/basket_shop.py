"""A small operator to fill baskets from, and short ways to look into them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.basket import acts as basket
from self_service.domain.basket.view import BasketView, flat
from self_service.domain.catalog import index as catalog_index
from self_service.domain.errors import DomainError
from self_service.models.access import Role
from self_service.models.basket import CartItem, CartStatus, ShoppingCart
from self_service.models.catalog import LifecycleStatus, OfferingKind, ProductOffering, Relation
from self_service.models.orders import OrderState, ProductOrder, ProductOrderItem
from self_service.models.people import Customer
from self_service.models.subscriptions import Product, ProductStatus
from tests.conftest import NOW
from tests.factories import choice, free_months, link, make_offering, monthly, one_time

K = OfferingKind

#: Minor units: due once, and each month without discounts.
PRICES = {
    "phone": (59900, 0),
    "tablet": (39900, 0),
    "plan-m": (0, 1999),
    "plan-l": (0, 2999),
    "young": (0, 999),
    "roaming": (0, 500),
    "data": (0, 700),
    "cable": (990, 0),
    "fibre": (0, 3499),
    "sport": (0, 1499),
    "pack": (0, 4499),
}

BLACK = {"colour": "Black"}
BLUE = {"colour": "Blue"}
ESIM = {"sim": "esim"}


@dataclass(frozen=True)
class Shop:
    """Ids of the offerings by slug."""

    ids: dict[str, UUID]

    def __getitem__(self, slug: str) -> UUID:
        return self.ids[slug]


def open_shop(session: Session) -> Shop:
    """Put a small range on sale."""
    made: dict[str, ProductOffering] = {}

    def put(slug: str, kind: OfferingKind, **more: Any) -> None:
        once, each_month = PRICES.get(slug, (0, 0))
        prices = [one_time(once)] * bool(once) + [monthly(each_month)] * bool(each_month)
        prices += more.pop("prices", [])
        made[slug] = make_offering(session, slug=slug, kind=kind, prices=prices, **more)

    def on(*slugs: str) -> list[dict[str, Any]]:
        return [link(Relation.ADDON_OF, made[slug]) for slug in slugs]

    put("phone", K.DEVICE, characteristics=[choice("colour", "Black", "Blue")])
    put("tablet", K.DEVICE, stock={"": 2})
    put("plan-m", K.PLAN, characteristics=[choice("sim", "esim", "sim")])
    put("plan-l", K.PLAN, characteristics=[choice("sim", "esim")], term_months=24)
    put("young", K.PLAN, new_customers_only=True, prices=[free_months(3, new_customers_only=True)])
    put("roaming", K.ADDON, links=on("plan-m", "plan-l"))
    put("data", K.ADDON, links=on("plan-m"))
    put("cable", K.ACCESSORY)
    put("fibre", K.BROADBAND)
    put("sport", K.TV, links=[link(Relation.REQUIRES, made["fibre"])])
    put("router", K.DEVICE, is_sellable=False, prices=[one_time(5000)])
    net = link(Relation.BUNDLES, made["fibre"], group="net")
    tv = link(Relation.BUNDLES, made["sport"], group="tv", minimum=0)
    box = link(Relation.BUNDLES, made["router"], group="box")
    put("pack", K.BUNDLE, links=[net, tv, box])
    return Shop({slug: offering.id for slug, offering in made.items()})


def visitor(name: str = "") -> Actor:
    """Somebody behind a browser of their own."""
    return Actor(key=name or uuid4().hex)


def make_customer(session: Session) -> Actor:
    """A signed-in customer who owns nothing."""
    row = Customer(name="Ada", created_at=NOW)
    session.add(row)
    session.flush()
    return Actor(role=Role.CUSTOMER, key=uuid4().hex, customer_id=row.id, identity_id=uuid4())


def own(
    session: Session,
    actor: Actor,
    offering_id: UUID,
    status: ProductStatus = ProductStatus.ACTIVE,
) -> None:
    """Make a customer own something, by an order of long ago."""
    cart = ShoppingCart(
        customer_id=actor.customer_id,
        status=CartStatus.ORDERED,
        status_changed_at=NOW,
        currency="EUR",
        updated_at=NOW,
    )
    session.add(cart)
    session.flush()
    order = ProductOrder(
        number=uuid4().hex[:12],
        customer_id=actor.customer_id,
        cart_id=cart.id,
        state=OrderState.COMPLETED,
        status_changed_at=NOW,
        currency="EUR",
        due_now_minor=0,
        monthly_minor=0,
        ordered_at=NOW - timedelta(days=90),
    )
    session.add(order)
    session.flush()
    item = ProductOrderItem(order_id=order.id, offering_id=offering_id, status_changed_at=NOW)
    session.add(item)
    session.flush()
    session.add(
        Product(
            customer_id=actor.customer_id,
            order_id=order.id,
            order_item_id=item.id,
            offering_id=offering_id,
            status=status,
            status_changed_at=NOW,
            currency="EUR",
        )
    )
    session.flush()


def stored(session: Session) -> list[tuple[Any, ...]]:
    """Everything about all baskets but when they were written, to see that nothing changed."""
    carts = select(ShoppingCart.id, ShoppingCart.status, ShoppingCart.undo, ShoppingCart.checkout)
    items = select(*CartItem.__table__.c)
    return [
        *(tuple(row) for row in session.execute(carts.order_by(ShoppingCart.id))),
        *(tuple(row) for row in session.execute(items.order_by(CartItem.id))),
    ]


def shape(view: BasketView) -> list[Any]:
    """What is in a basket: (slug, quantity, children) in the order shown."""

    def of(line: Any) -> Any:
        below = [of(child) for child in line.children]
        return (line.slug, line.quantity, below) if below else (line.slug, line.quantity)

    return [of(line) for line in view.lines]


def find(view: BasketView, slug: str) -> Any:
    """The line of an offering."""
    return next(line for top in view.lines for line in flat(top) if line.slug == slug)


def refused(call: Any, *args: Any, **kwargs: Any) -> str:
    """Return the code of the refusal, "" when there was none."""
    try:
        call(*args, **kwargs)
    except DomainError as error:
        return error.code
    return ""


def put(session: Session, actor: Actor, shop: Shop, slug: str, **more: Any) -> BasketView:
    """Add an offering by its slug."""
    return basket.add(session, actor, now=NOW, offering_id=shop[slug], **more)


def phone_with_plan(
    session: Session, actor: Actor, shop: Shop, plan: str = "plan-m", *extras: str, **more: Any
) -> BasketView:
    """A phone, its plan and extras on the plan, in one act; extras first, on purpose."""
    choices: list[Any] = [{"offering_id": str(shop[extra])} for extra in extras]
    choices.append({"offering_id": shop[plan], "configuration": ESIM})
    return basket.add_with(
        session,
        actor,
        now=NOW,
        offering_id=shop["phone"],
        configuration=BLACK,
        choices=choices,
        **more,
    )


def retire(session: Session, shop: Shop, slug: str) -> None:
    """Take an offering out of the catalogue."""
    session.get(ProductOffering, shop[slug]).lifecycle_status = LifecycleStatus.RETIRED
    catalog_index.touch(session)
