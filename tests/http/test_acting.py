"""Acting for a customer by form: the cookie, the screens, and what the record says of it."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from self_service.domain.people import assignments, staff
from self_service.models.access import Assignment, DigitalIdentity, Role, WebSession
from self_service.models.audit import AuditEntry
from self_service.models.people import Customer, Individual
from tests.house import HERE, Browser, House


@pytest.fixture
def ada(house: House) -> UUID:
    """A customer's id."""
    identity_id = house.customer()
    with house.database.reading() as session:
        found = session.get_one(DigitalIdentity, identity_id).customer_id
    assert found is not None
    return found


def entries(house: House) -> list[tuple[str, str, UUID | None]]:
    with house.database.reading() as session:
        rows = session.exec(select(AuditEntry).order_by(AuditEntry.number)).all()
    return [(row.act, row.role, row.customer_id) for row in rows]


def open_for(browser: Browser, customer_id: object, **form: str) -> str:
    answer = browser.submit("/do/act-for", customer=str(customer_id), language="en", **form)
    assert answer.status_code == 303
    return answer.headers["location"]


def test_a_customers_screens_are_those_of_whoever_acts(house: House, ada: UUID) -> None:
    sam = house.signed_in("sam@example.com", Role.REPRESENTATIVE)
    before = sam.cookie
    assert open_for(sam, ada) == "/en/home"
    assert sam.cookie != before
    assert not house.actor(before).signed_in
    assert house.actor(sam.cookie).customer_id == ada
    home = sam.get("/en/home").text
    assert "acting for Ada Quell" in home
    assert 'action="/do/leave"' in home

    form = house.ready(sam)
    review = sam.get("/en/checkout?step=review").text
    assert "ada@example.com" in review
    assert "sam@example.com" not in review
    placed = sam.submit("/do/place-order", **form)
    assert "/sandbox/pay/" in placed.headers["location"]
    order = house.orders()[0]
    assert order.customer_id == ada
    assert order.number in sam.get("/en/orders").text
    document = f"/documents/{order.contract_document_id}.pdf"
    assert sam.get(document).status_code == 200
    assert sam.get(f"/en/order/{order.number}").status_code == 200

    left = sam.submit("/do/leave", language="es")
    assert left.headers["location"] == "/es/customers"
    assert left.headers["clear-site-data"] == '"storage"'
    assert sam.get(document).status_code == 404
    assert house.actor(sam.cookie).customer_id is None
    assert entries(house) == [
        ("customer.opened", "representative", ada),
        ("orders.place", "representative", ada),
        ("customer.left", "representative", ada),
    ]


def test_what_a_customer_does_alone_is_not_recorded_as_acting(house: House) -> None:
    ada = house.signed_in()
    assert ada.submit("/do/place-order", **house.ready(ada)).status_code == 303
    assert entries(house) == []


@pytest.mark.parametrize("role", [Role.DEALER, Role.DEALER_SUPERVISOR, Role.CUSTOMER])
def test_who_does_not_reach_a_customer_gets_nothing(house: House, ada: UUID, role: Role) -> None:
    eve = house.signed_in("eve@example.com", role)
    before, cookie = house.rows(WebSession, AuditEntry), eve.cookie
    for wanted in (ada, uuid4(), "", "x", "\0"):
        assert open_for(eve, wanted) == "/en/customers?refused=1"
    assert eve.cookie == cookie
    assert house.rows(WebSession, AuditEntry) == before


def test_visitors_sign_in_first(house: House, browser: Browser, ada: UUID) -> None:
    assert open_for(browser, ada) == "/en/sign-in?next=%2Fen%2Fcustomers"
    answer = browser.submit("/do/leave")
    assert answer.headers["location"] == "/en/sign-in?next=%2Fen%2Fcustomers"
    assert house.rows(WebSession) == [[]]


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", HERE + ".evil.example"])
def test_another_site_turns_nobody(house: House, ada: UUID, origin: str | None) -> None:
    sam = house.signed_in("sam@example.com", Role.REPRESENTATIVE)
    before = sam.cookie
    for path in ("/do/act-for", "/do/leave"):
        assert sam.submit(path, origin=origin, customer=str(ada)).status_code == 403
    assert house.actor(before).customer_id is None


def test_taking_the_customer_away_ends_it_in_the_middle(house: House, ada: UUID) -> None:
    ines = house.actor(house.signed_in("ines@example.com", Role.ADMINISTRATOR).cookie)
    dealer = house.signed_in("deniz@example.com", Role.DEALER)
    who = {"member_id": house.actor(dealer.cookie).identity_id, "now": house.clock()}
    house.change(assignments.assign, ines, customer="ada@example.com", **who)
    assert open_for(dealer, ada) == "/en/home"
    form = house.ready(dealer)
    assert len(house.rows(Assignment)[0]) == 1
    house.change(assignments.unassign, ines, customer_id=ada, **who)
    answer = dealer.submit("/do/place-order", **form)
    assert "refused=" in answer.headers["location"]
    assert house.orders() == []
    assert dealer.get("/en/home").headers["location"] == "/en/customers"

    house.change(assignments.assign, ines, customer="ada@example.com", **who)
    open_for(dealer, ada)
    house.change(staff.disable, ines, **who)
    assert not house.actor(dealer.cookie).signed_in


def test_the_customers_page_finds_and_says_why_not(house: House, ada: UUID) -> None:
    dealer = house.signed_in("deniz@example.com", Role.DEALER)
    page = dealer.get("/en/customers?refused=1").text
    assert "You cannot act for this customer" in page
    assert str(ada) not in page
    with house.database.writing() as session:
        who = house.actor(dealer.cookie).identity_id
        session.add(Assignment(dealer_id=who, customer_id=ada, created_at=house.clock()))
    page = dealer.get("/en/customers").text
    assert f'value="{ada}"' in page
    assert "Ada Quell" in page
    assert house.rows(Customer, Individual)
