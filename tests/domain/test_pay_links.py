"""Links to pay: what they show, for how long, and that nothing else opens them."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain.access import Actor, NotAllowed
from self_service.domain.bills import allocating
from self_service.domain.payments import pay_links, paying, pending
from self_service.domain.payments.pay_links import Linked, LinkedBill, LinkNotValid
from self_service.domain.payments.paying import PaidAlready
from self_service.domain.payments.settling import Outcome
from self_service.domain.people.sealing import Vault
from self_service.domain.policy import BillPolicy
from self_service.models.access import Role
from self_service.models.bills import BillingAccount
from self_service.models.messages import CommunicationMessage
from self_service.models.payments import Payment, PaymentPurpose, PaymentStatus
from self_service.models.people import Customer, Individual
from self_service.money import Money
from tests import books
from tests.books import proven
from tests.conftest import NOW
from tests.mailbox import words
from tests.order_shop import rows
from tests.payers import SCREEN, WRITTEN, owing, settle, start

POLICY = BillPolicy(pay_link_days=60)
VAULT = Vault("a secret of the tests")
WHEN = {"policy": POLICY, "now": NOW}


def test_it_shows_number_sum_and_due_date_of_open_bills(session: Session) -> None:
    _, (first, second) = owing(session, 5_000, 700)
    first.due_at = second.due_at + timedelta(days=1)
    session.flush()
    link = pay_links.make(VAULT, first.account_id, now=NOW)
    found = pay_links.look(session, VAULT, link, **WHEN)
    assert [bill.number for bill in found.bills] == [second.number, first.number]
    assert found.total.minor == 5_700
    assert {one.name for one in fields(LinkedBill)} == {"id", "number", "remaining", "due_at"}
    assert {one.name for one in fields(Linked)} == {"account_id", "customer_id", "bills", "total"}


def test_one_bill_is_paid_by_it_once(session: Session) -> None:
    _, (first, second) = owing(session, 5_000, 700)
    link = pay_links.make(VAULT, first.account_id, bill_id=first.id, now=NOW)
    made = pay_links.start(session, VAULT, link, way=SCREEN, **WHEN)
    assert pay_links.start(session, VAULT, link, way=SCREEN, **WHEN) == made
    payment = session.get_one(Payment, made)
    assert (payment.amount_minor, payment.payer_id, payment.method_id) == (5_000, None, None)
    assert pay_links.opens(session, VAULT, link, made, **WHEN)
    assert settle(session, made) is Outcome.SETTLED
    session.expire_all()
    assert (first.remaining_minor, second.remaining_minor) == (0, 700)
    before = rows(session, *WRITTEN)
    with pytest.raises(PaidAlready):
        pay_links.start(session, VAULT, link, way=SCREEN, **WHEN)
    assert rows(session, *WRITTEN) == before
    proven(session)


def test_nothing_is_kept_of_the_card_of_a_stranger(session: Session) -> None:
    from dataclasses import replace

    _, (bill,) = owing(session, 5_000)
    link = pay_links.make(VAULT, bill.account_id, now=NOW)
    made = pay_links.start(session, VAULT, link, way=replace(SCREEN, keep=True), **WHEN)
    assert not session.get_one(Payment, made).keep_method


def test_it_takes_over_from_somebody_signed_in(session: Session) -> None:
    ada, (bill,) = owing(session, 5_000)
    hers = start(session, ada, [bill])
    link = pay_links.make(VAULT, bill.account_id, now=NOW)
    made = pay_links.start(session, VAULT, link, way=SCREEN, **WHEN)
    assert session.get_one(Payment, hers).status is PaymentStatus.CANCELED
    assert settle(session, made) is Outcome.SETTLED
    assert settle(session, hers) is Outcome.REFUND_DUE
    proven(session)


def test_it_ends_after_its_days(session: Session) -> None:
    _, (bill,) = owing(session, 5_000)
    link = pay_links.make(VAULT, bill.account_id, now=NOW)
    last = NOW + timedelta(days=60)
    assert pay_links.look(session, VAULT, link, policy=POLICY, now=last).bills
    late = last + timedelta(seconds=1)
    with pytest.raises(LinkNotValid):
        pay_links.look(session, VAULT, link, policy=POLICY, now=late)
    with pytest.raises(LinkNotValid):
        pay_links.start(session, VAULT, link, way=SCREEN, policy=POLICY, now=late)
    assert session.exec(select(Payment)).all() == []


def test_no_other_text_is_a_link(session: Session) -> None:
    _, (bill,) = owing(session, 5_000)
    good = pay_links.make(VAULT, bill.account_id, now=NOW)
    others = (
        "",
        good[:-2],
        good[:20] + "A" + good[21:],
        Vault("another").seal(f"pay {bill.account_id} ", now=NOW),
        VAULT.seal(str(bill.account_id), now=NOW),
        VAULT.seal(f"totp {bill.account_id} ", now=NOW),
        VAULT.seal("pay x y", now=NOW),
        pay_links.make(VAULT, uuid4(), now=NOW),
    )
    for text in others:
        with pytest.raises(LinkNotValid):
            pay_links.look(session, VAULT, text, **WHEN)
    assert not pay_links.opens(session, VAULT, "x", uuid4(), **WHEN)


@given(st.text(max_size=200))
def test_whatever_is_sent_is_refused(text: str) -> None:
    with pytest.raises(LinkNotValid):
        pay_links._read(VAULT, text, POLICY, NOW)


def test_it_opens_no_payment_of_others_and_no_bill_of_others(session: Session) -> None:
    _, (bill,) = owing(session, 5_000)
    ben, (other,) = owing(session, 900)
    his = start(session, ben, [other])
    link = pay_links.make(VAULT, bill.account_id, now=NOW)
    assert not pay_links.opens(session, VAULT, link, his, **WHEN)
    mixed = pay_links.make(VAULT, bill.account_id, bill_id=other.id, now=NOW)
    assert pay_links.look(session, VAULT, mixed, **WHEN).bills == ()


def test_it_completes_only_what_it_shows(session: Session) -> None:
    ada, (first, second) = owing(session, 5_000, 700)
    of_first = pay_links.make(VAULT, first.account_id, bill_id=first.id, now=NOW)
    of_all = pay_links.make(VAULT, first.account_id, now=NOW)
    both = pay_links.start(session, VAULT, of_all, way=SCREEN, **WHEN)
    assert pay_links.opens(session, VAULT, of_all, both, **WHEN)
    assert not pay_links.opens(session, VAULT, of_first, both, **WHEN), "not of this bill"
    over = {"policy": POLICY, "now": NOW + SCREEN.open_for}
    assert not pay_links.opens(session, VAULT, of_all, both, **over), "not awaited any more"
    late = {"policy": POLICY, "now": NOW + timedelta(days=61)}
    assert not pay_links.opens(session, VAULT, of_all, both, **late), "the link ended"
    top_up = paying.start(
        session, ada, purpose=PaymentPurpose.TOPUP, amount=Money(500, "EUR"), way=SCREEN, now=NOW
    )
    assert not pay_links.opens(session, VAULT, of_all, top_up, **WHEN), "not a bill"
    paid = books.make_payment(
        session, session.get_one(BillingAccount, first.account_id), 5_000, now=NOW
    )
    share = [allocating.Share(first.id, 5_000)]
    allocating.use_payment(session, first.account_id, paid, share, now=NOW)
    assert not pay_links.opens(session, VAULT, of_all, both, **WHEN), "one of them is settled"
    hers = start(session, ada, [second], keep=True)
    assert not pay_links.opens(session, VAULT, of_all, hers, **WHEN), "she is paying herself"
    assert session.get_one(Payment, both).status is PaymentStatus.CANCELED
    assert not pay_links.opens(session, VAULT, of_all, both, **WHEN), "it is closed"
    proven(session)


def test_staff_send_one_and_customers_do_not(session: Session) -> None:
    ada, (bill,) = owing(session, 5_000)
    send = {"words": words, "vault": VAULT, "now": NOW}
    with pytest.raises(NotAllowed):
        pay_links.send(session, ada, **send)
    acting = Actor(
        role=Role.DEALER, customer_id=ada.customer_id, identity_id=uuid4(), behalf="Ada Quell"
    )
    assert not pay_links.send(session, acting, **send), "there is no address"
    person = Individual(given_name="A", family_name="Q", email="a@example.com", created_at=NOW)
    session.add(person)
    session.flush()
    session.get_one(Customer, ada.customer()).individual_id = person.id
    session.flush()
    assert pay_links.send(session, acting, **send)
    session.flush()
    mail = session.exec(select(CommunicationMessage)).one()
    assert pay_links.look(session, VAULT, mail.body, **WHEN).bills[0].id == bill.id
    assert pending.pending(session, uuid4()) is None
