"""What happened on one account, the newest first, with the balance after each movement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import literal, union_all
from sqlmodel import Session, select

from self_service.domain.ledger.accounts import Account
from self_service.models.ledger import EntryKind, LedgerEntry
from self_service.money import Money


@dataclass(frozen=True, slots=True)
class Booked:
    """One movement as its owner sees it.

    Attributes:
        id: also the place to go on reading from.
        amount: above zero when it was given, below when it was taken.
        balance: of the account after it.
        source_id: what it is about.
    """

    id: int
    kind: EntryKind
    amount: Money
    balance: Money
    source_id: UUID
    at: datetime


def history(
    session: Session,
    account: Account,
    *,
    kinds: Collection[EntryKind] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> tuple[Booked, ...]:
    """Read a customer's account; whoever asks was found to be allowed to see it.

    Args:
        session: open transaction.
        account: WALLET or RECEIVABLE.
        kinds: only these, all when empty.
        since: the first instant wanted.
        until: the first instant no longer wanted.
        before: the `id` of the last one read so far.
        limit: at most so many.
    """
    sides = []
    for mine, after, sign in (
        (LedgerEntry.credit_id, LedgerEntry.credit_after_minor, 1),
        (LedgerEntry.debit_id, LedgerEntry.debit_after_minor, -1),
    ):
        wanted = select(
            LedgerEntry.id,
            LedgerEntry.kind,
            (LedgerEntry.amount_minor * literal(sign)).label("amount"),
            after.label("after"),
            LedgerEntry.source_id,
            LedgerEntry.posted_at,
        ).where(mine == account.id)
        if kinds:
            wanted = wanted.where(LedgerEntry.kind.in_(list(kinds)))
        if since is not None:
            wanted = wanted.where(LedgerEntry.posted_at >= since)
        if until is not None:
            wanted = wanted.where(LedgerEntry.posted_at < until)
        if before is not None:
            wanted = wanted.where(LedgerEntry.id < before)
        sides.append(wanted)
    both = union_all(*sides).subquery()
    rows = session.execute(select(both).order_by(both.c.id.desc()).limit(limit))
    return tuple(
        Booked(
            id=row.id,
            kind=EntryKind(row.kind),
            amount=Money(row.amount, account.currency),
            balance=Money(row.after, account.currency),
            source_id=row.source_id,
            at=row.posted_at,
        )
        for row in rows
    )
