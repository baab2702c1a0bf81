"""What of an account is overdue at an instant.

A bill is overdue when the day on which it is due is over in the operator's zone. What is disputed,
and what an agreement that is kept holds, is not overdue; an account's credit comes off the oldest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.bills.gathering import paid_for_orders
from self_service.domain.debts import agreed
from self_service.domain.pricing import periods
from self_service.models.bills import BillingAccount, CustomerBill
from self_service.models.catalog import PeriodUnit
from self_service.money import Money

#: What is due "on a day" is due by its last second.
_LAST = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class OverdueBill:
    """A bill that is overdue, and by how much, in minor units."""

    bill_id: UUID
    number: str
    due_at: datetime
    minor: int


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is overdue of an account, the oldest bill first; nothing when the sum is too small."""

    amount: Money
    bills: tuple[OverdueBill, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.amount.minor)

    @property
    def since(self) -> datetime:
        """The due date that was missed first. Only when something is overdue."""
        return self.bills[0].due_at


def overdue(session: Session, account_id: UUID, *, least: int, at: datetime) -> Overdue:
    """Return what is overdue of an account.

    Args:
        session: open transaction.
        account_id: whose.
        least: a smaller sum counts as nothing, in minor units.
        at: the instant.
    """
    currency, credit = _credit(session, account_id)
    held = agreed.held(session, account_id)
    found = []
    for bill in _open(session, account_id, at):
        minor = bill.minor - held.get(bill.bill_id, 0)
        used = min(credit, max(minor, 0))
        credit -= used
        if minor - used > 0:
            found.append(OverdueBill(bill.bill_id, bill.number, bill.due_at, minor - used))
    total = sum(bill.minor for bill in found)
    if total < max(least, 1):
        return Overdue(Money.zero(currency))
    return Overdue(Money(total, currency), tuple(found))


def day_over(due_at: datetime) -> datetime:
    """Return the first instant after the day on which something is due."""
    return periods.add(periods.day_start(due_at), PeriodUnit.DAY, 1)


def last_of_day(day: datetime) -> datetime:
    """Return the last second of the operator's day in which an instant lies."""
    return day_over(day) - _LAST


def days_after(day: datetime, days: int) -> datetime:
    """Return the first instant of the operator's day that is so many days after that of `day`."""
    return periods.add(periods.day_start(day), PeriodUnit.DAY, days)


def _credit(session: Session, account_id: UUID) -> tuple[str, int]:
    """Return an account's currency, and its credit without what was paid for orders under way."""
    wanted = select(
        BillingAccount.customer_id, BillingAccount.currency, BillingAccount.credit_minor
    )
    customer_id, currency, credit = session.exec(
        wanted.where(BillingAccount.id == account_id)
    ).one()
    bound = session.execute(paid_for_orders([customer_id])).first() if credit else None
    return currency, max(credit - int(bound[1] if bound else 0), 0)


def _open(session: Session, account_id: UUID, at: datetime) -> list[OverdueBill]:
    rows = session.exec(
        select(
            CustomerBill.id,
            CustomerBill.number,
            CustomerBill.due_at,
            CustomerBill.remaining_minor - CustomerBill.disputed_minor,
        )
        .where(
            CustomerBill.account_id == account_id,
            CustomerBill.remaining_minor > 0,
            col(CustomerBill.due_at) < at,
        )
        .order_by(CustomerBill.due_at, CustomerBill.sequence)
    )
    return [OverdueBill(*row) for row in rows if day_over(row[2]) <= at]
