"""A small operator that takes orders: what it sells, who buys, and short ways to the till."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, SQLModel, select

from self_service.domain.access import Actor, cookie_key, resolve
from self_service.domain.basket import acts as basket
from self_service.domain.errors import DomainError
from self_service.domain.fulfilment import resources
from self_service.domain.fulfilment import work as fulfilment
from self_service.domain.orders import checkout
from self_service.domain.orders import placing as orders
from self_service.domain.orders.placing import OrderTerms, Placed
from self_service.domain.payments import settling as payments
from self_service.domain.payments.settling import Settled
from self_service.domain.people import accounts
from self_service.domain.people.person_fields import PersonDetails, check_person
from self_service.models.access import DigitalIdentity, WebSession
from self_service.models.basket import CartItem, ShoppingCart
from self_service.models.catalog import OfferingKind, ProductStock, Relation
from self_service.models.documents import Document
from self_service.models.messages import OutboxEvent
from self_service.models.orders import (
    OrderItemPrice,
    OrderMilestone,
    ProductOrder,
    ProductOrderItem,
)
from self_service.models.payments import Payment, Refund
from self_service.models.people import Customer, Individual, Site
from self_service.models.subscriptions import Product, Resource, ResourceKind
from self_service.money import Money
from self_service.ports import Charge, ChargeStatus
from tests.conftest import NOW
from tests.factories import (
    allowance,
    choice,
    discount,
    fact,
    link,
    make_offering,
    monthly,
    one_time,
)

K = OfferingKind
TERMS = OrderTerms(provider="sandbox")
LANGUAGES = ("en", "es", "ar")
BLACK = {"colour": "Black"}
#: What a summary is in tests: the domain keeps bytes and never looks into them.
PDF = b"%PDF-1.7 a summary"
FORM = {
    "given_name": "Ada",
    "family_name": "Quell",
    "email": "ada@example.com",
    "mobile": "+49 1512 3456789",
    "birth_date": "1990-02-28",
    "language": "en",
    "country": "DE",
    "street_address": "Lindenweg 4",
    "city": "Berlin",
    "postal_code": "10115",
}


#: All that accounts, orders, payments and fulfilment write.
WRITTEN = (
    ProductOrder,
    ProductOrderItem,
    OrderItemPrice,
    OrderMilestone,
    Payment,
    Refund,
    OutboxEvent,
    ProductStock,
    Product,
    Resource,
    Individual,
    Customer,
    DigitalIdentity,
    WebSession,
    Site,
    Document,
    ShoppingCart,
    CartItem,
)


@dataclass(frozen=True)
class Shop:
    """Ids of the offerings by slug."""

    ids: Mapping[str, UUID]

    def __getitem__(self, slug: str) -> UUID:
        return self.ids[slug]


def open_shop(session: Session, *, phones: int = 5, numbers: int = 5) -> Shop:
    """Put a small range on sale, with numbers and SIMs on stock."""
    phone = make_offering(
        session,
        slug="phone",
        kind=K.DEVICE,
        characteristics=[choice("colour", "Black", "Blue")],
        prices=[one_time(59900)],
        stock={"colour=Black": phones, "colour=Blue": 1},
    )
    plan = make_offering(
        session,
        slug="plan",
        kind=K.PLAN,
        term_months=24,
        characteristics=[choice("sim", "sim", "esim")],
        prices=[
            monthly(1999),
            one_time(990),
            discount(percent_bp=5000, months=3),
            allowance("MB", 20480),
        ],
    )
    extra = make_offering(
        session,
        slug="extra",
        kind=K.ADDON,
        prices=[monthly(500)],
        links=[link(Relation.ADDON_OF, plan)],
    )
    free = make_offering(session, slug="free", kind=K.PLAN, prices=[], prepaid=True)
    fibre = make_offering(
        session,
        slug="fibre",
        kind=K.BROADBAND,
        prices=[monthly(3999)],
        term_months=12,
        characteristics=[fact("download", 500, unit="Mbps")],
    )
    case = make_offering(session, slug="case", kind=K.ACCESSORY, prices=[one_time(1990)])
    stock_numbers(session, numbers)
    made = {"phone": phone, "plan": plan, "extra": extra, "fibre": fibre}
    made |= {"case": case, "free": free}
    return Shop({slug: offering.id for slug, offering in made.items()})


def stock_numbers(session: Session, count: int, start: int = 0) -> None:
    """Put telephone numbers and SIMs of both forms on stock."""
    span = range(start, start + count)
    resources.stock_up(session, ResourceKind.MSISDN, [f"+4915550{n:05d}" for n in span])
    for form in (resources.SIM_CARD, resources.ESIM):
        values = [f"8949{form == resources.ESIM:d}{n:014d}" for n in span]
        resources.stock_up(session, ResourceKind.ICCID, values, pool=form)


def visitor(session: Session, name: str = "") -> Actor:
    """Somebody behind a browser of their own."""
    del session
    return Actor(key=cookie_key(name or uuid4().hex))


def details(**changes: str) -> PersonDetails:
    """A person's details, checked."""
    form = {**FORM, **changes}
    return check_person(form, today=NOW.date(), languages=LANGUAGES, default_country="DE")


def customer(session: Session, email: str = "ada@example.com", *, now: datetime = NOW) -> Actor:
    """A registered customer, signed in."""
    who = accounts.register(session, details=details(email=email), password_hash="hash", now=now)
    cookie = uuid4().hex
    return accounts.signed_in(session, who.identity_id, visitor_key="", cookie=cookie, now=now)


def choose(
    session: Session,
    actor: Actor,
    offering_id: UUID,
    configuration: Mapping[str, str] | None = None,
    choices: Sequence[Mapping[str, Any]] = (),
    quantity: int = 1,
    now: datetime = NOW,
) -> None:
    """Put something into the basket."""
    basket.add_with(
        session,
        actor,
        now=now,
        offering_id=offering_id,
        configuration=configuration,
        choices=list(choices),
        quantity=quantity,
    )


def plan_on(shop: Shop, sim: str = "esim") -> list[Mapping[str, Any]]:
    """The plan and an extra, as they are chosen for a phone."""
    return [
        {"offering_id": shop["plan"], "configuration": {"sim": sim}},
        {"offering_id": shop["extra"]},
    ]


def fill(session: Session, actor: Actor, shop: Shop) -> None:
    """Put a phone with a plan and an extra, and two cases into the basket."""
    choose(session, actor, shop["phone"], BLACK, plan_on(shop))
    choose(session, actor, shop["case"], quantity=2)


def agree(
    session: Session, actor: Actor, *, email: str = "ada@example.com", now: datetime = NOW
) -> dict[str, Any]:
    """Give the details, look at the summary; returns what `place` wants to know about it."""
    if not actor.signed_in:
        checkout.save_details(
            session,
            actor,
            form={**FORM, "email": email},
            languages=LANGUAGES,
            default_country="DE",
            now=now,
        )
    review = checkout.review(session, actor, now=now)
    checkout.keep_summary(
        session, actor, fingerprint=review.fingerprint, content=PDF, name="summary.pdf", now=now
    )
    return {"cart_id": review.basket.id, "accepted": review.fingerprint}


def order(session: Session, actor: Actor, *, now: datetime = NOW) -> Placed:
    """Order what is in a customer's basket."""
    agreed = agree(session, actor, now=now)
    return orders.place(session, actor, **agreed, terms=TERMS, now=now)


def order_as_new(
    session: Session,
    actor: Actor,
    *,
    email: str = "ada@example.com",
    cookie: str = "fresh",
    now: datetime = NOW,
    agreed: Mapping[str, Any] | None = None,
) -> Placed:
    """Order what is in a visitor's basket."""
    agreed = agreed or agree(session, actor, email=email, now=now)
    return orders.place_as_new(
        session, actor, **agreed, password_hash="hash", cookie=cookie, terms=TERMS, now=now
    )


def signed_in(session: Session, cookie: str = "fresh", *, now: datetime = NOW) -> Actor:
    """Who is behind a cookie."""
    return resolve(session, cookie, now=now)


def charge(placed: Placed, status: ChargeStatus = ChargeStatus.SUCCEEDED, **changes: Any) -> Charge:
    """What the provider says about the order's payment."""
    money = placed.amount
    said = Charge(f"ch_{placed.payment_id}", str(placed.payment_id), status, money, money * 0)
    return replace(said, **changes)


def pay(session: Session, placed: Placed, *, now: datetime = NOW) -> Settled:
    """Let the provider say that the order was paid."""
    return payments.settle(session, charge=charge(placed), now=now)


def fulfil(session: Session, order_id: UUID, *, now: datetime = NOW) -> bool:
    """Run all steps of fulfilment; False when one of them stopped."""
    kinds = (ResourceKind.MSISDN, ResourceKind.ICCID, ResourceKind.SERIAL)
    return (
        fulfilment.prepare(session, order_id, now=now)
        and all(fulfilment.allocate(session, order_id, kind, now=now) for kind in kinds)
        and fulfilment.activate(session, order_id, now=now)
        and fulfilment.complete(session, order_id, now=now)
    )


def state_of(session: Session, order_id: UUID) -> str:
    """The state of an order as it is stored."""
    return session.exec(select(ProductOrder.state).where(ProductOrder.id == order_id)).one()


def marks(session: Session, order_id: UUID) -> list[str]:
    """The codes of an order's timeline, oldest first."""
    found = session.exec(select(OrderMilestone).where(OrderMilestone.order_id == order_id)).all()
    return [mark.code for mark in sorted(found, key=lambda mark: mark.at)]


def left(session: Session, offering_id: UUID, variant: str = "colour=Black") -> int:
    """Pieces in stock."""
    return session.exec(
        select(ProductStock.available).where(
            ProductStock.offering_id == offering_id, ProductStock.variant == variant
        )
    ).one()


def rows(session: Session, *tables: type[SQLModel]) -> list[Any]:
    """Everything in some tables, to see that nothing changed."""
    session.flush()
    return [
        sorted(map(repr, session.execute(select(*table.__table__.c)).all())) for table in tables
    ]


Refusals = type[DomainError] | tuple[type[DomainError], ...]


def unchanged_but(session: Session, refusals: Refusals, act: Callable[[], Any]) -> DomainError:
    """Give a refused act up as `Database.transact` does, and see that nothing is left of it."""
    before = rows(session, *WRITTEN)
    nested = session.begin_nested()
    with pytest.raises(refusals) as caught:
        act()
    nested.rollback()
    session.expire_all()
    assert rows(session, *WRITTEN) == before
    return caught.value


def euro(minor: int) -> Money:
    """A sum in the shop's currency."""
    return Money(minor, "EUR")
