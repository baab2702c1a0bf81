"""The next step of a sale, in words, and into the basket."""

from __future__ import annotations

from typing import Any

import pytest

from self_service import db
from self_service.domain.errors import NotFound
from self_service.state.basket import BasketState
from self_service.state.choose import ChooseState, choose_values
from self_service.state.request import PageRequest
from self_service.state.shell import ShellState
from tests.basket_shop import Shop, open_shop
from tests.tab import loaded, open_tab, show_in

COOKIE = "ana"


@pytest.fixture
def shop(portal: db.Database) -> Shop:
    """A small range on sale."""
    with portal.writing() as session:
        return open_shop(session)


async def values(url: str) -> dict[str, Any]:
    return await choose_values(PageRequest.at(url, COOKIE))


async def test_a_device_asks_for_its_plan_first(shop: Shop) -> None:
    found = await values("/en/choose/phone?colour=Blue")
    assert found["plan_open"]
    assert (found["heading"], found["step"]) == ("Choose a plan", "Step 2 of 3")
    assert found["title"] == "Choose a plan · phone"
    plans = {row.key: row for row in found["plans"]}
    assert plans["plan-l"].href == "/en/choose/phone?colour=Blue&plan=plan-l"
    assert plans["plan-l"].totals.due_now == "€628.99"
    assert plans["plan-l"].totals.monthly == "€29.99"
    assert plans["plan-l"].totals.whole_term == "€1,318.76"
    assert plans["plan-l"].totals.term == "Over 24 months"
    assert plans["young"].totals.later == "then €9.99 a month from 21 Feb 2027"
    assert plans["none"].name == "No plan, only the device"
    assert found["product_href"] == "/en/product/phone?colour=Blue"


async def test_then_for_extras_and_the_kind_of_sim(shop: Shop) -> None:
    found = await values("/en/choose/phone?plan=plan-m&addons=roaming")
    assert not found["plan_open"]
    assert [(row.title, [v.text for v in row.choices]) for row in found["settings"]] == [
        ("SIM card", ["eSIM", "SIM card"])
    ]
    extras = {row.key: row for row in found["extras"][0].options}
    assert (extras["roaming"].state, extras["data"].state) == ("chosen", "possible")
    assert "addons=roaming,data" in extras["data"].href
    assert "addons" not in extras["roaming"].href
    assert found["totals"].due_now == "€623.99"
    assert [(row.name, row.detail) for row in found["sums"]] == [
        ("phone", "Black"),
        ("plan-m", "eSIM"),
        ("roaming", ""),
    ]


async def test_what_falls_out_is_said(shop: Shop) -> None:
    found = await values("/en/choose/phone?plan=plan-l&addons=data")
    assert found["dropped"] == "data: does not go with this plan and is left out."


async def test_a_bundle_says_what_comes_with_it_and_what_to_choose(shop: Shop) -> None:
    found = await values("/en/choose/pack")
    fixed, tv = found["parts"]
    assert (fixed.title, fixed.fixed) == ("Comes with it", True)
    assert {row.name for row in fixed.options} == {"fibre", "router"}
    assert (tv.title, tv.hint, tv.single) == ("TV", "Choose one, or none", False)
    assert tv.options[0].paid
    assert found["heading"] == "Put your bundle together"


async def test_other_languages(shop: Shop) -> None:
    found = await values("/es/choose/phone")
    assert found["plans"][0].href.startswith("/es/choose/phone?")
    assert "€" in found["plans"][0].totals.due_now
    assert found["plans"][0].totals.due_now[0].isdigit()


async def test_every_value_has_its_var(shop: Shop) -> None:
    assert set(await values("/en/choose/phone")) <= set(ChooseState.get_fields())


async def test_an_unknown_address(shop: Shop) -> None:
    with pytest.raises(NotFound):
        await values("/en/choose/nothing")
    tab = open_tab(ChooseState, "/en/choose/nothing", COOKIE)
    assert await loaded(tab) == []
    assert (tab.missing, tab.slug) == (True, "nothing")
    show_in(tab, "/en/choose/phone", COOKIE)
    await loaded(tab)
    assert not tab.missing


async def test_all_goes_into_the_basket_in_one_act(shop: Shop) -> None:
    tab = open_tab(ChooseState, "/en/choose/phone?colour=Blue&plan=plan-m&addons=data", COOKIE)
    event = await tab.take()
    basket, shell = await tab.get_state(BasketState), await tab.get_state(ShellState)
    assert basket.count == 1
    assert [part.name for part in basket.lines[0].parts] == ["plan-m", "data"]
    assert basket.can_undo
    assert shell.notice == "Added to your basket."
    assert "/en/basket" in str(event)


async def test_a_refusal_is_said_and_changes_nothing(shop: Shop) -> None:
    tab = open_tab(ChooseState, "/en/choose/roaming", COOKIE)
    assert await tab.take() is None
    basket, shell = await tab.get_state(BasketState), await tab.get_state(ShellState)
    assert basket.count == 0
    assert shell.notice.startswith("roaming is an extra.")


async def test_the_plan_of_a_line_is_swapped(shop: Shop) -> None:
    tab = open_tab(ChooseState, "/en/choose/phone?plan=plan-m&addons=data", COOKIE)
    await tab.take()
    basket = await tab.get_state(BasketState)
    line = basket.lines[0].id
    show_in(tab, f"/en/choose/phone?line={line}", COOKIE)
    await loaded(tab)
    assert (tab.heading, tab.action, tab.product_href) == ("Change plan", "Change plan", "")
    assert {row.key: row.badge for row in tab.plans}["plan-m"] == "In your basket"
    show_in(tab, f"/en/choose/phone?line={line}&plan=plan-l", COOKIE)
    await tab.take()
    assert [part.name for part in basket.lines[0].parts] == ["plan-l"]
    shell = await tab.get_state(ShellState)
    assert shell.notice == "Basket changed. data: does not go with this plan and is left out."


@pytest.mark.parametrize("line", ["", "nonsense", "00000000-0000-0000-0000-000000000000", 7, None])
async def test_an_extra_is_put_only_on_a_line_of_ones_own(shop: Shop, line: Any) -> None:
    tab = open_tab(ChooseState, "/en/choose/roaming", COOKIE)
    assert await tab.put(line) is None
    basket, shell = await tab.get_state(BasketState), await tab.get_state(ShellState)
    assert (basket.count, bool(shell.notice)) == (0, True)


async def test_an_extra_is_put_on_a_line_of_the_basket(shop: Shop) -> None:
    tab = open_tab(ChooseState, "/en/choose/plan-m", COOKIE)
    await tab.take()
    show_in(tab, "/en/choose/roaming", COOKIE)
    await loaded(tab)
    assert tab.plans[0].line
    await tab.put(tab.plans[0].line)
    basket = await tab.get_state(BasketState)
    assert [part.name for part in basket.lines[0].parts] == ["roaming"]
