"""Letters about bills: once each, with the sum, the day and a link to pay."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service import bill_letters, settings, wiring
from self_service.domain import outbox
from self_service.domain.bills import telling
from self_service.domain.outbox import EventKind
from self_service.domain.people.sealing import Vault
from self_service.jobs.bill_letters import BillLetters
from self_service.models.access import DigitalIdentity
from self_service.models.bills import BillState, CustomerBill
from self_service.models.messages import CommunicationMessage
from self_service.models.people import Customer, Individual
from tests.bills_view import Charged, write_bill
from tests.books import make_account
from tests.conftest import NOW
from tests.house import Browser, House, browser, house, stocked

__all__ = ["browser", "house", "stocked"]


def bill_for(
    house: House, *lines: Charged, language: str = "en", credit: bool = False, **account: Any
) -> str:
    """Write a bill for a new customer and the event that tells of it; returns its number."""
    identity_id = house.customer()
    with house.database.writing() as session:
        identity = session.get_one(DigitalIdentity, identity_id)
        session.get_one(Individual, identity.individual_id).language = language
        whose = session.get_one(Customer, identity.customer_id)
        found = make_account(session, now=NOW, customer=whose)
        for name, value in account.items():
            setattr(found, name, value)
        bill = write_bill(session, found, *(lines or (Charged(),)), now=NOW)
        if credit:
            bill = write_bill(session, found, Charged(net=-100, tax=-19), now=NOW, credits=bill)
        bill.state = BillState.VALIDATED
        told(session, bill)
        return bill.number


def told(session: Session, bill: CustomerBill) -> None:
    key = str(bill.id)
    outbox.emit(session, EventKind.BILL_MADE, key, now=NOW, bill=key)


def letters(house: House) -> list[CommunicationMessage]:
    with house.database.reading() as session:
        kind = CommunicationMessage.kind == telling.KIND
        return list(session.exec(select(CommunicationMessage).where(kind)))


def postman(house: House) -> BillLetters:
    return BillLetters(house.database, wiring.secret(), house.clock)


def state(house: House) -> BillState:
    with house.database.reading() as session:
        return session.exec(select(CustomerBill.state)).first()


async def test_a_bill_is_told_of_once_with_a_link_that_pays_it(house: House) -> None:
    number, called = bill_for(house), []
    job = BillLetters(house.database, wiring.secret(), house.clock, wake=lambda: called.append(1))
    assert (await job.look(), await job.look(), len(called)) == (1, 0, 1)
    (mail,) = letters(house)
    assert mail.receiver == "ada@example.com"
    assert mail.subject.startswith("Your bill is ready")
    for said in (number, "€11.90", "Saturday 5 December 2026", f"/en/bills/{number}"):
        assert said in mail.body, said
    assert state(house) is BillState.SENT
    link = re.search(r"http://localhost:3000(\S*link=\S+)", mail.body)
    assert link is not None
    with Browser() as nobody:  # not signed in
        page = nobody.get(link.group(1), follow_redirects=True)
    assert page.status_code == 200
    assert number in page.text


def test_two_at_once_write_one_letter(house: House) -> None:
    bill_for(house)
    vault = Vault(wiring.secret(), *settings.get().older_secrets)
    with house.database.reading() as session:
        (event,) = telling.waiting(session)
    for expected in (True, False):
        with house.database.writing() as session:
            done = telling.tell(session, event, bill_letters.wording, vault=vault, now=NOW)
        assert done is expected
    assert len(letters(house)) == 1


@pytest.mark.parametrize(
    ("made", "subject", "said", "unsaid"),
    [
        ({"autopay": True}, "Your bill is ready", "It is paid automatically by", "link="),
        ({"credit": True}, "Your credit note is ready", "We gave back €1.19", "link="),
        ({"lines": (Charged(net=0, tax=0),)}, "Your bill is ready", "nothing to pay", "link="),
        ({"language": "ar"}, "", "/ar/bills/", "/en/"),
    ],
    ids=["autopay", "credit note", "nothing", "arabic"],
)
def test_what_it_says(
    house: House, made: dict[str, Any], subject: str, said: str, unsaid: str
) -> None:
    lines = made.pop("lines", ())
    bill_for(house, *lines, **made)
    assert postman(house).round() == 1
    (mail,) = letters(house)
    assert mail.subject.startswith(subject)
    assert said in mail.body
    assert unsaid not in mail.body


def test_one_that_fails_does_not_keep_the_others(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    number = bill_for(house)
    with house.database.writing() as session:
        outbox.emit(session, EventKind.BILL_MADE, "x", now=NOW, bill="no id")
    assert postman(house).round() == 1
    assert "could not be written" in caplog.text
    assert number in letters(house)[0].body
    with house.database.reading() as session:
        assert [event.key for event in telling.waiting(session)] == ["x"]


def test_the_relay_leaves_bills_to_it(house: House) -> None:
    bill_for(house)
    with house.database.reading() as session:
        assert EventKind.BILL_MADE not in {event.kind for event in outbox.open_events(session)}
