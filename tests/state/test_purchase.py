"""Goods by instalments on screen: the list on Home, the schedule, and the rest at once."""

from __future__ import annotations

import pytest
from sqlmodel import select

from self_service.domain.access import resolve
from self_service.domain.bills.accounts import billing_account
from self_service.domain.debts import purchases
from self_service.models.catalog import OfferingKind
from self_service.models.dunning import InstalmentPurchase
from self_service.models.subscriptions import Product
from self_service.pages import home as home_page
from self_service.pages import purchase as page
from self_service.state.home import HomeState, home_values
from self_service.state.purchase import PurchaseState, purchase_values
from self_service.state.request import Elsewhere, PageRequest
from tests.books import proven
from tests.conftest import NOW
from tests.factories import as_price, monthly
from tests.house import House
from tests.household import buy
from tests.live import live
from tests.paper import live as compiled
from tests.paper import printed


@pytest.fixture
def ada(house: House) -> str:
    """The cookie of a customer whose phone is paid by instalments."""
    with house.signed_in() as browser:
        cookie = browser.cookie
    with house.database.writing() as session:
        actor = resolve(session, cookie, now=house.clock())
        buy(session, actor, house.shop)
        account = billing_account(session, actor.customer(), currency="EUR", now=NOW)
        phone = session.exec(select(Product).where(Product.kind == OfferingKind.DEVICE)).one()
        price = as_price(monthly(2_000, duration_length=24))
        purchases.begin(session, account, phone, [price], now=NOW)
    return cookie


def _id(house: House) -> str:
    with house.database.reading() as session:
        return str(session.exec(select(InstalmentPurchase.id)).one())


async def test_the_rest_is_paid_at_once(house: House, ada: str) -> None:
    home = await home_values(PageRequest.at("/en/home", ada))
    (row,) = home["purchases"]
    assert (row.name, row.remaining, row.next) == (
        "phone",
        "€460.00",
        "Next: €20.00 on 21 Dec 2026",
    )
    assert row.href in printed(home_page.view, HomeState, home)
    async with live(ada) as tab:
        tab.url = row.href
        await tab.send(PurchaseState.load)
        assert len(tab.shows(PurchaseState, "parts")) == 24
        await tab.send(PurchaseState.settle)
        assert "not valid" in tab.shows(PurchaseState, "refused")
        await tab.send(PurchaseState.ask)
        assert tab.shows(PurchaseState, "quote") == "€460.00"
        assert tab.shows(PurchaseState, "quote_until") == "5 Dec 2026"
        found = await purchase_values(PageRequest.at(row.href, ada))
        assert "valid until" in printed(page.view, PurchaseState, found)
        await tab.send(PurchaseState.settle)
        assert tab.notice.startswith("Done.")
        assert tab.shows(PurchaseState, "open") is False
    assert (await home_values(PageRequest.at("/en/home", ada)))["purchases"] == []
    with house.database.reading() as session:
        proven(session)


async def test_others_see_nothing(house: House, ada: str) -> None:
    with house.signed_in("eve@example.com") as browser:
        eve = browser.cookie
    for path in (f"/en/purchases/{_id(house)}", "/en/purchases/none", "/en/purchases/%00"):
        found = await purchase_values(PageRequest.at(path, eve))
        assert found == {"purchase_id": "", "missing": True, "parts": []}
        assert "Nothing here" in printed(page.view, PurchaseState, found)
        async with live(eve) as tab:
            tab.url = path
            await tab.send(PurchaseState.ask)
            assert tab.shows(PurchaseState, "refused") == "We could not find that."
    with pytest.raises(Elsewhere):
        await purchase_values(PageRequest.at(f"/en/purchases/{_id(house)}", ""))
    assert "skeleton" in compiled(page.view, PurchaseState)
