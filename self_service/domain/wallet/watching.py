"""What is told of a wallet by itself: little is left, it will expire; and the expiry."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from self_service.domain import ledger
from self_service.domain.rows import changed
from self_service.domain.wallet import buckets
from self_service.domain.wallet.telling import WalletLetters, tell
from self_service.domain.wallet.terms import WalletTerms
from self_service.models.ledger import AccountKind, EntryKind, LedgerAccount, LedgerEntry
from self_service.models.wallet import Bucket, BucketStatus
from self_service.money import Money


def warn_low(session: Session, *, letters: WalletLetters, now: datetime, limit: int = 100) -> int:
    """Write to those whose credit fell below their sum, once per fall; returns to how many."""
    rows = session.execute(
        select(Bucket.id, Bucket.customer_id, Bucket.currency, LedgerAccount.balance_minor)
        .join(LedgerAccount, LedgerAccount.id == Bucket.account_id)
        .where(
            LedgerAccount.balance_minor < Bucket.low_below_minor,
            col(Bucket.told_low_at).is_(None),
        )
        .order_by(Bucket.id)
        .limit(limit)
    ).all()
    told = 0
    for bucket_id, customer_id, currency, minor in rows:
        untold = update(Bucket).where(Bucket.id == bucket_id, col(Bucket.told_low_at).is_(None))
        if changed(session, untold.values(told_low_at=now)):
            left = Money(minor, currency)
            words = lambda language, left=left: letters.low(language, left)  # noqa: E731
            told += tell(session, customer_id, "wallet_low", words, now=now)
    return told


def warn_expiring(
    session: Session,
    *,
    terms: WalletTerms,
    letters: WalletLetters,
    now: datetime,
    limit: int = 100,
) -> int:
    """Write to those whose credit will expire soon, once per date; returns to how many."""
    soon = now + timedelta(days=terms.policy.warn_days)
    rows = session.execute(
        select(
            Bucket.id,
            Bucket.customer_id,
            Bucket.currency,
            Bucket.valid_until,
            LedgerAccount.balance_minor,
        )
        .join(LedgerAccount, LedgerAccount.id == Bucket.account_id)
        .where(
            Bucket.status == BucketStatus.ACTIVE,
            Bucket.valid_until > now,
            Bucket.valid_until <= soon,
            LedgerAccount.balance_minor > 0,
            col(Bucket.told_expiry_at).is_(None),
        )
        .order_by(Bucket.valid_until, Bucket.id)
        .limit(limit)
    ).all()
    told = 0
    for bucket_id, customer_id, currency, until, minor in rows:
        untold = update(Bucket).where(
            Bucket.id == bucket_id,
            Bucket.valid_until == until,
            col(Bucket.told_expiry_at).is_(None),
        )
        if changed(session, untold.values(told_expiry_at=now)):
            left = Money(minor, currency)
            words = lambda language, left=left, until=until: letters.expiring(  # noqa: E731
                language, left, until
            )
            told += tell(session, customer_id, "wallet_expiring", words, now=now)
    return told


def expired(session: Session, *, now: datetime, limit: int = 100) -> tuple[UUID, ...]:
    """List wallets whose credit is past its date."""
    statement = (
        select(Bucket.id)
        .where(Bucket.status == BucketStatus.ACTIVE, Bucket.valid_until <= now)
        .order_by(Bucket.valid_until, Bucket.id)
        .limit(limit)
    )
    return tuple(session.exec(statement))


def expire(session: Session, bucket_id: UUID, *, now: datetime) -> bool:
    """Book what is left to the operator's expired credit; False when it is valid (again)."""
    row = buckets.lock(session, bucket_id)
    past = (
        update(Bucket)
        .where(
            Bucket.id == bucket_id,
            Bucket.status == BucketStatus.ACTIVE,
            Bucket.valid_until <= now,
        )
        .values(status=BucketStatus.EXPIRED, status_changed_at=now, told_low_at=now)
    )
    if not changed(session, past):
        return False
    left = buckets.held(session, row)
    if left:
        before = select(func.count(LedgerEntry.id)).where(
            LedgerEntry.source_id == bucket_id, LedgerEntry.kind == EntryKind.EXPIRY
        )
        target = ledger.house(session, AccountKind.EXPIRED, row.currency)
        move = ledger.Movement(
            EntryKind.EXPIRY,
            bucket_id,
            buckets.account(row),
            target,
            left,
            line=session.exec(before).one(),
        )
        ledger.post(session, [move], now=now)
    session.expire(row)
    return True
