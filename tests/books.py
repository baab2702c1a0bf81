"""Money in tests: accounts, bills and payments in few words, and the proof at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, StaticPool, event
from sqlmodel import Session, SQLModel, create_engine

from self_service.domain import ledger
from self_service.domain.bills import accounts
from self_service.domain.ledger.verifying import verify
from self_service.models.bills import (
    AppliedBillingRate,
    BillingAccount,
    BillTax,
    CustomerBill,
    TaxCategory,
)
from self_service.models.ledger import AccountKind, EntryKind
from self_service.models.payments import Payment, PaymentPurpose, PaymentStatus
from self_service.models.people import Customer
from self_service.money import Money

CURRENCY = "EUR"


def memory() -> Engine:
    """Make a database in memory with all tables; keys hold and savepoints work as in a file."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", _begun)
    SQLModel.metadata.create_all(engine)
    return engine


def _connected(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # a savepoint before the first change would commit it
    connection.execute("PRAGMA foreign_keys=ON")


def _begun(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


@cache
def _memory() -> Engine:
    return memory()


@contextmanager
def empty_books() -> Iterator[Session]:
    """Open a session on empty books in memory: for hypothesis, which wants many. Rolled back."""
    with Session(_memory(), expire_on_commit=False) as session:
        yield session


def make_customer(session: Session, *, now: datetime, name: str = "Ada Quell") -> Customer:
    """Add a customer with nothing else."""
    customer = Customer(name=name, created_at=now)
    session.add(customer)
    session.flush()
    return customer


def make_account(
    session: Session, *, now: datetime, customer: Customer | None = None, currency: str = CURRENCY
) -> BillingAccount:
    """Add a billing account, with a customer when none is given."""
    whose = customer or make_customer(session, now=now)
    return accounts.billing_account(session, whose.id, currency=currency, now=now)


def make_bill(
    session: Session,
    account: BillingAccount,
    *,
    gross: int = 11_900,
    tax: int = 1_900,
    now: datetime,
    due: datetime | None = None,
) -> CustomerBill:
    """Write and book a bill of one line, without the engine: for tests about what comes after."""
    account.last_sequence += 1
    bill = CustomerBill(
        number=f"{account.number}-{account.last_sequence:04d}",
        account_id=account.id,
        customer_id=account.customer_id,
        sequence=account.last_sequence,
        buyer_name=session.get_one(Customer, account.customer_id).name,
        run_type="offCycle",
        status_changed_at=now,
        billed_at=now,
        period_start=now - timedelta(days=30),
        period_end=now,
        due_at=due or now + timedelta(days=14),
        currency=account.currency,
        net_minor=gross - tax,
        tax_minor=tax,
        gross_minor=gross,
        remaining_minor=gross,
    )
    session.add(bill)
    session.flush()
    line = AppliedBillingRate(
        account_id=account.id,
        bill_id=bill.id,
        name={"en": "Plan"},
        charged_at=now,
        amount_micro=gross * 10_000,
        tax_bp=1900,
        net_minor=gross - tax,
        tax_minor=tax,
        gross_minor=gross,
    )
    taxes = BillTax(
        bill_id=bill.id,
        category=TaxCategory.STANDARD,
        rate_bp=1900,
        net_minor=gross - tax,
        tax_minor=tax,
    )
    session.add(line)
    session.add(taxes)
    session.flush()
    owes = receivable(session, account)
    sold = ledger.house(session, AccountKind.REVENUE, account.currency)
    due_tax = ledger.house(session, AccountKind.TAX, account.currency, "S")
    net, vat = Money(gross - tax, account.currency), Money(tax, account.currency)
    moves = [ledger.Movement(EntryKind.BILL, bill.id, owes, sold, net)]
    if tax:
        moves.append(ledger.Movement(EntryKind.BILL_TAX, bill.id, owes, due_tax, vat))
    ledger.post(session, moves, now=now)
    return bill


def make_payment(
    session: Session, account: BillingAccount, minor: int, *, now: datetime
) -> Payment:
    """Write and book a payment that is done; it is put against nothing yet."""
    payment = Payment(
        customer_id=account.customer_id,
        purpose=PaymentPurpose.BILLS,
        amount_minor=minor,
        currency=account.currency,
        status=PaymentStatus.DONE,
        status_changed_at=now,
        provider="sandbox",
        reference=f"ch_{uuid4().hex[:12]}",
        created_at=now,
    )
    session.add(payment)
    session.flush()
    clearing = ledger.house(session, AccountKind.CLEARING, account.currency, "sandbox")
    owes = receivable(session, account)
    sum_paid = Money(minor, account.currency)
    move = ledger.Movement(EntryKind.PAYMENT, payment.id, clearing, owes, sum_paid)
    ledger.post(session, [move], now=now)
    return payment


def receivable(session: Session, account: BillingAccount) -> ledger.Account:
    """The ledger account of a billing account."""
    return ledger.owned(session, AccountKind.RECEIVABLE, account.id, account.currency)


def balance(session: Session, kind: AccountKind, owner: UUID, currency: str = CURRENCY) -> int:
    """Minor units on a customer's account."""
    return ledger.balance(session, ledger.owned(session, kind, owner, currency)).minor


def proven(session: Session) -> None:
    """Assert that all books add up."""
    session.flush()
    assert verify(session) == ()
