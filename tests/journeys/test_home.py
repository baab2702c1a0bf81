"""Home in a browser: it shows what changes elsewhere, without being asked."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from self_service.seed.sign_ins import POSTPAID
from tests.journeys.conftest import DESK, PHONE, Server, Visit
from tests.journeys.records import use
from tests.journeys.steps import Buyer, live, sign_in, to_home
from tests.journeys.test_money import newcomer, owe, pay_new_card, shelves, visited
from tests.used import MB

Open = Callable[..., Visit]

__all__ = ["shelves"]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_home_shows_usage_that_comes_while_it_is_open(
    visit: Open, server: Server, size: dict[str, int]
) -> None:
    window = visit(size)
    page = window.page
    sign_in(page, POSTPAID)
    to_home(page)
    page.evaluate("window.stayed = true")
    data = page.get_by_role("listitem").filter(has_text=re.compile(r"\bGB\b|\bMB\b")).first
    expect(data).to_be_visible()
    before = data.inner_text()
    name = f"home-{size['width']}"
    use(server, POSTPAID, {"id": name, "minutes": 1, "kind": "data", "units": 700 * MB})
    expect(data).not_to_have_text(before)
    assert page.evaluate("window.stayed")
    assert window.problems == []


def test_home_shows_a_payment_of_another_tab(visit: Open, shelves: object) -> None:
    window = visit(PHONE)
    buyer, _ = newcomer(window.page)
    assert isinstance(buyer, Buyer)
    owe(shelves, buyer, 1_250)  # type: ignore[arg-type]
    to_home(window.page)
    due = window.page.get_by_role("listitem").filter(has_text="To pay")
    expect(due).to_contain_text("€12.50")
    other = window.tab()
    pay_new_card(visited(other, "bills"), "Pay €12.50")
    expect(due).to_contain_text("Nothing is open")
    expect(due).to_contain_text("€0.00")
    live(window.page)
    assert window.problems == []
