"""The basket's handlers: what they do, and what no payload makes them do."""

from __future__ import annotations

from typing import Any

import pytest

from self_service.models.basket import CartItem, ShoppingCart
from self_service.state.basket import BasketState, basket_values
from self_service.state.request import PageRequest
from self_service.state.shell import ShellState
from tests.house import House
from tests.live import Live, live

HOSTILE = [None, [], {}, "", "x", 50, True, 1.5, "\ud800", "\0", {"a": []}, "9" * 500]


async def one_case(tab: Live, house: House) -> str:
    """Put one case in; returns the id of its line."""
    await tab.send(BasketState.add, offering_id=str(house.shop["case"]))
    return tab.shows(BasketState, "lines")[0].id


async def test_what_is_put_in_is_shown_and_said(house: House) -> None:
    async with live() as tab:
        tab.url = "/es/store"
        await tab.send(BasketState.add, offering_id=str(house.shop["case"]))
        line = tab.shows(BasketState, "lines")[0]
        assert (line.name, line.quantity, line.can_less, line.can_more) == ("case", 1, False, True)
        assert tab.shows(BasketState, "totals").due_now == "19,90\xa0€"
        assert tab.notice
        assert tab.failed == ""


async def test_quantity_removal_and_undo(house: House) -> None:
    async with live() as tab:
        line = await one_case(tab, house)
        await tab.send(BasketState.set_quantity, line_id=line, quantity=3)
        assert tab.shows(BasketState, "totals").due_now == "€59.70"
        assert tab.shows(BasketState, "count_text") == "3 items"
        await tab.send(BasketState.set_quantity, line_id=line, quantity=9)
        assert tab.shows(BasketState, "lines")[0].can_more is False
        await tab.send(BasketState.remove, line_id=line)
        assert tab.shows(BasketState, "lines") == []
        await tab.send(BasketState.undo)
        assert tab.shows(BasketState, "lines")[0].quantity == 9
        assert tab.notice == "The last change was taken back."
        await tab.send(BasketState.undo)
        assert tab.notice == "There is nothing to undo."
        assert tab.failed == ""


@pytest.mark.parametrize(
    ("handler", "argument"),
    [
        (BasketState.add, "offering_id"),
        (BasketState.remove, "line_id"),
        (BasketState.set_quantity, "quantity"),
        (BasketState.set_quantity, "line_id"),
    ],
    ids=["add", "remove", "quantity", "line"],
)
async def test_no_payload_changes_or_breaks_anything(
    house: House, handler: Any, argument: str
) -> None:
    async with live() as tab:
        line = await one_case(tab, house)
        others = {"line_id": line, "quantity": 2} if handler is BasketState.set_quantity else {}
        before = house.rows(ShoppingCart, CartItem)
        for value in HOSTILE:
            await tab.send(ShellState.say, text="")
            await tab.send(handler, **(others | {argument: value}))
            assert house.rows(ShoppingCart, CartItem) == before, value
            assert tab.failed == "", value
            assert tab.notice, value


@pytest.mark.parametrize("quantity", [-1, 10, 10**30, "2", 2.0])
async def test_a_quantity_out_of_bounds_is_refused(house: House, quantity: object) -> None:
    async with live() as tab:
        line = await one_case(tab, house)
        before = house.rows(ShoppingCart, CartItem)
        await tab.send(BasketState.set_quantity, line_id=line, quantity=quantity)
        if quantity == "2":  # a number typed as text is read by the framework
            assert tab.shows(BasketState, "count") == 2
            return
        assert house.rows(ShoppingCart, CartItem) == before
        assert tab.notice == "Choose a quantity between 0 and 9."


async def test_payloads_of_other_handlers_are_dropped_and_change_nothing(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async with live() as tab:
        await one_case(tab, house)
        before = house.rows(ShoppingCart, CartItem)
        await tab.send(BasketState.add, nothing=1)
        assert "event with other arguments dropped" in caplog.text
        await tab.send(f"{BasketState.get_full_name()}._change", done="x", operation="y")
        assert house.rows(ShoppingCart, CartItem) == before


async def test_nobody_changes_the_basket_of_another(house: House) -> None:
    async with live("one") as tab:
        line = await one_case(tab, house)
    async with live("two") as other:
        before = house.rows(ShoppingCart, CartItem)
        await other.send(BasketState.remove, line_id=line)
        await other.send(BasketState.set_quantity, line_id=line, quantity=5)
        assert other.notice == "We could not find that."
        assert house.rows(ShoppingCart, CartItem) == before
        await other.send(BasketState.load)
        assert other.shows(BasketState, "lines") == []


async def test_without_a_cookie_it_says_what_is_needed(house: House) -> None:
    async with live("") as tab:
        await tab.send(BasketState.add, offering_id=str(house.shop["case"]))
        assert tab.notice.startswith("Please allow cookies")
    assert house.rows(ShoppingCart) == [[]]


async def test_the_basket_in_words(house: House) -> None:
    with house.signed_in() as browser:
        house.filled(browser)
        values = await basket_values(PageRequest(browser.cookie))
        spanish = await basket_values(PageRequest(browser.cookie, "es"))
    phone, case = values["lines"]
    assert (phone.slug, phone.detail, phone.has_plan, phone.is_device) == (
        "phone",
        "Black",
        True,
        True,
    )
    assert [(part.name, part.is_plan, part.has_monthly) for part in phone.parts] == [
        ("plan", True, True),
        ("extra", False, True),
    ]
    assert (case.quantity, case.totals.has_monthly, case.has_plan) == (2, False, False)
    assert values["totals"].due_now == "€663.69"
    assert spanish["totals"].due_now == "663,69\xa0€"
    assert values["can_check_out"] is True
    assert values["problem"] == ""


async def test_what_does_not_go_any_more_says_why(house: House) -> None:
    from sqlalchemy import update

    from self_service.models.catalog import ProductStock

    with house.signed_in() as browser:
        house.filled(browser)
        house.change(lambda session: session.execute(update(ProductStock).values(available=0)))
        values = await basket_values(PageRequest(browser.cookie))
    assert values["can_check_out"] is False
    assert values["problem"] == values["lines"][0].problem != ""
