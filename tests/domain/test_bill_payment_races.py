"""Paying bills at the same moment, on both databases: one payment, one allocation."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from self_service.db import Database
from self_service.domain.payments import autopay, card_upkeep, pay_links, pending, settling
from self_service.domain.payments.settling import Outcome
from self_service.domain.people.sealing import Vault
from self_service.domain.policy import BillPolicy
from self_service.models.bills import CustomerBill
from self_service.models.payments import (
    BillAllocation,
    ChargeBack,
    Payment,
    PaymentItem,
    PaymentMethod,
    PaymentStatus,
    Refund,
)
from self_service.money import Money
from self_service.ports import ChargedBack, ChargeStatus, GatewayEvent, SavedMethod
from tests.books import proven
from tests.conftest import NOW
from tests.crowd import CROWD, at_once, everything
from tests.payers import SCREEN, charge_of, make_card, owing, start

POLICY = BillPolicy()
VAULT = Vault("a secret of the tests")
DAY = NOW + timedelta(days=12)


@pytest.fixture
def bill(database: Database) -> tuple[Any, CustomerBill]:
    with database.writing() as session:
        ada, (bill,) = owing(session, 5_000)
        card = make_card(session, ada.customer())
        autopay.switch_on(session, ada, card.id, agreed=True, currency="EUR", now=NOW)
        session.refresh(bill)
    return ada, bill


def checked(database: Database) -> None:
    with database.writing() as session:
        proven(session)


def test_two_autopays_of_one_bill_are_one(database: Database, bill) -> None:
    acts = [lambda s: autopay.begin(s, bill[1].id, policy=POLICY, now=DAY)] * 10
    made = [one for one in at_once(database, acts) if one]
    assert len(made) == len(everything(database, Payment)) == 1
    (item,) = everything(database, PaymentItem)
    assert (item.attempt, item.is_open) == (1, True)


def test_an_autopay_that_failed_at_once_is_not_tried_by_the_next(database: Database, bill) -> None:
    def whole(session: Any) -> Any:
        made = autopay.begin(session, bill[1].id, policy=POLICY, now=DAY)
        if made is None:
            return None
        declined = ChargeStatus.REQUIRES_METHOD
        charge = charge_of(session, made, declined, failure_code="card_declined")
        return settling.settle(session, charge=charge, now=DAY).outcome

    outcomes = Counter(at_once(database, [whole] * 10))
    assert outcomes == {Outcome.DECLINED: 1, None: 9}
    checked(database)


def test_webhook_against_janitor_pays_once(database: Database, bill) -> None:
    ada, one = bill
    with database.writing() as session:
        made = start(session, ada, [one])
        charge = charge_of(session, made)

    def webhook(session: Any) -> Outcome:
        event = GatewayEvent("evt_1", "charge_succeeded", charge)
        return settling.receive_event(session, event, source="sandbox", now=NOW).outcome

    def janitor(session: Any) -> Outcome:
        return settling.settle(session, charge=charge, now=NOW, provider="sandbox").outcome

    outcomes = at_once(database, [webhook, janitor] * (CROWD // 2))
    assert Counter(outcomes) == {Outcome.SETTLED: 1, Outcome.REPEATED: CROWD - 1}
    (allocated,) = everything(database, BillAllocation)
    assert (allocated.payment_id, allocated.amount_minor) == (made, 5_000)
    assert everything(database, Refund) == []
    checked(database)


def test_link_against_signed_in_leaves_one_open(database: Database, bill) -> None:
    ada, one = bill
    link = pay_links.make(VAULT, one.account_id, now=NOW)

    def by_link(session: Any) -> Any:
        return pay_links.start(session, VAULT, link, way=SCREEN, policy=POLICY, now=NOW)

    def signed_in(session: Any) -> Any:
        return start(session, ada, [session.get_one(CustomerBill, one.id)])

    at_once(database, [by_link, signed_in] * 5)
    open_ones = [row for row in everything(database, PaymentItem) if row.is_open]
    assert len(open_ones) == 1
    pendings = [
        row
        for row in everything(database, Payment)
        if row.status is PaymentStatus.PENDING_AUTHORIZATION
    ]
    assert [row.id for row in pendings] == [open_ones[0].payment_id]


def test_both_paid_at_once_pay_the_bill_once(database: Database, bill) -> None:
    """Whoever's money is second goes back, whichever that is."""
    ada, one = bill
    with database.writing() as session:
        first = start(session, ada, [one])
        second = start(session, ada, [one], 1_000)
        charges = [charge_of(session, first), charge_of(session, second)]

    def pays(charge: Any) -> Any:
        return lambda session: settling.settle(session, charge=charge, now=NOW).outcome

    outcomes = at_once(database, [pays(charge) for charge in charges] * 5)
    assert Counter(outcomes) == {
        Outcome.SETTLED: 1,
        Outcome.REFUND_DUE: 1,
        Outcome.REPEATED: 8,
    }
    (refund,) = everything(database, Refund)
    assert (refund.payment_id, refund.amount_minor) == (first, 5_000)
    checked(database)


def test_paid_against_given_up_is_one_or_the_other(database: Database, bill) -> None:
    ada, one = bill
    with database.writing() as session:
        made = start(session, ada, [one])
        charge = charge_of(session, made)
    at_once(
        database,
        [
            lambda s: settling.settle(s, charge=charge, now=NOW).outcome,
            lambda s: pending.give_up(s, made, now=NOW),
            lambda s: pending.refused(s, made, code="not_opened", now=NOW),
        ]
        * 4,
    )
    (payment,) = everything(database, Payment)
    refunds = everything(database, Refund)
    allocated = everything(database, BillAllocation)
    paid = payment.status is PaymentStatus.DONE
    assert (len(allocated), len(refunds)) == ((1, 0) if paid else (0, 1))
    assert not any(row.is_open for row in everything(database, PaymentItem))
    checked(database)


def test_a_card_of_a_payment_is_kept_once(database: Database, bill) -> None:
    ada, one = bill
    with database.writing() as session:
        made = start(session, ada, [one], keep=True)
        settling.settle(session, charge=charge_of(session, made), now=NOW)
    saved = [SavedMethod("tok_9", "visa", "4242", 8, 2029)]
    counts = at_once(database, [lambda s: card_upkeep.collect(s, made, saved, now=NOW)] * 8)
    assert sorted(counts) == [0] * 7 + [1]
    assert len([row for row in everything(database, PaymentMethod) if row.token == "tok_9"]) == 1


def test_messages_of_one_charge_back_take_it_once(database: Database, bill) -> None:
    with database.writing() as session:
        made = start(session, bill[0], [bill[1]])
        settling.settle(session, charge=charge_of(session, made), now=NOW)
    at, amount = DAY, Money(5_000, "EUR")

    def says(number: int) -> Any:
        told = ChargedBack("dp_1", f"ch_{made}", amount, True, at)
        event = GatewayEvent(f"evt_{number}", "charge_back", None, told)
        return lambda s: settling.receive_event(s, event, source="sandbox", now=DAY).outcome

    outcomes = Counter(at_once(database, [says(number // 2) for number in range(CROWD)]))
    assert outcomes == {Outcome.TAKEN_BACK: 1, Outcome.REPEATED: CROWD - 1}
    (back,) = everything(database, ChargeBack)
    assert (back.rounds, back.amount_minor) == (1, 5_000)
    assert sorted(row.amount_minor for row in everything(database, BillAllocation)) == [
        -5_000,
        5_000,
    ]
    checked(database)
