"""The demo's debts: reminded on the days of the policy, with no letter left to be written."""

from __future__ import annotations

from sqlmodel import Session

from self_service.domain.debts import notices
from self_service.seed.debts import debts
from tests.books import proven
from tests.debtors import after, case_of, debtor, steps_of


def test_who_is_behind_was_reminded(session: Session) -> None:
    ada = debtor(session)
    assert debts(session, after(11)) == 2
    assert steps_of(session) == ["remind", "fee"]
    case = case_of(session, ada.account)
    assert (case.opened_at, case.next_at) == (after(1), after(20))
    assert notices.waiting(session) == ()
    assert debts(session, after(11)) == 0
    proven(session)
