"""Budgets: one for all and one for each subscription, set by their owner only; parted exactly."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service import db
from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.errors import NotFound
from self_service.domain.spend.budgets import (
    BadBudget,
    budget_of,
    by_day,
    outlook,
    remove_budget,
    set_budget,
)
from self_service.domain.spend.forecast import Forecast
from self_service.domain.spend.reach import reach
from self_service.models.access import Role
from self_service.models.audit import AuditEntry
from self_service.models.base import new_id
from self_service.models.budgets import SpendBudget
from self_service.money import Money
from tests import used
from tests.conftest import NOW


def rows(session: Session) -> list[tuple[object, int]]:
    found = session.exec(select(SpendBudget).execution_options(populate_existing=True))
    return sorted(((row.product_id, row.amount_minor) for row in found), key=lambda one: one[1])


def test_a_budget_for_all_and_one_for_a_subscription(session: Session) -> None:
    line = used.make_line(session)
    ada, about = used.owner(session, line), line.product_id
    assert set_budget(session, ada, typed="24,90", now=NOW) == Money(2_490, "EUR")
    set_budget(session, ada, typed="12", of=str(about), now=NOW)
    set_budget(session, ada, typed="30", now=NOW)  # another sum is not another budget
    assert rows(session) == [(about, 1_200), (None, 3_000)]
    seen = reach(session, ada, now=NOW)
    assert budget_of(session, seen) == Money(3_000, "EUR")
    assert budget_of(session, seen, about) == Money(1_200, "EUR")
    assert remove_budget(session, ada, now=NOW) is True
    assert remove_budget(session, ada, now=NOW) is False
    assert rows(session) == [(about, 1_200)]
    acts = session.exec(select(AuditEntry.act).order_by(AuditEntry.number)).all()
    assert acts == ["budget.set"] * 3 + ["budget.removed"]


@pytest.mark.parametrize("typed", ["", "-5", "0", "ten", "1.234", "1000000.01", "9" * 40, "\0"])
def test_no_sum_changes_nothing(session: Session, typed: str) -> None:
    line = used.make_line(session)
    ada = used.owner(session, line)
    set_budget(session, ada, typed="5", now=NOW)
    if typed == "1.234":  # a thousand and more, as people write it
        assert set_budget(session, ada, typed=typed, now=NOW) == Money(123_400, "EUR")
        return
    with pytest.raises(BadBudget):
        set_budget(session, ada, typed=typed, now=NOW)
    assert rows(session) == [(None, 500)]


def test_others_set_and_see_nothing(session: Session) -> None:
    line = used.make_line(session)
    set_budget(session, used.owner(session, line), typed="5", now=NOW)
    nobody, member = Actor(), Actor(role=Role.SUB_USER, identity_id=new_id())
    other = Actor(role=Role.CUSTOMER, customer_id=new_id(), identity_id=new_id())
    cases = ((nobody, SignInNeeded), (member, NotAllowed), (other, NotFound))
    for who, refusal in cases:
        with pytest.raises(refusal):
            set_budget(session, who, typed="7", of=str(line.product_id), now=NOW)
        with contextlib.suppress(SignInNeeded, NotAllowed):
            assert remove_budget(session, who, now=NOW) is False
    with pytest.raises(NotFound):
        set_budget(session, used.owner(session, line), typed="7", of=str(new_id()), now=NOW)
    assert budget_of(session, reach(session, member, now=NOW)) is None
    assert rows(session) == [(None, 500)]


def test_two_at_once_leave_one(database: db.Database) -> None:
    with database.writing() as session:
        line = used.make_line(session)
        ada = used.owner(session, line)
    for typed in ("5", "6"):
        with database.writing() as session:
            set_budget(session, ada, typed=typed, now=NOW)
    with database.writing() as session:
        row = SpendBudget(customer_id=ada.customer(), amount_minor=1, currency="EUR", set_at=NOW)
        assert rows(session) == [(None, 600)]
        session.add(row)
        with pytest.raises(Exception, match=r"(?i)unique"):
            session.flush()
        session.rollback()


@given(st.integers(1, 10**9), st.integers(28, 31))
def test_a_month_is_parted_among_its_days(minor: int, days: int) -> None:
    parts = [one.minor for one in by_day(Money(minor, "EUR"), days)]
    assert (len(parts), sum(parts)) == (days, minor)
    assert max(parts) - min(parts) <= 1


@given(*[st.integers(0, 10**7)] * 4)
def test_above_and_below(budget: int, spent: int, fixed: int, usage: int) -> None:
    sums = (Money(one, "EUR") for one in (spent, fixed, usage))
    zero = Money.zero("EUR")
    ahead = Forecast(NOW.date(), *sums, known=True, last_same=zero, last=zero)
    found = outlook(Money(budget, "EUR"), ahead)
    assert found.over.minor == max(spent - budget, 0)
    assert found.budget + found.about == ahead.about
    assert found.about.minor >= found.over.minor or not found.over
