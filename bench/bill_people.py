"""Subscribers to be billed: each with a plan, three charges that wait, and an account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from self_service.domain import ledger
from self_service.domain.bills.accounts import cycle_of
from self_service.models.basket import CartStatus, ShoppingCart
from self_service.models.bills import (
    AppliedBillingRate,
    BillingAccount,
    ChargeKind,
    ProductCharging,
)
from self_service.models.catalog import OfferingKind, PriceType
from self_service.models.ledger import AccountKind, LedgerAccount
from self_service.models.orders import OrderItemPrice, ProductOrder, ProductOrderItem
from self_service.models.people import Customer, Site
from self_service.models.subscriptions import Product, ProductStatus
from tests.factories import make_offering

#: When their bills are due.
DUE = datetime(2027, 2, 1, tzinfo=UTC)
_SINCE = datetime(2026, 6, 3, 8, 30, tzinfo=UTC)
_NAMESPACE = UUID(int=20270201)
_AT_ONCE = 5_000
_WAITING = ("Calls to other networks", "Data abroad", "Voice mailbox set up")


def populate(session: Session, count: int) -> None:
    """Add `count` subscribers; not committed."""
    cycle = cycle_of(session)
    offering = make_offering(session, kind=OfferingKind.PLAN, name="Plan M")
    ledger.house(session, AccountKind.REVENUE, "EUR")
    ledger.house(session, AccountKind.TAX, "EUR", "S")
    order = _order(session)
    shared = {"offering": offering.id, "cycle": cycle.id, "order": order.id}
    for first in range(0, count, _AT_ONCE):
        rows: dict[type[SQLModel], list[dict[str, Any]]] = {}
        for number in range(first, min(first + _AT_ONCE, count)):
            for table, row in _subscriber(number, shared):
                rows.setdefault(table, []).append(row)
        for table, made in rows.items():
            session.execute(insert(table), made)


def _id(number: int, what: str) -> UUID:
    return uuid5(_NAMESPACE, f"{what}{number}")


def _order(session: Session) -> ProductOrder:
    buyer = Customer(name="The shop", created_at=_SINCE)
    session.add(buyer)
    session.flush()
    cart = ShoppingCart(
        customer_id=buyer.id,
        status=CartStatus.ORDERED,
        status_changed_at=_SINCE,
        currency="EUR",
        updated_at=_SINCE,
    )
    session.add(cart)
    session.flush()
    order = ProductOrder(
        number="BENCH",
        customer_id=buyer.id,
        cart_id=cart.id,
        status_changed_at=_SINCE,
        currency="EUR",
        due_now_minor=0,
        monthly_minor=0,
        ordered_at=_SINCE,
    )
    session.add(order)
    session.flush()
    return order


def _subscriber(
    number: int, shared: dict[str, UUID]
) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
    customer, book, account = (_id(number, what) for what in ("customer", "ledger", "account"))
    item, product = _id(number, "item"), _id(number, "product")
    start = _SINCE + timedelta(minutes=17 * number % 40_000)
    yield Customer, {"id": customer, "name": f"Subscriber {number}", "created_at": start}
    street = {"street_address": f"Harbour Road {number}", "city": "Tidewell"}
    address = {"country": "DE", **street, "postal_code": "25999", "country_area": ""}
    home = {"id": _id(number, "home"), "customer_id": customer, "address": address}
    yield Site, {**home, "created_at": start}
    kind = AccountKind.RECEIVABLE
    row = {"id": book, "kind": kind, "owner_id": account, "name": "", "currency": "EUR"}
    yield LedgerAccount, {**row, "balance_minor": 0}
    yield BillingAccount, _account(number, customer, book, account, shared["cycle"], start)
    named = {"name": {"en": "Plan M"}, "kind": OfferingKind.PLAN, "status_changed_at": start}
    yield (
        ProductOrderItem,
        {"id": item, "order_id": shared["order"], "offering_id": shared["offering"], **named},
    )
    price = {"id": _id(number, "price"), "item_id": item, "price_type": PriceType.RECURRING}
    yield OrderItemPrice, {**price, "name": {"en": "Month"}, "amount_minor": 1999 + number % 7}
    yield (
        Product,
        {
            "id": product,
            "customer_id": customer,
            "order_id": shared["order"],
            "order_item_id": item,
            "offering_id": shared["offering"],
            "status": ProductStatus.ACTIVE,
            "currency": "EUR",
            **named,
        },
    )
    charging = {"product_id": product, "account_id": account, "order_item_id": item}
    due = {"charged_until": datetime(2027, 1, start.day, start.hour, start.minute, tzinfo=UTC)}
    yield ProductCharging, {**charging, "anchor_at": start, "starts_at": start, **due}
    for place, name in enumerate(_WAITING):
        yield (
            AppliedBillingRate,
            {
                "account_id": account,
                "product_id": product,
                "kind": ChargeKind.ONE_TIME if place == 2 else ChargeKind.USAGE,
                "name": {"en": name},
                "detail": {"quantity": place + 3, "unit": "min"},
                "source": f"bench:{number}:{place}",
                "charged_at": DUE - timedelta(days=place + 2),
                "amount_micro": 123_456 * (number % 50 + place + 1),
            },
        )


def _account(
    number: int, customer: UUID, book: UUID, account: UUID, cycle: UUID, start: datetime
) -> dict[str, Any]:
    return {
        "id": account,
        "customer_id": customer,
        "number": f"A{number:09d}",
        "ledger_id": book,
        "cycle_id": cycle,
        "currency": "EUR",
        "status_changed_at": start,
        "created_at": start,
        "next_bill_at": DUE,
    }
