"""The customer's page of vouchers: what it shows, changes, and refuses."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from self_service import settings
from self_service.domain.access import Actor
from self_service.domain.payments.paying import Way
from self_service.domain.vouchers import batches, sales
from self_service.domain.vouchers.gift_form import Gift
from self_service.domain.vouchers.sales import Wish
from self_service.models.vouchers import VoucherSale
from self_service.money import Money
from self_service.pages.vouchers import view
from self_service.policy import current
from self_service.state.shell import ShellState
from self_service.state.vouchers import VouchersState, vault, vouchers_values
from tests.conftest import NOW
from tests.house import House
from tests.paper import live, printed
from tests.tab import loaded, open_tab
from tests.voucher_shop import EUR, administrator, wish


def sell(session: Session, actor: Actor, gift: Gift | None = None) -> str:
    """A voucher that was bought and paid for, its money left out."""
    asked = Wish(Money(2_500, EUR), uuid4().hex, gift)
    rules, way = current().vouchers, Way("sandbox")
    sales.start(session, actor, asked, way=way, policy=rules, vault=vault(), now=NOW)
    sale = session.exec(
        select(VoucherSale).where(VoucherSale.voucher_id.is_(None))  # type: ignore[union-attr]
    ).one()
    sales.hand_over(session, sale, now=NOW)
    return str(sale.id)


@pytest.fixture
def ada(house: House) -> str:
    """A customer, behind this cookie."""
    return house.signed_in().cookie


async def page(cookie: str, query: str = "") -> VouchersState:
    tab = open_tab(VouchersState, f"/en/vouchers{query}", cookie)
    assert await loaded(tab) == []
    return tab


async def values(cookie: str, query: str = "") -> dict[str, Any]:
    from self_service.state.request import PageRequest

    return await vouchers_values(PageRequest.at(f"/en/vouchers{query}", cookie))


async def test_an_empty_page_says_what_would_be_here(house: House, ada: str) -> None:
    html = printed(view, VouchersState, await values(ada))
    assert "No vouchers yet" in html
    assert 'action="/do/buy-voucher"' in html
    assert 'action="/do/top-up"' in html
    assert "€25.00" in html


async def test_a_bought_voucher_stands_with_its_code(house: House, ada: str) -> None:
    house.change(sell, house.actor(ada))
    tab = await page(ada)
    (row,) = tab.bought
    assert (row.amount, row.state, row.open) == ("€25.00", "Can be redeemed", False)
    assert len(row.code) == 19
    html = printed(view, VouchersState, await values(ada))
    assert row.code in html
    assert html.index(row.code) < html.index('action="/do/top-up"')  # what one has comes first
    assert "No vouchers yet" not in html


async def test_others_see_nothing_of_it(house: House, ada: str) -> None:
    house.change(sell, house.actor(ada))
    bo = house.signed_in("bo@example.com").cookie
    assert (await page(bo)).bought == []
    staff = open_tab(VouchersState, "/en/vouchers", house.signed_in("i@example.com").cookie)
    await loaded(staff)
    assert staff.bought == []
    assert await loaded(open_tab(VouchersState, "/en/vouchers")) != []


async def test_a_gift_is_corrected_and_sent_again(house: House, ada: str) -> None:
    gift = house.change(sell, house.actor(ada), Gift("bo@example.com"))
    tab = await page(ada)
    before = tab.bought[0].code
    await tab.edit("nonsense")
    assert tab.open == ""
    await tab.edit(gift)
    assert tab.open == gift
    await tab.correct({"address": "nobody"})
    assert tab.open_fault
    assert tab.bought[0].code == before
    await tab.correct({"address": "eva@example.com"})
    assert (tab.open, tab.open_fault) == ("", "")
    assert tab.bought[0].receiver == "eva@example.com"
    assert tab.bought[0].code != before
    await tab.send_again(gift)
    assert (await tab.get_state(ShellState)).notice == "The mail is on its way."


@pytest.mark.parametrize("sale", ["", "nonsense", str(UUID(int=7)), 5, None, ["x"]])
async def test_ids_that_are_none(house: House, ada: str, sale: Any) -> None:
    before = house.rows(VoucherSale)
    tab = await page(ada)
    await tab.send_again(sale)
    assert tab.refused == "We could not find that."
    assert house.rows(VoucherSale) == before


@pytest.mark.parametrize(
    ("query", "field", "text"),
    [
        ("?refused=voucher_not_sold&at=value", "value", "Choose one of the values."),
        ("?refused=invalid&at=email", "email", "Please check the marked fields."),
        ("?refused=card_not_usable", "", "This card cannot be used any more. Choose another one."),
    ],
)
async def test_refusals_stand_where_they_belong(
    house: House, ada: str, query: str, field: str, text: str
) -> None:
    tab = await page(ada, query)
    assert (tab.faults[field] if field else tab.refused) == text
    assert tab.gift_open is (field == "email")


async def test_the_way_back_from_paying(house: House, ada: str) -> None:
    assert (await page(ada, "?paid=done")).notice == "Paid. Your voucher stands below."
    assert (await page(ada, "?paid=<script>")).notice == ""


async def test_the_demo_shows_a_code_to_try(
    house: House, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.change(batches.create, administrator(NOW), wish(NOW, name="Demo"), vault=vault(), now=NOW)
    shown = (await page(ada)).demo_code
    assert len(shown) == (19 if settings.get().demo else 0)
    monkeypatch.setenv("SELF_SERVICE_DEMO", "false")
    settings.get.cache_clear()
    assert (await page(ada)).demo_code == ""


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_the_live_page_compiles(language: str) -> None:
    assert live(view, VouchersState, language)
