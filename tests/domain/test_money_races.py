"""Different parts at one account at the same moment: no sum twice, none lost, nobody stuck."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from sqlmodel import Session, select

from self_service.db import Database
from self_service.domain.bills import credit_note, run
from self_service.domain.orders import cancellation
from self_service.domain.payments import autopay, card_removal, settling
from self_service.domain.payments.settling import Outcome
from self_service.domain.policy import BillPolicy
from self_service.models.bills import BillingAccount, CustomerBill
from self_service.models.payments import Payment, PaymentMethod
from tests.bills import make_product
from tests.books import make_bill, proven
from tests.conftest import NOW
from tests.crowd import at_once, everything
from tests.factories import monthly
from tests.order_shop import charge, customer, fill, fulfil, open_shop, order
from tests.payers import charge_of, make_card, owing, start

POLICY = BillPolicy()
LATER = NOW + timedelta(days=40)


def bill_all(database: Database) -> int:
    """Run the cycle as the job does, in transactions of its own."""
    with database.writing() as session:
        cycle = run.cycle_id(session, "monthly")
        made = run.start(session, cycle, as_of=LATER, now=LATER)
    tally = run.perform(database.writing, made, now=LATER, policy=POLICY)
    assert not tally.refused
    return tally.bills


def account_of(database: Database) -> BillingAccount:
    with database.writing() as session:
        proven(session)
    (account,) = everything(database, BillingAccount)
    return account


def test_a_bill_run_against_a_payment_of_the_same_account(database: Database) -> None:
    with database.writing() as session:
        ada, bills = owing(session, 5_000)
        account = session.exec(select(BillingAccount)).one()
        make_product(session, account, monthly(2_000), start=NOW)
        charge = charge_of(session, start(session, ada, bills))

    def pay() -> Outcome:
        with database.writing() as session:
            return settling.settle(session, charge=charge, now=LATER).outcome

    with ThreadPoolExecutor(6) as pool:
        runs = [pool.submit(bill_all, database) for _ in range(3)]
        paid = [pool.submit(pay) for _ in range(3)]
        made = sum(one.result(60) for one in runs)
        said = Counter(one.result(60) for one in paid)
    made += bill_all(database)  # an account that a payment held is found by the next look
    assert said == {Outcome.SETTLED: 1, Outcome.REPEATED: 2}
    assert account_of(database).credit_minor == 0
    # bought on 21 November: 1 December has one charge of 20,00 €, the run is before 1 January
    rest = {bill.gross_minor: bill.remaining_minor for bill in everything(database, CustomerBill)}
    assert (made, rest) == (1, {5_000: 0, 2_000: 2_000})


def test_a_credit_note_against_a_payment(database: Database) -> None:
    """Whatever is first: the bill is paid once, and the other sum is credit."""
    with database.writing() as session:
        ada, bills = owing(session, 5_000)
        charge = charge_of(session, start(session, ada, bills))
    (bill,) = bills

    def credit(session: Session) -> str:
        return credit_note.credit_all(session, bill.id, reason="goodwill", now=LATER).category

    def pay(session: Session) -> str:
        return settling.settle(session, charge=charge, now=LATER).outcome

    said = Counter(map(str, at_once(database, [credit, pay] * 4)))
    nothing = credit_note.NothingToCredit.code
    assert said == {"creditNote": 1, nothing: 3, "settled": 1, "repeated": 3}
    assert account_of(database).credit_minor == 5_000
    bills = sorted(everything(database, CustomerBill), key=lambda bill: bill.sequence)
    assert [(one.gross_minor, one.remaining_minor) for one in bills] == [(5_000, 0), (-5_000, 0)]


def test_orders_bills_cards_and_autopay_of_one_customer_wait_in_no_circle(
    database: Database,
) -> None:
    """Acts that lock order, account and customer, each as often as the others."""
    with database.writing() as session:
        shop, ada = open_shop(session), customer(session)
        fill(session, ada, shop)
        done = order(session, ada)
        settling.settle(session, charge=charge(done), now=NOW)
        fill(session, ada, shop)
        other = order(session, ada)
        cards = [make_card(session, ada.customer()).id for _ in range(6)]
        account = session.exec(select(BillingAccount)).one()
        make_bill(session, account, gross=700, tax=0, now=NOW)

    acts: list[Any] = []
    for card in cards:
        acts += [
            lambda s, c=card: card_removal.remove(s, ada, c, policy=POLICY, now=NOW),
            lambda s, c=card: autopay.switch_on(s, ada, c, agreed=True, currency="EUR", now=NOW),
        ]
    acts += [lambda s: fulfil(s, done.order_id, now=NOW)] * 2
    acts += [lambda s: settling.settle(s, charge=charge(other), now=NOW)] * 2
    acts += [lambda s: cancellation.cancel(s, ada, other.order_id, now=NOW)] * 2
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(bill_all, database)
        at_once(database, acts)
        running.result(60)
    account_of(database)
    with database.reading() as session:
        order_bills = select(CustomerBill).where(CustomerBill.order_id == done.order_id)
        assert len(session.exec(order_bills).all()) == 1
    assert len(everything(database, Payment)) >= 2
    removed = [row.status for row in everything(database, PaymentMethod)]
    assert removed.count("removed") >= 5  # the last one may pay automatically: it is kept
