"""Changes and what may be used: a new plan's allowances hold from its instant on."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session, col, select

from self_service.models.changes import ChangeKind
from self_service.models.usage import Allowance
from tests.changing import START, Customer, open_range

GB = 1024 * 1_048_576


def held(session: Session) -> list[tuple[int, int, int]]:
    """Allowances: GB, from which day on, until which day; days since the start."""
    rows = session.exec(select(Allowance).order_by(col(Allowance.valid_from), col(Allowance.id)))
    return [
        (row.units // GB, (row.valid_from - START).days, (row.valid_until - START).days)
        for row in rows
    ]


def test_an_upgrade_brings_its_allowance_at_once(session: Session) -> None:
    ada = Customer(session, open_range(session))
    plan = ada.buy("small")
    ((units, _, end),) = held(session)
    assert units == 5
    ada.pass_time(START + timedelta(days=10))
    ada.change(ChangeKind.UPGRADE, plan, "middle")
    assert held(session) == [(5, 0, 10), (20, 10, end)]


def test_extras_come_with_theirs_and_take_it_along(session: Session) -> None:
    ada = Customer(session, open_range(session))
    plan = ada.buy("small")
    ((_, _, end),) = held(session)
    ada.pass_time(START + timedelta(days=10))
    ada.change(ChangeKind.ADD, plan, "more")
    ada.pass_time(START + timedelta(days=12))
    ada.change(ChangeKind.BOOST, plan, "boost")
    assert held(session) == [(5, 0, end), (10, 10, end), (1, 12, end)]


def test_what_is_refused_brings_nothing(session: Session) -> None:
    ada = Customer(session, open_range(session))
    plan = ada.buy("small")
    before = held(session)
    ada.ask(ChangeKind.UPGRADE, plan, "middle")
    ada.answer(done=False, reason="no_capacity")
    assert held(session) == before
