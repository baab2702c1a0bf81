"""Promotion codes on screens: in the basket, at the check-out, and where they are run."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from self_service.domain.access import ConfirmationNeeded, NotAllowed
from self_service.models.access import Role
from self_service.models.catalog import OfferingKind
from self_service.models.promotions import CartPromotion, Promotion
from self_service.pages.promotions import view
from self_service.state.basket import BasketState, basket_values
from self_service.state.checkout import checkout_values
from self_service.state.promotions import PromotionsState, promotions_values
from self_service.state.request import PageRequest
from tests.house import House
from tests.live import live
from tests.paper import live as built
from tests.paper import printed
from tests.promoted import make_code, off_once
from tests.tab import loaded, open_tab

FORM = {
    "code": "SUMMER",
    "name": "Summer",
    "effect": "oneTimePercent",
    "value": "12.5",
    "most_uses": "3",
}


@pytest.fixture
def buyer(house: House) -> str:
    browser = house.signed_in()
    house.filled(browser)
    house.change(make_code)
    house.change(off_once, kinds=[OfferingKind.DEVICE])
    return browser.cookie


async def test_a_code_is_typed_listed_and_removed(house: House, buyer: str) -> None:
    async with live(buyer) as tab:
        tab.url = "/en/basket"
        await tab.send(BasketState.load)
        before = tab.shows(BasketState, "totals")
        await tab.send(BasketState.add_code, form={"code": " welcome10 "})
        await tab.send(BasketState.add_code, form={"code": "once20"})
        once, welcome = tab.shows(BasketState, "codes")
        assert (once.code, once.text, once.lost) == ("ONCE20", "Saves €20.00 once.", False)
        assert (welcome.code, welcome.text) == ("WELCOME10", "Saves €7.50. Over 3 months.")
        totals = tab.shows(BasketState, "totals")
        assert (totals.saved, before.saved) == ("€27.50", "")
        assert tab.notice == "Code added."
        await tab.send(BasketState.remove_code, promotion=once.id)
        assert [row.code for row in tab.shows(BasketState, "codes")] == ["WELCOME10"]
        await tab.send(BasketState.remove_code, promotion=welcome.id)
        assert tab.shows(BasketState, "totals") == before
        assert tab.failed == ""


async def test_what_is_wrong_stands_at_the_field(house: House, buyer: str) -> None:
    async with live(buyer) as tab:
        tab.url = "/es/basket"
        for typed in ("nothing", "", None, 5, [], {}, "\0", "x" * 3000):
            await tab.send(BasketState.add_code, form={"code": typed})
            fault = tab.shows(BasketState, "code_fault")
            assert fault == "No conocemos este código. Revisa cómo está escrito.", typed
        await tab.send(BasketState.add_code, form={})
        await tab.send(BasketState.remove_code, promotion="x")
        assert tab.notice
        assert tab.failed == ""
    assert house.rows(CartPromotion) == [[]]


async def test_what_a_link_brought_is_said_at_the_store_and_once(house: House) -> None:
    async with live("somebody") as tab:
        tab.url = "/en/store?code_taken=once20"
        await tab.send(BasketState.load)
        said = "The code ONCE20 is in your basket. It lowers the price of what it is for."
        assert tab.shows(BasketState, "code_note") == said
        tab.url = "/en/store?code_refused=code_unknown&code=NOPE&sort=name"
        await tab.send(BasketState.load)
        assert tab.shows(BasketState, "code_note") == ""
        assert tab.shows(BasketState, "code_problem").startswith("We do not know this code.")
        for tab.url in ("/en/store?sort=name", "/en/basket?code_taken=ONCE20"):
            await tab.send(BasketState.load)
            assert tab.shows(BasketState, "code_problem") == ""
            assert tab.shows(BasketState, "code_note") == ""
        tab.url = "/en/store?code_taken=<b>"
        await tab.send(BasketState.load)
        assert tab.shows(BasketState, "code_note") == tab.failed == ""


async def test_too_many_tries(house: House, buyer: str) -> None:
    async with live(buyer) as tab:
        for number in range(21):
            await tab.send(BasketState.add_code, form={"code": f"GUESS{number}"})
        assert tab.shows(BasketState, "code_fault").startswith("You tried many codes.")
        await tab.send(BasketState.add_code, form={"code": "WELCOME10"})
    assert house.rows(CartPromotion) == [[]]


async def test_the_check_out_asks_about_a_lost_code(house: House, buyer: str) -> None:
    async with live(buyer) as tab:
        await tab.send(BasketState.add_code, form={"code": "WELCOME10"})
    request = PageRequest(buyer, "en", "/checkout", {"step": "review"})
    fine = await checkout_values(request)
    assert (fine["codes_lost"], fine["totals"].saved) == (False, "€7.50")

    def end(session: Any) -> None:
        row = session.exec(select(Promotion).where(Promotion.code == "WELCOME10")).one()
        row.valid_to = house.clock()

    house.change(end)
    lost = await checkout_values(request)
    assert (lost["codes_lost"], lost["totals"].saved) == (True, "")
    assert lost["codes"][0].text == "The code WELCOME10 is not valid any more."
    assert lost["totals"].due_now != fine["totals"].due_now


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({}, ""),
        ({"code_refused": "nonsense"}, ""),
        ({"code_refused": "code_over", "code": "summer"}, "The code SUMMER is not valid any more."),
        (
            {"code_refused": "code_not_together", "code": "A1", "other": "B2"},
            "The code A1 cannot be used together with B2.",
        ),
        ({"code_refused": "code_over", "code": "<b>"}, "The code is not valid any more."),
        (
            {"code_refused": "cookies_needed"},
            "Please allow cookies for this site: without them we cannot keep your basket.",
        ),
    ],
    ids=["nothing", "nonsense", "over", "together", "hostile", "cookies"],
)
async def test_a_refusal_comes_back_by_the_address(
    house: House, query: dict[str, str], told: str
) -> None:
    values = await basket_values(PageRequest("somebody", "en", "/basket", query))
    assert values["code_fault"] == told


@pytest.fixture
def ines(house: House) -> str:
    return house.signed_in("ines@example.com", Role.ADMINISTRATOR).cookie


async def page(cookie: str) -> PromotionsState:
    tab = open_tab(PromotionsState, "/en/promotions", cookie)
    assert await loaded(tab) == []
    return tab


async def test_a_code_is_made_changed_and_ended(house: House, ines: str) -> None:
    tab = await page(ines)
    await tab.add(FORM)
    assert (tab.refused, tab.form_number) == ("", 1)
    (row,) = tab.promotions
    assert (row.code, row.state, row.used) == ("SUMMER", "Running", "Used 0 of 3 times")
    assert row.what == "12.5% · Percent off what is paid once"
    await tab.change({"promotion": row.id, "most_uses": "50", "valid_to": "2030-01-31"})
    (row,) = tab.promotions
    assert (row.used, row.last_day) == ("Used 0 of 50 times", "2030-01-31")
    await tab.end(row.id)
    (row,) = tab.promotions
    assert (row.state, row.can_end) == ("Over", False)


async def test_what_is_wrong_with_a_form(house: House, ines: str) -> None:
    tab = await page(ines)
    await tab.add({**FORM, "value": "", "months": 5, "code": "?"})
    assert (tab.faults["value"] != "", tab.faults["code"] != "", tab.form_number) == (True, True, 0)
    assert tab.promotions == []
    await tab.add(FORM)
    row = tab.promotions[0]
    await tab.change({"promotion": row.id, "valid_from": "x"})
    assert tab.refused.startswith("Give a day")
    assert tab.faults["valid_from"] == ""
    assert tab.promotions == [row]


async def test_only_an_administrator_who_is_there_now(house: House, ines: str) -> None:
    tab = await page(ines)
    house.clock.move(minutes=11)
    before = house.rows(Promotion)
    with pytest.raises(ConfirmationNeeded):
        await tab.add(FORM)
    dora = house.signed_in("dora@example.com", Role.REPRESENTATIVE)
    other = open_tab(PromotionsState, "/en/promotions", dora.cookie)
    for act in (other.add(FORM), other.change(FORM), other.end("x")):
        with pytest.raises(NotAllowed):
            await act
    assert house.rows(Promotion) == before


async def test_the_page_of_codes(house: House, ines: str) -> None:
    house.change(make_code, "EVIL", name={"en": '<script>alert("1")</script>'})
    values = await promotions_values(PageRequest(ines, "en", "/promotions"))
    text = printed(view, PromotionsState, values)
    assert "EVIL" in text
    assert "<script>" not in text
    built(view, PromotionsState)
    empty = printed(view, PromotionsState, {**values, "promotions": []})
    assert "No codes yet" in empty
