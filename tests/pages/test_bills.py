"""The pages of bills as people get them: from the door, in the first response."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from self_service.domain.bills.accounts import billing_account, lock_account
from self_service.domain.bills.allocating import Share, use_payment
from self_service.domain.bills.charges import add_charge
from self_service.models.access import DigitalIdentity, Grant, Role, Scope
from self_service.models.audit import AuditEntry
from self_service.models.bills import AppliedBillingRate, ChargeKind, CustomerBill, TaxRate
from self_service.models.dunning import BillDispute
from self_service.models.ledger import LedgerEntry
from self_service.pages import bill, bill_preview, bills
from self_service.state.bill import BillState, bill_values
from self_service.state.bill_preview import BillPreviewState, preview_values
from self_service.state.bills import BillsState, bills_values
from self_service.state.request import PageRequest
from tests.bills_view import Charged, write_bill
from tests.books import make_account, make_payment, proven
from tests.conftest import NOW
from tests.house import Browser, House, browser, house, stocked
from tests.paper import live, printed
from tests.tab import loaded, open_tab

__all__ = ["browser", "house", "stocked"]

DAY = timedelta(days=1)
EVIL = '<script>alert("1")</script>'


def customer_of(session: Session, house: House, who: Browser) -> UUID:
    identity = session.get_one(DigitalIdentity, house.actor(who.cookie).identity_id)
    assert identity.customer_id is not None
    return identity.customer_id


def months(house: House, who: Browser) -> list[str]:
    """Three bills: one paid, one overdue, one open; returns their numbers."""
    with house.database.writing() as session:
        from self_service.models.people import Customer

        whose = session.get_one(Customer, customer_of(session, house, who))
        account = make_account(session, now=NOW, customer=whose)
        usage = {"usage": [{"at": "2 Nov", "what": EVIL, "quantity": "3", "minor": 119}]}
        made = [
            write_bill(session, account, Charged(), now=NOW - 70 * DAY, regular=True),
            write_bill(
                session, account, Charged(net=2_000, tax=380), now=NOW - 40 * DAY, regular=True
            ),
            write_bill(
                session,
                account,
                Charged(net=2_000, tax=380),
                Charged(f"Calls {EVIL}", 100, 19, ChargeKind.USAGE, detail=usage),
                now=NOW,
                due=NOW + 5 * DAY,
                regular=True,
            ),
        ]
        lock_account(session, account.id)
        money = make_payment(session, account, 1_190, now=NOW - 60 * DAY)
        use_payment(session, account.id, money, [Share(made[0].id, 1_190)], now=NOW - 60 * DAY)
        proven(session)
        return [one.number for one in made]


def test_the_list_says_what_is_due_and_offers_to_pay(house: House) -> None:
    with house.signed_in() as ada:
        numbers = months(house, ada)
        html = ada.get("/en/bills").text
    for said in (
        "€48.79",
        "Overdue since 26 Oct 2026",
        "Due in 5 days",
        "Paid on 22 Sept 2026",
        "Pay €48.79",
        "Preview the next bill",
        *numbers,
    ):
        assert said in html, said
    assert 'action="/do/pay"' in html
    assert "Automatic payment" in html
    assert html.index(numbers[2]) < html.index(numbers[0])


async def test_the_pages_are_whole_in_each_language(house: House) -> None:
    with house.signed_in() as ada:
        numbers = months(house, ada)
    for language in ("en", "es", "ar"):
        one = await bill_values(PageRequest(ada.cookie, language, f"/bills/{numbers[2]}"))
        every = await bills_values(PageRequest(ada.cookie, language, "/bills"))
        coming = await preview_values(PageRequest(ada.cookie, language, "/bill-preview"))
        html = printed(bill.view, BillState, one, language)
        assert EVIL not in html
        assert "&lt;script&gt;" in html
        printed(bills.view, BillsState, every, language)
        printed(bill_preview.view, BillPreviewState, coming, language)
    for view, state in (
        (bill.view, BillState),
        (bills.view, BillsState),
        (bill_preview.view, BillPreviewState),
    ):
        printed(view, state, {})
        live(view, state)


def test_one_bill_drills_down_and_says_why_it_changed(house: House) -> None:
    with house.signed_in() as ada:
        numbers = months(house, ada)
        with house.database.writing() as session:
            line = session.exec(
                select(AppliedBillingRate).order_by(col(AppliedBillingRate.id).desc())
            ).first()
            assert line is not None
            session.get_one(CustomerBill, line.bill_id).disputed_minor = 100
            session.add(
                BillDispute(
                    bill_id=line.bill_id,
                    rate_id=line.id,
                    amount_minor=100,
                    reason="-",
                    status_changed_at=NOW,
                    created_at=NOW,
                )
            )
        html = ada.get(f"/en/bills/{numbers[2]}").text
        first = ada.get(f"/en/bills/{numbers[0]}").text
    for said in (
        "Pay €23.99",  # what is disputed need not be paid
        "Why it changed",
        "€1.19 more than on the bill before.",
        "You used more",
        "Show each one",
        "Disputed, we are looking into it",
        f"/bill-files/{numbers[2]}.pdf",
        f"/bill-files/{numbers[2]}.csv?language=en",
        f'href="/en/bills/{numbers[1]}"',
        'value="23.99"',
    ):
        assert said in html, said
    assert ".xml" not in html
    assert "Why it changed" not in first
    assert "Put against this bill" in first
    assert "22 Oct 2026 to 20 Nov 2026" in html  # the 21st is the first day of what comes next
    assert 'action="/do/pay"' not in first


def test_strangers_are_refused(house: House) -> None:
    with house.signed_in() as ada, house.signed_in("eve@example.com") as eve, Browser() as nobody:
        numbers = months(house, ada)
        with house.database.reading() as session:
            account = numbers[0].rpartition("-")[0]
            assert session.exec(select(CustomerBill)).first()
        for address in (f"/en/bills/{numbers[2]}", f"/en/bills?account={account}"):
            answer = eve.get(address)
            assert answer.status_code == 404
            assert "24.99" not in answer.text
            assert nobody.get(address).headers["location"].startswith("/en/sign-in?next=")
        assert "No bills yet" in eve.get("/en/bills").text


@pytest.mark.parametrize(
    ("scope", "pays"), [(Scope.VIEW, False), (Scope.PAY, True)], ids=["view", "pay"]
)
def test_members_see_what_they_may(house: House, scope: Scope, pays: bool) -> None:
    with (
        house.signed_in() as ada,
        house.signed_in("eve@example.com", Role.SUB_USER) as eve,
    ):
        numbers = months(house, ada)
        assert eve.get("/en/bills").status_code == 404
        with house.database.writing() as session:
            session.add(
                Grant(
                    identity_id=house.actor(eve.cookie).identity_id,
                    customer_id=customer_of(session, house, ada),
                    scope=scope,
                    granted_by=house.actor(ada.cookie).identity_id,
                    created_at=NOW,
                )
            )
        listed, one = eve.get("/en/bills").text, eve.get(f"/en/bills/{numbers[2]}").text
    assert "Bills of" in listed
    assert ('action="/do/pay"' in listed, 'action="/do/pay"' in one) == (pays, pays)
    assert "Preview the next bill" not in listed


def acting(house: House, ada: Browser, role: Role = Role.REPRESENTATIVE) -> Browser:
    """Customer service that acts for Ada."""
    staff = house.signed_in("sam@example.com", role)
    with house.database.reading() as session:
        customer = customer_of(session, house, ada)
    answer = staff.submit("/do/act-for", customer=str(customer), language="en")
    assert answer.status_code == 303
    return staff


def test_who_acts_for_a_customer_sees_the_same_and_pays_nothing(house: House) -> None:
    with house.signed_in() as ada:
        numbers = months(house, ada)
        with acting(house, ada) as staff:
            listed = staff.get("/en/bills").text
            one = staff.get(f"/en/bills/{numbers[2]}").text
            pdf = staff.get(f"/bill-files/{numbers[2]}.pdf")
    assert all(number in listed for number in numbers)
    assert "€24.99" in one
    assert 'action="/do/pay"' not in listed + one
    assert pdf.status_code == 200


def test_pages_of_a_long_list(house: House) -> None:
    with house.signed_in() as ada:
        with house.database.writing() as session:
            from self_service.models.people import Customer

            whose = session.get_one(Customer, customer_of(session, house, ada))
            account = make_account(session, now=NOW, customer=whose)
            for number in range(14):
                write_bill(session, account, Charged(), now=NOW - (20 - number) * DAY)
        first, second = ada.get("/en/bills").text, ada.get("/en/bills?page=2").text
        odd = [ada.get(f"/en/bills?page={page}").status_code for page in ("0", "-1", "x", "9" * 30)]
    assert "Page 1 of 2" in first
    assert 'href="/en/bills?page=2"' in first
    assert "Page 2 of 2" in second
    assert odd == [200] * 4


async def test_a_live_tab_shows_the_same(house: House) -> None:
    with house.signed_in() as ada:
        numbers = months(house, ada)
    tab = open_tab(BillState, f"/en/bills/{numbers[2]}", ada.cookie)
    assert await loaded(tab) == []
    assert (tab.number, tab.gross, len(tab.reasons)) == (numbers[2], "€24.99", 1)
    gone = open_tab(BillState, "/en/bills/A1-0001", ada.cookie)
    assert await loaded(gone) == []
    assert (gone.number, gone.missing) == ("", True)
    listed = open_tab(BillsState, "/en/bills", ada.cookie)
    assert await loaded(listed) == []
    assert [row.number for row in listed.bills] == numbers[::-1]


# The next bill, and billing now.


def charged(house: House, who: Browser) -> None:
    """Put a charge on the next bill."""
    with house.database.writing() as session:
        account = billing_account(
            session, customer_of(session, house, who), currency="EUR", now=NOW
        )
        if session.exec(select(TaxRate)).first() is None:
            session.add(TaxRate(country="DE", rate_bp=1_900, valid_from=date(2020, 1, 1)))
        add_charge(
            session,
            account.id,
            ChargeKind.ONE_TIME,
            {"en": "New SIM card"},
            11_900_000,
            "sim 1",
            NOW,
        )


def test_the_next_bill_can_be_seen_before_it_is_made(house: House) -> None:
    with house.signed_in() as ada:
        assert "Nothing was ever charged here" in ada.get("/en/bill-preview").text
        charged(house, ada)
        html = ada.get("/en/bill-preview").text
        wrong = ada.get("/en/bill-preview?on=yesterday").text
        past = ada.get("/en/bill-preview?on=2020-01-01").text
        far = ada.get("/en/bill-preview?on=9999-12-31").text
    for said in ("This is not a bill yet", "New SIM card", "€11.90", 'type="date"'):
        assert said in html, said
    assert "Make this bill now" not in html
    assert "Type a date" in wrong
    assert "Choose today or a later day." in past
    assert "Choose a day within the next year." in far
    assert house.rows(CustomerBill, LedgerEntry) == [[], []]


def submit(staff: Browser, **form: str) -> Any:
    return staff.submit("/do/bill-now", **{"language": "en", "on": "2026-11-21", **form})


def test_customer_service_bills_now_what_it_saw(house: House) -> None:
    with house.signed_in() as ada:
        charged(house, ada)
        with acting(house, ada) as staff:
            seen = staff.get("/en/bill-preview?on=2026-11-21").text
            other = submit(staff, seen="1189")
            assert house.rows(CustomerBill) == [[]]
            done = submit(staff, seen="1190")
            again = submit(staff, seen="1190")
    with house.database.reading() as session:
        made = session.exec(select(CustomerBill)).all()
    assert "Make this bill now" in seen
    assert 'name="seen" value="1190"' in seen
    assert other.headers["location"] == "/en/bill-preview?on=2026-11-21&refused=draft_changed"
    assert [row.gross_minor for row in made] == [1_190]
    assert done.headers["location"] == f"/en/bills/{made[0].number}"
    assert again.headers["location"].endswith("refused=nothing_to_bill")
    with house.database.reading() as session:
        told = session.exec(select(AuditEntry).where(AuditEntry.act == "bills.bill_now")).all()
        proven(session)
    assert [entry.subject for entry in told] == [made[0].number]


@pytest.mark.parametrize("who", ["customer", "visitor", "idle staff", "supervisor"])
def test_nobody_else_bills_now(house: House, who: str) -> None:
    with house.signed_in() as ada:
        charged(house, ada)
        asks = {
            "customer": lambda: ada,
            "visitor": Browser,
            "idle staff": lambda: house.signed_in("sam@example.com", Role.REPRESENTATIVE),
            "supervisor": lambda: house.signed_in("ola@example.com", Role.DEALER_SUPERVISOR),
        }[who]()
        answer = submit(asks, seen="1190")
        foreign = asks.submit("/do/bill-now", origin="https://evil.example", seen="1190")
    assert answer.status_code == 303
    assert "/bills/" not in answer.headers["location"]
    assert foreign.status_code == 403
    assert house.rows(CustomerBill, LedgerEntry) == [[], []]


@pytest.mark.parametrize("on", ["", "x", "2020-01-01", "9999-12-31", "2026-13-01", "٢٠٢٦-١١-٢١"])
def test_a_day_that_is_none_bills_nothing(house: House, on: str) -> None:
    with house.signed_in() as ada:
        charged(house, ada)
        with acting(house, ada) as staff:
            answer = submit(staff, seen="9", on=on)
    assert "refused=" in answer.headers["location"]
    assert house.rows(CustomerBill, LedgerEntry) == [[], []]
