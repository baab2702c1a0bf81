"""The basket in a browser: it survives, it merges, and it is nobody else's."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from self_service.seed import DEMO_SIGN_INS
from tests.journeys.conftest import DESK, PHONE, Visit
from tests.journeys.steps import live, put_in, sign_in

Open = Callable[..., Visit]
CASE = "Kestrel One"


def basket(page: Page) -> str:
    """Return what the basket page says."""
    page.goto("/en/basket")
    live(page)
    return page.locator("main").inner_text()


def test_basket_survives_reload_and_another_tab(visit: Open) -> None:
    window = visit(PHONE)
    put_in(window.page)
    window.page.reload()
    assert CASE in basket(window.page)
    assert CASE in basket(window.tab())


def test_basket_is_seen_and_changed_beside_the_store(visit: Open) -> None:
    page = visit(DESK).page
    put_in(page)
    page.goto("/en/store")
    live(page)
    panel = page.get_by_role("complementary", name="Basket")
    expect(panel).to_contain_text(CASE)
    panel.get_by_role("button", name=f"One more {CASE}").click()
    expect(panel).to_contain_text("2 items")
    panel.get_by_role("button", name=f"Remove {CASE}").click()
    expect(panel).to_contain_text("Your basket is empty")
    panel.get_by_role("button", name="Undo").click()
    expect(panel).to_contain_text("2 items")


def test_signing_in_keeps_it_and_signing_out_leaves_nothing(visit: Open) -> None:
    window = visit(PHONE)
    page = window.page
    put_in(page)
    sign_in(page, DEMO_SIGN_INS[0])
    assert CASE in basket(page)
    elsewhere = visit(DESK).page  # the same person on another device
    sign_in(elsewhere, DEMO_SIGN_INS[0])
    assert CASE in basket(elsewhere)
    page.locator("header details summary", has_text="Account").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/store")
    assert CASE not in basket(page)
    page.go_back()
    page.reload()
    assert CASE not in basket(page)
