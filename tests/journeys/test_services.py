"""Services in a browser: a setting that the network confirms, a lost SIM, an eSIM, coverage."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from self_service.seed.sign_ins import CORPORATE, POSTPAID, DemoSignIn
from tests.journeys.conftest import DESK, PHONE, Visit
from tests.journeys.steps import live, sign_in

Open = Callable[..., Visit]
#: The sandbox network may need to be asked again: milliseconds.
ANSWERED = 60_000


def at_service(page: Page, person: DemoSignIn, kind: str) -> None:
    """Sign in, and open the first service whose page has this heading."""
    sign_in(page, person)
    live(page)
    links = [
        str(link.get_attribute("href"))
        for link in page.get_by_role("link", name=re.compile("^Settings and help")).all()
    ]
    for link in links:
        page.goto(link)
        live(page)
        if page.get_by_role("heading", name=kind).count():
            return
    raise AssertionError(f"no service with {kind}: {links}")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_setting_is_confirmed_while_the_page_is_open(visit: Open, size: object) -> None:
    page = visit(size).page
    at_service(page, POSTPAID, "Calls and use abroad")
    row = page.get_by_role("listitem").filter(has_text="Voicemail")
    row.get_by_role("button", name=re.compile("^Switch o")).click()
    expect(page.get_by_role("status").filter(has_text="We told the network.")).to_be_visible()
    row = page.get_by_role("listitem").filter(has_text="Voicemail")
    expect(row).to_contain_text(re.compile("Being set to|Set on"))
    expect(row).to_contain_text("Set on", timeout=ANSWERED)


def test_a_lost_sim_is_blocked_and_changed_to_an_esim(visit: Open) -> None:
    page = visit(PHONE).page
    at_service(page, CORPORATE, "SIM")
    page.get_by_role("button", name="Block the SIM now").click()
    blocked = page.get_by_text("This SIM is blocked:")
    expect(blocked).to_be_visible()
    expect(page.get_by_text("The SIM is being blocked…")).to_be_hidden(timeout=ANSWERED)
    service = page.url
    page.goto("/en/home")
    page.get_by_role("link", name=re.compile("the SIM is blocked")).click()
    page.wait_for_url(service.partition("?")[0])
    live(page)
    page.get_by_text("Change the SIM", exact=True).click()
    page.get_by_role("button", name="Change to a new eSIM").click()
    page.get_by_role("link", name="Show the code of the eSIM").click()
    expect(page.get_by_role("heading", name="Install your eSIM")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^LPA:1\$"))).to_be_visible()
    page.get_by_role("link", name="Back to the service").click()
    live(page)
    expect(page.get_by_text("Your new SIM works.")).to_be_visible(timeout=ANSWERED)
    expect(blocked).to_be_hidden()


def test_an_address_is_checked_and_waited_for(visit: Open) -> None:
    page = visit(PHONE).page
    sign_in(page, POSTPAID)
    page.goto("/en/coverage")
    expect(page.get_by_text("Fibre, up to 1,000 Mbit/s")).to_be_visible()
    page.get_by_label("Street and house number").fill("Am Strand 3")
    page.get_by_label("Postal code").fill("17424")
    page.get_by_label("City or town").fill("Heringsdorf")
    page.get_by_role("button", name="Check this address").click()
    page.get_by_role("button", name=re.compile("Tell me when it comes.*Home internet")).click()
    expect(page.get_by_text(re.compile("On the list since"))).to_be_visible()
    page.get_by_role("button", name=re.compile("^Leave the list")).click()
    expect(page.get_by_text("You are off the list.")).to_be_visible()


def test_from_the_store_to_what_reaches_an_address(visit: Open) -> None:
    page = visit(DESK).page
    page.goto("/en/store?category=broadband")
    live(page)
    page.get_by_role("link", name="Check what is available at your address").click()
    page.wait_for_url("**/coverage")
    expect(page.get_by_label("Postal code")).to_be_visible()
