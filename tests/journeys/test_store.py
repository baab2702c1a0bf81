"""The store in a browser: addresses, Back, and reading without scripts."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE, Visit
from tests.journeys.steps import Buyer, live, open_filter, to_store

Open = Callable[..., Visit]


def test_store_and_product_are_readable_without_scripts(visit: Open) -> None:
    page = visit(PHONE, scripts=False).page
    page.goto("/en/store?category=phones&brand=kestrel")
    expect(page.locator("h1")).to_have_text("Phones")
    expect(page.locator("main li h2").first).to_be_visible()
    page.locator("main li h2 a").first.click()
    expect(page.locator("h1")).to_contain_text("Kestrel")
    expect(page.locator("main")).to_contain_text("€")
    page.goto("/es/store")
    assert page.locator("html").get_attribute("lang") == "es"


def test_back_returns_to_the_same_place_of_the_list(visit: Open) -> None:
    page = visit(PHONE).page
    to_store(page, Buyer(), category="phones")
    card = page.locator("main li h2 a").nth(8)
    card.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 300
    card.click()
    page.wait_for_url("**/product/**")
    expect(page.locator("h1")).to_be_visible()
    page.go_back()
    page.wait_for_url("**/store?category=phones")
    expect(page.locator("main li h2").nth(8)).to_be_visible()
    expect(page.locator("main li h2 a").nth(8)).to_be_in_viewport()


def test_search_leads_to_an_address_that_can_be_shared(visit: Open) -> None:
    page = visit(DESK).page
    to_store(page, Buyer())
    page.fill("#q", "kestrel max")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=kestrel**")
    shared = visit(PHONE).page
    shared.goto(page.url)
    live(shared)
    expect(shared.locator("main li h2").first).to_contain_text("Kestrel")
    expect(shared.locator("#q")).to_have_value("kestrel max")


def test_counts_beside_choices_are_what_choosing_gives(visit: Open) -> None:
    page = visit(DESK).page
    to_store(page, Buyer(), category="phones")
    choice = open_filter(page, "Brand").get_by_role("link").first
    count = choice.locator("span").last.inner_text().strip()
    choice.click()
    page.wait_for_url("**brand=**")
    expect(page.locator("main p[role=status]").first).to_contain_text(f"{count} result")


def test_what_is_typed_early_is_not_lost(visit: Open) -> None:
    """Somebody types into the first view, before the live page takes its place."""
    window = visit()
    page = window.page
    page.route("**/assets/entry*.js", lambda route: (time.sleep(1), route.continue_()))
    page.goto("/en/sign-in", wait_until="commit")
    page.locator(".rx-Html #login").fill("ana@example.com")
    live(page)
    expect(page.locator("#login")).to_have_value("ana@example.com")
    expect(page.locator("#login")).to_be_focused()
    assert window.problems == []


def test_what_is_selected_and_pressed_early_is_not_lost(visit: Open) -> None:
    """What is typed then replaces the selection, and a press that began before is a click."""
    page = visit().page
    page.route("**/assets/entry*.js", lambda route: (time.sleep(1), route.continue_()))
    page.goto("/en/sign-in", wait_until="domcontentloaded")
    page.locator(".rx-Html #login").fill("somebody@example.com")
    page.locator(".rx-Html #login").select_text()
    live(page)
    page.keyboard.insert_text("ana@example.com")
    expect(page.locator("#login")).to_have_value("ana@example.com")
    page.goto("/en/sign-in", wait_until="domcontentloaded")
    page.locator(".rx-Html").get_by_role("link", name="Create an account").hover()
    page.mouse.down()
    live(page)
    page.mouse.up()
    page.wait_for_url("**/register**")
