"""Which pages about money somebody has."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.access.actor import Share
from self_service.domain.access.grants import Granting, give
from self_service.domain.places import Places, places
from self_service.models.access import Role, Scope
from self_service.models.bills import CustomerBill
from self_service.models.catalog import OfferingKind
from self_service.models.people import Customer
from self_service.models.subscriptions import Product, ProductStatus
from tests.bills import make_product
from tests.books import make_account, make_bill, make_customer
from tests.conftest import NOW
from tests.factories import monthly
from tests.household import household
from tests.wallets import person, top_up, wallet

BOTH = Places(wallet=True, bills=True)


def seen(session: Session, actor: Actor) -> Places:
    """What there is about money."""
    return replace(places(session, actor, now=NOW), usage=False)


def subscriber(session: Session, *, prepaid: bool, **columns: Any) -> tuple[Actor, Product]:
    ada = person(session, "ada@example.com", now=NOW)
    account = make_account(session, now=NOW, customer=_customer(session, ada))
    charging = make_product(session, account, monthly(1_000), start=NOW)
    product = session.get_one(Product, charging.product_id)
    product.prepaid = prepaid
    for name, value in columns.items():
        setattr(product, name, value)
    session.flush()
    return ada, product


def _customer(session: Session, actor: Actor) -> Customer:
    return session.get_one(Customer, actor.customer())


def test_nobody_has_nothing(session: Session) -> None:
    assert seen(session, Actor()) == Places()
    staff = person(session, "sam@example.com", now=NOW)
    assert seen(session, Actor(Role.REPRESENTATIVE, identity_id=staff.identity_id)) == Places()
    assert seen(session, staff) == Places()


@pytest.mark.parametrize("prepaid", [True, False])
def test_by_what_runs(session: Session, prepaid: bool) -> None:
    ada, product = subscriber(session, prepaid=prepaid)
    assert seen(session, ada) == Places(wallet=prepaid, bills=not prepaid)
    product.prepaid = not prepaid  # moved to the other way of paying: no new sign-in
    session.flush()
    assert seen(session, ada) == Places(wallet=not prepaid, bills=prepaid)


@pytest.mark.parametrize(
    "columns", [{"status": ProductStatus.TERMINATED}, {"kind": OfferingKind.ACCESSORY}]
)
def test_what_ended_and_goods_that_are_paid_count_for_nothing(
    session: Session, columns: dict[str, Any]
) -> None:
    ada, _ = subscriber(session, prepaid=False, **columns)
    assert seen(session, ada) == Places()


def test_a_wallet_counts_once_something_moved(session: Session) -> None:
    ada = person(session, "ada@example.com", now=NOW)
    wallet(session, ada, now=NOW)
    assert seen(session, ada) == Places()
    top_up(session, ada, 1_000, now=NOW)
    assert seen(session, ada) == Places(wallet=True)


def test_bills_count_but_for_receipts_of_orders(session: Session) -> None:
    ada, product = subscriber(session, prepaid=True)
    account = make_account(session, now=NOW, customer=_customer(session, ada))
    bill = make_bill(session, account, now=NOW)
    assert seen(session, ada) == BOTH
    bill.order_id = product.order_id
    session.flush()
    assert seen(session, ada) == BOTH, "it is not paid"
    bill.remaining_minor = 0
    session.flush()
    assert seen(session, ada) == Places(wallet=True)
    assert session.exec(select(CustomerBill)).all() == [bill]


def test_somebody_elses_things_are_not_counted(session: Session) -> None:
    subscriber(session, prepaid=False)
    other = make_customer(session, now=NOW, name="Eve")
    assert (
        seen(session, Actor(Role.CUSTOMER, customer_id=other.id, identity_id=other.id)) == Places()
    )


def test_members_see_bills_when_all_is_shared(session: Session) -> None:
    home = household(session)
    one = Share(home.ada.customer(), home.mobile, Scope.PAY)
    everything = Share(home.ada.customer(), None, Scope.VIEW)
    ben = {"role": Role.SUB_USER, "identity_id": home.ada.identity_id}
    assert seen(session, Actor(**ben, shares=(one,))) == Places()
    assert seen(session, Actor(**ben, shares=(one, everything))) == Places(bills=True)


@pytest.mark.parametrize("days", [1, -1])
def test_a_customer_sees_bills_of_who_shares_all_with_them(session: Session, days: int) -> None:
    ada = person(session, "ada@example.com", now=NOW)
    eve = person(session, "eve@example.com", now=NOW)
    until = NOW + timedelta(days=days)
    granting = Granting(ada.customer(), None, frozenset({Scope.VIEW}), ada.identity(), until)
    give(session, eve.identity(), granting, now=NOW - timedelta(days=9))
    assert seen(session, eve) == Places(bills=days > 0)
    assert seen(session, replace(eve, behalf="Eve")) == Places(), "not by whoever acts for her"


def test_usage_is_a_place_of_who_has_something_that_is_counted(session: Session) -> None:
    ada, product = subscriber(session, prepaid=False, started_at=None)
    assert not places(session, ada, now=NOW).usage, "not switched on yet"
    product.started_at, product.kind = NOW, OfferingKind.PLAN
    session.flush()
    assert places(session, ada, now=NOW).usage
    product.kind = OfferingKind.TV
    session.flush()
    assert not places(session, ada, now=NOW).usage
    share = Share(ada.customer(), product.id, Scope.VIEW)
    ben = Actor(Role.SUB_USER, identity_id=ada.identity_id, shares=(share,))
    assert places(session, ben, now=NOW).usage
    assert not places(session, replace(ben, shares=()), now=NOW).usage
