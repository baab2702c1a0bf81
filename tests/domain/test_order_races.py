"""Twenty at once: one order, one payment, one settlement, and nothing sold that is not there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from self_service.db import Database
from self_service.domain.fulfilment import resources
from self_service.domain.orders import placing as orders
from self_service.domain.people import accounts
from self_service.models.basket import CartStatus, ShoppingCart
from self_service.models.catalog import ProductStock
from self_service.models.orders import OrderState, ProductOrder, ProductOrderItem
from self_service.models.payments import Payment
from self_service.models.people import Customer
from self_service.models.subscriptions import Resource, ResourceKind
from tests.conftest import NOW
from tests.crowd import CROWD, at_once, everything
from tests.order_shop import (
    BLACK,
    TERMS,
    agree,
    choose,
    customer,
    details,
    fill,
    fulfil,
    left,
    open_shop,
    order,
    pay,
    signed_in,
    stock_numbers,
    visitor,
)


def test_twenty_clicks_make_one_order(database: Database) -> None:
    with database.writing() as session:
        shop = open_shop(session)
        actor = customer(session)
        fill(session, actor, shop)
        agreed = agree(session, actor)

    def click(session: Any) -> Any:
        return orders.place(session, actor, **agreed, terms=TERMS, now=NOW)

    placed = at_once(database, [click] * CROWD)
    assert len({str(one) for one in placed}) == 1
    (stored,) = everything(database, ProductOrder)
    (payment,) = everything(database, Payment)
    assert (placed[0].order_id, placed[0].payment_id) == (stored.id, payment.id)
    assert len(everything(database, ProductOrderItem)) == 4
    with database.reading() as session:
        assert left(session, shop["phone"]) == 4
        assert session.exec(select(ShoppingCart.status)).one() is CartStatus.ORDERED


def test_twenty_clicks_of_a_visitor_make_one_customer(database: Database) -> None:
    with database.writing() as session:
        shop = open_shop(session)
        actor = visitor(session)
        fill(session, actor, shop)
        agreed = agree(session, actor)

    def click(cookie: str) -> Callable[..., Any]:
        return lambda session: orders.place_as_new(
            session,
            actor,
            **agreed,
            password_hash="hash",
            cookie=cookie,
            terms=TERMS,
            now=NOW,
        )

    placed = at_once(database, [click(f"cookie {n}") for n in range(CROWD)])
    assert len({str(one) for one in placed}) == 1
    (new,) = everything(database, Customer)
    assert len(everything(database, Payment)) == 1
    with database.reading() as session:
        for n in range(CROWD):
            assert signed_in(session, f"cookie {n}").customer_id == new.id


def test_last_phone_is_sold_once(database: Database) -> None:
    agreed = []
    with database.writing() as session:
        shop = open_shop(session, phones=1)
        for n in range(CROWD):
            actor = customer(session, f"c{n}@example.com")
            choose(session, actor, shop["phone"], BLACK)
            agreed.append((actor, agree(session, actor)))
    outcomes = at_once(
        database,
        [
            lambda session, actor=actor, kept=kept: orders.place(
                session, actor, **kept, terms=TERMS, now=NOW
            )
            for actor, kept in agreed
        ],
    )
    assert Counter(one == "sold_out" for one in outcomes) == {True: CROWD - 1, False: 1}
    assert len(everything(database, ProductOrder)) == len(everything(database, Payment)) == 1
    with database.reading() as session:
        assert left(session, shop["phone"]) == 0
        still_open = select(ShoppingCart.id).where(ShoppingCart.status == CartStatus.OPEN)
        assert len(session.exec(still_open).all()) == CROWD - 1


def test_orders_of_the_same_goods_in_turned_order_do_not_block_each_other(
    database: Database,
) -> None:
    agreed = []
    with database.writing() as session:
        shop = open_shop(session, phones=CROWD)
        session.add(ProductStock(offering_id=shop["case"], variant="", available=CROWD))
        for n in range(CROWD):
            actor = customer(session, f"c{n}@example.com")
            things = [(shop["phone"], BLACK), (shop["case"], {})]
            for offering, configuration in things if n % 2 else reversed(things):
                choose(session, actor, offering, configuration)
            agreed.append((actor, agree(session, actor)))
    placed = at_once(
        database,
        [
            lambda session, actor=actor, kept=kept: orders.place(
                session, actor, **kept, terms=TERMS, now=NOW
            )
            for actor, kept in agreed
        ],
    )
    assert len({one.order_id for one in placed}) == CROWD
    with database.reading() as session:
        assert left(session, shop["phone"]) == left(session, shop["case"], "") == 0


@pytest.fixture
def unpaid(database: Database):
    with database.writing() as session:
        shop = open_shop(session)
        actor = customer(session)
        fill(session, actor, shop)
        return actor, order(session, actor)


def test_numbers_go_to_one_product_each(database: Database) -> None:
    placed = []
    with database.writing() as session:
        shop = open_shop(session, numbers=CROWD // 2)
        for n in range(CROWD):
            actor = customer(session, f"c{n}@example.com")
            choose(session, actor, shop["plan"], {"sim": "sim"})
            placed.append(order(session, actor))
            pay(session, placed[-1])
    done = at_once(
        database, [lambda session, one=one: fulfil(session, one.order_id) for one in placed]
    )
    assert Counter(done) == {True: CROWD // 2, False: CROWD // 2}
    numbers = [row for row in everything(database, Resource) if row.kind is ResourceKind.MSISDN]
    assert len({row.product_id for row in numbers}) == len(numbers) == CROWD // 2
    states = Counter(stored.state for stored in everything(database, ProductOrder))
    assert states == {OrderState.COMPLETED: CROWD // 2, OrderState.HELD: CROWD // 2}
    with database.writing() as session:
        stock_numbers(session, 1, start=500)
        assert resources.free(session, ResourceKind.MSISDN, "") == 1


def test_an_address_is_registered_once(database: Database) -> None:
    outcomes = at_once(
        database,
        [
            lambda session: (
                accounts.register(
                    session, details=details(), password_hash="hash", now=NOW
                ).customer_id
            )
        ]
        * CROWD,
    )
    assert outcomes.count("login_taken") == CROWD - 1
    assert len(everything(database, Customer)) == 1


def test_wrong_passwords_at_once_are_all_counted(database: Database) -> None:
    with database.writing() as session:
        who = accounts.register(session, details=details(), password_hash="hash", now=NOW)

    def wrong(session: Any) -> None:
        accounts.sign_in_failed(session, who.identity_id, now=NOW)

    at_once(database, [wrong] * 4)
    with database.reading() as session:
        assert not accounts.find_login(session, "ada@example.com", now=NOW).locked
    at_once(database, [wrong] * 4)
    with database.reading() as session:
        assert accounts.find_login(session, "ada@example.com", now=NOW).locked
