"""The list of orders."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session

from self_service import db
from self_service.domain.access import Actor
from self_service.domain.orders.cancellation import cancel
from self_service.models.orders import OrderState as State
from self_service.state.order_words import BADGES
from self_service.state.orders import OrdersState, orders_values
from self_service.state.request import Elsewhere, PageRequest
from tests.conftest import NOW
from tests.order_shop import Shop, choose, customer, fill, open_shop, order
from tests.tab import keep_signed_in, loaded, open_tab


def buy(session: Session, actor: Actor, shop: Shop, *slugs: str, days_ago: int = 0) -> None:
    when = NOW - timedelta(days=days_ago)
    for slug in slugs:
        choose(session, actor, shop[slug], now=when)
    order(session, actor, now=when)


@pytest.fixture
def shop(portal: db.Database) -> Shop:
    """A shop with two customers, behind the cookies "ada" and "eve"."""
    with portal.writing() as session:
        shop = open_shop(session)
        for cookie in ("ada", "eve"):
            actor = customer(session, f"{cookie}@example.com")
            keep_signed_in(session, actor, cookie)
            if cookie == "ada":
                buy(session, actor, shop, "fibre", days_ago=2)
                buy(session, actor, shop, "fibre", "case", "free", days_ago=1)
                fill(session, actor, shop)
                cancel(session, actor, order(session, actor).order_id, now=NOW)
        return shop


async def test_newest_first_in_words(shop: Shop) -> None:
    rows = (await orders_values(PageRequest("ada", "en", "/orders")))["orders"]
    assert [row.contents for row in rows] == ["phone · case", "fibre · case · 1 more", "fibre"]
    assert [(row.state, row.tone) for row in rows[:2]] == [
        ("Cancelled", "plain"),
        ("Not paid yet", "warn"),
    ]
    assert [row.ordered_on for row in rows] == ["21 Nov 2026", "20 Nov 2026", "19 Nov 2026"]
    assert rows[0].href == f"/en/order/{rows[0].number}"
    assert (rows[2].due_now, rows[2].monthly) == ("€39.99", "€39.99")


async def test_others_see_none_of_them(shop: Shop) -> None:
    tab = open_tab(OrdersState, "/en/orders", "eve")
    assert await loaded(tab) == []
    assert (tab.loaded, tab.orders) == (True, [])


@pytest.mark.parametrize("cookie", ["", "forged"])
async def test_visitors_sign_in_first(shop: Shop, cookie: str) -> None:
    with pytest.raises(Elsewhere) as other:
        await orders_values(PageRequest(cookie, "es", "/orders"))
    assert other.value.path == "/es/sign-in?next=%2Fes%2Forders"


def test_every_state_has_words() -> None:
    assert set(BADGES) == set(State)
