"""Shared allowances in a browser: two people, an invitation, a limit, and more of it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from self_service.seed.sign_ins import HYBRID, POSTPAID
from tests.journeys.conftest import DESK, PHONE, Visit
from tests.journeys.steps import live, sign_in

Open = Callable[..., Visit]


def at_sharing(page: Page) -> None:
    """Open the page of shared allowances as it is now."""
    page.goto("/en/sharing")
    live(page)


def done(page: Page, text: str) -> None:
    """See what was done, on a page that is live."""
    expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()
    live(page)


def test_a_family_grows_and_shares(visit: Open) -> None:
    owner, guest = visit(PHONE).page, visit(DESK).page
    sign_in(owner, HYBRID)
    owner.goto("/en/usage")
    live(owner)
    owner.get_by_role("link", name="Shared allowances").click()
    family = (
        owner.get_by_role("listitem")
        .filter(has=owner.get_by_role("heading", name="Family", level=2))
        .filter(has_text="Who takes from it")
    )
    took = family.get_by_text(re.compile(r"^[0-9.]+ GB taken$"))
    expect(took).to_be_visible()  # the younger line
    family.get_by_text("Invite somebody else").click()
    family.get_by_role("button", name="Make the invitation").click()
    done(owner, "The invitation is ready.")
    owner.get_by_text("Show the link").last.click()
    link = str(owner.locator("code", has_text="http").last.text_content())

    sign_in(guest, POSTPAID)
    guest.goto(link)
    live(guest)
    assert "link=" not in guest.url
    expect(guest.get_by_text("Mateo Silva shares with you")).to_be_visible()
    guest.get_by_role("button", name="Join the group").click()
    done(guest, "You are in.")

    at_sharing(owner)
    member = owner.get_by_role("listitem").filter(has_text="Jonas Brandt").last
    member.get_by_text("Change the limit").click()
    member.get_by_label("GB a month").fill("3")
    member.get_by_role("button", name="Save the limit").click()
    done(owner, "The limit is saved.")

    at_sharing(guest)
    expect(guest.get_by_text("3 GB left for you")).to_be_visible()
    guest.get_by_text("Ask for more").click()
    guest.get_by_label("How much more this month?").select_option(label="2 GB")
    guest.get_by_role("button", name="Ask the owner").click()
    done(guest, "Asked.")

    at_sharing(owner)
    wish = (
        owner.get_by_role("listitem")
        .filter(has=owner.get_by_role("button", name=re.compile("^Allow")))
        .last
    )
    expect(wish).to_contain_text("2 GB")
    wish.get_by_role("button", name=re.compile("^Allow")).click()
    done(owner, "Granted")
    at_sharing(guest)
    expect(guest.get_by_text("5 GB left for you")).to_be_visible()
    guest.get_by_text("Leave the group").click()
    guest.get_by_role("button", name=re.compile("^Leave now")).click()
    done(guest, "You left the group.")
