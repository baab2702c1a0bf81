"""One product, in words, and into the basket."""

from __future__ import annotations

from typing import Any

import pytest

from self_service import db
from self_service.domain.errors import NotFound
from self_service.models.catalog import OfferingKind as K
from self_service.state.basket import BasketState
from self_service.state.product import ProductState, product_values
from self_service.state.request import PageRequest
from self_service.state.shell import ShellState
from tests.basket_shop import Shop, open_shop, own
from tests.factories import choice, fact, make_offering, one_time
from tests.order_shop import customer
from tests.tab import keep_signed_in, loaded, open_tab

COOKIE = "ana"


@pytest.fixture
def shop(portal: db.Database) -> Shop:
    """A small range, and a phone of two colours and sizes of which not all are left."""
    with portal.writing() as session:
        make_offering(
            session,
            slug="nova",
            brand="Nova",
            name={"en": "Nova 5", "es": "Nova 5"},
            characteristics=[
                choice("colour", "Black", "Mint"),
                choice("storage", "128 GB", "256 GB"),
                fact("battery", 4500, unit="mAh"),
            ],
            prices=[
                one_time(50000, condition={"storage": "128 GB"}),
                one_time(60000, condition={"storage": "256 GB"}),
            ],
            stock={
                "colour=Black;storage=128 GB": 9,
                "colour=Black;storage=256 GB": 2,
                "colour=Mint;storage=128 GB": 1,
            },
            picture={"shape": "phone", "cameras": 2},
        )
        return open_shop(session)


async def values(url: str, cookie: str = COOKIE) -> dict[str, Any]:
    return await product_values(PageRequest.at(url, cookie))


def choices(found: dict[str, Any], title: str) -> dict[str, Any]:
    row = next(row for row in found["settings"] if row.title == title)
    return {value.text: value for value in row.choices}


async def test_what_is_chosen_stands_in_the_address(shop: Shop) -> None:
    found = await values("/en/product/nova?colour=Black&storage=256+GB")
    assert found["totals"].due_now == "€600.00"
    assert found["stock"] == "Only 2 left"
    assert found["picture"] == "/pictures/phone/Black/2/0/0.svg"
    there = "/en/choose/nova?colour=Black&storage=256+GB"
    assert (found["action"], found["action_href"]) == ("Continue to plans", there)


async def test_a_value_says_what_it_costs_more_or_less(shop: Shop) -> None:
    small = choices(await values("/en/product/nova?storage=128+GB"), "Storage")
    assert (small["128 GB"].selected, small["128 GB"].note) == (True, "")
    assert small["256 GB"].note == "+€100.00"
    large = choices(await values("/en/product/nova?storage=256+GB"), "Storage")
    assert large["128 GB"].note == "−€100.00"


async def test_a_value_that_cannot_be_had_says_why_and_leads_to_what_can(shop: Shop) -> None:
    found = choices(await values("/en/product/nova?colour=Mint&storage=128+GB"), "Storage")
    large = found["256 GB"]
    assert (large.left, large.possible) == (False, True)
    assert large.note == "Not available with Mint. Choose Black to get it."
    assert large.href == "/en/product/nova?colour=Black&storage=256+GB"


async def test_colours_show_themselves(shop: Shop) -> None:
    found = choices(await values("/en/product/nova"), "Colour")
    assert found["Mint"].swatch.startswith("#")
    assert choices(await values("/en/product/nova"), "Storage")["128 GB"].swatch == ""


async def test_what_was_chosen_further_on_is_kept(shop: Shop) -> None:
    found = await values("/en/product/phone?plan=plan-m&addons=data&utm=x")
    assert found["action_href"] == "/en/choose/phone?colour=Black&plan=plan-m&addons=data"


async def test_facts_and_what_goes_with_it(shop: Shop) -> None:
    found = await values("/en/product/nova")
    pairs = [pair for group in found["facts"] for pair in group.pairs]
    assert ("Battery", "4,500 mAh") in [(pair.name, pair.value) for pair in pairs]
    assert "Price" not in [pair.name for pair in pairs], "the price above is of what is chosen"
    assert found["beside_title"] == "Plans that go with it"
    assert "/en/product/plan-m" in [row.href for row in found["beside"]]
    pack = await values("/en/product/pack")
    assert pack["beside_title"] == "What is in it"
    assert (pack["action"], pack["action_href"]) == ("Put it together", "/en/choose/pack")


async def test_an_extra_asks_what_it_is_for(shop: Shop) -> None:
    found = await values("/en/product/roaming")
    assert (found["action"], found["action_href"]) == (
        "Choose what it is for",
        "/en/choose/roaming",
    )


async def test_every_value_has_its_var(shop: Shop) -> None:
    assert set(await values("/en/product/nova")) <= set(ProductState.get_fields())
    assert set(await values("/en/product/router")) <= set(ProductState.get_fields())


async def test_an_unknown_address(shop: Shop) -> None:
    with pytest.raises(NotFound):
        await values("/en/product/nothing")
    tab = open_tab(ProductState, "/en/product/nothing", COOKIE)
    tab.name = "Nova"  # of the product that this tab showed before
    assert await loaded(tab) == []
    assert (tab.missing, tab.slug, tab.name) == (True, "nothing", "")


async def test_what_is_not_sold_says_why(shop: Shop, portal: db.Database) -> None:
    router = await values("/en/product/router")
    assert router["missing"]
    assert router["reason"] == ("router is sold only as part of a bundle. Choose a bundle instead.")
    with portal.writing() as session:
        bob = customer(session, "bob@example.com")
        own(session, bob, shop["plan-m"])
        keep_signed_in(session, bob, "bob")
    young = await values("/en/product/young", "bob")
    assert young["reason"] == "young is for new customers only. Choose another offer."
    assert not (await values("/en/product/young"))["missing"]


async def test_a_thing_without_further_steps_goes_into_the_basket(shop: Shop) -> None:
    tab = open_tab(ProductState, "/en/product/cable", COOKIE)
    await loaded(tab)
    assert (tab.action, tab.action_href) == ("Add to basket", "")
    await tab.add()
    basket, shell = await tab.get_state(BasketState), await tab.get_state(ShellState)
    assert [line.name for line in basket.lines] == ["cable"]
    assert shell.notice == "Added to your basket."


async def test_a_refusal_is_said_and_changes_nothing(shop: Shop, portal: db.Database) -> None:
    with portal.writing() as session:
        make_offering(session, slug="rare", kind=K.ACCESSORY, prices=[one_time(100)], stock={"": 0})
    tab = open_tab(ProductState, "/en/product/rare", COOKIE)
    await tab.add()
    basket, shell = await tab.get_state(BasketState), await tab.get_state(ShellState)
    assert basket.count == 0
    assert shell.notice == "rare is sold out. Choose something else."


async def test_what_depends_on_the_address_leads_to_its_check(shop: Shop) -> None:
    assert not (await values("/en/product/nova"))["at_address"]
    assert (await values("/en/product/fibre"))["at_address"]
