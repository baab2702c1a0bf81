"""Money finds its bills: never more than is open, never twice, and the rest is credit."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain.bills import allocating
from self_service.domain.bills.accounts import billing_account, next_cycle_start
from self_service.domain.bills.allocating import Share
from self_service.models.bills import BillingCycle, BillState, CustomerBill
from self_service.models.ledger import AccountKind
from self_service.models.messages import OutboxEvent
from tests.books import (
    balance,
    empty_books,
    make_account,
    make_bill,
    make_customer,
    make_payment,
    proven,
)
from tests.conftest import NOW


def test_a_customer_has_one_account(session: Session) -> None:
    customer = make_customer(session, now=NOW)
    first = billing_account(session, customer.id, currency="EUR", now=NOW)
    again = billing_account(session, customer.id, currency="EUR", now=NOW)
    assert first.id == again.id
    assert first.number[0] == "A"
    assert first.next_bill_at == next_cycle_start(BillingCycle(name="x"), NOW)


def test_a_part_is_paid_and_then_the_rest(session: Session) -> None:
    account = make_account(session, now=NOW)
    bill = make_bill(session, account, gross=5_000, tax=800, now=NOW)
    part = make_payment(session, account, 2_000, now=NOW)
    assert allocating.use_payment(session, account.id, part, [Share(bill.id, 2_000)], now=NOW) == 0
    session.refresh(bill)
    assert (bill.state, bill.remaining_minor) == (BillState.PARTIALLY_PAID, 3_000)
    rest = make_payment(session, account, 3_000, now=NOW)
    allocating.use_payment(session, account.id, rest, [Share(bill.id, 3_000)], now=NOW)
    session.refresh(bill)
    assert (bill.state, bill.remaining_minor) == (BillState.SETTLED, 0)
    kinds = session.exec(select(OutboxEvent.kind).where(OutboxEvent.kind != "news")).all()
    assert kinds == ["bill_settled"]
    proven(session)


def test_who_pays_twice_has_credit_that_pays_the_next_bill(session: Session) -> None:
    account = make_account(session, now=NOW)
    bill = make_bill(session, account, gross=5_000, tax=0, now=NOW)
    for _ in range(2):
        paid = make_payment(session, account, 5_000, now=NOW)
        allocating.use_payment(session, account.id, paid, [Share(bill.id, 5_000)], now=NOW)
    session.refresh(account)
    assert account.credit_minor == 5_000
    assert balance(session, AccountKind.RECEIVABLE, account.id) == 5_000
    proven(session)
    following = make_bill(session, account, gross=7_000, tax=0, now=NOW)
    assert allocating.use_credit(session, account.id, now=NOW) == 5_000
    session.refresh(following)
    session.refresh(account)
    assert (following.remaining_minor, account.credit_minor) == (2_000, 0)
    proven(session)


def test_credit_goes_to_what_is_due_first(session: Session) -> None:
    account = make_account(session, now=NOW)
    later = make_bill(session, account, gross=900, tax=0, now=NOW, due=NOW + timedelta(days=30))
    sooner = make_bill(session, account, gross=900, tax=0, now=NOW, due=NOW + timedelta(days=3))
    paid = make_payment(session, account, 1_000, now=NOW)
    allocating.use_payment(session, account.id, paid, [], now=NOW)
    allocating.use_credit(session, account.id, now=NOW)
    for bill in (later, sooner):
        session.refresh(bill)
    assert (sooner.remaining_minor, later.remaining_minor) == (0, 800)
    proven(session)


def test_a_payment_taken_back_opens_its_bill(session: Session) -> None:
    account = make_account(session, now=NOW)
    bill = make_bill(session, account, gross=5_000, tax=0, now=NOW)
    paid = make_payment(session, account, 5_000, now=NOW)
    allocating.use_payment(session, account.id, paid, [Share(bill.id, 5_000)], now=NOW)
    allocating.take_back(session, bill.id, paid, 5_000, NOW)
    allocating.add_credit(session, account.id, 5_000)  # until the money itself goes back
    session.refresh(bill)
    assert (bill.remaining_minor, bill.state) == (5_000, BillState.PARTIALLY_PAID)
    proven(session)


@settings(max_examples=25, deadline=None)
@given(
    bills=st.lists(st.integers(1, 10_000), min_size=1, max_size=5),
    payments=st.lists(st.integers(1, 20_000), max_size=5),
)
def test_nothing_is_lost_and_nothing_is_made(bills: list[int], payments: list[int]) -> None:
    with empty_books() as session:
        account = make_account(session, now=NOW)
        made = [make_bill(session, account, gross=gross, tax=0, now=NOW) for gross in bills]
        for minor in payments:
            paid = make_payment(session, account, minor, now=NOW)
            meant = [Share(bill.id, minor) for bill in made]
            allocating.use_payment(session, account.id, paid, meant, now=NOW)
        allocating.use_credit(session, account.id, now=NOW)
        session.refresh(account)
        open_sum = sum(session.exec(select(CustomerBill.remaining_minor)).all())
        assert open_sum == max(sum(bills) - sum(payments), 0)
        assert account.credit_minor == max(sum(payments) - sum(bills), 0)
        proven(session)
