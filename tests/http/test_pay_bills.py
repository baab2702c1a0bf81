"""Bills, cards and links at the HTTP door, through the sandbox's screens."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlmodel import select

from self_service.adapters.sandbox_cards import SandboxCard
from self_service.domain.payments import pay_links
from self_service.models.access import Role
from self_service.models.bills import BillingAccount, CustomerBill
from self_service.models.payments import Payment, PaymentMethod, PaymentStatus
from self_service.models.people import Customer
from self_service.wiring import vault
from tests.books import make_account, make_bill, proven
from tests.house import Browser, House

CARDS = "/en/cards"
TABLES = (Payment, PaymentMethod, CustomerBill, BillingAccount)


@pytest.fixture
def ada(house: House) -> Browser:
    return house.signed_in("ada@example.com")


def bill_of(house: House, browser: Browser, gross: int = 5_000) -> CustomerBill:
    """A bill for whoever is signed in."""
    actor = house.actor(browser.cookie)
    with house.database.writing() as session:
        customer = session.get_one(Customer, actor.customer())
        account = make_account(session, now=house.clock(), customer=customer)
        bill = make_bill(session, account, gross=gross, tax=0, now=house.clock())
        session.refresh(bill)
    return bill


def remaining(house: House, bill: CustomerBill) -> int:
    with house.database.reading() as session:
        return session.get_one(CustomerBill, bill.id).remaining_minor


def pay(browser: Browser, *bills: CustomerBill, **form: str) -> Any:
    ids = ",".join(str(bill.id) for bill in bills)
    back = {"back": "/en/bills", "language": "en", "way": "card"}
    return browser.submit("/do/pay", **{**back, "bills": ids, **form})


def save(browser: Browser, card: SandboxCard, **form: str) -> Any:
    typed = {"language": "en", "token": card.value, "mandate": "yes"}
    return browser.submit("/do/save-card", **{**typed, **form})


def link_to(house: House, bill: CustomerBill) -> str:
    secret = pay_links.make(vault(), bill.account_id, bill_id=bill.id, now=house.clock())
    return f"/pay-link/en?link={secret}"


def checked(house: House) -> None:
    with house.database.writing() as session:
        proven(session)


class TestPaying:
    def test_on_the_screen_and_back_to_the_page(self, house: House, ada: Browser) -> None:
        bill = bill_of(house, ada)
        screen = pay(ada, bill).headers["location"]
        assert screen.startswith("/sandbox/pay/")
        page = ada.get(screen).text
        assert "€50.00" in page
        assert "Back without paying" in page
        done = ada.submit(screen, outcome="approve")
        assert done.headers["location"] == "/en/bills?paid=done"
        assert remaining(house, bill) == 0
        checked(house)

    def test_left_unpaid_it_says_so(self, house: House, ada: Browser) -> None:
        bill = bill_of(house, ada)
        screen = pay(ada, bill).headers["location"]
        assert "/en/bills?paid=open" in ada.get(screen).text
        assert pay(ada, bill).headers["location"] == screen

    def test_a_part_that_was_typed(self, house: House, ada: Browser) -> None:
        bill = bill_of(house, ada)
        ada.submit(pay(ada, bill, sum="12,50").headers["location"], outcome="approve")
        assert remaining(house, bill) == 3_750

    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            ("0", "bad_sum"),
            ("-1", "bad_sum"),
            ("x", "bad_sum"),
            ("", "bad_sum"),
            ("50.01", "too_much"),
        ],
    )
    def test_sums_that_do_not_fit(self, house: House, ada: Browser, typed: str, code: str) -> None:
        bill = bill_of(house, ada)
        before = house.rows(*TABLES)
        answer = pay(ada, bill, sum=typed)
        assert answer.headers["location"] == f"/en/bills?refused={code}"
        assert house.rows(*TABLES) == before

    def test_others_bills_are_not_there(self, house: House, ada: Browser) -> None:
        bill = bill_of(house, ada)
        before = house.rows(*TABLES)
        ben = house.signed_in("ben@example.com")
        assert pay(ben, bill).headers["location"] == "/en/bills?refused=not_found"
        nobody = Browser()
        assert pay(nobody, bill).headers["location"].startswith("/en/sign-in?")
        assert pay(ada, bill, bills="x").headers["location"] == "/en/bills?refused=not_found"
        assert house.rows(*TABLES) == before

    def test_it_never_leads_to_another_site(self, house: House, ada: Browser) -> None:
        answer = pay(ada, bill_of(house, ada), back="//evil.example", sum="x")
        assert answer.headers["location"] == "/en/home?refused=bad_sum"

    def test_another_site_pays_nothing(self, house: House, ada: Browser) -> None:
        bill = bill_of(house, ada)
        answer = ada.submit("/do/pay", origin="https://evil.example", bills=str(bill.id))
        assert (answer.status_code, house.payments()) == (403, [])

    @pytest.mark.parametrize(
        ("card", "back"),
        [
            (SandboxCard.GOOD, "/en/bills?paid=done"),
            (SandboxCard.DECLINED, "/en/bills?paid=failed"),
            (SandboxCard.SLOW, "/en/bills?paid=processing"),
            (SandboxCard.AUTHENTICATE, "/sandbox/pay/"),
        ],
        ids=lambda value: value.split("?")[-1].strip("/"),
    )
    def test_with_a_saved_card(
        self, house: House, ada: Browser, card: SandboxCard, back: str
    ) -> None:
        bill = bill_of(house, ada)
        save(ada, card)
        with house.database.reading() as session:
            method = session.exec(select(PaymentMethod.id)).one()
        answer = pay(ada, bill, way=str(method))
        assert answer.headers["location"].startswith(back)
        assert (remaining(house, bill) == 0) == (card is SandboxCard.GOOD)
        checked(house)

    def test_saving_the_card_of_the_screen(self, house: House, ada: Browser) -> None:
        bill = bill_of(house, ada)
        screen = pay(ada, bill, keep="yes").headers["location"]
        ada.submit(screen, outcome="approve")
        assert len(house.rows(PaymentMethod)[0]) == 1
        assert "ending in 0001" in ada.get(CARDS).text


class TestCards:
    def test_added_on_the_screen_shown_and_removed(self, house: House, ada: Browser) -> None:
        assert "No card saved yet" in ada.get(CARDS).text
        screen = ada.submit("/do/add-card", language="en").headers["location"]
        assert screen == "/sandbox/card?language=en"
        assert 'name="mandate"' in ada.get(screen).text
        assert save(ada, SandboxCard.GOOD).headers["location"] == f"{CARDS}?done=card_saved"
        page = ada.get(CARDS).text
        assert "You allowed automatic payments on" in page
        (card,) = set(re.findall(r'name="card" value="([^"]+)"', page))
        gone = ada.submit("/do/remove-card", language="en", card=card)
        assert gone.headers["location"] == f"{CARDS}?done=card_removed"
        with house.database.reading() as session:
            row = session.exec(select(PaymentMethod)).one()
        assert (row.status, row.forgotten_at) == ("removed", house.clock())

    def test_no_mandate_no_card(self, house: House, ada: Browser) -> None:
        answer = save(ada, SandboxCard.GOOD, mandate="")
        assert answer.headers["location"] == f"{CARDS}?refused=mandate_needed"
        answer = save(ada, SandboxCard.GOOD, token="not-a-card")
        assert answer.headers["location"] == f"{CARDS}?refused=card_refused"
        assert house.rows(PaymentMethod) == [[]]

    def test_a_fresh_proof_comes_first(self, house: House, ada: Browser) -> None:
        save(ada, SandboxCard.GOOD)
        with house.database.reading() as session:
            card = str(session.exec(select(PaymentMethod.id)).one())
        before = house.rows(PaymentMethod)
        house.clock.move(minutes=11)
        confirm = "/en/confirm?next=%2Fen%2Fcards"
        posts = [
            ada.submit("/do/add-card", language="en"),
            ada.submit("/do/remove-card", language="en", card=card),
            save(ada, SandboxCard.DECLINED),
            ada.get("/sandbox/card?language=en"),
        ]
        assert [answer.headers["location"] for answer in posts] == [confirm] * 4
        assert house.rows(PaymentMethod) == before

    def test_autopay_keeps_its_only_card(self, house: House, ada: Browser) -> None:
        save(ada, SandboxCard.GOOD)
        with house.database.reading() as session:
            card = str(session.exec(select(PaymentMethod.id)).one())
        form = {"language": "en", "switch": "on", "card": card}
        answer = ada.submit("/do/autopay", **form)
        assert answer.headers["location"] == f"{CARDS}?refused=autopay_mandate"
        answer = ada.submit("/do/autopay", **form, mandate="yes")
        assert answer.headers["location"] == f"{CARDS}?done=autopay_on"
        assert "2 days before it is due" in ada.get(CARDS).text
        answer = ada.submit("/do/remove-card", language="en", card=card)
        assert answer.headers["location"] == f"{CARDS}?refused=card_in_use"
        assert "This is your only card" in ada.get(answer.headers["location"]).text
        ada.submit("/do/autopay", language="en", switch="off")
        answer = ada.submit("/do/remove-card", language="en", card=card)
        assert answer.headers["location"] == f"{CARDS}?done=card_removed"

    def test_the_banner_says_what_expires(self, house: House, ada: Browser) -> None:
        save(ada, SandboxCard.GOOD)
        with house.database.writing() as session:
            card = session.exec(select(PaymentMethod)).one()
            card.exp_month, card.exp_year = house.clock().month, house.clock().year
        assert "expires soon. Add a new card" in ada.get(CARDS).text

    def test_visitors_sign_in_first(self, browser: Browser) -> None:
        assert browser.get(CARDS).headers["location"].startswith("/en/sign-in?")


class TestLinks:
    @pytest.mark.parametrize("who", ["nobody", "another"])
    def test_whoever_holds_it_pays(self, house: House, ada: Browser, who: str) -> None:
        bill = bill_of(house, ada)
        holder = Browser() if who == "nobody" else house.signed_in("ben@example.com")
        clean = holder.get(link_to(house, bill))
        assert clean.headers["location"] == "/pay-link/en"
        page = holder.get("/pay-link/en").text
        assert bill.number in page
        assert "Pay €50.00" in page
        assert "Ada" not in page
        assert "Quell" not in page
        screen = holder.submit("/pay-link/en").headers["location"]
        done = holder.submit(screen, outcome="approve")
        assert done.headers["location"] == "/pay-link/en?paid=done"
        said = holder.get("/pay-link/en?paid=done").text
        assert "Everything is paid" in said
        assert remaining(house, bill) == 0
        (payment,) = house.payments()
        assert (payment.payer_id, payment.status) == (None, PaymentStatus.DONE)
        checked(house)

    @pytest.mark.parametrize("link", ["", "x", "x" * 5_000, "<script>"])
    def test_wrong_ones_are_refused_kindly(self, house: House, browser: Browser, link: str) -> None:
        browser.get("/pay-link/en", params={"link": link})
        answer = browser.get("/pay-link/en")
        assert answer.status_code == 404
        assert "This link does not work any more" in answer.text
        assert browser.submit("/pay-link/en").status_code == 404
        assert house.payments() == []

    def test_old_ones_too(self, house: House, ada: Browser, browser: Browser) -> None:
        browser.get(link_to(house, bill_of(house, ada)))
        house.clock.move(days=61)
        assert browser.get("/pay-link/en").status_code == 404
        assert browser.submit("/pay-link/en").status_code == 404
        assert house.payments() == []

    def test_a_network_tries_so_often(self, house: House, browser: Browser) -> None:
        most = pay_links.OPENING.most
        found = [browser.get("/pay-link/en").status_code for _ in range(most + 1)]
        assert found == [404] * most + [429]

    def test_no_saved_card_is_charged_by_it(self, house: House, ada: Browser) -> None:
        bill = bill_of(house, ada)
        save(ada, SandboxCard.GOOD)
        with house.database.reading() as session:
            card = str(session.exec(select(PaymentMethod.id)).one())
        ada.get(link_to(house, bill))
        assert ada.submit("/pay-link/en", way=card).headers["location"] == "/pay-link/en"
        assert house.payments() == []

    def test_customers_send_none(self, house: House, ada: Browser) -> None:
        form = {"language": "en", "back": "/en/bills"}
        answer = ada.submit("/do/send-pay-link", **form)
        assert answer.headers["location"] == "/en/bills?refused=not_allowed"
        dealer = house.signed_in("dealer@example.com", Role.DEALER)
        answer = dealer.submit("/do/send-pay-link", **form)
        assert answer.headers["location"].startswith("/en/bills?refused=")
