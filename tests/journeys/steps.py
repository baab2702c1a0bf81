"""What a person does on the way to a subscription, in words of the screen's language."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from playwright.sync_api import Locator, Page, expect

from self_service.i18n import translate
from self_service.seed import DemoSignIn

_NUMBERS = count(int(time.time()))


@dataclass
class Buyer:
    """Somebody who buys for the first time."""

    language: str = "en"
    email: str = field(default_factory=lambda: f"buyer{next(_NUMBERS)}@example.com")
    password: str = "sunny harbour walk"

    def t(self, text: str, **places: str) -> str:
        """Say a text in the buyer's language."""
        return translate(self.language, text, **places)

    def details(self) -> dict[str, str]:
        """Return what is typed into the check-out."""
        return {
            "given_name": "Ana",
            "family_name": "Ruiz",
            "email": self.email,
            "mobile": "0151 23456789",
            "birth_date": "1990-05-17",
            "street_address": "Hafenstr. 5",
            "postal_code": "20457",
            "city": "Hamburg",
        }


def to_store(page: Page, buyer: Buyer, **query: str) -> None:
    """Open the store and wait until it is live."""
    address = "&".join(f"{name}={value}" for name, value in query.items())
    page.goto(f"/{buyer.language}/store" + (f"?{address}" if address else ""))
    live(page)


def live(page: Page) -> None:
    """Wait until the live page took over from the first response (which stands in `.rx-Html`)."""
    expect(page.locator(".rx-Html")).to_have_count(0)
    expect(page.locator("h1")).to_be_visible()


def open_filter(page: Page, facet: str) -> Locator:
    """Open a filter, and the sheet that it stands in on a phone."""
    sheet = page.locator("button[popovertarget=filters]").first
    if sheet.is_visible():
        sheet.click()
    named = page.locator("summary", has_text=facet)
    group = page.locator("#filters details", has=named).first
    if group.get_attribute("open") is None:
        group.locator("> summary").click()
    return group


def filter_by(page: Page, facet: str, choice: str) -> None:
    """Choose one value of a filter."""
    open_filter(page, facet).get_by_role("link", name=choice).first.click()


def check_out(page: Page, buyer: Buyer) -> None:
    """Go from the basket to the sandbox's screen, as a new customer."""
    page.goto(f"/{buyer.language}/checkout")
    live(page)
    for name, value in buyer.details().items():
        page.fill(f"#{name}", value)
    page.get_by_role("button", name=buyer.t("Go on to the summary")).click()
    page.wait_for_url("**step=review**")
    expect(page.get_by_text(buyer.t("Open the contract summary (PDF)"))).to_be_visible()
    page.fill("#password", buyer.password)
    page.check("input[name=agreed]")
    page.get_by_role("button", name=buyer.t("Order and pay")).click()
    page.wait_for_url("**/sandbox/pay/**")


def answer(page: Page, buyer: Buyer, outcome: str) -> None:
    """Let the sandbox answer."""
    button = page.get_by_role("button", name=buyer.t(outcome), exact=True)
    if not button.is_visible():
        page.get_by_text(buyer.t("Try what else can happen")).click()
    button.click()


def sign_in(page: Page, person: DemoSignIn) -> None:
    """Sign in by typing, and wait for the home page."""
    page.goto("/en/sign-in")
    live(page)
    page.fill("#login", person.login)
    page.fill("#password", person.password)
    page.locator("main form").first.get_by_role("button").click()
    page.wait_for_url("**/home")
    live(page)


def put_in(page: Page) -> None:
    """Put a phone without a plan into the basket."""
    page.goto("/en/product/kestrel-one?colour=Black&storage=128+GB")
    live(page)
    page.locator("main").get_by_role("link", name="Continue").first.click()
    page.wait_for_url("**/choose/**")
    page.get_by_role("link", name="No plan").first.click()
    page.get_by_role("button", name="Add to basket").first.click()
    expect(page.get_by_role("status").filter(has_text="Added to your basket.")).to_be_visible()


def order_as(page: Page) -> Iterator[str]:
    """Order as a new customer, stopping at every screen on the way."""
    buyer = Buyer()
    put_in(page)
    page.goto("/en/basket")
    live(page)
    yield "basket"
    page.goto("/en/checkout")
    live(page)
    yield "details"
    page.get_by_role("button", name="Go on to the summary").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "faults"
    check_out(page, buyer)
    yield "sandbox"
    answer(page, buyer, "Ask for 3-D Secure")
    expect(page.locator("h1")).to_have_text("Confirm with your bank")
    yield "bank"
    answer(page, buyer, "Confirm the payment")
    page.wait_for_url("**/order/**")
    live(page)
    yield "order"
    expect(page.get_by_text("Your order is complete")).to_be_visible(timeout=30_000)
    yield "complete"


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


def sign_out(page: Page, then: str = "**/store") -> None:
    """Sign out by the menu, and wait for the address that follows."""
    page.goto("/en/home")
    live(page)
    page.locator("header summary").last.click()
    page.locator("header").get_by_role("button", name="Sign out").click()
    page.wait_for_url(then)


def last_mail(page: Page, words: str) -> str:
    """Return the first address in the last mail that holds `words`."""
    page.goto("/en/inbox")
    live(page)
    text = page.locator("main").get_by_text(words).first
    expect(text).to_be_visible()
    found = re.search(r"http://\S+link=\S+", page.locator("main").inner_text())
    assert found
    return found.group(0)


def to_home(page: Page) -> None:
    """Open Home and wait until it is live."""
    page.goto("/en/home")
    live(page)
