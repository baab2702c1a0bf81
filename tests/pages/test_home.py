"""Home as people get it."""

from __future__ import annotations

import dataclasses

import pytest

from self_service import i18n
from self_service.pages import home
from self_service.state.home import HomeState
from self_service.state.home_rows import GoodsRow, OpenOrderRow, ServiceRow, SubscriptionRow
from tests.paper import live, printed

EVIL = '"><img src=x onerror=alert(1)>'
PHONE = GoodsRow("g", "Nimbo 5", "Black", "/pictures/p.svg", "IMEI", "353671178785185")
PLAN = ServiceRow("s", "", "", "8949 1000", "eSIM", True, ["20 GB"], "/en/services/s")
ROW = SubscriptionRow(
    id="r",
    name="Tide M",
    number="+49 1512 3456789",
    status="Active",
    tone="good",
    prepaid=False,
    since="25 Oct 2026",
    since_exact="25 Oct 2026, 10:00:00",
    charge="€14.99",
    charge_day="in 3 days · 24 Nov 2026",
    charge_exact="Tuesday 24 November 2026",
    term_end="25 Oct 2028",
    term_exact="Wednesday 25 October 2028",
    services=[PLAN],
    goods=[PHONE],
)
ORDER = OpenOrderRow(
    "TW-1", "/en/order/TW-1", "We are setting up your order", "4 of 7 done", "57%", "accent"
)


def page(language: str = "en", **values: object) -> str:
    return printed(home.view, HomeState, {"greeting": "Hello Ada", **values}, language)


@pytest.mark.parametrize("language", list(i18n.LANGUAGES))
def test_what_matters_stands_in_order(language: str) -> None:
    html = page(language, subscriptions=[ROW], open_orders=[ORDER], goods=[PHONE])
    wanted = (
        "Hello Ada",
        "We are setting up your order",
        "Tide M",
        "+49 1512 3456789",
        "€14.99",
        "in 3 days · 24 Nov 2026",
        "25 Oct 2028",
        "20 GB",
        "8949 1000",
        i18n.translate(language, "Install the eSIM on your phone"),
        "353671178785185",
    )
    places = [html.index(text) for text in wanted]
    assert places == sorted(places)
    assert 'href="/en/order/TW-1"' in html
    assert "width:57%" in html


def test_what_is_not_there_leaves_no_trace() -> None:
    html = page(subscriptions=[dataclasses.replace(ROW, charge="", term_end="", number="")])
    assert "Next charge" not in html
    assert "Contract until" not in html
    assert "<bdi></bdi>" not in html
    assert "Bought without a plan" not in html
    assert "Nothing runs yet" not in html


def test_prepaid_is_said() -> None:
    assert "Prepaid" not in page(subscriptions=[ROW])
    assert "Prepaid" in page(subscriptions=[dataclasses.replace(ROW, prepaid=True)])


def test_empty_home_leads_to_the_store() -> None:
    html = page(nothing=True)
    assert 'href="/en/store"' in html
    assert "Nothing runs yet" in html


def test_place_is_kept_while_it_is_read() -> None:
    assert 'aria-busy="true"' in printed(home.view, HomeState, {})


def test_nothing_of_a_customer_becomes_markup() -> None:
    goods = dataclasses.replace(PHONE, name=EVIL, serial=EVIL, picture=EVIL)
    plan = dataclasses.replace(PLAN, sim=EVIL, allowances=[EVIL])
    row = dataclasses.replace(ROW, name=EVIL, goods=[goods], services=[plan], tone=EVIL)
    html = page(greeting=EVIL, subscriptions=[row], open_orders=[ORDER])
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


def test_live_page_compiles() -> None:
    assert live(home.view, HomeState)
