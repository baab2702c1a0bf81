"""Who is there: passkey, second factor, a forgotten password, acting for a customer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pyotp
from playwright.sync_api import Page, expect

from self_service.seed import DEMO_SIGN_INS
from self_service.seed.sign_ins import POSTPAID, DemoSignIn
from tests.journeys.conftest import DESK, Visit
from tests.journeys.steps import Buyer, live, sign_in

Open = Callable[..., Visit]


def register(page: Page, buyer: Buyer) -> DemoSignIn:
    """Make an account without buying."""
    page.goto("/en/register")
    live(page)
    for name, value in buyer.details().items():
        page.fill(f"#{name}", value)
    page.fill("#password", buyer.password)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**sent=1**")
    return DemoSignIn("Ana Ruiz", buyer.email, buyer.password, "", {})


def sign_out(page: Page) -> None:
    page.goto("/en/home")
    live(page)
    page.locator("header summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/store")


def last_mail(page: Page, words: str) -> str:
    """Return the first address in the last mail that holds `words`."""
    page.goto("/en/inbox")
    live(page)
    text = page.locator("main").get_by_text(words).first
    expect(text).to_be_visible()
    found = re.search(r"http://\S+link=\S+", page.locator("main").inner_text())
    assert found
    return found.group(0)


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
    expect(banner).to_have_count(0)
    other = visit(DESK)
    sign_in(other.page, served)
    other.page.goto("/en/history")
    live(other.page)
    expect(other.page.locator("main")).to_contain_text(dealer.name)
    assert window.problems == other.problems == []
