"""How often something may be tried."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain.access import attempts
from self_service.domain.access.attempts import Limit, count
from self_service.models.access import Attempts
from tests.conftest import NOW

FEW = Limit("few", 3, timedelta(minutes=15))


def test_one_too_many_is_refused_until_the_time_is_over(session: Session) -> None:
    assert [count(session, FEW, "ada", now=NOW) for _ in range(5)] == [True] * 3 + [False] * 2
    almost = NOW + timedelta(minutes=15, seconds=-1)
    assert not count(session, FEW, "ada", now=almost)
    assert count(session, FEW, "ada", now=NOW + timedelta(minutes=15))


def test_people_and_limits_are_counted_apart(session: Session) -> None:
    other = Limit("other", 1, timedelta(minutes=15))
    for _ in range(4):
        count(session, FEW, "ada", now=NOW)
    assert count(session, FEW, "eve", now=NOW)
    assert count(session, other, "ada", now=NOW)


def test_nobody_is_not_counted(session: Session) -> None:
    assert all(count(session, FEW, "", now=NOW) for _ in range(10))
    assert session.exec(select(Attempts)).all() == []


def test_counts_that_are_over_are_forgotten(session: Session) -> None:
    count(session, FEW, "ada", now=NOW)
    count(session, FEW, "eve", now=NOW + timedelta(minutes=5))
    assert attempts.forget_old(session, now=NOW + timedelta(minutes=15)) == 1


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=400))
def test_a_long_name_is_cut(who: str) -> None:
    assert len(f"{FEW.name} {who}"[:120]) <= 120
