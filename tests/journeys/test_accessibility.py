"""axe finds nothing on any page, in both themes; nothing scrolls sideways; keyboards suffice."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from self_service.seed import DEMO_SIGN_INS
from self_service.seed.sign_ins import ADMINISTRATOR, CORPORATE, HYBRID, POSTPAID, PREPAID
from tests.journeys.conftest import DESK, PHONE, Visit
from tests.journeys.steps import live, order_as, sign_in

Open = Callable[..., Visit]

#: WCAG 2.2 AA and the practices that axe knows, in its own tags.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PUBLIC = (
    "/en/store",
    "/en/store?category=phones&compare=kestrel-one,kestrel-one-max",
    "/en/store?q=nothing-like-this",
    "/ar/store?category=sim-only",
    "/en/product/kestrel-one",
    "/en/choose/kestrel-one?colour=Black&storage=128+GB",
    "/en/compare",
    "/en/compare?items=kestrel-one,kestrel-one-max",
    "/en/basket",
    "/en/sign-in",
    "/en/sign-in?refused=sign_in_refused",
    "/en/register",
    "/en/forgot",
    "/en/reset?link=none",
    "/en/second-factor?refused=wrong_code",
    "/en/invitation?link=none",
    "/ar/register",
    "/en/inbox",
)
THEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


def faults(page: Page) -> list[str]:
    """Return what axe finds, one line each."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{page.url}: {rule['id']}: {rule['help']}: {node['html'][:160]}"
        for rule in found
        for node in rule["nodes"]
    ]


def sideways(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(page.evaluate(width))


# each window in one theme: what is drawn in the other is the same
@pytest.mark.parametrize(
    ("viewport", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone-light", "desk-dark"]
)
def test_public_pages(visit: Open, viewport: dict[str, int], scheme: str) -> None:
    window = visit(viewport, scheme=scheme)
    wrong = []
    for address in PUBLIC:
        window.page.goto(address)
        live(window.page)
        wrong += faults(window.page)
        assert sideways(window.page) <= 0, address
    assert wrong == []
    assert window.problems == []


@THEMES
def test_pages_of_a_customer(visit: Open, scheme: str) -> None:
    window = visit(PHONE, scheme=scheme)
    page = window.page
    sign_in(page, DEMO_SIGN_INS[1])
    wrong = faults(page)
    page.goto("/en/orders")
    live(page)
    wrong += faults(page)
    page.locator("main a[href*='/order/']").first.click()
    page.wait_for_url("**/order/**")
    live(page)
    wrong += faults(page)
    assert wrong == []
    assert window.problems == []


COMPANY = ("/en/company-spend", "/en/company-spend?centre=none", "/ar/company-spend")
OWN = ("/en/settings", "/en/security", "/en/history", "/en/members", "/en/confirm", "/ar/settings")
SERVING = ("/en/customers", "/en/staff", "/en/audit", "/en/security", "/ar/staff")


PREPAYING = ("/en/wallet", "/en/wallet?open=topup&refused=nothing_chosen&at=amount", "/en/vouchers")
BILLED = ("/en/bills", "/en/bill-preview", "/en/cards", "/en/bills/agreement", "/ar/bills")
TOLD = (
    "/en/notifications",
    "/en/notifications/settings?refused=quiet_hours_unclear",
    "/ar/notifications/settings",
)
FAMILY = ("/en/sharing", "/ar/sharing")
USED = ("/en/usage", "/en/spend?before=yes", "/en/limits?refused=limit_outside")
DESKS = ("/en/disputes", "/en/voucher-desk", "/en/promotions")


@THEMES
@pytest.mark.parametrize(
    ("login", "addresses"),
    [
        (CORPORATE.login, OWN + COMPANY),
        (ADMINISTRATOR.login, SERVING),
        (PREPAID.login, PREPAYING),
        (POSTPAID.login, BILLED + USED + TOLD),
        (ADMINISTRATOR.login, DESKS),
        (HYBRID.login, FAMILY),
    ],
    ids=["customer", "administrator", "wallet", "bills", "desks", "family"],
)
def test_pages_of_somebody_signed_in(
    visit: Open, scheme: str, login: str, addresses: tuple[str, ...]
) -> None:
    window = visit(PHONE, scheme=scheme)
    page, wrong = window.page, []
    person = next(one for one in DEMO_SIGN_INS if one.login == login)
    page.goto("/en/sign-in")
    live(page)
    page.fill("#login", person.login)
    page.fill("#password", person.password)
    page.locator("main form").first.get_by_role("button").click()
    page.wait_for_url(re.compile("/home|/store|/customers"))
    for address in addresses:
        page.goto(address)
        live(page)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => one.open = true)")
        wrong += faults(page)
        assert sideways(page) <= 0, address
    assert wrong == []
    assert window.problems == []


@THEMES
def test_one_bill_and_the_screens_of_cards(visit: Open, scheme: str) -> None:
    window = visit(PHONE, scheme=scheme)
    page = window.page
    sign_in(page, POSTPAID)
    page.goto("/en/bills")
    live(page)
    page.locator("main h3 a").first.click()
    page.wait_for_url("**/bills/**")
    live(page)
    page.evaluate("document.querySelectorAll('main details').forEach((one) => one.open = true)")
    wrong = faults(page)
    assert sideways(page) <= 0
    page.get_by_role("radio", name="card", exact=False).last.check()
    page.get_by_role("button", name="Pay €").click()
    page.wait_for_url("**/sandbox/pay/**")
    wrong += faults(page)
    page.goto("/en/cards")
    live(page)
    page.get_by_role("button", name="Add a card").click()
    page.wait_for_url("**/sandbox/card**")
    wrong += faults(page)
    assert wrong == []
    assert window.problems == []


@THEMES
def test_way_to_the_order(visit: Open, scheme: str) -> None:
    window = visit(PHONE, scheme=scheme)
    page, wrong = window.page, []
    for _step in order_as(page):
        wrong += faults(page)
        assert sideways(page) <= 0, page.url
    assert wrong == []


def test_nothing_scrolls_sideways_on_the_smallest_phone(visit: Open) -> None:
    page = visit({"width": 320, "height": 640}).page
    for address in PUBLIC:
        page.goto(address)
        live(page)
        assert sideways(page) <= 0, address


def test_keyboard_reaches_the_content_first(visit: Open) -> None:
    page = visit(DESK).page
    page.goto("/en/store")
    live(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = page.evaluate("document.activeElement.closest('main') !== null")
    assert inside, page.evaluate("document.activeElement.outerHTML")
