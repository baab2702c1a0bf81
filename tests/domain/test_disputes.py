"""Disputes: a line's sum leaves dunning until somebody decides, and is never more than is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service import db
from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.debts import disputes
from self_service.domain.debts.overdue import overdue
from self_service.domain.errors import DomainError, Invalid, NotFound
from self_service.models.access import DigitalIdentity, Role
from self_service.models.audit import AuditEntry
from self_service.models.bills import AppliedBillingRate, BillCategory, CustomerBill
from self_service.models.dunning import BillDispute
from tests.books import proven
from tests.conftest import NOW
from tests.crowd import at_once, everything
from tests.debtors import OVER, POLICY, Debtor, after, case_of, debtor, fresh, look, pay, told
from tests.order_shop import customer

WHY = "I never ordered this."


def line(session: Session, ada: Debtor) -> int:
    wanted = select(AppliedBillingRate.id).where(AppliedBillingRate.bill_id == ada.bill.id)
    found = session.exec(wanted).one()
    assert found is not None
    return found


def dispute(session: Session, ada: Debtor, *, now: Any = NOW, **changes: Any) -> Any:
    form = {"actor": ada.ada, "line_id": line(session, ada), "reason": WHY, **changes}
    return disputes.dispute(session, policy=POLICY, now=now, **form)


def clerk(session: Session) -> Actor:
    """Somebody of customer service."""
    row = session.exec(select(DigitalIdentity)).first()
    assert row is not None
    return Actor(role=Role.REPRESENTATIVE, identity_id=row.id, full_name="Rep Resent")


def bill(session: Session, ada: Debtor) -> tuple[int, int]:
    (row,) = fresh(session, CustomerBill, CustomerBill.id == ada.bill.id)
    return row.remaining_minor, row.disputed_minor


def owes(session: Session, ada: Debtor) -> int:
    return overdue(session, ada.account.id, least=1, at=OVER).amount.minor


def test_a_disputed_line_leaves_dunning_and_is_decided(session: Session) -> None:
    ada = debtor(session)
    look(session, OVER)
    dispute(session, ada, now=OVER)
    assert bill(session, ada) == (11_900, 11_900)
    assert owes(session, ada) == 0
    assert case_of(session, ada.account).closed_at == OVER
    (found,) = disputes.waiting(session, clerk(session), now=OVER)
    assert (found.amount.minor, found.reason, found.customer) == (11_900, WHY, "Ada Quell")
    disputes.reject(session, clerk(session), str(found.id), answer="You did.", now=after(2))
    assert bill(session, ada) == (11_900, 0)
    assert owes(session, ada) == 11_900
    assert disputes.waiting(session, clerk(session), now=OVER) == ()
    assert told(session) == ["dispute_rejected"]
    with pytest.raises(disputes.DisputedAlready):
        dispute(session, ada, now=after(3))
    acts = [row.act for row in fresh(session, AuditEntry)]
    assert acts[-2:] == ["dispute.opened", "dispute.rejected"]
    proven(session)


def test_a_part_is_given_back_by_a_credit_note(session: Session) -> None:
    ada = debtor(session)
    found = dispute(session, ada)
    disputes.accept(session, clerk(session), found, minor=900, answer="Sorry.", now=after(2))
    assert bill(session, ada) == (11_000, 0)
    (row,) = fresh(session, BillDispute)
    (note,) = fresh(session, CustomerBill, CustomerBill.category == BillCategory.CREDIT_NOTE)
    assert (row.credit_bill_id, row.answer, note.gross_minor) == (note.id, "Sorry.", -900)
    assert told(session) == ["dispute_accepted"]
    proven(session)


def test_all_of_a_paid_line_comes_back_as_credit(session: Session) -> None:
    ada = debtor(session)
    pay(session, ada.account, 11_900, now=NOW)
    found = dispute(session, ada)
    assert bill(session, ada) == (0, 0)
    disputes.accept(session, clerk(session), found, answer="Sorry.", now=after(2))
    session.refresh(ada.account)
    assert ada.account.credit_minor == 11_900
    proven(session)


def test_a_payment_leaves_no_more_disputed_than_is_open(session: Session) -> None:
    ada = debtor(session)
    found = dispute(session, ada)
    pay(session, ada.account, 10_000, now=NOW)
    assert bill(session, ada) == (1_900, 1_900)
    disputes.withdraw(session, ada.ada, str(found), now=NOW)
    assert bill(session, ada) == (1_900, 0)
    dispute(session, ada)  # withdrawn, so it may be disputed again
    assert bill(session, ada) == (1_900, 1_900)
    proven(session)


REFUSED: dict[str, tuple[type[DomainError], dict[str, Any]]] = {
    "no reason": (Invalid, {"reason": "  why  "}),
    "a novel": (Invalid, {"reason": "x" * 1_001}),
    "no text": (Invalid, {"reason": None}),
    "no line": (NotFound, {"line_id": "no"}),
    "a huge number": (NotFound, {"line_id": "9" * 40}),
    "too late": (disputes.TooLate, {"now": NOW + timedelta(days=61)}),
    "a visitor": (SignInNeeded, {"actor": Actor()}),
}


@pytest.mark.parametrize(("error", "changes"), REFUSED.values(), ids=REFUSED.keys())
def test_refusals(session: Session, error: type[DomainError], changes: dict[str, Any]) -> None:
    ada = debtor(session)
    with pytest.raises(error):
        dispute(session, ada, **changes)
    assert fresh(session, BillDispute) == []
    assert bill(session, ada) == (11_900, 0)


def test_only_ones_own_and_only_staff_decides(session: Session) -> None:
    ada = debtor(session)
    eve = customer(session, "eve@example.com")
    with pytest.raises(NotFound):
        dispute(session, ada, actor=eve)
    found = dispute(session, ada)
    acts: list[Callable[[], Any]] = [
        lambda: disputes.accept(session, ada.ada, found, answer="Yes", now=NOW),
        lambda: disputes.reject(session, ada.ada, found, answer="No", now=NOW),
        lambda: disputes.waiting(session, ada.ada, now=NOW),
        lambda: disputes.reject(
            session, replace(clerk(session), role=Role.DEALER), found, answer="No", now=NOW
        ),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotFound):
        disputes.withdraw(session, eve, found, now=NOW)
    for minor in (0, -1, 11_901):
        with pytest.raises(Invalid):
            disputes.accept(session, clerk(session), found, minor=minor, answer="Yes", now=NOW)
    assert [row.status.value for row in fresh(session, BillDispute)] == ["open"]
    proven(session)


def test_one_open_dispute_a_line_and_one_decision(database: db.Database) -> None:
    with database.writing() as session:
        ada = debtor(session)

    came = at_once(database, [lambda session: bool(dispute(session, ada))] * 6)
    assert sorted(map(str, came)) == ["True", *["disputed_already"] * 5]
    (row,) = everything(database, BillDispute)
    who = Actor(role=Role.ADMINISTRATOR, identity_id=ada.ada.identity_id)

    def accept(session: Session) -> Any:
        return disputes.accept(session, who, row.id, answer="Sorry.", now=NOW)

    def reject(session: Session) -> Any:
        return disputes.reject(session, who, row.id, answer="No.", now=NOW)

    came = at_once(database, [accept, reject] * 3)
    assert sorted(map(str, came)) == ["None", *["dispute_decided"] * 5]
    with database.reading() as session:
        proven(session)
