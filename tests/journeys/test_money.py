"""Money in a browser: wallet, vouchers, bills, codes; the books add up after each journey."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import Session, select

from self_service import clock, db
from self_service.models.access import DigitalIdentity
from self_service.models.bills import CustomerBill
from self_service.models.catalog import OfferingKind
from self_service.models.people import Customer
from self_service.models.promotions import Promotion, PromotionEffect
from self_service.seed.sign_ins import STAFF, DemoSignIn
from tests import books
from tests.journeys.conftest import DESK, Server, Visit
from tests.journeys.steps import (
    Buyer,
    answer,
    check_out,
    last_mail,
    live,
    put_in,
    register,
    sign_in,
    sign_out,
)

Open = Callable[..., Visit]


@pytest.fixture
def shelves(server: Server) -> Iterator[db.Database]:
    """The journey's own database; its books add up once the journey is over."""
    opened = db.Database(db.make_engine(f"sqlite:///{server.folder / 'portal.db'}"))
    yield opened
    with opened.reading() as session:
        books.proven(session)
    opened.engine.dispose()


def newcomer(page: Page) -> tuple[Buyer, DemoSignIn]:
    """Make an account and sign in."""
    buyer = Buyer()
    person = register(page, buyer)
    sign_in(page, person)
    return buyer, person


def owe(shelves: db.Database, buyer: Buyer, *sums: int, days_late: int = 0) -> list[str]:
    """Write bills of so many cents for somebody; returns their numbers."""
    now = clock.now()
    billed = now - timedelta(days=days_late + 14)
    with shelves.writing() as session:
        account = books.make_account(session, customer=customer(session, buyer), now=billed)
        bills = [
            books.make_bill(
                session,
                account,
                gross=gross,
                tax=0,
                now=billed,
                due=now - timedelta(days=days_late),
            )
            for gross in sums
        ]
        return [bill.number for bill in bills]


def customer(session: Session, buyer: Buyer) -> Customer:
    """Return the customer whom somebody signs in as."""
    found = select(DigitalIdentity).where(DigitalIdentity.login == buyer.email)
    return session.get_one(Customer, session.exec(found).one().customer_id)


def remaining(shelves: db.Database, number: str) -> int:
    """Return what remains to be paid of a bill, in cents."""
    with shelves.reading() as session:
        found = select(CustomerBill).where(CustomerBill.number == number)
        return session.exec(found).one().remaining_minor


def visited(page: Page, path: str) -> Page:
    """Open a page and wait until it is live."""
    page.goto(f"/en/{path}")
    live(page)
    return page


def pay_new_card(page: Page, button: str) -> None:
    """Pay by a card that the sandbox approves."""
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/sandbox/pay/**")
    answer(page, Buyer(), "Approve")
    page.wait_for_url("**paid=done**")
    live(page)


def section(page: Page, heading: str) -> Locator:
    """Return the part of a page below a heading."""
    return page.locator("main section", has=page.get_by_role("heading", name=heading, exact=True))


def voucher_of_mail(page: Page, receiver: str) -> str:
    """Return the code in the mail that somebody got with a voucher."""
    code = re.compile(r"\b[0-9A-Z]{4}(-[0-9A-Z]{4}){3}\b")
    mail = page.locator("article", has_text=receiver)
    visited(page, "inbox")
    for _ in range(20):  # the janitor writes it within seconds
        if mail.count():
            break
        page.wait_for_timeout(500)
        visited(page, "inbox")
    found = code.search(mail.first.inner_text())
    assert found
    return found.group(0)


def test_a_gift_of_a_voucher_tops_up_a_wallet(visit: Open, shelves: db.Database) -> None:
    giver = visit()
    newcomer(giver.page)
    visited(giver.page, "vouchers").get_by_text("As a gift").click()
    receiver = Buyer()
    giver.page.get_by_label("E-mail address of who gets it").fill(receiver.email)
    giver.page.get_by_label("Greeting").fill("For the ferry")
    pay_new_card(giver.page, "Buy and pay")
    expect(section(giver.page, "Vouchers you bought")).to_contain_text(receiver.email)
    code = voucher_of_mail(giver.page, receiver.email)

    window = visit()
    page = window.page
    sign_in(page, register(page, receiver))
    visited(page, "wallet").locator("summary", has_text="Top up").first.click()
    page.get_by_text("€25.00", exact=True).click()
    page.get_by_label("Code of a voucher").fill(code.lower())
    pay_new_card(page, "Top up now")
    history = section(page, "What happened").get_by_role("listitem")
    expect(history.filter(has_text="Top-up by card")).to_contain_text("Balance €35.00")
    expect(history.filter(has_text="Voucher no.")).to_contain_text("Balance €10.00")
    visited(page, "vouchers").get_by_label("Code of your voucher").fill(code)
    page.get_by_role("button", name="Redeem").click()
    page.wait_for_url("**refused=**")
    live(page)
    expect(page.get_by_label("Code of a voucher")).to_have_attribute("aria-invalid", "true")
    visited(giver.page, "vouchers")
    expect(section(giver.page, "Vouchers you bought")).to_contain_text("Redeemed")
    assert giver.problems == window.problems == []


def test_a_bill_in_two_parts_and_the_next_ones_automatically(
    visit: Open, shelves: db.Database
) -> None:
    window = visit()
    page = window.page
    buyer, _ = newcomer(page)
    first, second = owe(shelves, buyer, 4_990, 2_010)
    visited(page, f"bills/{first}").get_by_text("Pay another sum").click()
    page.get_by_label("How much do you want to pay?").fill("60")
    page.get_by_role("button", name="Pay this sum").click()
    page.wait_for_url("**refused=**")
    live(page)
    expect(page.get_by_text("That is more than what is open. Pay €49.90")).to_be_visible()
    expect(page.get_by_label("How much do you want to pay?")).to_be_focused()
    assert remaining(shelves, first) == 4_990
    page.get_by_label("How much do you want to pay?").fill("20")
    page.get_by_label("Save a new card").check()
    pay_new_card(page, "Pay this sum")
    expect(page.get_by_role("region", name="Where it stands")).to_contain_text("€29.90")
    page.get_by_role("button", name="Pay €29.90").click()  # with the saved card
    page.wait_for_url("**paid=**")
    live(page)
    expect(page.get_by_role("region", name="Where it stands")).to_contain_text("Paid")
    assert remaining(shelves, first) == 0
    visited(page, "cards").get_by_label("I allow").check()
    page.get_by_role("button", name="Pay bills automatically").click()
    expect(page.get_by_role("button", name="Switch off")).to_be_visible()
    visited(page, "bills")
    expect(section(page, "Your account")).to_contain_text("On, with")
    pay_saved(page, "Pay €20.10")
    assert remaining(shelves, second) == 0
    assert window.problems == []


def pay_saved(page: Page, button: str) -> None:
    """Pay by the card that is offered first."""
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**paid=done**")
    live(page)


def test_a_bill_is_paid_by_a_link(visit: Open, shelves: db.Database) -> None:
    window = visit(DESK)
    page = window.page
    buyer, _ = newcomer(page)
    (number,) = owe(shelves, buyer, 3_300)
    sign_out(page)
    serve(page, buyer)
    visited(page, "bills").get_by_role("button", name="Send a link to pay").click()
    page.wait_for_url("**paid=link_sent**")
    expect(page.get_by_text("The link to pay is on its way")).to_be_visible()
    stranger = visit()
    stranger.page.goto(last_mail(stranger.page, "Pay your bill"))
    expect(stranger.page.get_by_text(number)).to_be_visible()
    stranger.page.get_by_role("button", name="Pay €33.00").click()
    stranger.page.wait_for_url("**/sandbox/pay/**")
    answer(stranger.page, buyer, "Decline the card")
    expect(stranger.page.get_by_role("alert")).to_be_visible()
    assert remaining(shelves, number) == 3_300
    answer(stranger.page, buyer, "Approve")
    expect(stranger.page.get_by_text("Everything is paid")).to_be_visible()
    assert remaining(shelves, number) == 0
    assert window.problems == stranger.problems == []


def serve(page: Page, buyer: Buyer) -> None:
    """Sign in as customer service and act for somebody."""
    work(page, STAFF)
    visited(page, "customers").get_by_label("Search customers").fill(buyer.email)
    page.get_by_role("button", name="Search").click()
    page.locator("main li", has_text=buyer.details()["family_name"]).get_by_role(
        "button"
    ).first.click()
    page.wait_for_url("**/home")
    live(page)


def work(page: Page, person: DemoSignIn) -> None:
    """Sign in as somebody who works for the operator."""
    visited(page, "sign-in")
    page.fill("#login", person.login)
    page.fill("#password", person.password)
    page.locator("main form").first.get_by_role("button").click()
    page.wait_for_url("**/customers**")
    live(page)


def test_what_is_overdue_is_paid_in_instalments(visit: Open, shelves: db.Database) -> None:
    window = visit()
    page = window.page
    buyer, _ = newcomer(page)
    owe(shelves, buyer, 9_000, days_late=2)
    visited(page, "bills/agreement").get_by_label("How many instalments").select_option("2")
    page.get_by_role("button", name="Show the instalments").click()
    parts = page.locator("main ol li")
    expect(parts).to_have_count(2)
    expect(parts.first).to_contain_text("€45.00")
    page.get_by_role("button", name="Agree to these instalments").click()
    expect(page.get_by_label("How much do you want to pay?")).to_have_value("45.00")
    pay_new_card(page, "Pay €45.00")
    expect(parts.first).to_contain_text("Paid")
    expect(parts.last).to_contain_text("Open")
    assert window.problems == []


def test_a_disputed_line_comes_back(visit: Open, shelves: db.Database) -> None:
    window = visit()
    page = window.page
    buyer, _ = newcomer(page)
    (number,) = owe(shelves, buyer, 2_500)
    visited(page, f"bills/{number}").locator("summary", has_text="Something wrong?").click()
    page.get_by_label("What is wrong with this line?").fill("I had switched this off in May.")
    page.get_by_role("button", name="Dispute this line").click()
    expect(page.get_by_role("region", name="Where it stands")).to_contain_text("disputed")
    desk = visit(DESK)
    work(desk.page, STAFF)
    row = visited(desk.page, "disputes").locator("main li", has_text=number)
    row.locator("summary", has_text="Give it back").click()
    row.get_by_label("Answer to the customer").first.fill("You are right, and we are sorry.")
    row.get_by_role("button", name="Give it back").click()
    expect(row).to_have_count(0)
    visited(page, f"bills/{number}")
    expect(section(page, "Credit notes")).to_contain_text("€25.00")
    expect(page.locator("main")).to_contain_text("You are right, and we are sorry.")
    section(page, "Credit notes").get_by_role("link").click()
    expect(page.get_by_role("link", name=f"It corrects bill {number}")).to_be_visible()
    assert remaining(shelves, number) == 0
    assert window.problems == desk.problems == []


def promise(shelves: db.Database) -> str:
    """Make a code that takes 20 euro off a phone."""
    code = Promotion(
        code=f"HARBOUR{time.time_ns()}",
        name={"en": "€20 off your phone"},
        effect=PromotionEffect.ONE_TIME_AMOUNT,
        amount_minor=2_000,
        currency=books.CURRENCY,
        kinds=[OfferingKind.DEVICE],
        valid_from=clock.now() - timedelta(days=1),
        created_at=clock.now(),
    )
    with shelves.writing() as session:
        session.add(code)
    return code.code


def due_now(page: Page) -> int:
    """Return what the basket's page says is due now, in cents."""
    fact = page.locator("main dl div", has_text="Due now").first
    found = re.search(r"€([\d,]+)\.(\d\d)", fact.inner_text())
    assert found
    return int(found.group(1).replace(",", "") + found.group(2))


def test_a_promotion_code_lowers_what_is_due(visit: Open, shelves: db.Database) -> None:
    window, buyer = visit(), Buyer()
    page = window.page
    promised = promise(shelves)
    put_in(page)
    visited(page, "basket")
    due = due_now(page)
    code = page.locator("main").get_by_label("Promotion code")
    code.fill("no-such-code")
    page.locator("main").get_by_role("button", name="Use code").click()
    expect(code).to_have_attribute("aria-invalid", "true")
    assert due_now(page) == due
    code.fill(promised.lower())
    page.locator("main").get_by_role("button", name="Use code").click()
    expect(page.get_by_role("button", name=f"Remove {promised}")).to_be_visible()
    expect(page.locator("main")).to_contain_text(f"€{(due - 2_000) / 100:,.2f}")
    check_out(page, buyer)
    expect(page.locator(".sum")).to_have_text(f"€{(due - 2_000) / 100:,.2f}")
    answer(page, buyer, "Approve")
    page.wait_for_url("**/order/**")
    live(page)
    expect(page.get_by_text("Your order is complete")).to_be_visible(timeout=30_000)
    assert window.problems == []


def review(page: Page) -> Page:
    """Go to the summary of what is in a customer's basket, and agree to it."""
    visited(page, "checkout")
    expect(page.get_by_text("Open the contract summary (PDF)")).to_be_visible()
    page.check("input[name=agreed]")
    return page


def order(page: Page) -> None:
    """Press the binding button."""
    page.get_by_role("button", name="Order and pay").click()


def test_a_link_brings_a_code_and_a_saved_card_pays_the_order(
    visit: Open, shelves: db.Database
) -> None:
    window = visit()
    page = window.page
    buyer, _ = newcomer(page)
    promised = promise(shelves)
    visited(page, f"store?sort=name&code={promised.lower()}")
    expect(page.get_by_text(f"The code {promised} is in your basket.")).to_be_visible()
    put_in(page)
    page.wait_for_url("**/basket")
    expect(page.get_by_text(f"The code {promised} is in your basket.")).to_have_count(0)
    review(page).get_by_label("Save a new card").check()
    expect(page.locator("main")).to_contain_text(promised)
    order(page)
    answer(page, buyer, "Approve")
    page.wait_for_url("**/order/**")
    put_in(page)
    page.wait_for_url("**/basket")
    expect(review(page).get_by_label("Card ending in")).to_be_checked()
    order(page)
    page.wait_for_url("**/order/**")
    live(page)
    expect(page.get_by_text("Your order is complete")).to_be_visible(timeout=30_000)
    assert window.problems == []
