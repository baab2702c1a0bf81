"""Promotion codes without scripts: plain posts at the basket and the check-out."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from self_service.domain.basket import acts as basket
from self_service.models.access import Role
from self_service.models.promotions import CartPromotion, Promotion
from tests.house import Browser, House
from tests.promoted import make_code, uses

CODE, PLACE = "/do/code", "/do/place-order"


@pytest.fixture
def buyer(house: House, browser: Browser) -> Browser:
    browser.get("/en/store")
    house.filled(browser)
    house.change(make_code)
    return browser


def asked(answer: Any) -> dict[str, str]:
    """What the address says that the browser is sent to."""
    found = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in found.items()}


def typed(browser: Browser, code: str, **more: str) -> Any:
    return browser.submit(CODE, language="en", act="add", code=code, **more)


def test_typed_shown_and_removed(house: House, buyer: Browser) -> None:
    answer = typed(buyer, "welcome10")
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/basket")
    page = buyer.get("/en/basket").text
    assert "WELCOME10" in page
    assert "Saved by codes" in page
    code = house.change(lambda session: session.exec(select(Promotion.id)).one())
    again = buyer.submit(CODE, language="es", act="remove", promotion=str(code))
    assert again.headers["location"] == "/es/basket"
    assert house.rows(CartPromotion) == [[]]
    assert "code_refused" not in buyer.submit(CODE, act="remove", promotion="x").headers["location"]


def test_a_refusal_is_said_at_the_field(house: House, buyer: Browser) -> None:
    answer = typed(buyer, "nothing", back="checkout")
    assert urlsplit(answer.headers["location"]).path == "/en/checkout"
    assert asked(answer) == {"step": "review", "code_refused": "code_unknown", "code": "NOTHING"}
    answer = typed(buyer, "nothing")
    assert "We do not know this code." in buyer.get(answer.headers["location"]).text
    assert house.rows(CartPromotion) == [[]]


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
def test_another_site_types_nothing(house: House, buyer: Browser, origin: str | None) -> None:
    answer = buyer.submit(CODE, origin=origin, act="add", code="WELCOME10")
    assert answer.status_code == 403
    assert house.rows(CartPromotion) == [[]]


def test_tries_are_limited(house: House, buyer: Browser) -> None:
    for number in range(20):
        assert asked(typed(buyer, f"GUESS{number}"))["code_refused"] == "code_unknown"
    assert asked(typed(buyer, "WELCOME10"))["code_refused"] == "code_too_many_tries"
    assert house.rows(CartPromotion) == [[]]
    house.clock.move(minutes=16)
    assert asked(typed(buyer, "WELCOME10")) == {}


def test_staff_has_no_basket(house: House) -> None:
    house.change(make_code)
    with house.signed_in("staff@example.com", Role.REPRESENTATIVE) as staff:
        assert asked(typed(staff, "WELCOME10"))["code_refused"] == "not_allowed"
    assert house.rows(CartPromotion) == [[]]


def test_a_lost_code_stops_the_order_and_asks(house: House) -> None:
    with house.signed_in() as buyer:
        house.filled(buyer)
        house.change(make_code)
        typed(buyer, "WELCOME10")
        _empty(house, buyer)
        form = house.ready(buyer)

        def use_up(session: Any) -> None:
            row = session.exec(select(Promotion)).one()
            row.most_uses = row.uses = 1

        house.change(use_up)
        before = house.rows()
        answer = buyer.submit(PLACE, **form)
        assert asked(answer) == {"step": "review", "refused": "code_lost"}
        assert house.rows() == before
        page = buyer.get(answer.headers["location"]).text
        for text in ("was used up", "Continue without", "Back to basket", "nothing was ordered"):
            assert text in page, text
        assert "Order and pay" not in page
        on = buyer.submit(CODE, language="en", act="without", back="checkout")
        assert on.headers["location"] == "/en/checkout?step=review"
        page = buyer.get(on.headers["location"]).text
        assert "Continue without" not in page
        assert "Order and pay" in page
        assert house.orders() == []


def _empty(house: House, browser: Browser) -> None:
    """Leave the lines to `House.ready`; codes stay."""
    house.change(basket.clear, house.actor(browser.cookie), now=house.clock())


def test_an_order_with_a_code(house: House, buyer: Browser) -> None:
    typed(buyer, "WELCOME10")
    _empty(house, buyer)
    form = house.ready(buyer)
    answer = buyer.submit(PLACE, **form)
    assert answer.headers["location"].startswith("/sandbox/pay/")
    assert house.change(uses, "WELCOME10") == (1, 1)
    assert house.orders()[0].due_now_minor == 66369 - 250
