"""The wallet itself: made when it is needed first, looked at, and kept valid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain import ledger
from self_service.domain.access import Actor
from self_service.domain.policy import WalletPolicy
from self_service.domain.rows import add_once, changed
from self_service.domain.wallet.terms import WalletTerms
from self_service.models.ledger import AccountKind, LedgerAccount
from self_service.models.wallet import Bucket, BucketStatus
from self_service.money import Money


@dataclass(frozen=True, slots=True)
class WalletView:
    """A customer's wallet now.

    Attributes:
        valid_until: when what is left expires, None while there is nothing to expire.
        low_below: the customer is warned below it; zero: never.
        is_low: less than that is left.
        expires_soon: within the operator's days of warning.
        started: something was ever booked or promised here.
    """

    balance: Money
    valid_until: datetime | None
    low_below: Money
    is_low: bool
    expires_soon: bool
    started: bool


def bucket(
    session: Session,
    customer_id: UUID,
    currency: str,
    now: datetime,
    *,
    policy: WalletPolicy | None = None,
) -> Bucket:
    """Return a customer's wallet, made when there is none.

    Args:
        session: open transaction.
        customer_id: whose; the caller has found that it may be touched.
        currency: ISO 4217.
        now: instant of making.
        policy: for the sum below which a new wallet's owner is warned.
    """
    found = find(session, customer_id, currency)
    if found is None:
        account = ledger.owned(session, AccountKind.WALLET, customer_id, currency)
        row = Bucket(
            customer_id=customer_id,
            account_id=account.id,
            currency=currency,
            status_changed_at=now,
            low_below_minor=(policy or WalletPolicy()).low_below_minor,
            told_low_at=now,  # an empty new wallet is no news
            created_at=now,
        )
        add_once(session, row)
        found = find(session, customer_id, currency)
        assert found is not None  # made by us or by whoever was first
    return found


def find(session: Session, customer_id: UUID, currency: str) -> Bucket | None:
    """Return a customer's wallet, None when there is none yet; writes nothing."""
    mine = select(Bucket).where(Bucket.customer_id == customer_id, Bucket.currency == currency)
    return session.exec(mine).first()


def lock(session: Session, bucket_id: UUID) -> Bucket:
    """Read a wallet as it is now and keep others from changing it until the commit.

    After the billing account and before the ledger: all that fills or empties a wallet takes it.
    """
    statement = select(Bucket).where(Bucket.id == bucket_id).with_for_update()
    return session.exec(statement.execution_options(populate_existing=True)).one()


def account(row: Bucket) -> ledger.Account:
    """Return the ledger account of a wallet."""
    return ledger.Account(row.account_id, AccountKind.WALLET, row.currency)


def balance(session: Session, row: Bucket) -> Money:
    """Return what a wallet holds."""
    return ledger.balance(session, account(row))


def held(session: Session, row: Bucket) -> Money:
    """Return what a wallet holds, and keep it so until the commit."""
    kept = select(LedgerAccount.balance_minor).where(LedgerAccount.id == row.account_id)
    return Money(session.exec(kept.with_for_update()).one(), row.currency)


def credited(session: Session, row: Bucket, *, valid_days: int, now: datetime) -> None:
    """Note that credit came: it lasts from now on, and what was warned of may be over.

    Args:
        session: open transaction that holds the wallet's lock; the credit is booked.
        row: the wallet.
        valid_days: so long credit lasts.
        now: instant of booking.
    """
    lasts = now + timedelta(days=valid_days)
    values: dict[str, object] = {}
    if row.valid_until is None or row.valid_until < lasts:
        values |= {"valid_until": lasts, "told_expiry_at": None}
    if row.status is not BucketStatus.ACTIVE:
        values |= {"status": BucketStatus.ACTIVE, "status_changed_at": now}
    if balance(session, row).minor >= row.low_below_minor:
        values["told_low_at"] = None
    if values:
        changed(session, update(Bucket).where(Bucket.id == row.id).values(**values))
        session.expire(row)


def view(session: Session, actor: Actor, *, terms: WalletTerms, now: datetime) -> WalletView:
    """Show the actor's wallet; writes nothing.

    Raises:
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in.
    """
    row = find(session, actor.customer(), terms.currency)
    low = terms.money(row.low_below_minor if row else terms.policy.low_below_minor)
    if row is None:
        return WalletView(terms.money(0), None, low, False, False, False)
    left = balance(session, row)
    until = row.valid_until if left else None
    warned = now + timedelta(days=terms.policy.warn_days)
    return WalletView(
        balance=left,
        valid_until=until,
        low_below=low,
        is_low=left < low,
        expires_soon=until is not None and until <= warned,
        started=True,
    )


def warn_below(
    session: Session, actor: Actor, amount: Money, *, terms: WalletTerms, now: datetime
) -> None:
    """Choose below which sum to be warned; zero for never.

    Raises:
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in.
        AmountTooLarge: more than a wallet holds.
    """
    terms.check(amount, 0, terms.policy.holds_most_minor, "low_below")
    row = lock(session, bucket(session, actor.customer(), terms.currency, now).id)
    enough = balance(session, row).minor >= amount.minor
    told = None if enough else (row.told_low_at or now)
    values = {"low_below_minor": amount.minor, "told_low_at": told}
    changed(session, update(Bucket).where(Bucket.id == row.id).values(**values))
    session.expire(row)
