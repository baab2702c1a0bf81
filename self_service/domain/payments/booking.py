"""Payments and refunds in the books.

Money that came in lies at the provider (CLEARING) and on the payer's billing account, as credit,
until something takes it: a bill, a wallet, a voucher. A refund leaves both the moment it is owed,
so that nobody spends what goes back.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from self_service.domain import ledger
from self_service.domain.bills import allocating
from self_service.domain.bills.accounts import billing_account, lock_account
from self_service.models.bills import BillingAccount
from self_service.models.ledger import AccountKind, EntryKind
from self_service.models.payments import Payment, Refund
from self_service.money import Money


def account_of(session: Session, payment: Payment, *, now: datetime) -> BillingAccount:
    """Return the payer's billing account, locked."""
    account = billing_account(session, payment.customer_id, currency=payment.currency, now=now)
    return lock_account(session, account.id)


def receivable(session: Session, account: BillingAccount) -> ledger.Account:
    """Return the ledger account of a billing account."""
    return ledger.owned(session, AccountKind.RECEIVABLE, account.id, account.currency)


def id_of(text: str) -> UUID | None:
    """Return an id that a provider gives back, None when that is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def clearing(session: Session, payment: Payment) -> ledger.Account:
    """Return where the money of a payment's provider lies."""
    return ledger.house(session, AccountKind.CLEARING, payment.currency, payment.provider)


def to_credit(session: Session, payment: Payment, *, now: datetime) -> BillingAccount:
    """Book a payment that came in: it is credit of the payer's billing account.

    Returns:
        The account, locked.
    """
    account = account_of(session, payment, now=now)
    to_account(session, payment, receivable(session, account), now=now)
    allocating.add_credit(session, account.id, payment.amount_minor)
    return account


def to_account(
    session: Session, payment: Payment, target: ledger.Account, *, now: datetime
) -> None:
    """Book a payment that came in straight to an account: a wallet, sold vouchers."""
    amount = Money(payment.amount_minor, payment.currency)
    source = clearing(session, payment)
    move = ledger.Movement(EntryKind.PAYMENT, payment.id, source, target, amount)
    ledger.post(session, [move], now=now)


def give_back(session: Session, payment: Payment, refund: Refund, *, now: datetime) -> None:
    """Book a refund that is owed: the payer's credit becomes money on its way back.

    Raises:
        sqlalchemy.exc.IntegrityError: the account has no such credit: a bug.
    """
    account = account_of(session, payment, now=now)
    amount = Money(refund.amount_minor, refund.currency)
    source, target = receivable(session, account), clearing(session, payment)
    move = ledger.Movement(EntryKind.REFUND, refund.id, source, target, amount)
    ledger.post(session, [move], now=now)
    allocating.add_credit(session, account.id, -refund.amount_minor)
