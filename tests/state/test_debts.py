"""Debts on screen: the notice on Home, the agreement, disputes and who decides them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from self_service.domain import access
from self_service.domain.access import resolve
from self_service.domain.bills import allocating
from self_service.domain.bills.accounts import billing_account
from self_service.models.access import DigitalIdentity, Passkey, Role
from self_service.models.bills import AppliedBillingRate, CustomerBill
from self_service.models.dunning import AgreedInstalment, BillDispute, PaymentAgreement
from self_service.pages import agreement as agreement_page
from self_service.pages import bill as bill_page
from self_service.pages import bills as bills_page
from self_service.pages import disputes as disputes_page
from self_service.pages import home as home_page
from self_service.state.agreement import AgreementState, agreement_values
from self_service.state.bill import BillState, bill_values
from self_service.state.bills import BillsState, bills_values
from self_service.state.disputes import DisputesState, disputes_values
from self_service.state.home import HomeState, home_values
from self_service.state.request import Elsewhere, PageRequest
from tests.books import make_bill, proven
from tests.conftest import NOW
from tests.debtors import DUE, OVER, after, look
from tests.house import House
from tests.household import buy
from tests.live import live
from tests.paper import live as compiled
from tests.paper import printed

ANYTHING: list[Any] = [None, [], {}, 5, "x" * 300, {"count": [], "first": {}}, {"sum": "\0"}]


@pytest.fixture
def ada(house: House) -> str:
    """The cookie of a customer who owes since yesterday."""
    with house.signed_in() as browser:
        cookie = browser.cookie
    with house.database.writing() as session:
        actor = resolve(session, cookie, now=house.clock())
        buy(session, actor, house.shop)
        account = billing_account(session, actor.customer(), currency="EUR", now=NOW)
        session.refresh(account)
        if account.credit_minor:
            make_bill(session, account, gross=account.credit_minor, tax=0, now=NOW, due=NOW)
            allocating.use_credit(session, account.id, now=NOW)
        make_bill(session, account, gross=11_900, tax=1_900, now=NOW, due=DUE)
    house.clock.at = OVER
    return _again(house, cookie)


def _again(house: House, cookie: str) -> str:
    """Sign the same person in once more, at the present time."""
    with house.database.writing() as session:
        identity = resolve(session, cookie, now=NOW).identity()
        access.open_session(session, identity, cookie="ada now", now=house.clock())
    return "ada now"


def _number(house: House) -> str:
    with house.database.reading() as session:
        wanted = select(CustomerBill.number).where(CustomerBill.gross_minor == 11_900)
        return session.exec(wanted).one()


def _line(house: House) -> str:
    with house.database.reading() as session:
        bill = session.exec(select(CustomerBill).where(CustomerBill.gross_minor == 11_900)).one()
        wanted = select(AppliedBillingRate.id).where(AppliedBillingRate.bill_id == bill.id)
        return str(session.exec(wanted).one())


async def values(cookie: str, language: str = "en") -> dict[str, Any]:
    return await agreement_values(PageRequest.at(f"/{language}/bills/agreement", cookie))


async def test_home_says_what_is_overdue_and_what_comes(house: House, ada: str) -> None:
    found = await home_values(PageRequest.at("/en/home", ada))
    debt = found["debt"]
    assert debt.headline == "€119.00 is overdue since 5 Dec 2026"
    assert debt.next == "If it stays open, we remind you in 2 days."
    assert debt.can_agree
    html = printed(home_page.view, HomeState, found)
    assert 'href="/en/bills/agreement"' in html
    with house.database.writing() as session:
        look(session, OVER)
        for days in (3, 10, 20, 30):
            look(session, after(days))
    found = await home_values(PageRequest.at("/en/home", ada))
    assert found["debt"].tone == "bad"
    assert "back the moment you pay" in found["debt"].next


async def test_instalments_are_tried_out_and_agreed(house: House, ada: str) -> None:
    async with live(ada) as tab:
        tab.url = "/en/bills/agreement"
        await tab.send(AgreementState.load)
        assert tab.shows(AgreementState, "total") == "€119.00"
        assert len(tab.shows(AgreementState, "parts")) == 3
        form = {"count": "2", "first": "2026-12-31"}
        await tab.send(AgreementState.simulate, form=form)
        rows = tab.shows(AgreementState, "parts")
        assert [(row.day, row.amount) for row in rows] == [
            ("31 Dec 2026", "€59.50"),
            ("31 Jan 2027", "€59.50"),
        ]
        assert house.rows(PaymentAgreement) == [[]]
        await tab.send(AgreementState.simulate, form={**form, "count": "9"})
        assert "between 2 and 6" in tab.shows(AgreementState, "faults")["count"]
        await tab.send(AgreementState.accept, form=form)
        assert tab.notice.startswith("Agreed.")
        assert tab.shows(AgreementState, "active") is True
        assert tab.shows(AgreementState, "parts")[0].state == "Open"
        await tab.send(AgreementState.accept, form=form)
        assert "already" in tab.shows(AgreementState, "refused")
    assert len(house.rows(PaymentAgreement)[0]) == 1
    assert len(house.rows(AgreedInstalment)[0]) == 2
    html = printed(agreement_page.view, AgreementState, await values(ada))
    assert "€119.00" in html
    assert 'name="sum"' in html
    assert 'value="59.50"' in html
    debt = (await home_values(PageRequest.at("/en/home", ada)))["debt"]
    assert debt.headline == ""
    assert "€59.50" in debt.agreement
    with house.database.reading() as session:
        proven(session)


async def test_who_owes_nothing_is_told_so(house: House, ada: str) -> None:
    house.clock.at = NOW
    found = await values(ada)
    assert found["why_not"] == "Nothing is overdue that can be paid in instalments."
    assert "To your bills" in printed(agreement_page.view, AgreementState, found)
    with pytest.raises(Elsewhere):
        await values("")


async def test_a_line_is_disputed_and_decided(house: House, ada: str) -> None:
    async with live(ada) as tab:
        tab.url = f"/en/bills/{_number(house)}"
        await tab.send(BillState.dispute, form={"line": _line(house), "reason": "no"})
        assert "10 to 1000" in tab.shows(BillState, "dispute_refused")
        assert house.rows(BillDispute) == [[]]
        form = {"line": _line(house), "reason": "I was in hospital then."}
        await tab.send(BillState.dispute, form=form)
        assert "need not be paid" in tab.notice
        assert tab.shows(BillState, "dispute_refused") == ""
        await tab.send(DisputesState.accept, form={"dispute": "x", "answer": "y"})
    with pytest.raises(Elsewhere):
        await disputes_values(PageRequest.at("/en/disputes", ada))
    assert [row.status.value for row in _disputes(house)] == ["open"]
    with house.signed_in("rep@example.com", Role.REPRESENTATIVE) as clerk:
        cookie = clerk.cookie
    house.change(_two_factors, cookie)
    found = await disputes_values(PageRequest.at("/en/disputes", cookie))
    (row,) = found["disputes"]
    assert (row.amount, row.typed, row.reason) == ("€119.00", "119.00", form["reason"])
    assert "I was in hospital" in printed(disputes_page.view, DisputesState, found)
    async with live(cookie) as tab:
        tab.url = "/en/disputes"
        await tab.send(DisputesState.accept, form={"dispute": row.id, "sum": "19", "answer": ""})
        assert "Write 1 to" in tab.shows(DisputesState, "refused")
        said = {"dispute": row.id, "sum": "19.00", "answer": "We are sorry."}
        await tab.send(DisputesState.accept, form=said)
        assert tab.shows(DisputesState, "disputes") == []
        await tab.send(DisputesState.reject, form=said)
        assert "decided" in tab.shows(DisputesState, "refused")
    assert [row.status.value for row in _disputes(house)] == ["accepted"]
    with house.database.reading() as session:
        left = select(CustomerBill.remaining_minor).where(CustomerBill.gross_minor == 11_900)
        assert session.exec(left).one() == 10_000
        proven(session)


def _disputes(house: House) -> list[BillDispute]:
    with house.database.reading() as session:
        return list(session.exec(select(BillDispute)))


def _two_factors(session: Any, cookie: str) -> None:
    identity = session.exec(
        select(DigitalIdentity).where(DigitalIdentity.login == "rep@example.com")
    ).one()
    del cookie
    session.add(Passkey(identity_id=identity.id, credential_id="c", public_key="k", created_at=NOW))


@pytest.mark.parametrize("form", ANYTHING, ids=range(len(ANYTHING)))
async def test_whatever_is_sent_nothing_happens(house: House, ada: str, form: Any) -> None:
    async with live(ada) as tab:
        tab.url = "/en/bills/agreement"
        await tab.send(AgreementState.load)
        for handler in (AgreementState.simulate, AgreementState.accept, BillState.dispute):
            await tab.send(handler, form=form)
            assert tab.failed == ""
    assert house.rows(PaymentAgreement, BillDispute) == [[], []]


def test_the_pages_can_be_compiled() -> None:
    assert "skeleton" in compiled(agreement_page.view, AgreementState)
    assert "skeleton" in compiled(disputes_page.view, DisputesState)


async def test_bills_show_the_notice_and_the_form(house: House, ada: str) -> None:
    listed = await bills_values(PageRequest.at("/en/bills", ada))
    html = printed(bills_page.view, BillsState, listed)
    assert "€119.00 is overdue since 5 Dec 2026" in html
    assert "If it stays open, we remind you in 2 days." in html
    with house.database.reading() as session:
        wanted = select(CustomerBill.number).where(CustomerBill.gross_minor == 11_900)
        number = session.exec(wanted).one()
    request = PageRequest.at(f"/en/bills/{number}", ada)
    assert "Something wrong?" in printed(bill_page.view, BillState, await bill_values(request))
    form = {"line": _line(house), "reason": "I was in hospital then."}
    async with live(ada) as tab:
        tab.url = f"/en/bills/{number}"
        await tab.send(BillState.dispute, form=form)
    html = printed(bill_page.view, BillState, await bill_values(request))
    assert "Something wrong?" not in html
