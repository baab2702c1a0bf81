"""Cost centres: every cent of a month's bills stands at one of them, whoever moves lines how."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, func, select

from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.errors import DomainError, NotFound
from self_service.domain.spend import centres
from self_service.domain.spend.budgets import BadBudget
from self_service.domain.spend.company import Overview, last_billed, overview
from self_service.domain.spend.company_lines import costs, lines
from self_service.domain.spend.company_sql import NONE
from self_service.models.access import Role
from self_service.models.base import new_id
from self_service.models.bills import (
    ChargeKind,
    CustomerBill,
)
from self_service.models.budgets import CostCentre, CostCentreLine
from tests.books import empty_books, make_account
from tests.changing import everything
from tests.conftest import NOW
from tests.domain.test_basket_statements import Statements
from tests.firm import Firm, bill, found_firm

MONTH = NOW.date().replace(day=1)


def shown(session: Session, firm: Firm, month: Any = MONTH) -> Overview:
    return overview(session, firm.actor, month=month, now=NOW)


def add(session: Session, firm: Firm, name: str, **more: str) -> str:
    return str(centres.add(session, firm.actor, name=name, now=NOW, **more))


def move(session: Session, firm: Firm, *ids: Any, to: str = "") -> int:
    return centres.move(session, firm.actor, ids, to=to, now=NOW)


def test_a_tree_of_centres_with_budgets_down_to_the_lines_of_bills(session: Session) -> None:
    firm = found_firm(session)
    one, two, three = firm.lines
    sales = add(session, firm, "Sales", budget="30")
    north = add(session, firm, "  North\n side ", above=sales)
    move(session, firm, str(one), str(three), to=north)
    move(session, firm, two, to=sales)
    bill(session, firm, (one, 1_000), (one, 123), (two, 2_000), (firm.extra, 77), (None, 300))
    bill(session, firm, (one, 5_000), now=NOW - timedelta(days=40))
    found = shown(session, firm)
    assert [
        (c.name, c.spent.minor, c.whole.minor, c.lines, c.parent_id is None) for c in found.centres
    ] == [("Sales", 2_000, 3_200, 1, True), ("North side", 1_200, 1_200, 2, False)]
    assert (found.none.spent.minor, found.none.lines, found.total.minor) == (300, 0, 3_500)
    assert found.centres[0].budget.minor == 3_000
    (first, last), more = lines(session, firm.actor, month=MONTH, centre=north, now=NOW)
    assert (first.id, first.number, first.spent.minor) == (one, "+4915100000001", 1_123)
    assert (last.id, last.spent.minor, more) == (three, 77, False), "with what hangs on it"
    cost = costs(session, firm.actor, month=MONTH, line=str(one), now=NOW)
    assert [(kind, sum_.minor) for kind, sum_ in cost.kinds] == [
        (ChargeKind.RECURRING, 1_000),
        (ChargeKind.USAGE, 123),
    ]
    assert (cost.centre, cost.line.spent.minor) == (north, 1_123)
    only = costs(session, firm.actor, month=MONTH, line=str(one), kind="usageCharge", now=NOW)
    assert [row.amount.minor for row in only.lines] == [123]
    (nobodys,), _ = lines(session, firm.actor, month=MONTH, centre=NONE, now=NOW)
    assert (nobodys.id, nobodys.spent.minor) == (None, 300)
    rest = costs(session, firm.actor, month=MONTH, line=NONE, now=NOW)
    assert [row.name["en"] for row in rest.lines] == ["charge 4"]
    before = (MONTH - timedelta(days=1)).replace(day=1)
    assert shown(session, firm, before).total.minor in (0, 5_000)
    assert last_billed(session, firm.actor, now=NOW) == MONTH


CHARGES = st.lists(st.tuples(st.integers(0, 5), st.integers(-900, 9_000)), min_size=1, max_size=12)
MOVES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=8)


@settings(max_examples=20, deadline=None)
@given(st.lists(CHARGES, min_size=1, max_size=3), MOVES)
def test_all_centres_together_are_the_bills_to_the_cent(
    bills: list[list[tuple[int, int]]], moves: list[tuple[int, int]]
) -> None:
    with empty_books() as session:
        firm = found_firm(session, 4)
        of = [*firm.lines, firm.extra, None]
        for number, charges in enumerate(bills):
            whole = [(of[place], minor) for place, minor in charges]
            whole.append((None, max(1 - sum(minor for _, minor in whole), 0)))
            bill(session, firm, *whole, now=NOW - timedelta(days=number))
        places = ["", *(add(session, firm, f"C{n}") for n in range(3))]
        for line, place in moves:
            move(session, firm, firm.lines[line], to=places[place])
        asked = session.exec(
            select(func.sum(CustomerBill.gross_minor)).where(
                CustomerBill.customer_id == firm.account.customer_id
            )
        ).one()
        found = shown(session, firm)
        assert found.total.minor == asked
        for centre in (*found.centres, found.none):
            key = str(centre.id or NONE)
            rows, _ = lines(session, firm.actor, month=MONTH, centre=key, now=NOW)
            assert sum(row.spent.minor for row in rows) == centre.spent.minor
            for row in rows:
                cost = costs(session, firm.actor, month=MONTH, line=str(row.id or NONE), now=NOW)
                assert cost.line.spent == row.spent
                assert sum(one.amount.minor for one in cost.lines) == row.spent.minor


def test_a_centre_is_changed_and_removed_and_its_lines_stay(session: Session) -> None:
    firm = found_firm(session)
    top, low = add(session, firm, "Top"), add(session, firm, "Low", budget="5")
    changed = {"name": "Deep", "above": top, "now": NOW}
    centres.change(session, firm.actor, low, **changed)
    (_, row) = shown(session, firm).centres
    assert (row.name, str(row.parent_id), row.budget) == ("Deep", top, None)
    move(session, firm, *firm.lines, to=top)
    centres.remove(session, firm.actor, top, now=NOW)
    (left,) = shown(session, firm).centres
    assert (left.name, left.parent_id, shown(session, firm).none.lines) == ("Deep", None, 3)


def test_what_is_refused_changes_nothing(session: Session) -> None:
    firm, other = found_firm(session), found_firm(session, number="+4915100000002")
    top = add(session, firm, "Top")
    low = add(session, firm, "Low", above=top)
    alone, theirs = add(session, firm, "Alone"), add(session, other, "Top")
    move(session, firm, firm.lines[0], to=low)
    before = everything(session)

    many = [str(new_id()) for _ in range(26)]
    asked = {"month": MONTH, "now": NOW}

    def change(centre: str, name: str = "X", **more: str) -> None:
        centres.change(session, firm.actor, centre, name=name, now=NOW, **more)

    cases: list[tuple[Any, type[DomainError]]] = [
        (lambda: add(session, firm, "Top"), centres.CentreTaken),
        (lambda: add(session, firm, " \n "), centres.BadCentreName),
        (lambda: add(session, firm, "x" * 61), centres.BadCentreName),
        (lambda: add(session, firm, "X", budget="much"), BadBudget),
        (lambda: add(session, firm, "X", above=low), centres.CentreTooDeep),
        (lambda: add(session, firm, "X", above=theirs), NotFound),
        (lambda: change(top, above=alone), centres.CentreTooDeep),
        (lambda: change(alone, above=alone), centres.CentreTooDeep),
        (lambda: change(alone, "Low"), centres.CentreTaken),
        (lambda: change(theirs), NotFound),
        (lambda: centres.remove(session, firm.actor, theirs, now=NOW), NotFound),
        (lambda: move(session, firm, to=top), centres.NothingToMove),
        (lambda: move(session, firm, *many, to=top), centres.NothingToMove),
        (lambda: move(session, firm, firm.lines[1], other.lines[0], to=top), NotFound),
        (lambda: move(session, firm, firm.extra, to=top), NotFound),
        (lambda: move(session, firm, firm.lines[1], to=theirs), NotFound),
        (lambda: lines(session, firm.actor, centre=theirs, **asked), NotFound),
        (lambda: costs(session, firm.actor, line=str(other.lines[0]), **asked), NotFound),
        (lambda: costs(session, firm.actor, line=str(firm.extra), **asked), NotFound),
    ]  # fmt: skip
    for act, refusal in cases:
        with pytest.raises(refusal):
            act()
        assert everything(session) == before


def test_people_members_and_visitors_have_no_centres(session: Session) -> None:
    firm = found_firm(session)
    centre = add(session, firm, "Top")
    person = make_account(session, now=NOW)
    who = (
        (Actor(), SignInNeeded),
        (Actor(role=Role.SUB_USER, identity_id=new_id()), NotAllowed),
        (replace(firm.actor, customer_id=person.customer_id), centres.NotACompany),
    )
    for actor, refusal in who:
        for act in (
            lambda a: overview(session, a, month=MONTH, now=NOW),
            lambda a: lines(session, a, month=MONTH, centre=centre, now=NOW),
            lambda a: costs(session, a, month=MONTH, line=NONE, now=NOW),
            lambda a: centres.add(session, a, name="X", now=NOW),
            lambda a: centres.change(session, a, centre, name="X", now=NOW),
            lambda a: centres.remove(session, a, centre, now=NOW),
            lambda a: centres.move(session, a, [firm.lines[0]], to="", now=NOW),
        ):
            with pytest.raises(refusal):
                act(actor)
    assert [row.name for row in session.exec(select(CostCentre))] == ["Top"]
    assert session.exec(select(CostCentreLine)).first() is None


def test_many_lines_take_as_many_statements_as_few(session: Session) -> None:
    firm = found_firm(session, 60)
    centre = add(session, firm, "All")
    for first in range(0, 60, 20):
        move(session, firm, *firm.lines[first : first + 20], to=centre)
    bill(session, firm, *((line, 100) for line in firm.lines))
    with Statements(session) as counted:
        shown(session, firm)
        page, more = lines(session, firm.actor, month=MONTH, centre=centre, now=NOW)
        second, _ = lines(session, firm.actor, month=MONTH, centre=centre, now=NOW, page=1)
    assert (len(page), more) == (25, True)
    assert not {row.id for row in page} & {row.id for row in second}
    assert len(counted.sent) <= 16
