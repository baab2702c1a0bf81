"""A bill says for whom it was when it was written, whenever its file is made; and which is last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from self_service.domain.bills import charges, credit_note
from self_service.domain.people import forgetting
from self_service.models.bills import BillCategory, ChargeKind, CustomerBill
from self_service.models.dunning import InstalmentPurchase
from self_service.models.people import Customer, Individual, Site
from self_service.state import bill_paper
from tests.bills import bill, make_product
from tests.books import make_account, make_customer, proven
from tests.factories import monthly

JAN = datetime(2027, 1, 1, tzinfo=UTC)
FEB, MAR = datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)
HOME = {"country": "ES", "street_address": "Calle \\ 1\t", "city": "Bilbao", "postal_code": "48001"}


def place(session: Session, customer: Customer, *, at: datetime, **address: str) -> Site:
    site = Site(customer_id=customer.id, address={**HOME, **address}, created_at=at)
    session.add(site)
    session.flush()
    return site


def printed(session: Session, made: CustomerBill | None) -> tuple[str, ...]:
    assert made is not None
    session.expire_all()
    return tuple(bill_paper.paper_of(session, made.id).request.data["receiver"])


def test_a_bill_is_addressed_as_it_was_when_it_was_written(session: Session) -> None:
    person = Individual(given_name="Ada", family_name="Quell", created_at=JAN)
    session.add(person)
    customer = make_customer(session, now=JAN, name="Ada\tQuell \\N")
    customer.individual_id = person.id
    account = make_account(session, now=JAN, customer=customer)
    place(session, customer, at=JAN - timedelta(days=9), city="Vigo").closed_at = JAN
    place(session, customer, at=JAN)
    place(session, customer, at=JAN + timedelta(days=1), city="Lugo")
    make_product(session, account, monthly(1_000), start=JAN)
    first = bill(session, account, JAN)
    other = make_account(session, now=JAN, customer=make_customer(session, now=JAN, name="Bo"))
    make_product(session, other, monthly(1_000), start=JAN)
    bare = bill(session, other, JAN)
    forgetting.forget_person(customer, person)
    session.flush()
    later = bill(session, account, FEB)
    assert first
    note = credit_note.credit_all(session, first.id, reason="Sorry", now=FEB)
    ada = ("Ada Quell \\N", "Calle \\ 1\t", "48001 Bilbao")
    assert [printed(session, one) for one in (first, note)] == [ada, ada]
    assert printed(session, later)[0] == forgetting.ERASED
    assert printed(session, bare) == ("Bo",)
    assert first.buyer_address == HOME
    proven(session)


def test_the_bill_with_which_all_has_ended_is_the_last(session: Session) -> None:
    account = make_account(session, now=JAN)
    first = make_product(session, account, monthly(1_000), start=JAN)
    make_product(session, account, monthly(2_000), start=JAN, end=FEB + timedelta(days=9))
    phone = InstalmentPurchase(
        account_id=account.id,
        product_id=first.product_id,
        total_minor=1_000,
        currency="EUR",
        count=2,
        next_at=JAN,
        anchor_at=JAN,
        status_changed_at=JAN,
    )
    session.add(phone)
    made = [bill(session, account, JAN)]
    charges.end_charging(session, first.product_id, at=JAN + timedelta(days=20))
    made += [bill(session, account, at) for at in (JAN + timedelta(days=25), FEB)]
    charges.add_charge(session, account.id, ChargeKind.FEE, {"en": "Late"}, 9_000_000, "f", MAR)
    made += [bill(session, account, at) for at in (MAR, MAR + timedelta(days=1))]
    assert [one and one.category for one in made] == [
        BillCategory.NORMAL,
        BillCategory.CREDIT_NOTE,  # gives days of the first product back, asks for nothing
        BillCategory.LAST,  # asks for the days until the second one's end, and the last instalment
        BillCategory.NORMAL,  # somebody paid late
        None,
    ]
    proven(session)
