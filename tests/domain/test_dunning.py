"""Dunning: dated steps, each once, and everything back the moment the debt is paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service import clock, db
from self_service.domain.bills import allocating
from self_service.domain.bills.accounts import lock_account
from self_service.domain.bills.allocating import Share
from self_service.domain.debts import dunning
from self_service.domain.debts.overdue import day_over, overdue
from self_service.domain.policy import BillPolicy, DunningStepRule
from self_service.models.bills import AppliedBillingRate, BillingAccount, ChargeKind, CustomerBill
from self_service.models.dunning import DunningCase, DunningStep, SuspendedProduct
from self_service.models.messages import OutboxEvent
from self_service.models.subscriptions import Product, ProductStatus
from tests.books import empty_books, make_account, make_bill, make_payment, proven
from tests.conftest import NOW
from tests.crowd import at_once, everything
from tests.debtors import (
    DUE,
    OVER,
    POLICY,
    add_service,
    after,
    case_of,
    debtor,
    fresh,
    look,
    pauses,
    pay,
    states,
    steps_of,
    told,
)


def owes(session: Session, account: BillingAccount, at: datetime, least: int = 500) -> int:
    return overdue(session, account.id, least=least, at=at).amount.minor


def test_a_bill_is_overdue_when_its_day_is_over_in_the_operators_zone(session: Session) -> None:
    clock.set_zone("Pacific/Auckland")
    account = make_account(session, now=NOW)
    due = datetime(2026, 12, 5, 11, 30, tzinfo=UTC)  # half past midnight on the 6th over there
    make_bill(session, account, gross=2_000, tax=0, now=NOW, due=due)
    end = datetime(2026, 12, 6, 11, 0, tzinfo=UTC)
    assert day_over(due) == end
    assert owes(session, account, end - timedelta(seconds=1)) == 0
    assert owes(session, account, end) == 2_000


def test_credit_disputes_and_small_sums_are_not_overdue(session: Session) -> None:
    account = make_account(session, now=NOW)
    old = make_bill(session, account, gross=3_000, tax=0, now=NOW, due=DUE - timedelta(days=1))
    bill = make_bill(session, account, gross=2_000, tax=0, now=NOW, due=DUE)
    bill.disputed_minor = 500
    paid = make_payment(session, account, 1_000, now=NOW)
    allocating.use_payment(session, account.id, paid, [], now=NOW)  # credit
    debt = overdue(session, account.id, least=500, at=OVER)
    assert [(one.bill_id, one.minor) for one in debt.bills] == [(old.id, 2_000), (bill.id, 1_500)]
    assert debt.amount.minor == 3_500
    assert debt.since == old.due_at
    assert owes(session, account, OVER, least=3_500) == 3_500
    assert owes(session, account, OVER, least=3_501) == 0
    proven(session)


def test_the_steps_on_their_days(session: Session) -> None:
    ada = debtor(session)
    assert look(session, OVER - timedelta(seconds=1)) == []
    assert fresh(session, DunningCase) == []
    assert look(session, OVER) == []
    case = case_of(session, ada.account)
    assert (case.since, case.next_at) == (DUE, after(3))
    for days, action in ((3, "remind"), (10, "fee"), (20, "warn"), (30, "suspend")):
        assert look(session, after(days) - timedelta(seconds=1)) == []
        assert look(session, after(days)) == [action]
        assert look(session, after(days)) == []
    assert case_of(session, ada.account).next_at is None
    rows = sorted(fresh(session, DunningStep), key=lambda row: row.step)
    assert [row.amount_minor for row in rows] == [11_900] * 4
    (fee,) = fresh(session, AppliedBillingRate, AppliedBillingRate.kind == ChargeKind.FEE)
    assert (fee.amount_micro, fee.bill_id, fee.charged_at) == (3_000_000, None, after(10))
    assert told(session) == ["remind", "fee", "warn", "suspend"]
    proven(session)


def test_what_people_are_told_with_a_step(session: Session) -> None:
    ada = debtor(session)
    look(session, OVER)
    look(session, after(3))
    (event,) = fresh(session, OutboxEvent, OutboxEvent.kind == "debt_notice")
    assert event.payload == {
        "notice": "remind",
        "account": str(ada.account.id),
        "minor": "11900",
        "at": DUE.isoformat(),
        "next_action": "fee",
        "next_at": after(10).isoformat(),
        "offer": "True",
    }


def test_services_are_suspended_and_exactly_those_come_back(session: Session) -> None:
    ada = debtor(session)
    own = add_service(session, ada.ada.customer(), ProductStatus.SUSPENDED)  # at her own wish
    look(session, OVER)
    for days in (3, 10, 20, 30):
        look(session, after(days))
    assert states(session) == {
        "phone": "active",
        "case": "active",
        "plan": "suspended",
        "extra": "suspended",
        "fibre": "suspended",
        "other plan": "suspended",
    }
    assert pauses(session) == [(after(30), None)] * 3
    late = after(33)
    pay(session, ada.account, 11_900, now=late)
    assert set(states(session).values()) == {"active", "suspended"}
    assert fresh(session, Product, Product.id == own.id)[0].status is ProductStatus.SUSPENDED
    assert [name for name, state in states(session).items() if state == "suspended"] == [
        "other plan"
    ]
    assert pauses(session) == [(after(30), late)] * 3
    assert {row.restored_at for row in fresh(session, SuspendedProduct)} == {late}
    assert case_of(session, ada.account).closed_at == late
    assert told(session)[-1] == "restored"
    pay(session, ada.account, 100, now=late)
    assert told(session).count("restored") == 1
    proven(session)


def test_paid_in_the_instant_of_suspension_leaves_no_pause(session: Session) -> None:
    ada = debtor(session)
    look(session, OVER)
    for days in (3, 10, 20, 30):
        look(session, after(days))
    pay(session, ada.account, 11_900, now=after(30))
    assert pauses(session) == []
    assert "suspended" not in states(session).values()
    proven(session)


def test_a_part_that_leaves_too_little_ends_it_and_a_smaller_one_does_not(
    session: Session,
) -> None:
    ada = debtor(session)
    look(session, OVER)
    look(session, after(3))
    pay(session, ada.account, 11_000, now=after(4))
    assert case_of(session, ada.account).closed_at is None
    pay(session, ada.account, 401, now=after(5))  # 4.99 remain, below the limit
    assert case_of(session, ada.account).closed_at == after(5)
    assert look(session, after(40)) == []
    proven(session)


def test_a_debt_that_went_without_a_payment_is_found_at_the_next_step(session: Session) -> None:
    ada = debtor(session)
    look(session, OVER)
    ada.bill.disputed_minor = ada.bill.remaining_minor
    session.flush()
    assert look(session, after(3)) == [dunning.CLOSED]
    assert steps_of(session) == told(session) == []


def test_who_is_found_late_still_has_all_the_time_between_the_steps(session: Session) -> None:
    debtor(session)
    late = after(60)
    assert look(session, late) == ["remind"]
    assert look(session, late + timedelta(days=6)) == []
    assert look(session, late + timedelta(days=7)) == ["fee"]
    assert look(session, late + timedelta(days=17)) == ["warn"]
    assert look(session, late + timedelta(days=27)) == ["suspend"]


def test_a_case_is_opened_once_and_again_for_another_debt(session: Session) -> None:
    ada = debtor(session)
    assert dunning.open_case(session, ada.account.id, policy=POLICY, now=OVER)
    assert not dunning.open_case(session, ada.account.id, policy=POLICY, now=OVER)
    pay(session, ada.account, 11_900, now=after(2))
    make_bill(session, ada.account, gross=4_000, tax=0, now=after(2), due=after(9))
    assert look(session, after(10)) == []
    cases = fresh(session, DunningCase)
    assert sorted(case.closed_at is None for case in cases) == [False, True]
    proven(session)


def test_fewer_steps_than_before_end_quietly(session: Session) -> None:
    ada = debtor(session)
    look(session, OVER)
    look(session, after(3))
    shorter = replace(POLICY, steps=(DunningStepRule(3, "remind"),))
    assert look(session, after(10), shorter) == []
    assert case_of(session, ada.account).next_at is None
    assert steps_of(session) == ["remind"]


@pytest.mark.parametrize("steps", [(), (DunningStepRule(0, "suspend"),)], ids=["none", "at once"])
def test_other_policies(session: Session, steps: tuple[DunningStepRule, ...]) -> None:
    debtor(session)
    done = look(session, OVER, replace(POLICY, steps=steps))
    assert done == [rule.action for rule in steps]


def _behind(database: db.Database) -> BillingAccount:
    with database.writing() as session:
        ada = debtor(session)
        look(session, OVER)
        for days in (3, 10, 20):
            look(session, after(days))
        return ada.account


def test_two_workers_take_a_step_once(database: db.Database) -> None:
    _behind(database)
    (case,) = everything(database, DunningCase)

    def step(session: Session) -> str:
        return dunning.take_step(session, case.id, policy=POLICY, now=after(30))

    assert sorted(at_once(database, [step] * 8)) == [""] * 7 + ["suspend"]
    assert len(everything(database, DunningStep)) == 4
    assert len(everything(database, SuspendedProduct)) == 3


def test_two_workers_open_one_case(database: db.Database) -> None:
    with database.writing() as session:
        account = debtor(session).account

    def begin(session: Session) -> bool:
        return dunning.open_case(session, account.id, policy=POLICY, now=OVER)

    assert sorted(at_once(database, [begin] * 8)) == [False] * 7 + [True]
    assert len(everything(database, DunningCase)) == 1


def test_a_payment_against_a_suspension_leaves_everything_on(database: db.Database) -> None:
    account = _behind(database)
    (case,) = everything(database, DunningCase)

    def step(session: Session) -> str:
        return dunning.take_step(session, case.id, policy=POLICY, now=after(30))

    def paid(session: Session) -> str:
        pay(session, account, 11_900, now=after(30) + timedelta(seconds=1))
        return "paid"

    came = at_once(database, [step, paid, step, step])
    assert came.count("suspend") <= 1
    with database.reading() as session:
        assert set(states(session).values()) == {"active"}
        assert case_of(session, account).closed_at is not None
        assert all(end is not None for _, end in pauses(session))
        proven(session)


@settings(max_examples=40, deadline=None)
@given(
    bills=st.lists(st.tuples(st.integers(1, 9_000), st.integers(0, 40)), min_size=1, max_size=4),
    acts=st.lists(
        st.tuples(
            st.integers(0, 12), st.sampled_from(("pay", "dispute", "wait")), st.integers(1, 9_000)
        ),
        max_size=12,
    ),
)
def test_nobody_is_suspended_who_owes_nothing(
    bills: list[tuple[int, int]], acts: list[tuple[int, str, int]]
) -> None:
    with empty_books() as session:
        account = make_account(session, now=NOW)
        made = [
            make_bill(session, account, gross=gross, tax=0, now=NOW, due=NOW + timedelta(days=days))
            for gross, days in bills
        ]
        at = NOW
        for days, what, minor in acts:
            at += timedelta(days=days)
            if what == "pay":
                lock_account(session, account.id)
                paid = make_payment(session, account, minor, now=at)
                meant = [Share(bill.id, minor) for bill in made]
                allocating.use_payment(session, account.id, paid, meant, now=at)
                dunning.on_paid(session, account.id, at)
            elif what == "dispute":
                bill = session.exec(select(CustomerBill)).first()
                assert bill is not None
                session.refresh(bill)
                bill.disputed_minor = min(minor, bill.remaining_minor)
                session.flush()
                dunning.on_paid(session, account.id, at)
            before = len(fresh(session, DunningStep))
            debt = owes(session, account, at)
            look(session, at, BillPolicy())
            taken = fresh(session, DunningStep)
            assert debt >= 0
            assert len(taken) == before or debt > 0
            assert all(row.amount_minor > 0 for row in taken)
            if not debt:
                assert not any(
                    case.suspended_at and not case.closed_at and case.next_at is not None
                    for case in fresh(session, DunningCase)
                )
        proven(session)
