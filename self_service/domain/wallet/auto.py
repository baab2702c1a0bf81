"""Automatic top-ups: when credit falls below a sum, or on a day of each month.

A top-up under way is a pending row, of which a wallet has one at most; a sum is counted against
the month's ceiling before the card is charged, and given back when that fails.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, or_, update
from sqlmodel import Session, select

from self_service import clock
from self_service.domain.payments.paying import OPEN_FOR_AWAY
from self_service.domain.payments.pending import ASK_AFTER
from self_service.domain.pricing import periods
from self_service.domain.rows import add_rows, changed
from self_service.domain.wallet import buckets
from self_service.domain.wallet.telling import WalletLetters, tell
from self_service.domain.wallet.terms import WalletTerms
from self_service.models.ledger import LedgerAccount
from self_service.models.payments import MethodStatus, Payment, PaymentMethod, PaymentPurpose
from self_service.models.wallet import (
    AutoTopup,
    AutoTopupTrigger,
    Bucket,
    TopupBalance,
    TopupStatus,
)
from self_service.money import Money

#: Why a standing order stopped, when it was not the card's answer.
NO_CARD = "card_removed"
#: The janitor asks about a charge in absence no sooner: the job that wrote it charges it first.
_FIRST_ASK = ASK_AFTER[0]


def month_of(now: datetime) -> date:
    """Return the first day of the operator's month in which `now` lies."""
    return now.astimezone(clock.zone()).date().replace(day=1)


def due(
    session: Session, *, now: datetime, only: UUID | None = None, limit: int = 50
) -> tuple[UUID, ...]:
    """List standing orders that are to top up now; `only` asks about one of them."""
    under_way = select(TopupBalance.id).where(
        TopupBalance.bucket_id == AutoTopup.bucket_id,
        TopupBalance.is_auto,
        TopupBalance.status == TopupStatus.PENDING,
    )
    room = or_(
        AutoTopup.month < month_of(now),
        AutoTopup.spent_minor + AutoTopup.amount_minor <= AutoTopup.ceiling_minor,
    )
    low = and_(
        AutoTopup.trigger == AutoTopupTrigger.THRESHOLD,
        LedgerAccount.balance_minor < AutoTopup.threshold_minor,
        room,
    )
    day = and_(AutoTopup.trigger == AutoTopupTrigger.DATE, AutoTopup.next_at <= now)
    statement = (
        select(AutoTopup.id)
        .join(Bucket, Bucket.id == AutoTopup.bucket_id)
        .join(LedgerAccount, LedgerAccount.id == Bucket.account_id)
        .where(AutoTopup.active, or_(low, day), ~under_way.exists())
        .order_by(AutoTopup.id)
        .limit(limit)
    )
    if only is not None:
        statement = statement.where(AutoTopup.id == only)
    return tuple(session.exec(statement))


def start(session: Session, auto_id: UUID, *, terms: WalletTerms, now: datetime) -> UUID | None:
    """Write down one automatic top-up; of several workers that try, one does.

    Args:
        session: open transaction.
        auto_id: the standing order.
        terms: for how long credit lasts.
        now: instant of claiming.

    Returns:
        The payment, which the caller then charges; None when nothing is due (any more).
    """
    found = session.get(AutoTopup, auto_id)
    if found is None:
        return None
    row = buckets.lock(session, found.bucket_id)
    if not due(session, now=now, only=auto_id):
        return None
    order = session.get_one(AutoTopup, auto_id, populate_existing=True)
    method = session.get(PaymentMethod, order.method_id)
    if method is None or method.status is not MethodStatus.ACTIVE or method.mandate_at is None:
        stop_by_itself(session, row.id, NO_CARD)
        return None
    if not _claim(session, order, now):
        return None
    return _ask(session, row, order, method, terms, now)


def _claim(session: Session, order: AutoTopup, now: datetime) -> bool:
    """Count the sum against the month; False when the ceiling does not allow it."""
    month = month_of(now)
    spent = order.spent_minor if order.month == month else 0
    values: dict[str, object] = {}
    if order.trigger is AutoTopupTrigger.DATE:
        values["next_at"] = next_day(order.day, now)
    fits = spent + order.amount_minor <= order.ceiling_minor
    if fits:
        values |= {"month": month, "spent_minor": spent + order.amount_minor}
    unclaimed = (
        update(AutoTopup)
        .where(
            AutoTopup.id == order.id,
            AutoTopup.active,
            AutoTopup.spent_minor == order.spent_minor,
            AutoTopup.month == order.month,
        )
        .values(**values)
    )
    return changed(session, unclaimed) == 1 and fits


def _ask(
    session: Session,
    row: Bucket,
    order: AutoTopup,
    method: PaymentMethod,
    terms: WalletTerms,
    now: datetime,
) -> UUID:
    payment = Payment(
        customer_id=row.customer_id,
        purpose=PaymentPurpose.TOPUP,
        method_id=method.id,
        off_session=True,
        amount_minor=order.amount_minor,
        currency=row.currency,
        status_changed_at=now,
        provider=method.provider,
        give_up_at=now + OPEN_FOR_AWAY,
        check_at=now + _FIRST_ASK,
        created_at=now,
    )
    add_rows(session, [payment])
    topup = TopupBalance(
        bucket_id=row.id,
        amount_minor=order.amount_minor,
        payment_id=payment.id,
        is_auto=True,
        valid_days=terms.policy.valid_days,
        status_changed_at=now,
        created_at=now,
    )
    add_rows(session, [topup])
    session.expire(order)
    return payment.id


def next_day(day: int, after: datetime) -> datetime:
    """Return the first instant of the next such day (1 to 28) of a month after an instant."""
    start_of = periods.month_day(after, day)
    return start_of if start_of > after else periods.month_day(periods.add_months(start_of, 1), day)


def failed(session: Session, topup: TopupBalance, reason: str) -> None:
    """Stop a standing order whose card was declined, and give its sum back to the month.

    Args:
        session: open transaction that holds the wallet's lock.
        topup: the automatic one that failed.
        reason: the provider's code.
    """
    back = AutoTopup.spent_minor - topup.amount_minor
    same_month = and_(AutoTopup.month == month_of(topup.created_at), back >= 0)
    mine = AutoTopup.bucket_id == topup.bucket_id
    changed(session, update(AutoTopup).where(mine, same_month).values(spent_minor=back))
    stop_by_itself(session, topup.bucket_id, reason or "card_declined")


def stop_by_itself(session: Session, bucket_id: UUID, reason: str) -> None:
    """Pause a standing order; its owner is told by `tell_paused`."""
    values = {"active": False, "paused_reason": reason[:64], "told_paused_at": None}
    running = update(AutoTopup).where(AutoTopup.bucket_id == bucket_id, AutoTopup.active)
    changed(session, running.values(**values))


def tell_paused(
    session: Session, *, letters: WalletLetters, now: datetime, limit: int = 100
) -> int:
    """Write to those whose automatic top-up stopped by itself, once; returns to how many."""
    rows = session.execute(
        select(AutoTopup.id, AutoTopup.amount_minor, Bucket.customer_id, Bucket.currency)
        .join(Bucket, Bucket.id == AutoTopup.bucket_id)
        .where(AutoTopup.paused_reason != "", AutoTopup.told_paused_at.is_(None))
        .order_by(AutoTopup.id)
        .limit(limit)
    ).all()
    told = 0
    for auto_id, minor, customer_id, currency in rows:
        untold = update(AutoTopup).where(
            AutoTopup.id == auto_id, AutoTopup.told_paused_at.is_(None)
        )
        if changed(session, untold.values(told_paused_at=now)):
            amount = Money(minor, currency)
            words = lambda language, sum_=amount: letters.auto_paused(language, sum_)  # noqa: E731
            told += tell(session, customer_id, "auto_topup_paused", words, now=now)
    return told
