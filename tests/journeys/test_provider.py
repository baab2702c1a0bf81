"""Signing in with the operator's own provider, in a browser: connected once, then by one tap."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import ROOT, Server, Visit
from tests.journeys.steps import Buyer, live, register, sign_in, sign_out
from tests.oidc_provider import running

Open = Callable[..., Visit]
#: What the provider knows of us (server.mjs), and its name on our buttons.
SECRET = "a-secret-that-only-tests-know-and-nobody-else"
NAME = "Harbour ID"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A portal of this file's own: the one that the journeys share has no provider."""
    if not (ROOT / ".web" / "build" / "client" / "404.html").exists():
        pytest.skip("the front end is not built: run `make build`")
    portal = Server(tmp_path_factory.mktemp("portal-with-provider"))
    with running(tmp_path_factory.mktemp("provider"), portal.url) as there:
        portal.more = {
            "SELF_SERVICE_OIDC_ISSUER": there.issuer,
            "SELF_SERVICE_OIDC_CLIENT_ID": "portal",
            "SELF_SERVICE_OIDC_CLIENT_SECRET": SECRET,
            "SELF_SERVICE_OIDC_NAME": NAME,
        }
        try:
            portal.start()
            yield portal
        finally:
            portal.stop()


def prove_there(page: Page, person: str) -> None:
    """Sign in at the provider, and let it tell us who that is."""
    expect(page.locator("input[name=login]")).to_be_visible()
    page.fill("input[name=login]", person)
    page.fill("input[name=password]", "any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def tap(page: Page) -> None:
    """Press the provider's button on our sign-in page."""
    page.goto("/en/sign-in")
    live(page)
    page.get_by_role("button", name=f"Sign in with {NAME}").click()


def greeted(page: Page) -> None:
    """See that the account with the order's name is open: the portal's own, not a new one."""
    page.wait_for_url("**/home")
    live(page)
    expect(page.locator("h1")).to_contain_text("Ana")


def test_one_tap_after_both_accounts_were_proven(visit: Open, server: Server) -> None:
    window, buyer = visit(), Buyer()
    page, there = window.page, buyer.email.split("@")[0]
    # the provider's pages want letters from elsewhere, which no test may fetch
    empty = {"content_type": "text/css", "body": ""}
    window.context.route(re.compile("fonts.googleapis.com"), lambda route: route.fulfill(**empty))
    account = register(page, buyer)

    tap(page)
    prove_there(page, there)
    page.wait_for_url("**/sign-in**refused=not_linked**")
    live(page)
    expect(page.get_by_role("alert")).to_contain_text("Sign in with your password")
    page.goto("/en/orders")
    page.wait_for_url("**/sign-in**")  # the same address there opened nothing here

    sign_in(page, account)
    page.goto("/en/security")
    live(page)
    page.get_by_role("button", name=f"Connect with {NAME}").click()
    page.wait_for_url("**/security")
    live(page)
    expect(page.get_by_text(f"Your account is connected with {NAME}.")).to_be_visible()
    sign_out(page)

    tap(page)  # the provider still knows the person: nothing is typed
    greeted(page)
    sign_out(page, f"{there_ends(server)}**")
    page.get_by_role("button", name="Yes, sign me out").click()
    page.wait_for_url(f"{server.url}/en/store")
    live(page)
    page.goto("/en/orders")
    page.wait_for_url("**/sign-in**")

    tap(page)  # signed out there too: it asks who is there
    prove_there(page, there)
    greeted(page)
    assert window.problems == []


def there_ends(server: Server) -> str:
    """Return where the provider signs people out."""
    return f"{server.more['SELF_SERVICE_OIDC_ISSUER']}/session/end"
