"""From an empty browser to an active subscription, as a person does it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, Visit
from tests.journeys.steps import Buyer, answer, check_out, filter_by, live, to_store

Open = Callable[..., Visit]


def compare_two_and_pick(page: Page, buyer: Buyer) -> None:
    """Put the first two cards side by side and pick the second."""
    for place in range(2):
        card = page.locator("main li", has=page.locator("h2")).nth(place)
        card.get_by_role("link", name=buyer.t("Compare")).click()
        expect(card.get_by_role("link", name=buyer.t("In comparison"))).to_be_visible()
    page.locator("main").get_by_role("link", name=buyer.t("Compare"), exact=True).last.click()
    page.wait_for_url("**/compare**")
    live(page)
    page.get_by_role("link", name=buyer.t("Only differences")).click()
    page.wait_for_url("**diff=1**")
    page.get_by_role("link", name=buyer.t("Pick")).last.click()


def configure_and_choose_plan(page: Page, buyer: Buyer) -> None:
    """From the picked device to the basket."""
    page.wait_for_url("**/product/**")
    live(page)
    page.locator("main").get_by_role("link", name=buyer.t("Continue")).first.click()
    page.wait_for_url("**/choose/**")
    expect(page.locator("h1")).to_have_text(buyer.t("Choose a plan"))
    page.get_by_role("link", name=buyer.t("Choose"), exact=False).first.click()
    page.get_by_role("button", name=buyer.t("Add to basket")).first.click()
    done = page.get_by_role("status").filter(has_text=buyer.t("Added to your basket."))
    expect(done).to_be_visible()


def buy(page: Page, buyer: Buyer) -> None:
    """The whole first sale, with a card that is declined at first."""
    to_store(page, buyer, category="phones")
    before = page.locator("main p[role=status]").first.inner_text()
    filter_by(page, buyer.t("Brand"), "Kestrel")
    page.wait_for_url("**brand=kestrel**")
    expect(page.locator("main p[role=status]").first).not_to_have_text(before)
    page.reload()  # the filter stands in the address
    live(page)
    compare_two_and_pick(page, buyer)
    configure_and_choose_plan(page, buyer)
    check_out(page, buyer)
    answer(page, buyer, "Decline the card")
    expect(page.get_by_role("alert")).to_be_visible()
    answer(page, buyer, "Approve")
    page.wait_for_url("**/order/**")
    expect(page.get_by_text(buyer.t("Your order is complete"))).to_be_visible(timeout=30_000)
    page.goto(f"/{buyer.language}/home")
    live(page)
    expect(page.locator("main")).to_contain_text("Kestrel")
    expect(page.locator("main")).to_contain_text("IMEI")


@pytest.mark.parametrize(
    ("viewport", "language"),
    [(PHONE, "en"), (DESK, "en"), (PHONE, "es")],
    ids=["phone", "desk", "spanish"],
)
def test_stranger_becomes_subscriber(visit: Open, viewport: dict[str, int], language: str) -> None:
    window = visit(viewport)
    buy(window.page, Buyer(language))
    assert window.problems == []


def test_arabic_to_the_basket(visit: Open) -> None:
    window, buyer = visit(PHONE), Buyer("ar")
    page = window.page
    to_store(page, buyer, category="phones", brand="kestrel")
    assert page.evaluate("document.documentElement.dir") == "rtl"
    compare_two_and_pick(page, buyer)
    configure_and_choose_plan(page, buyer)
    page.goto("/ar/basket")
    live(page)
    expect(page.locator("main")).to_contain_text("Kestrel")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
    assert window.problems == []
