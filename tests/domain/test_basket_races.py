"""Many requests of one person at the same time: nothing is lost and nothing is there twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlmodel import select

from self_service.db import Database
from self_service.domain.access import Actor
from self_service.domain.basket import acts as basket
from self_service.domain.errors import DomainError
from self_service.models.basket import CartItem, CartStatus, ShoppingCart
from self_service.models.catalog import OfferingKind
from tests.basket_shop import Shop, make_customer, open_shop, phone_with_plan, put, shape, visitor
from tests.conftest import NOW
from tests.factories import make_offering, one_time

TOGETHER = 20


@pytest.fixture
def shop(database: Database) -> Shop:
    with database.writing() as session:
        return open_shop(session)


@pytest.fixture
def customer(database: Database) -> Actor:
    with database.writing() as session:
        return make_customer(session)


def at_once(database: Database, *acts: Callable[..., Any]) -> list[Any]:
    """Run each act in a thread and a transaction of its own, all released together.

    Returns what each returned, or the code of its refusal.
    """
    start = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(number: int) -> None:
        start.wait()
        try:
            with database.writing() as session:
                results[number] = acts[number](session)
        except DomainError as refusal:
            results[number] = refusal.code
        except Exception as bug:  # to fail in the test's own thread
            results[number] = bug

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    bugs = [result for result in results if isinstance(result, Exception)]
    assert not bugs
    return results


def pieces(database: Database) -> Iterator[tuple[CartStatus, int]]:
    """Every line stored anywhere: state of its basket, quantity."""
    with database.reading() as session:
        rows = session.exec(
            select(ShoppingCart.status, CartItem.quantity).join(
                CartItem, CartItem.cart_id == ShoppingCart.id
            )
        ).all()
    return iter(rows)


def test_the_same_thing_twenty_times_makes_one_line_up_to_its_limit(database, shop):
    who = visitor()
    results = at_once(database, *[lambda s: put(s, who, shop, "cable")] * TOGETHER)
    codes = Counter(result if isinstance(result, str) else "" for result in results)
    assert codes == {"": 9, "too_many": TOGETHER - 9}
    assert list(pieces(database)) == [(CartStatus.OPEN, 9)]


@pytest.mark.parametrize("signed_in", [False, True])
def test_twenty_things_make_one_basket_with_twenty_pieces(database, shop, customer, signed_in):
    who = customer if signed_in else visitor()
    with database.writing() as session:
        things = [
            make_offering(session, kind=OfferingKind.ACCESSORY, prices=[one_time(100)]).id
            for _ in range(TOGETHER)
        ]

    def adding(thing):
        return lambda session: basket.add(session, who, now=NOW, offering_id=thing)

    at_once(database, *map(adding, things))
    with database.reading() as session:
        assert len(session.exec(select(ShoppingCart)).all()) == 1
        view = basket.view(session, who, now=NOW)
    assert (view.count, view.totals.due_now.minor) == (TOGETHER, TOGETHER * 100)
    with database.reading() as session:
        positions = session.exec(select(CartItem.position)).all()
    assert sorted(positions) == list(range(TOGETHER))


def test_the_last_two_tablets_are_offered_to_one_basket_twice_only(database, shop):
    who = visitor()
    results = at_once(database, *[lambda s: put(s, who, shop, "tablet")] * 6)
    assert Counter(isinstance(result, str) for result in results) == {False: 2, True: 4}
    assert list(pieces(database)) == [(CartStatus.OPEN, 2)]


def test_quantity_and_removal_of_one_line(database, shop):
    who = visitor()
    with database.writing() as session:
        line = phone_with_plan(session, who, shop, "plan-m", "data").lines[0].id

    def set_quantity(n):
        return lambda s: basket.set_quantity(s, who, now=NOW, line_id=line, quantity=n)

    acts = [set_quantity(n) for n in (1, 2, 3, 4, 5)]
    acts += [lambda s: basket.remove(s, who, now=NOW, line_id=line)] * 2
    results = at_once(database, *acts)
    assert "not_found" in results, "whoever came after the removal is told"
    assert list(pieces(database)) == []


@pytest.mark.parametrize("customer_has_some", [False, True])
def test_signing_in_while_adding_loses_nothing(database, shop, customer, customer_has_some):
    who = visitor()
    if customer_has_some:
        with database.writing() as session:
            put(session, customer, shop, "fibre")
    with database.writing() as session:
        things = [
            make_offering(session, kind=OfferingKind.ACCESSORY, prices=[one_time(100)]).id
            for _ in range(TOGETHER)
        ]

    def adding(thing):
        return lambda session: basket.add(session, who, now=NOW, offering_id=thing)

    def signing_in(session):
        return basket.merge_on_sign_in(
            session, visitor_key=who.key, customer_id=customer.customer_id, now=NOW
        )

    acts = [adding(thing) for thing in things]
    acts[5:5] = acts[12:12] = [signing_in]
    at_once(database, *acts)
    assert [status for status, _ in pieces(database)] == [CartStatus.OPEN] * (
        TOGETHER + customer_has_some
    )
    with database.writing() as session:
        signing_in(session)
    with database.reading() as session:
        view = basket.view(session, customer, now=NOW)
    assert {line.offering_id for line in view.lines} >= set(things)
    assert view.count == TOGETHER + customer_has_some


def test_signing_in_on_many_devices_makes_one_basket(database, shop, customer):
    guests = [visitor() for _ in range(6)]
    for guest in guests:
        with database.writing() as session:
            phone_with_plan(session, guest, shop, "plan-m")
            put(session, guest, shop, "cable", quantity=2)

    def signing_in(guest):
        return lambda session: basket.merge_on_sign_in(
            session, visitor_key=guest.key, customer_id=customer.customer_id, now=NOW
        )

    at_once(database, *[signing_in(guest) for guest in guests for _ in range(2)])
    with database.reading() as session:
        view = basket.view(session, customer, now=NOW)
        open_ones = session.exec(
            select(ShoppingCart).where(ShoppingCart.status == CartStatus.OPEN)
        ).all()
    assert shape(view) == [("phone", 1, [("plan-m", 1)]), ("cable", 2)]
    assert len(open_ones) == 1


def test_twenty_orders_of_one_basket_have_one_winner(database, shop, customer):
    with database.writing() as session:
        cart = put(session, customer, shop, "cable").id
    claims = [lambda s: basket.claim_for_order(s, customer, cart, now=NOW)] * TOGETHER
    assert Counter(at_once(database, *claims)) == {True: 1, False: TOGETHER - 1}


def test_what_is_added_while_ordering_is_ordered_or_in_the_next_basket(database, shop, customer):
    with database.writing() as session:
        cart = put(session, customer, shop, "fibre").id

    def order(session):
        assert basket.claim_for_order(session, customer, cart, now=NOW)
        return basket.view(session, customer, now=NOW, cart_id=cart).count - 1

    acts = [lambda s: put(s, customer, shop, "cable")] * 6
    results = at_once(database, *acts[:3], order, *acts[3:])
    ordered = results[3]
    with database.reading() as session:
        left = basket.view(session, customer, now=NOW).count
        sold = basket.view(session, customer, now=NOW, cart_id=cart).count - 1
    assert sold == ordered, "nothing came in after it was read"
    assert ordered + left == 6
