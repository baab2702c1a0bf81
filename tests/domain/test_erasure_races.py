"""Ordering and being erased at the same moment: one of both happens, never both."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import Session

from self_service.db import Database
from self_service.domain.access import Actor
from self_service.domain.basket.handover import merge_on_sign_in
from self_service.domain.orders import placing
from self_service.domain.people import erasure
from self_service.domain.people.own import AccountClosed
from self_service.models.basket import CartStatus, ShoppingCart
from self_service.models.orders import ProductOrder
from self_service.models.people import Customer, CustomerStatus
from tests.conftest import NOW
from tests.crowd import at_once, everything
from tests.mailbox import words
from tests.order_shop import TERMS, WRITTEN, agree, customer, fill, open_shop, rows, visitor

ROUNDS = 6


def _order(session: Any, actor: Actor, agreed: dict[str, Any]) -> str:
    placing.place(session, actor, **agreed, terms=TERMS, now=NOW)
    return "ordered"


def _erase(session: Any, actor: Actor) -> str:
    assert erasure.erase(session, actor, farewell=words, years=10, now=NOW)
    return "erased"


def test_an_order_and_an_erasure_at_once(database: Database) -> None:
    with database.writing() as session:
        shop = open_shop(session)
        ready = []
        for number in range(ROUNDS):
            actor = customer(session, f"c{number}@example.com")
            fill(session, actor, shop)
            ready.append((actor, agree(session, actor, email=f"c{number}@example.com")))
    for number, (actor, agreed) in enumerate(ready):
        acts = [
            lambda session, a=actor, g=agreed: _order(session, a, g),
            lambda session, a=actor: _erase(session, a),
        ]
        outcomes = set(at_once(database, acts if number % 2 else acts[::-1]))
        assert outcomes in ({"ordered", "order_under_way"}, {"erased", "account_closed"})
        with database.reading() as session:
            closed = session.get_one(Customer, actor.customer()).status is CustomerStatus.CLOSED
        placed = [
            row
            for row in everything(database, ProductOrder)
            if row.customer_id == actor.customer_id
        ]
        assert closed is ("erased" in outcomes)
        assert len(placed) == ("ordered" in outcomes)


@pytest.fixture
def gone(session: Session) -> Actor:
    """A customer who was erased in another tab."""
    actor = customer(session, "ada@example.com")
    _erase(session, actor)
    return actor


def test_nothing_is_ordered_after_it(session: Session) -> None:
    shop = open_shop(session)
    actor = customer(session, "ada@example.com")
    fill(session, actor, shop)
    agreed = agree(session, actor)
    session.get_one(Customer, actor.customer()).status = CustomerStatus.CLOSED
    session.flush()
    before = rows(session, *WRITTEN)
    with pytest.raises(AccountClosed):
        placing.place(session, actor, **agreed, terms=TERMS, now=NOW)
    assert rows(session, *WRITTEN) == before


def test_no_basket_comes_to_it(session: Session, gone: Actor) -> None:
    shop = open_shop(session)
    somebody = visitor(session)
    fill(session, somebody, shop)
    before = rows(session, ShoppingCart)
    with pytest.raises(AccountClosed):
        merge_on_sign_in(session, visitor_key=somebody.key, customer_id=gone.customer(), now=NOW)
    assert rows(session, ShoppingCart) == before
    assert CartStatus.OPEN in {
        row["status"] for row in session.execute(ShoppingCart.__table__.select()).mappings()
    }
