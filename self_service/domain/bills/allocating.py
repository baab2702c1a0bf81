"""Putting money against bills. What an account has paid and owes agrees after every step:

    balance of its receivable = its credit - what remains of its bills

Callers hold the account's lock (`accounts.lock_account`) and have booked the money.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, update
from sqlmodel import Session, select

from self_service.domain import outbox
from self_service.domain.rows import add_rows, changed
from self_service.models.bills import BillingAccount, BillState, CustomerBill
from self_service.models.payments import BillAllocation, Payment


@dataclass(frozen=True, slots=True)
class Share:
    """What a payment was meant for: a bill, and how much of it, in minor units."""

    bill_id: UUID
    minor: int


def add_credit(session: Session, account_id: UUID, minor: int) -> None:
    """Note that an account got so much (below zero: lost) beside its bills."""
    more = BillingAccount.credit_minor + minor
    statement = update(BillingAccount).where(BillingAccount.id == account_id)
    changed(session, statement.values(credit_minor=more))


def use_payment(
    session: Session,
    account_id: UUID,
    payment: Payment,
    meant: Iterable[Share],
    *,
    now: datetime,
) -> int:
    """Put a booked payment against the bills it was meant for; the rest becomes credit.

    Args:
        session: open transaction that holds the account's lock.
        account_id: whose bills.
        payment: done and booked to the account's receivable.
        meant: bills in the order in which they are to be paid; one that was paid meanwhile
            takes no more than what remains of it.
        now: instant of payment.

    Returns:
        What was left and is credit now, in minor units.
    """
    left = payment.amount_minor - payment.allocated_minor
    for share in meant:
        left -= _pay(session, share.bill_id, min(share.minor, left), payment.id, now)
    used = payment.amount_minor - payment.allocated_minor - left
    if used:
        taken = update(Payment).where(Payment.id == payment.id)
        changed(session, taken.values(allocated_minor=Payment.allocated_minor + used))
        session.expire(payment, ["allocated_minor"])
    if left:
        add_credit(session, account_id, left)
    return left


def use_credit(session: Session, account_id: UUID, *, now: datetime, keep: int = 0) -> int:
    """Put an account's credit against its open bills, the one that is due first before others.

    Args:
        session: open transaction that holds the account's lock.
        account_id: whose.
        now: instant of use.
        keep: so much of the credit is not for bills: it was paid for orders under way.

    Returns:
        How much was used, in minor units.
    """
    credit = select(BillingAccount.credit_minor).where(BillingAccount.id == account_id)
    had = left = session.exec(credit).one() - keep
    if had <= 0:
        return 0
    open_bills = select(CustomerBill.id, CustomerBill.remaining_minor).where(
        CustomerBill.account_id == account_id, CustomerBill.remaining_minor > 0
    )
    oldest_first = open_bills.order_by(CustomerBill.due_at, CustomerBill.sequence)
    for bill_id, remaining in session.exec(oldest_first).all():
        if not left:
            break
        left -= _pay(session, bill_id, min(left, remaining), None, now)
    add_credit(session, account_id, left - had)
    return had - left


def use_credit_for(
    session: Session, account_id: UUID, bill_id: UUID, minor: int, *, now: datetime
) -> int:
    """Put some of an account's credit against one bill, as far as it is open.

    Returns:
        How much was used, in minor units.
    """
    used = _pay(session, bill_id, minor, None, now)
    if used:
        add_credit(session, account_id, -used)
    return used


def take_back(session: Session, bill_id: UUID, payment: Payment, minor: int, now: datetime) -> None:
    """Open a bill again by what a payment had put against it (a charge-back, a failed debit).

    Args:
        session: open transaction that holds the account's lock.
        bill_id: the bill.
        payment: whose money it was.
        minor: how much, at most what it put there.
        now: instant of taking back.
    """
    more = {
        "remaining_minor": CustomerBill.remaining_minor + minor,
        "state": BillState.PARTIALLY_PAID,
        "status_changed_at": now,
    }
    changed(session, update(CustomerBill).where(CustomerBill.id == bill_id).values(**more))
    less = Payment.allocated_minor - minor
    changed(session, update(Payment).where(Payment.id == payment.id).values(allocated_minor=less))
    row = BillAllocation(bill_id=bill_id, payment_id=payment.id, amount_minor=-minor, at=now)
    add_rows(session, [row])


def give_again(
    session: Session,
    account_id: UUID,
    payment: Payment,
    meant: Iterable[Share],
    minor: int,
    *,
    now: datetime,
) -> None:
    """Put money of a payment that came again against bills; the rest is credit.

    Args:
        session: open transaction that holds the account's lock.
        account_id: whose bills.
        payment: booked to the account's receivable again.
        meant: bills in the order in which they are to be paid.
        minor: how much came again.
        now: instant of payment.
    """
    left = minor
    for share in meant:
        left -= _pay(session, share.bill_id, min(share.minor, left), payment.id, now)
    if minor - left:
        more = Payment.allocated_minor + minor - left
        mine = update(Payment).where(Payment.id == payment.id)
        changed(session, mine.values(allocated_minor=more))
    if left:
        add_credit(session, account_id, left)


def _pay(
    session: Session, bill_id: UUID, minor: int, payment_id: UUID | None, now: datetime
) -> int:
    """Pay a bill as far as it is open; return how much it took."""
    wanted = select(CustomerBill.remaining_minor).where(CustomerBill.id == bill_id)
    minor = min(minor, session.exec(wanted).one())
    if minor <= 0:
        return 0
    remaining = CustomerBill.remaining_minor - minor
    state = case((remaining == 0, BillState.SETTLED.value), else_=BillState.PARTIALLY_PAID.value)
    statement = (
        update(CustomerBill)
        .where(CustomerBill.id == bill_id)
        .values(remaining_minor=remaining, state=state, status_changed_at=now)
        .returning(CustomerBill.remaining_minor)
        .execution_options(synchronize_session=False)
    )
    still = session.execute(statement).scalar_one()
    row = BillAllocation(bill_id=bill_id, payment_id=payment_id, amount_minor=minor, at=now)
    session.add(row)
    session.flush()
    if still == 0:
        key = f"{bill_id} {now.timestamp():.3f}"
        outbox.emit(session, outbox.EventKind.BILL_SETTLED, key, now=now, bill=str(bill_id))
    return minor
