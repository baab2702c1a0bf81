"""Visitors' baskets go after 30 days, with what was typed; all others stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.basket import forgetting
from self_service.domain.basket import look as basket
from self_service.domain.orders import placing as orders
from self_service.models.basket import CartItem, ShoppingCart
from self_service.models.documents import Document
from self_service.models.orders import ProductOrder
from tests.conftest import NOW
from tests.domain.test_erasure import found_in
from tests.order_shop import (
    TERMS,
    Shop,
    agree,
    choose,
    customer,
    fill,
    open_shop,
    order_as_new,
    rows,
    visitor,
)

BASKETS = (ShoppingCart, CartItem, Document, ProductOrder)
END = NOW + forgetting.KEPT_FOR


@pytest.fixture
def shop(session: Session) -> Shop:
    return open_shop(session)


def typed(session: Session, shop: Shop, who: Actor, now: Any = NOW) -> dict[str, Any]:
    """Fill a visitor's basket (with lines in lines), and go up to the summary."""
    fill(session, who, shop)
    return agree(session, who, now=now)


def test_it_goes_with_lines_words_and_summary(session: Session, shop: Shop) -> None:
    ana = visitor(session)
    typed(session, shop, ana)
    assert all(rows(session, ShoppingCart, CartItem, Document))
    assert found_in(session, "ada@example.com", "Quell") == {("shopping_cart", "checkout")}
    assert forgetting.forget_old(session, now=END) == 1
    assert rows(session, *BASKETS) == [[], [], [], []]
    assert found_in(session, "ada@example.com", "Quell") == set()
    assert basket.view(session, ana, now=END).lines == ()
    choose(session, ana, shop["case"], now=END)  # and can begin anew
    assert forgetting.forget_old(session, now=END) == 0


def test_not_a_moment_too_early(session: Session, shop: Shop) -> None:
    typed(session, shop, visitor(session))
    before = rows(session, *BASKETS)
    assert forgetting.forget_old(session, now=END - timedelta(microseconds=1)) == 0
    assert rows(session, *BASKETS) == before


def test_a_change_counts_anew(session: Session, shop: Shop) -> None:
    ana, ben = visitor(session), visitor(session)
    day = NOW + timedelta(days=1)
    choose(session, ana, shop["case"])
    choose(session, ana, shop["case"], now=day)
    choose(session, ben, shop["case"])
    agree(session, ben, now=day)
    assert forgetting.forget_old(session, now=END) == 0
    assert forgetting.forget_old(session, now=END + timedelta(days=1)) == 2


def test_customers_baskets_and_orders_stay(session: Session, shop: Shop) -> None:
    choose(session, customer(session), shop["case"])
    ben = visitor(session)
    choose(session, ben, shop["case"])
    order_as_new(session, ben, email="ben@example.com")
    before = rows(session, *BASKETS)
    assert forgetting.forget_old(session, now=END) == 0
    assert rows(session, *BASKETS) == before


def test_whatever_has_an_order_stays(session: Session, shop: Shop) -> None:
    """Also were its cart still a visitor's, and open: the order leads to it."""
    owner = customer(session)
    choose(session, owner, shop["case"])
    orders.place(session, owner, **agree(session, owner), terms=TERMS, now=NOW)
    cart = session.exec(select(ShoppingCart)).one()
    cart.visitor_key, cart.customer_id, cart.status = "k", None, "open"  # type: ignore[assignment]
    session.flush()
    before = rows(session, *BASKETS)
    assert forgetting.forget_old(session, now=END) == 0
    assert rows(session, *BASKETS) == before


def test_batches_are_small(session: Session, shop: Shop) -> None:
    for minutes in range(3):
        choose(session, visitor(session), shop["case"], now=NOW - timedelta(minutes=minutes))
    assert forgetting.forget_old(session, now=END, most=2) == 2
    (left,) = session.exec(select(ShoppingCart.updated_at)).all()
    assert left == NOW  # the oldest went first
    assert forgetting.forget_old(session, now=END, most=2) == 1
    assert forgetting.forget_old(session, now=END, most=2) == 0
