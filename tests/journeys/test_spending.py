"""Budgets, advice and cost centres in a browser: what a person, and a company, does there."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from self_service.seed.sign_ins import CORPORATE, POSTPAID
from tests.journeys.conftest import DESK, PHONE, Visit
from tests.journeys.steps import live, sign_in

Open = Callable[..., Visit]


def test_a_budget_stands_in_the_chart_on_a_phone(visit: Open) -> None:
    window = visit(PHONE)
    page = window.page
    sign_in(page, POSTPAID)
    page.goto("/en/spend")
    live(page)
    page.get_by_text(re.compile("^(Change the|Set a) budget")).click()
    page.get_by_label("Budget of a month").fill("much")
    page.get_by_role("button", name="Save the budget").click()
    page.wait_for_url("**refused=bad_budget")
    live(page)
    expect(page.get_by_role("alert").filter(has_text="Type a budget")).to_be_visible()
    page.get_by_text(re.compile("^(Change the|Set a) budget")).click()
    page.get_by_label("Budget of a month").fill("5000")
    page.get_by_role("button", name="Save the budget").click()
    page.wait_for_url("**done=budget")
    live(page)
    expect(page.get_by_text(re.compile(r"below your budget of €5,000\.00"))).to_be_visible()
    expect(page.locator(".chart .textpoint", has_text="Budget")).to_be_visible()
    page.get_by_role("link", name="Beside the time before").click()
    expect(page.locator(".chart .scatterlayer .trace")).to_have_count(2)
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("columnheader", name="Budget")).to_be_visible()
    page.goto("/en/spend")
    live(page)
    page.get_by_text("Change the budget").click()
    page.get_by_role("button", name="Have no budget").click()
    page.wait_for_url("**done=no_budget")
    assert window.problems == []


def test_a_company_parts_its_lines_and_follows_advice_to_the_quote(visit: Open) -> None:
    window = visit(DESK)
    page = window.page
    sign_in(page, CORPORATE)
    page.goto("/en/spend")
    live(page)
    page.get_by_role("link", name=re.compile("^See the change to")).first.click()
    page.wait_for_url("**/subscriptions/**act=plan**")
    expect(page.get_by_role("button", name="Change plan")).to_be_visible()
    page.goto("/en/spend")
    live(page)
    page.get_by_role("link", name="By cost centre").click()
    page.wait_for_url("**/company-spend")
    page.get_by_text("Make a cost centre").click()
    page.get_by_label("Name").fill("Office")
    page.get_by_label("Budget of a month").fill("100")
    page.get_by_role("button", name="Make it").click()
    page.wait_for_url("**done=add")
    live(page)
    page.get_by_role("link", name="Without a cost centre").click()
    page.get_by_label(re.compile("^Choose Fibre")).check()
    page.get_by_label("Move the chosen lines to").select_option("Office")
    page.get_by_role("button", name="Move").click()
    page.wait_for_url("**done=move")
    live(page)
    expect(page.get_by_text("The lines are moved.")).to_be_visible()
    page.get_by_role("link", name="Company spending").first.click()
    page.get_by_role("link", name="Office").click()
    page.get_by_role("link", name=re.compile("^Fibre")).click()
    expect(page.get_by_role("heading", name="On your bills")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download as CSV").click()
    assert taken.value.path().read_text().startswith("bill,date,kind,name,amount,currency")
    page.get_by_role("link", name="Office").click()
    page.get_by_text("Remove this cost centre").click()
    page.get_by_role("button", name="Remove").click()
    page.wait_for_url("**done=remove")
    assert window.problems == []
