"""Moving money from one account to another: the only way in which a balance changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, or_, update
from sqlmodel import Session, select

from self_service.domain import news
from self_service.domain.errors import N_, DomainError
from self_service.domain.ledger.accounts import Account
from self_service.models.ledger import AccountKind, EntryKind, LedgerAccount, LedgerEntry
from self_service.money import CurrencyMismatch, Money


class NotEnough(DomainError):
    """A wallet holds less than was to be taken from it; nothing was."""

    code = "not_enough_credit"
    message = N_("There is not enough credit for this. Top up and try again.")


@dataclass(frozen=True, slots=True)
class Movement:
    """Money on its way.

    Attributes:
        kind: why.
        source_id: the bill, payment, voucher ... that it is about; with `kind` and `line` it
            names the entry, which the database takes once.
        debit: where it is taken from.
        credit: where it goes.
        amount: above zero.
        line: tells several movements of one kind and source apart.
    """

    kind: EntryKind
    source_id: UUID
    debit: Account
    credit: Account
    amount: Money
    line: int = 0


def post(session: Session, movements: Iterable[Movement], *, now: datetime) -> None:
    """Book movements, all or (with the transaction) none.

    Customers' accounts are locked in one order first, so that two postings never wait for each
    other in a circle.

    Args:
        session: open transaction.
        movements: in the order in which they happen.
        now: instant of booking.

    Raises:
        NotEnough: a wallet would fall below zero.
        CurrencyMismatch: an account is in another currency than the sum.
        ValueError: a sum is not above zero.
        sqlalchemy.exc.IntegrityError: the same movement was booked before: a caller that did not
            claim its source first, a bug.
    """
    booked = list(movements)
    _lock(session, booked)
    rows = [_row(session, movement, now) for movement in booked]
    if rows:
        session.execute(insert(LedgerEntry), rows)
    for side in {side for move in booked for side in (move.debit, move.credit)}:
        news.note(session, side.kind.value, side.id, now=now)


def _lock(session: Session, movements: Iterable[Movement]) -> None:
    sides = {side.id: side for move in movements for side in (move.debit, move.credit)}
    tracked = sorted((side.id for side in sides.values() if side.tracked), key=str)
    if len(tracked) > 1:
        wanted = select(LedgerAccount.id).where(LedgerAccount.id.in_(tracked))
        session.exec(wanted.order_by(LedgerAccount.id).with_for_update()).all()


def _row(session: Session, move: Movement, now: datetime) -> dict[str, object]:
    if {move.debit.currency, move.credit.currency} != {move.amount.currency}:
        raise CurrencyMismatch(f"{move.kind}: {move.amount.currency} between other accounts")
    if move.amount.minor <= 0:
        raise ValueError(f"{move.kind}: a movement of {move.amount.minor}")
    return {
        "kind": move.kind,
        "source_id": move.source_id,
        "line": move.line,
        "debit_id": move.debit.id,
        "credit_id": move.credit.id,
        "amount_minor": move.amount.minor,
        "currency": move.amount.currency,
        "debit_after_minor": _shift(session, move.debit, -move.amount.minor),
        "credit_after_minor": _shift(session, move.credit, move.amount.minor),
        "posted_at": now,
    }


def _shift(session: Session, account: Account, minor: int) -> int | None:
    """Change a kept balance in the database, not in Python, and return what it is then."""
    if not account.tracked:
        return None
    after = LedgerAccount.balance_minor + minor
    enough = or_(LedgerAccount.kind != AccountKind.WALLET, after >= 0)
    statement = (
        update(LedgerAccount)
        .where(LedgerAccount.id == account.id, enough)
        .values(balance_minor=after)
        .returning(LedgerAccount.balance_minor)
        .execution_options(synchronize_session=False)
    )
    balance = session.execute(statement).scalar_one_or_none()
    if balance is None:
        raise NotEnough
    return int(balance)
