"""Who is there: passkey, second factor, a forgotten password, acting for a customer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyotp
from playwright.sync_api import Page, expect

from self_service.seed import DEMO_SIGN_INS
from self_service.seed.sign_ins import POSTPAID, DemoSignIn
from tests.journeys.conftest import DESK, Visit
from tests.journeys.steps import Buyer, last_mail, live, register, sign_in, sign_out

Open = Callable[..., Visit]
BERLIN = ZoneInfo("Europe/Berlin")  # the days of the demo operator


def virtual_key(page: Page) -> Any:
    """Give the browser a device that knows its owner's finger."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools


def test_a_passkey_instead_of_a_password(visit: Open) -> None:
    window = visit()
    page = window.page
    sign_in(page, register(page, Buyer()))
    virtual_key(page)
    page.goto("/en/security")
    live(page)
    page.fill("#passkey-name", "My phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("button", name="Remove My phone")).to_be_visible()
    sign_out(page)
    page.goto("/en/sign-in")
    live(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/home")
    live(page)
    expect(page.locator("h1")).to_contain_text("Ana")
    assert window.problems == []


def test_a_second_factor(visit: Open) -> None:
    window, buyer = visit(), Buyer()
    page = window.page
    person = register(page, buyer)
    sign_in(page, person)
    page.goto("/en/security")
    live(page)
    page.get_by_role("link", name="Set up an app").click()
    expect(page.locator("h1")).to_have_text("Set up an authenticator app")
    secret = re.search(r"\b[A-Z2-7]{4}( ?[A-Z2-7]{4}){3,}\b", page.locator("body").inner_text())
    assert secret
    code = pyotp.TOTP(secret.group(0).replace(" ", ""))
    page.fill("#code", code.now())
    page.locator("form button[type=submit]").first.click()
    expect(page.locator("body")).to_contain_text(re.compile("recovery codes", re.I))
    recovery = page.locator("ol li code").first.inner_text()
    sign_out(page)
    page.goto("/en/sign-in")
    live(page)
    page.fill("#login", buyer.email)
    page.fill("#password", buyer.password)
    page.locator("main form").first.get_by_role("button").click()
    page.wait_for_url("**/second-factor**")
    page.fill("#code", code.now())  # used a moment ago: refused
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text("it was used already")).to_be_visible()
    page.fill("#code", recovery)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/home**")
    assert window.problems == []


def test_a_forgotten_password(visit: Open) -> None:
    window, buyer = visit(), Buyer()
    page = window.page
    register(page, buyer)
    page.goto("/en/forgot")
    live(page)
    page.fill("#email", buyer.email)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**sent=1**")
    page.goto(last_mail(page, "Choose a new password"))
    live(page)
    page.fill("#password", "another harbour walk")
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text("Your password was changed.").first).to_be_visible()
    sign_in(page, DemoSignIn("Ana Ruiz", buyer.email, "another harbour walk", "", {}))
    assert window.problems == []


def test_a_dealer_serves_a_customer(visit: Open) -> None:
    served = next(one for one in DEMO_SIGN_INS if "lucia" in one.login)
    dealer = next(one for one in DEMO_SIGN_INS if "dealer" in one.description.lower())
    window = visit(DESK)
    page = window.page
    page.goto("/en/sign-in")
    live(page)
    page.fill("#login", dealer.login)
    page.fill("#password", dealer.password)
    page.locator("main form").first.get_by_role("button").click()
    page.goto("/en/customers")
    live(page)
    expect(page.locator("main")).not_to_contain_text(POSTPAID.name)
    card = page.locator("main li", has_text=served.name).first
    card.get_by_role("button").click()
    page.wait_for_url("**/home")
    live(page)
    banner = page.get_by_role("region", name="Acting for a customer")
    expect(banner).to_contain_text(served.name)
    expect(page.locator("main")).to_contain_text("Nimbo")
    banner.get_by_role("button", name="Leave").click()
    page.wait_for_url("**/customers**")
    live(page)
    expect(banner).to_have_count(0)
    expect(page.locator("h1")).to_have_text("Customers")
    expect(page.locator("main li", has_text=served.name)).to_have_count(1)
    other = visit(DESK)
    sign_in(other.page, served)
    other.page.goto("/en/history")
    live(other.page)
    for act in ("Opened the account to help", "Closed the account again"):
        entry = other.page.locator("main li", has_text=act).first
        expect(entry).to_contain_text(dealer.name)
        expect(entry).to_contain_text("Not by you")
        expect(entry.locator("time")).to_contain_text(str(datetime.now(BERLIN).year))
    assert window.problems == other.problems == []
