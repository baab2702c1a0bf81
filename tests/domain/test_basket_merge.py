"""What signing in does to two baskets: the stated rule, case by case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import select

from self_service.domain.basket import acts as basket
from self_service.models.basket import CartItem, CartStatus, ShoppingCart
from tests.basket_shop import (
    BLACK,
    BLUE,
    ESIM,
    make_customer,
    phone_with_plan,
    put,
    refused,
    shape,
    stored,
    visitor,
)
from tests.conftest import NOW

Act = tuple[str, dict[str, Any]] | Callable[..., object]


def cables(quantity: int) -> Act:
    return "cable", {"quantity": quantity}


def phone(configuration: dict[str, str], quantity: int = 1) -> Act:
    return "phone", {"configuration": configuration, "quantity": quantity}


def set_of(*extras: str, quantity: int = 1) -> Act:
    return lambda *who: phone_with_plan(*who, "plan-m", *extras, quantity=quantity)


def two_lines_alike(session, actor, shop):
    """Two phones in two colours, one of them changed to the colour of the other."""
    put(session, actor, shop, "phone", configuration=BLACK)
    line = put(session, actor, shop, "phone", configuration=BLUE).lines[1].id
    basket.configure(session, actor, now=NOW, line_id=line, configuration=BLACK)


SET = ("phone", 1, [("plan-m", 1, [("data", 1)])])


@dataclass(frozen=True)
class Case:
    """What each has put in, and what is in the basket after sign-in."""

    guest: list[Act]
    customer: list[Act]
    after: list[Any]
    problems: tuple[str, ...] = ()


CASES = {
    "nothing and nothing": Case([], [], []),
    "only the guest": Case([cables(2)], [], [("cable", 2)]),
    "only the customer": Case([], [cables(2)], [("cable", 2)]),
    "different things": Case([cables(1)], [phone(BLACK)], [("phone", 1), ("cable", 1)]),
    "the same, guest has more": Case([cables(3)], [cables(2)], [("cable", 3)]),
    "the same, customer has more": Case([cables(2)], [cables(3)], [("cable", 3)]),
    "the same is never doubled": Case([cables(2)], [cables(2)], [("cable", 2)]),
    "the most of a line": Case([cables(9)], [cables(9)], [("cable", 9)]),
    "another colour": Case([phone(BLUE)], [phone(BLACK)], [("phone", 1), ("phone", 1)]),
    "the same set": Case([set_of("data")], [set_of("data")], [SET]),
    "the same set, more of it": Case(
        [set_of("data", quantity=2)],
        [set_of("data")],
        [("phone", 2, [("plan-m", 2, [("data", 2)])])],
    ),
    "the same phone with other extras": Case(
        [set_of("data")],
        [set_of("roaming")],
        [("phone", 1, [("plan-m", 1, [("roaming", 1)])]), SET],
    ),
    "each line is matched once": Case(
        [two_lines_alike], [phone(BLACK)], [("phone", 1), ("phone", 1)]
    ),
    "a phone with and without its plan": Case(
        [phone(BLACK)], [set_of("data")], [SET, ("phone", 1)]
    ),
    "too much for one order stays and says so": Case(
        [phone(BLACK, 6)],
        [phone(BLUE, 6)],
        [("phone", 6), ("phone", 6)],
        ("too_many_in_sale",),
    ),
}


def fill(session, actor, shop, acts):
    for act in acts:
        if callable(act):
            act(session, actor, shop)
        else:
            put(session, actor, shop, act[0], **act[1])


def sign_in(session, guest, customer):
    return basket.merge_on_sign_in(
        session, visitor_key=guest.key, customer_id=customer.customer_id, now=NOW
    )


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_rule(session, shop, case):
    guest, customer = visitor(), make_customer(session)
    fill(session, guest, shop, case.guest)
    fill(session, customer, shop, case.customer)
    carried = len(
        session.exec(
            select(CartItem).join(ShoppingCart).where(ShoppingCart.visitor_key == guest.key)
        ).all()
    )

    assert sign_in(session, guest, customer) == carried

    view = basket.view(session, customer, now=NOW)
    assert shape(view) == case.after
    assert tuple(found.code for found in view.problems) == case.problems
    assert basket.view(session, guest, now=NOW).lines == (), "its key is released"
    once = stored(session)
    assert sign_in(session, guest, customer) == 0
    assert stored(session) == once, "merging twice does nothing"


def test_the_guests_basket_is_closed_and_its_key_released(session, shop):
    guest, customer = visitor(), make_customer(session)
    put(session, guest, shop, "cable")
    put(session, customer, shop, "fibre")
    sign_in(session, guest, customer)
    carts = session.exec(select(ShoppingCart).execution_options(populate_existing=True)).all()
    assert {cart.status for cart in carts} == {CartStatus.OPEN, CartStatus.MERGED}
    assert {cart.visitor_key for cart in carts} == {None}
    assert {cart.customer_id for cart in carts} == {customer.customer_id}


def test_lines_keep_their_ids_so_that_an_open_page_goes_on(session, shop):
    guest, customer = visitor(), make_customer(session)
    ids = [line.id for line in phone_with_plan(session, guest, shop, "plan-m", "data").lines]
    put(session, customer, shop, "cable")
    sign_in(session, guest, customer)
    view = basket.remove(session, customer, now=NOW, line_id=ids[0])
    assert shape(view) == [("cable", 1)]


def test_what_was_typed_in_the_checkout_goes_along(session, shop):
    guest, customer = visitor(), make_customer(session)
    for actor, typed in ((guest, {"city": "Jena"}), (customer, {"city": "Ulm", "name": "Ada"})):
        view = put(session, actor, shop, "cable")
        session.get(ShoppingCart, view.id).checkout = typed
    session.flush()
    sign_in(session, guest, customer)
    carts = session.exec(select(ShoppingCart).execution_options(populate_existing=True)).all()
    assert {cart.status: cart.checkout for cart in carts} == {
        CartStatus.OPEN: {"city": "Jena", "name": "Ada"},
        CartStatus.MERGED: {},
    }


def test_a_merge_cannot_be_undone_but_the_guests_own_change_can(session, shop):
    guest, customer = visitor(), make_customer(session)
    put(session, guest, shop, "cable")
    sign_in(session, guest, customer)
    assert basket.view(session, customer, now=NOW).can_undo, "the basket only changed its owner"
    other = visitor()
    put(session, other, shop, "plan-m", configuration=ESIM)
    sign_in(session, other, customer)
    assert not basket.view(session, customer, now=NOW).can_undo
    assert refused(basket.undo, session, customer, now=NOW) == "nothing_to_undo"


def test_without_a_cookie_there_is_nothing_to_merge(session, shop):
    customer = make_customer(session)
    put(session, customer, shop, "cable")
    before = stored(session)
    merged = basket.merge_on_sign_in(
        session, visitor_key="", customer_id=customer.customer_id, now=NOW
    )
    assert merged == 0
    assert stored(session) == before
