"""Rules of accounts, bills and payments: each selects the rows that break it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, Subquery, case, func, or_, union_all
from sqlmodel import select

from self_service.domain.ledger.accounts import CUSTOMERS
from self_service.models.bills import (
    AppliedBillingRate,
    BillCategory,
    BillingAccount,
    BillTax,
    CustomerBill,
)
from self_service.models.ledger import EntryKind, LedgerAccount, LedgerEntry
from self_service.models.payments import (
    BillAllocation,
    ChargeBack,
    ChargeBackStatus,
    Payment,
    PaymentStatus,
    Refund,
)


def both_sides() -> Subquery:
    """One row per entry and side: account, signed amount, balance after, number."""
    sides = []
    for account, after, amount in (
        (LedgerEntry.credit_id, LedgerEntry.credit_after_minor, LedgerEntry.amount_minor),
        (LedgerEntry.debit_id, LedgerEntry.debit_after_minor, -LedgerEntry.amount_minor),
    ):
        sides.append(
            select(
                account.label("account_id"),
                amount.label("amount"),
                after.label("after"),
                LedgerEntry.id.label("number"),
            )
        )
    return union_all(*sides).subquery()


def balance_is_sum_of_entries() -> Select[Any]:
    """A customer's balance is the sum of its entries; the operator's keep none."""
    sides = both_sides()
    sums = (
        select(sides.c.account_id, func.sum(sides.c.amount).label("total"))
        .group_by(sides.c.account_id)
        .subquery()
    )
    kept = case((LedgerAccount.kind.in_(CUSTOMERS), func.coalesce(sums.c.total, 0)), else_=0)
    return (
        select(LedgerAccount.id)
        .outerjoin(sums, sums.c.account_id == LedgerAccount.id)
        .where(LedgerAccount.balance_minor != kept)
    )


def running_balance_follows() -> Select[Any]:
    """Each entry's balance is the one before it and its amount."""
    sides = both_sides()
    before = func.lag(sides.c.after).over(partition_by=sides.c.account_id, order_by=sides.c.number)
    steps = (
        select(sides.c.number, sides.c.after, sides.c.amount, before.label("before"))
        .join(LedgerAccount, LedgerAccount.id == sides.c.account_id)
        .where(LedgerAccount.kind.in_(CUSTOMERS))
        .subquery()
    )
    expected = func.coalesce(steps.c.before, 0) + steps.c.amount
    wrong = or_(steps.c.after.is_(None), steps.c.after != expected)
    return select(steps.c.number).where(wrong)


def bill_is_sum_of_lines() -> Select[Any]:
    """Net, tax and gross of a bill are those of its lines."""
    lines = (
        select(
            AppliedBillingRate.bill_id,
            func.sum(AppliedBillingRate.net_minor).label("net"),
            func.sum(AppliedBillingRate.tax_minor).label("tax"),
        )
        .where(AppliedBillingRate.bill_id.is_not(None))
        .group_by(AppliedBillingRate.bill_id)
        .subquery()
    )
    return (
        select(CustomerBill.id)
        .outerjoin(lines, lines.c.bill_id == CustomerBill.id)
        .where(
            or_(
                CustomerBill.net_minor != func.coalesce(lines.c.net, 0),
                CustomerBill.tax_minor != func.coalesce(lines.c.tax, 0),
            )
        )
    )


def bill_is_sum_of_taxes() -> Select[Any]:
    """Net and tax of a bill are those of its tax items."""
    items = (
        select(
            BillTax.bill_id,
            func.sum(BillTax.net_minor).label("net"),
            func.sum(BillTax.tax_minor).label("tax"),
        )
        .group_by(BillTax.bill_id)
        .subquery()
    )
    return (
        select(CustomerBill.id)
        .outerjoin(items, items.c.bill_id == CustomerBill.id)
        .where(
            or_(
                CustomerBill.net_minor != func.coalesce(items.c.net, 0),
                CustomerBill.tax_minor != func.coalesce(items.c.tax, 0),
            )
        )
    )


def bill_is_booked() -> Select[Any]:
    """What a bill asks for was taken from its account, what a credit note gives was given."""
    signed = case(
        (LedgerEntry.kind.in_((EntryKind.BILL, EntryKind.BILL_TAX)), LedgerEntry.amount_minor),
        else_=-LedgerEntry.amount_minor,
    )
    booked = (
        select(LedgerEntry.source_id, func.sum(signed).label("total"))
        .where(
            LedgerEntry.kind.in_(
                (
                    EntryKind.BILL,
                    EntryKind.BILL_TAX,
                    EntryKind.CREDIT_NOTE,
                    EntryKind.CREDIT_NOTE_TAX,
                )
            )
        )
        .group_by(LedgerEntry.source_id)
        .subquery()
    )
    return (
        select(CustomerBill.id)
        .outerjoin(booked, booked.c.source_id == CustomerBill.id)
        .where(CustomerBill.gross_minor != func.coalesce(booked.c.total, 0))
    )


def bill_is_paid_by_allocations() -> Select[Any]:
    """What no longer remains of a bill was put against it."""
    paid = (
        select(BillAllocation.bill_id, func.sum(BillAllocation.amount_minor).label("total"))
        .group_by(BillAllocation.bill_id)
        .subquery()
    )
    return (
        select(CustomerBill.id)
        .outerjoin(paid, paid.c.bill_id == CustomerBill.id)
        .where(
            CustomerBill.category != BillCategory.CREDIT_NOTE,
            CustomerBill.gross_minor > 0,
            CustomerBill.gross_minor - CustomerBill.remaining_minor
            != func.coalesce(paid.c.total, 0),
        )
    )


def payment_is_allocated_once() -> Select[Any]:
    """What was put against bills from a payment is what it remembers, and no more than it is."""
    used = (
        select(BillAllocation.payment_id, func.sum(BillAllocation.amount_minor).label("total"))
        .where(BillAllocation.payment_id.is_not(None))
        .group_by(BillAllocation.payment_id)
        .subquery()
    )
    return (
        select(Payment.id)
        .outerjoin(used, used.c.payment_id == Payment.id)
        .where(Payment.allocated_minor != func.coalesce(used.c.total, 0))
    )


def payment_is_booked_once() -> Select[Any]:
    """A payment that is done, or came too late and is owed back, moved its sum; others nothing."""
    moved = (
        select(LedgerEntry.source_id, func.sum(LedgerEntry.amount_minor).label("total"))
        .where(LedgerEntry.kind == EntryKind.PAYMENT)
        .group_by(LedgerEntry.source_id)
        .subquery()
    )
    late = select(Refund.id).where(Refund.payment_id == Payment.id).exists()
    came = or_(Payment.status == PaymentStatus.DONE, late)
    due = case((came, Payment.amount_minor), else_=0)
    return (
        select(Payment.id)
        .outerjoin(moved, moved.c.source_id == Payment.id)
        .where(func.coalesce(moved.c.total, 0) != due)
    )


def refund_is_booked_once() -> Select[Any]:
    """A refund moves exactly its sum, from the moment it is owed."""
    moved = (
        select(LedgerEntry.source_id, func.sum(LedgerEntry.amount_minor).label("total"))
        .where(LedgerEntry.kind == EntryKind.REFUND)
        .group_by(LedgerEntry.source_id)
        .subquery()
    )
    return (
        select(Refund.id)
        .outerjoin(moved, moved.c.source_id == Refund.id)
        .where(func.coalesce(moved.c.total, 0) != Refund.amount_minor)
    )


def charge_back_is_booked_once() -> Select[Any]:
    """A charge-back whose money is gone took exactly its sum, more than was given again."""
    signed = case(
        (LedgerEntry.kind == EntryKind.CHARGE_BACK, LedgerEntry.amount_minor),
        else_=-LedgerEntry.amount_minor,
    )
    kinds = (EntryKind.CHARGE_BACK, EntryKind.CHARGE_BACK_RETURNED)
    moved = (
        select(LedgerEntry.source_id, func.sum(signed).label("total"))
        .where(LedgerEntry.kind.in_(kinds))
        .group_by(LedgerEntry.source_id)
        .subquery()
    )
    due = case((ChargeBack.status == ChargeBackStatus.TAKEN, ChargeBack.amount_minor), else_=0)
    return (
        select(ChargeBack.id)
        .outerjoin(moved, moved.c.source_id == ChargeBack.id)
        .where(func.coalesce(moved.c.total, 0) != due)
    )


def payment_is_taken_back_once() -> Select[Any]:
    """What a payment lost to its payer's bank is the sum of its charge-backs that hold."""
    gone = (
        select(ChargeBack.payment_id, func.sum(ChargeBack.amount_minor).label("total"))
        .where(ChargeBack.status == ChargeBackStatus.TAKEN)
        .group_by(ChargeBack.payment_id)
        .subquery()
    )
    return (
        select(Payment.id)
        .outerjoin(gone, gone.c.payment_id == Payment.id)
        .where(Payment.taken_back_minor != func.coalesce(gone.c.total, 0))
    )


def account_owes_what_remains() -> Select[Any]:
    """A billing account's balance is its credit less what remains of its bills."""
    open_sums = (
        select(CustomerBill.account_id, func.sum(CustomerBill.remaining_minor).label("open"))
        .group_by(CustomerBill.account_id)
        .subquery()
    )
    return (
        select(BillingAccount.id)
        .join(LedgerAccount, LedgerAccount.id == BillingAccount.ledger_id)
        .outerjoin(open_sums, open_sums.c.account_id == BillingAccount.id)
        .where(
            LedgerAccount.balance_minor
            != BillingAccount.credit_minor - func.coalesce(open_sums.c.open, 0)
        )
    )
