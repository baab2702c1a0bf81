"""Money moves whole, once, never out of an empty wallet, and what was booked stays."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import Session

from self_service import db
from self_service.domain import ledger
from self_service.domain.ledger.history import history
from self_service.domain.ledger.verifying import CHECKS, Finding, rules, verify
from self_service.models.ledger import AccountKind, EntryKind, LedgerAccount
from self_service.money import CurrencyMismatch, Money
from tests.books import empty_books
from tests.conftest import NOW

ADA, BEN = UUID(int=1), UUID(int=2)


def wallet(session: Session, owner: UUID = ADA, currency: str = "EUR") -> ledger.Account:
    return ledger.owned(session, AccountKind.WALLET, owner, currency)


def goodwill(session: Session, currency: str = "EUR") -> ledger.Account:
    return ledger.house(session, AccountKind.GOODWILL, currency)


def give(session: Session, to: ledger.Account, minor: int, now: datetime = NOW) -> UUID:
    source = uuid4()
    amount = Money(minor, to.currency)
    giver = goodwill(session, to.currency)
    move = ledger.Movement(EntryKind.ADJUSTMENT, source, giver, to, amount)
    ledger.post(session, [move], now=now)
    return source


def take(session: Session, of: ledger.Account, minor: int) -> None:
    amount = Money(minor, of.currency)
    move = ledger.Movement(EntryKind.ADJUSTMENT, uuid4(), of, goodwill(session), amount)
    ledger.post(session, [move], now=NOW)


def test_a_movement_changes_both_sides(session: Session) -> None:
    mine = wallet(session)
    give(session, mine, 1_500)
    take(session, mine, 400)
    assert ledger.balance(session, mine) == Money(1_100, "EUR")
    assert ledger.balance(session, goodwill(session)) == Money(-1_100, "EUR")
    assert verify(session) == ()


def test_an_account_is_made_once(session: Session) -> None:
    assert wallet(session) == wallet(session)
    assert goodwill(session) == goodwill(session)
    assert wallet(session, currency="KWD") != wallet(session)


def test_an_empty_wallet_gives_nothing(session: Session) -> None:
    mine = wallet(session)
    give(session, mine, 100)
    with pytest.raises(ledger.NotEnough):
        take(session, mine, 101)
    assert ledger.balance(session, mine).minor == 100
    assert len(history(session, mine)) == 1
    assert verify(session) == ()


def test_the_database_itself_refuses_an_overdrawn_wallet(session: Session) -> None:
    mine = wallet(session)
    below = update(LedgerAccount).where(LedgerAccount.id == mine.id).values(balance_minor=-1)
    with pytest.raises(IntegrityError):
        session.execute(below)


def test_a_debt_may_grow(session: Session) -> None:
    owes = ledger.owned(session, AccountKind.RECEIVABLE, BEN, "EUR")
    take(session, owes, 5_000)
    assert ledger.balance(session, owes).minor == -5_000
    assert verify(session) == ()


def test_the_same_movement_is_booked_once(session: Session) -> None:
    mine = wallet(session)
    source = give(session, mine, 100)
    session.commit()
    again = ledger.Movement(
        EntryKind.ADJUSTMENT, source, goodwill(session), mine, Money(100, "EUR")
    )
    with pytest.raises(IntegrityError):
        ledger.post(session, [again], now=NOW)
    session.rollback()
    assert ledger.balance(session, mine).minor == 100
    assert verify(session) == ()


def test_currencies_do_not_mix(session: Session) -> None:
    mine = wallet(session, currency="JPY")
    move = ledger.Movement(EntryKind.TOPUP, uuid4(), goodwill(session), mine, Money(1, "JPY"))
    with pytest.raises(CurrencyMismatch):
        ledger.post(session, [move], now=NOW)
    assert history(session, mine) == ()


@pytest.mark.parametrize("minor", [0, -5])
def test_nothing_and_less_than_nothing_is_no_movement(session: Session, minor: int) -> None:
    mine = wallet(session)
    with pytest.raises(ValueError, match="a movement of"):
        give(session, mine, minor)
    assert history(session, mine) == ()


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_entry SET amount_minor = 1", "DELETE FROM ledger_entry"]
)
def test_what_was_booked_stays(database: db.Database, statement: str) -> None:
    with database.writing() as session:
        give(session, wallet(session), 100)
    with pytest.raises(DatabaseError, match="never changed"), database.writing() as session:
        session.execute(text(statement))
    with database.reading() as session:
        assert [entry.amount.minor for entry in history(session, wallet(session))] == [100]


def test_a_history_reads_backwards_with_its_balances(session: Session) -> None:
    mine = wallet(session)
    for minor in (1_000, 250, 50):
        give(session, mine, minor)
    take(session, mine, 300)
    seen = history(session, mine)
    assert [entry.amount.minor for entry in seen] == [-300, 50, 250, 1_000]
    assert [entry.balance.minor for entry in seen] == [1_000, 1_300, 1_250, 1_000]
    rest = history(session, mine, before=seen[1].id, limit=1)
    assert [entry.amount.minor for entry in rest] == [250]
    assert history(session, mine, kinds=[EntryKind.TOPUP]) == ()
    assert history(session, mine, since=NOW, until=NOW) == ()


def test_a_wrong_balance_is_found(session: Session) -> None:
    mine = wallet(session)
    give(session, mine, 100)
    raised = update(LedgerAccount).where(LedgerAccount.id == mine.id).values(balance_minor=101)
    session.execute(raised)
    assert verify(session) == (Finding("balance_is_sum_of_entries", str(mine.id)),)


def test_every_rule_says_what_it_is() -> None:
    said = dict(rules())
    assert len(said) == len(CHECKS)
    assert all(said.values())


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 2**40)), max_size=12))
def test_no_series_of_movements_breaks_the_books(steps: list[tuple[bool, int]]) -> None:
    with empty_books() as session:
        mine, expected = wallet(session), 0
        for giving, minor in steps:
            if giving:
                give(session, mine, minor)
                expected += minor
            elif minor > expected:
                with pytest.raises(ledger.NotEnough):
                    take(session, mine, minor)
            else:
                take(session, mine, minor)
                expected -= minor
        assert ledger.balance(session, mine).minor == expected
        assert verify(session) == ()
