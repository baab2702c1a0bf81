"""Limits and alerts in a browser: a limit is changed, lifted, and the history is there."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from self_service.seed.sign_ins import HYBRID
from tests.journeys.conftest import DESK, PHONE, Visit
from tests.journeys.steps import live, sign_in

Open = Callable[..., Visit]
#: The sandbox network may need to be asked again: milliseconds.
ANSWERED = 60_000


def test_a_limit_stops_what_costs_and_is_lifted_once(visit: Open) -> None:
    page = visit(PHONE).page
    sign_in(page, HYBRID)
    live(page)
    page.goto("/en/usage")
    live(page)
    page.get_by_role("link", name="Limits and alerts").click()
    expect(page.get_by_role("heading", name="Limits and alerts")).to_be_visible()
    live(page)
    expect(page.get_by_text("50 % of the data").first).to_be_visible()
    card = page.get_by_role("listitem").filter(has_text="All usage that costs extra")
    card.get_by_text("Change the limit").click()
    card.get_by_label("Sum for each period").fill("4,00")
    card.get_by_label("Stop what costs extra.").check()
    card.get_by_role("button", name="Save the limit").click()
    expect(page.get_by_role("status").filter(has_text="Your limit is saved.")).to_be_visible()
    expect(card).to_contain_text(re.compile("Being stopped|Stopped"))
    expect(card).to_contain_text(re.compile("stopped until|until you use more"), timeout=ANSWERED)
    live(page)
    card.get_by_text("Use more, once").click()
    card.get_by_role("button", name="€5.00").click()
    expect(page.get_by_role("status").filter(has_text="You can use more")).to_be_visible()
    expect(card).to_contain_text("of €9.00")
    expect(card).to_contain_text("Lifted by €5.00", timeout=ANSWERED)


def test_alerts_are_chosen_at_a_desk(visit: Open) -> None:
    page = visit(DESK).page
    sign_in(page, HYBRID)
    live(page)
    page.goto("/en/limits")
    live(page)
    expect(page.get_by_text("80 % of the limit for all usage").first).to_be_visible()
    expect(page.get_by_text(f"Written to {HYBRID.login}").first).to_be_visible()
    page.get_by_label("50 %").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    live(page)
    expect(page.get_by_label("50 %")).not_to_be_checked()
    expect(page.get_by_label("80 %")).to_be_checked()
