"""Bills, the newest first, and where their account stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, func, select

from self_service.domain.access import Actor
from self_service.domain.bills.reach import Reach, account_of, reaches
from self_service.domain.debts import agreed
from self_service.domain.debts.overdue import day_over
from self_service.models.bills import BillCategory, BillingAccount, CustomerBill
from self_service.models.payments import Payment, PaymentMethod, PaymentPurpose, PaymentStatus
from self_service.money import Money

#: Bills on a page.
PAGE = 12
#: The last page that can be asked for: no database counts further for a typed number.
LAST_PAGE = 10_000


class Standing(StrEnum):
    """Where a bill stands, as people say it."""

    DUE = "due"
    OVERDUE = "overdue"
    AGREED = "agreed"  # its day is past, and a payment agreement holds all that is open of it
    PAID = "paid"
    NOTHING = "nothing"  # its sum was nothing, or in the customer's favour
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class BillSummary:
    """A bill in a list.

    Attributes:
        order: written with an order, not by the cycle.
        settled_at: when the last of it was paid, None while something is open.
        period_end: first instant after the period.
    """

    id: UUID
    number: str
    category: BillCategory
    standing: Standing
    billed_at: datetime
    due_at: datetime
    period_start: datetime
    period_end: datetime
    settled_at: datetime | None
    gross: Money
    remaining: Money
    disputed: Money
    order: bool


@dataclass(frozen=True, slots=True)
class LastPayment:
    """The last money that came."""

    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """Where an account stands.

    Attributes:
        number: of the account.
        open: all that is to be paid; `overdue` is the part of it whose day is past.
        disputed: of `open`, what waits for a decision.
        credit: paid or given back and not yet put against a bill.
        due_next: earliest day on which something open is due, None when nothing is. What a
            payment agreement holds has other days.
        autopay_card: brand and last figures of the card that pays by itself, "" for none.
    """

    number: str
    open: Money
    overdue: Money
    disputed: Money
    credit: Money
    due_next: datetime | None
    next_bill_at: datetime | None
    autopay: bool
    autopay_card: str
    last_payment: LastPayment | None
    e_invoice: bool


@dataclass(frozen=True, slots=True)
class BillsPage:
    """A page of bills.

    Attributes:
        account: None while the customer has none.
        others: further customers whose bills this person sees: account number and name.
    """

    reach: Reach
    account: AccountSummary | None
    bills: tuple[BillSummary, ...]
    page: int
    pages: int
    others: tuple[tuple[str, str], ...]


def bills(
    session: Session, actor: Actor, *, now: datetime, account: str = "", page: int = 1
) -> BillsPage:
    """Show a page of somebody's bills, the newest first.

    Args:
        session: open transaction.
        actor: who looks.
        now: instant of looking.
        account: number of the account, "" for the person's own.
        page: from 1; one that is not there shows the nearest.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: no such account, or none whose bills this person sees.
    """
    found, reach = account_of(session, actor, account, now=now)
    others = _others(session, actor, reach, now)
    if found is None:
        return BillsPage(reach, None, (), 1, 1, others)
    mine = CustomerBill.account_id == found.id
    count = session.exec(select(func.count()).select_from(CustomerBill).where(mine)).one()
    pages = max(1, -(-count // PAGE))
    at = min(max(page, 1), pages, LAST_PAGE)
    rows = session.exec(
        select(CustomerBill)
        .where(mine)
        .order_by(col(CustomerBill.sequence).desc())
        .limit(PAGE)
        .offset((at - 1) * PAGE)
    )
    shown = summaries(session, found.id, rows.all(), now=now)
    return BillsPage(reach, standing_of(session, found, now=now), shown, at, pages, others)


def open_bills(session: Session, account_id: UUID, *, now: datetime) -> tuple[BillSummary, ...]:
    """List what is to be paid, the one that is due first before others."""
    rows = session.exec(
        select(CustomerBill)
        .where(CustomerBill.account_id == account_id, CustomerBill.remaining_minor > 0)
        .order_by(CustomerBill.due_at, CustomerBill.sequence)
    )
    return summaries(session, account_id, rows.all(), now=now)


def summaries(
    session: Session, account_id: UUID, bills: Sequence[CustomerBill], *, now: datetime
) -> tuple[BillSummary, ...]:
    """Make the rows of bills of an account."""
    late = any(bill.remaining_minor > 0 and day_over(bill.due_at) <= now for bill in bills)
    held = agreed.held(session, account_id) if late else {}
    return tuple(summary(bill, now=now, held=held.get(bill.id, 0)) for bill in bills)


def summary(bill: CustomerBill, *, now: datetime, held: int = 0) -> BillSummary:
    """Make a bill's row; `held`: what a payment agreement holds of it, in minor units."""
    standing = _standing(bill, held, now)
    paid = standing is Standing.PAID
    return BillSummary(
        id=bill.id,
        number=bill.number,
        category=bill.category,
        standing=standing,
        billed_at=bill.billed_at,
        due_at=bill.due_at,
        period_start=bill.period_start,
        period_end=bill.period_end,
        settled_at=bill.status_changed_at if paid else None,
        gross=Money(bill.gross_minor, bill.currency),
        remaining=Money(bill.remaining_minor, bill.currency),
        disputed=Money(bill.disputed_minor, bill.currency),
        order=bill.order_id is not None,
    )


def standing_of(session: Session, account: BillingAccount, *, now: datetime) -> AccountSummary:
    """Say where an account stands."""
    unpaid = open_bills(session, account.id, now=now)
    nothing = Money.zero(account.currency)
    overdue = [bill.remaining for bill in unpaid if bill.standing is Standing.OVERDUE]
    disputed = [min(bill.disputed, bill.remaining) for bill in unpaid]
    return AccountSummary(
        number=account.number,
        open=sum((bill.remaining for bill in unpaid), nothing),
        overdue=sum(overdue, nothing),
        disputed=sum(disputed, nothing),
        credit=Money(account.credit_minor, account.currency),
        due_next=next(
            (bill.due_at for bill in unpaid if bill.standing is not Standing.AGREED), None
        ),
        next_bill_at=account.next_bill_at,
        autopay=account.autopay,
        autopay_card=_card(session, account) if account.autopay else "",
        last_payment=_last_payment(session, account),
        e_invoice=account.e_invoice,
    )


def _standing(bill: CustomerBill, held: int, now: datetime) -> Standing:
    if bill.category is BillCategory.CREDIT_NOTE:
        return Standing.CREDIT_NOTE
    if bill.remaining_minor > 0:
        if day_over(bill.due_at) > now:
            return Standing.DUE
        agreed_about = 0 < held >= bill.remaining_minor - bill.disputed_minor
        return Standing.AGREED if agreed_about else Standing.OVERDUE
    return Standing.PAID if bill.gross_minor > 0 else Standing.NOTHING


def _card(session: Session, account: BillingAccount) -> str:
    method = session.get(PaymentMethod, account.method_id) if account.method_id else None
    return f"{method.brand} {method.last4}".strip() if method else ""


def _last_payment(session: Session, account: BillingAccount) -> LastPayment | None:
    row = session.exec(
        select(Payment)
        .where(
            Payment.customer_id == account.customer_id,
            Payment.purpose == PaymentPurpose.BILLS,
            Payment.status == PaymentStatus.DONE,
        )
        .order_by(col(Payment.status_changed_at).desc(), col(Payment.id).desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return LastPayment(Money(row.amount_minor, row.currency), row.status_changed_at)


def _others(
    session: Session, actor: Actor, shown: Reach, now: datetime
) -> tuple[tuple[str, str], ...]:
    names = {
        one.customer_id: one.owner
        for one in reaches(session, actor, now=now)
        if one.customer_id != shown.customer_id
    }
    if not names:
        return ()
    rows = session.exec(
        select(BillingAccount.number, BillingAccount.customer_id)
        .where(col(BillingAccount.customer_id).in_(names))
        .order_by(BillingAccount.number)
    )
    return tuple((number, names[customer_id]) for number, customer_id in rows)


def open_of(session: Session, shown: BillsPage, *, now: datetime) -> tuple[BillSummary, ...]:
    """List what is to be paid of the account that a page shows."""
    mine = select(BillingAccount.id).where(BillingAccount.customer_id == shown.reach.customer_id)
    account_id = session.exec(mine).first()
    return open_bills(session, account_id, now=now) if account_id else ()
