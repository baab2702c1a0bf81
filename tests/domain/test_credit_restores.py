"""A debt that goes without a payment: what was suspended for it comes back at once."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session, select

from self_service.domain.bills import charges, credit_note, writing
from self_service.domain.bills.credit_note import CreditLine
from self_service.domain.debts import agreements, disputes
from self_service.models.bills import AppliedBillingRate, ChargeKind
from self_service.models.dunning import PaymentAgreement
from tests.books import proven
from tests.debtors import POLICY, Debtor, after, case_of, clerk, debtor, look, pauses, states, told


def suspended(session: Session) -> Debtor:
    """Ada, whose services are off for 119,00 €."""
    owes = debtor(session)
    for days in (3, 10, 20, 30):
        look(session, after(days))
    assert "suspended" in states(session).values()
    return owes


def line_of(session: Session, owes: Debtor) -> int:
    wanted = select(AppliedBillingRate.id).where(AppliedBillingRate.bill_id == owes.bill.id)
    return session.exec(wanted).one()


def test_a_credit_note_restores_at_once(session: Session) -> None:
    owes = suspended(session)
    now = after(31)
    part = [CreditLine(line_of(session, owes), 5_000)]
    credit_note.credit(session, owes.bill.id, part, "a part", now)
    assert "suspended" in states(session).values()  # 69,00 € are still overdue
    assert case_of(session, owes.account).closed_at is None
    credit_note.credit_all(session, owes.bill.id, reason="all of it", now=now)
    assert set(states(session).values()) == {"active"}
    assert case_of(session, owes.account).closed_at == now
    assert {end for _, end in pauses(session)} == {now}
    assert told(session).count("restored") == 1
    proven(session)


def test_credit_of_a_bill_restores_at_once(session: Session) -> None:
    """A goodwill of 300,00 €, more than the next bill asks for, pays the old one."""
    owes = suspended(session)
    now = after(31)
    name = {"en": "Sorry"}
    credit = ChargeKind.CREDIT
    charges.add_charge(session, owes.account.id, credit, name, -300_000_000, "sorry:1", now)
    made = writing.bill_now(session, owes.account.id, as_of=now, now=now)
    assert made is not None
    session.refresh(owes.bill)
    assert owes.bill.remaining_minor == 0
    assert set(states(session).values()) == {"active"}
    assert case_of(session, owes.account).closed_at == now
    proven(session)


def test_credit_for_what_is_beyond_an_agreement_leaves_the_agreement(session: Session) -> None:
    """Disputed before the agreement, credited after it: the agreed sum is still to be paid."""
    owes = debtor(session)
    now = after(5)
    line = session.get_one(AppliedBillingRate, line_of(session, owes))
    line.gross_minor = line.net_minor = 5_900
    other = {"kind": ChargeKind.ONE_TIME, "name": {"en": "Calls"}, "charged_at": line.charged_at}
    calls = AppliedBillingRate(
        account_id=owes.account.id,
        bill_id=owes.bill.id,
        amount_micro=60_000_000,
        net_minor=6_000,
        gross_minor=6_000,
        position=1,
        **other,
    )
    session.add(calls)
    session.flush()
    opened = disputes.dispute(
        session, owes.ada, calls.id, reason="I never called Mars", policy=POLICY, now=now
    )
    offer = agreements.offer(session, owes.ada, policy=POLICY, now=now)
    assert offer.total.minor == 5_900
    made = agreements.accept(
        session,
        owes.ada,
        count=2,
        first=offer.first_from.isoformat(),
        total=5_900,
        policy=POLICY,
        now=now,
    )
    staff, later = clerk(session), now + timedelta(days=1)
    disputes.accept(session, staff, opened, answer="You are right", now=later)
    agreement = session.get_one(PaymentAgreement, made, populate_existing=True)
    assert agreement.status == "active"
    session.refresh(owes.bill)
    assert owes.bill.remaining_minor == 5_900
    proven(session)
