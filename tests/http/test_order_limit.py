"""New customers of one network order only so often in an hour."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update

from self_service import settings
from self_service.domain.access.attempts import TooManyOrders
from self_service.models.catalog import ProductStock
from self_service.state.checkout_words import REFUSALS
from tests.house import Browser, House

PLACE = "/do/place-order"


def order(house: House, number: int) -> str:
    """Order as somebody new; returns where it leads."""
    browser = Browser()
    browser.get("/en/store")
    form = house.ready(browser, email=f"new{number}@example.com")
    answer = browser.submit(PLACE, **form)
    assert answer.status_code == 303
    return answer.headers["location"]


@pytest.fixture
def stocked_up(house: House) -> House:
    """A shop that does not sell out."""
    house.change(lambda session: session.execute(update(ProductStock).values(available=1_000)))
    return house


def test_the_next_one_is_refused_and_changes_nothing(
    stocked_up: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELF_SERVICE_ORDERS_PER_HOUR", "2")
    settings.get.cache_clear()
    assert all(order(stocked_up, n).startswith("/sandbox/pay/") for n in range(2))
    before = len(stocked_up.orders()), stocked_up.payments()
    refused = parse_qs(urlsplit(order(stocked_up, 3)).query)["refused"]
    assert refused == [TooManyOrders.code]
    assert REFUSALS[TooManyOrders.code] == TooManyOrders.message
    assert (len(stocked_up.orders()), stocked_up.payments()) == before
    with stocked_up.signed_in() as customer:  # who is known is not counted
        answer = customer.submit(PLACE, **stocked_up.ready(customer))
        assert answer.headers["location"].startswith("/sandbox/pay/")
    stocked_up.clock.move(hours=1, seconds=1)
    assert order(stocked_up, 4).startswith("/sandbox/pay/")


def test_it_can_be_switched_off(stocked_up: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELF_SERVICE_ORDERS_PER_HOUR", "0")
    settings.get.cache_clear()
    assert all(order(stocked_up, n).startswith("/sandbox/pay/") for n in range(3))
