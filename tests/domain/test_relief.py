"""Due dates move after an outage: by its length, at least to the end of the day after, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from self_service import db
from self_service.domain.debts import agreements, outlook, relief
from self_service.domain.debts.relief import Relief
from self_service.models.bills import CustomerBill
from self_service.models.dunning import AgreedInstalment, DueRelief, MovedBill, PortalHeartbeat
from tests.books import make_account, make_bill, proven
from tests.conftest import NOW
from tests.crowd import at_once, everything
from tests.debtors import DUE, OVER, POLICY, after, case_of, debtor, fresh, look, told


def day(number: int, hour: int = 0) -> datetime:
    return datetime(2026, 12, number, hour, tzinfo=UTC)


def last(number: int) -> datetime:
    return datetime(2026, 12, number, 23, 59, 59, tzinfo=UTC)


DUES = {
    "the day before": (day(4, 12), None),
    "earlier on the first day": (day(5, 1), last(7)),
    "in the outage": (day(6, 1), last(7)),
    "on the day after": (day(7, 8), day(8, 14)),
    "later": (day(7, 21), None),
}


@pytest.mark.parametrize(("due", "later"), DUES.values(), ids=DUES.keys())
def test_which_bills_move(session: Session, due: datetime, later: datetime | None) -> None:
    account = make_account(session, now=NOW)
    bill = make_bill(session, account, gross=900, tax=0, now=NOW, due=due)
    done = relief.relieve(session, began=day(5, 14), ended=day(6, 20), now=day(6, 21))
    session.refresh(bill)
    assert bill.due_at == (later or due)
    assert done == Relief(bills=int(later is not None), instalments=0, cases=0)
    assert [row.due_before for row in fresh(session, MovedBill)] == ([due] if later else [])
    assert told(session) == (["due_moved"] if later else [])
    proven(session)


def test_instalments_and_steps_move_too(session: Session) -> None:
    ada = debtor(session)
    look(session, OVER)
    relief.relieve(session, began=after(2), ended=after(5), now=after(5))
    case = case_of(session, ada.account)
    assert case.next_at == datetime(2026, 12, 11, 23, 59, 59, tzinfo=UTC)
    assert look(session, after(5)) == []
    form = {"count": 2, "first": "2026-12-31", "total": 11_900}
    agreements.accept(session, ada.ada, policy=POLICY, now=after(6), **form)
    began, ended = datetime(2026, 12, 31, 6, tzinfo=UTC), datetime(2026, 12, 31, 9, tzinfo=UTC)
    done = relief.relieve(session, began=began, ended=ended, now=ended)
    assert done.instalments == 1
    first = min(row.due_at for row in fresh(session, AgreedInstalment))
    assert first == datetime(2027, 1, 1, 23, 59, 59, tzinfo=UTC)
    proven(session)


def test_who_was_dunned_before_the_outage_was_known_is_let_off(session: Session) -> None:
    ada = debtor(session)
    look(session, OVER)
    relief.relieve(session, began=DUE, ended=DUE + timedelta(hours=6), now=after(1))
    assert case_of(session, ada.account).closed_at == after(1)
    found = outlook.outlook(session, ada.ada, policy=POLICY, now=after(1))
    assert found is not None
    assert not found.overdue
    (moved,) = found.moved
    assert (moved.due_before, moved.due_at) == (DUE, last(6))


REFUSED = {
    "backwards": (day(6), day(5), relief.NoOutage),
    "empty": (day(5), day(5), relief.NoOutage),
    "to come": (day(5), day(9), relief.NoOutage),
    "again": (day(5, 1), day(5, 2), relief.RelievedAlready),
}


@pytest.mark.parametrize(("began", "ended", "error"), REFUSED.values(), ids=REFUSED.keys())
def test_refusals(
    session: Session, began: datetime, ended: datetime, error: type[Exception]
) -> None:
    relief.relieve(session, began=day(5), ended=day(5, 6), now=day(6))
    account = make_account(session, now=NOW)
    bill = make_bill(session, account, gross=900, tax=0, now=NOW, due=day(5, 3))
    with pytest.raises(error):
        relief.relieve(session, began=began, ended=ended, now=day(8))
    session.refresh(bill)
    assert bill.due_at == day(5, 3)
    assert len(fresh(session, DueRelief)) == 1


def test_a_gap_is_found_and_a_short_one_is_none(session: Session) -> None:
    debtor(session)
    assert relief.beat(session, policy=POLICY, now=DUE) is None
    assert relief.beat(session, policy=POLICY, now=DUE + timedelta(seconds=59)) is None
    assert fresh(session, PortalHeartbeat)[0].seen_at == DUE
    at = DUE + timedelta(minutes=60)
    assert relief.beat(session, policy=POLICY, now=at) is None
    assert fresh(session, PortalHeartbeat)[0].seen_at == at
    back = at + timedelta(minutes=61)
    assert relief.beat(session, policy=POLICY, now=back) == Relief(1, 0, 0)
    assert relief.beat(session, policy=POLICY, now=back) is None
    (row,) = fresh(session, DueRelief)
    assert (row.down_from, row.down_until, row.moved_by_seconds, row.bills) == (at, back, 3_660, 1)


def test_a_known_outage_is_not_found_again(session: Session) -> None:
    relief.beat(session, policy=POLICY, now=DUE)
    relief.relieve(session, began=DUE, ended=DUE + timedelta(hours=2), now=after(1))
    assert relief.beat(session, policy=POLICY, now=after(1)) is None
    assert len(fresh(session, DueRelief)) == 1


def test_many_processes_move_once(database: db.Database) -> None:
    with database.writing() as session:
        debtor(session)
        relief.beat(session, policy=POLICY, now=DUE)

    def beat(session: Session) -> bool:
        return relief.beat(session, policy=POLICY, now=DUE + timedelta(hours=3)) is not None

    assert sorted(at_once(database, [beat] * 6)) == [False] * 5 + [True]
    assert len(everything(database, DueRelief)) == 1
    assert {row.due_at for row in everything(database, CustomerBill)} >= {last(6)}
