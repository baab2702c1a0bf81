"""Bills with several lines, for tests of what people see of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from self_service.domain import ledger
from self_service.domain.access import Actor
from self_service.models.access import Role
from self_service.models.bills import (
    AppliedBillingRate,
    BillCategory,
    BillingAccount,
    BillTax,
    ChargeKind,
    CustomerBill,
    RunType,
    TaxCategory,
)
from self_service.models.ledger import AccountKind, EntryKind
from self_service.models.people import Customer, Individual, Site
from self_service.money import Money
from tests.books import receivable


@dataclass(frozen=True)
class Charged:
    """A line to write; `net` and `tax` in minor units."""

    name: str = "Plan"
    net: int = 1_000
    tax: int = 190
    kind: ChargeKind = ChargeKind.RECURRING
    bp: int = 1_900
    category: TaxCategory = TaxCategory.STANDARD
    product_id: UUID | None = None
    days: int = 30
    detail: dict[str, Any] = field(default_factory=dict)


def write_bill(
    session: Session,
    account: BillingAccount,
    *lines: Charged,
    now: datetime,
    due: datetime | None = None,
    credits: CustomerBill | None = None,
    regular: bool = False,
) -> CustomerBill:
    """Write and book a bill of these lines, without the engine; `regular`: one of the cycle."""
    account.last_sequence += 1
    net, tax = sum(line.net for line in lines), sum(line.tax for line in lines)
    bill = CustomerBill(
        number=f"{account.number}-{account.last_sequence:04d}",
        account_id=account.id,
        customer_id=account.customer_id,
        sequence=account.last_sequence,
        buyer_name=session.get_one(Customer, account.customer_id).name,
        category=BillCategory.CREDIT_NOTE if credits else BillCategory.NORMAL,
        credited_id=credits.id if credits else None,
        run_type=RunType.ON_CYCLE if regular else RunType.OFF_CYCLE,
        status_changed_at=now,
        billed_at=now,
        period_start=now - timedelta(days=30),
        period_end=now,
        due_at=due or now + timedelta(days=14),
        currency=account.currency,
        net_minor=net,
        tax_minor=tax,
        gross_minor=net + tax,
        remaining_minor=max(0, net + tax),
    )
    session.add(bill)
    session.flush()
    session.add_all(_rates(account, bill, lines, now))
    session.add_all(_taxes(bill, lines))
    session.flush()
    _book(session, account, bill, lines, now)
    return bill


def _rates(
    account: BillingAccount, bill: CustomerBill, lines: Sequence[Charged], now: datetime
) -> list[AppliedBillingRate]:
    return [
        AppliedBillingRate(
            account_id=account.id,
            bill_id=bill.id,
            product_id=line.product_id,
            kind=line.kind,
            name={"en": line.name, "ar": f"{line.name} ع"},
            detail=line.detail,
            charged_at=now,
            period_start=now - timedelta(days=line.days),
            period_end=now,
            amount_micro=(line.net + line.tax) * 10_000,
            tax_category=line.category,
            tax_bp=line.bp,
            net_minor=line.net,
            tax_minor=line.tax,
            gross_minor=line.net + line.tax,
            position=place,
        )
        for place, line in enumerate(lines)
    ]


def _taxes(bill: CustomerBill, lines: Sequence[Charged]) -> list[BillTax]:
    return [
        BillTax(
            bill_id=bill.id,
            category=category,
            rate_bp=bp,
            net_minor=sum(line.net for line in lines if (line.category, line.bp) == key),
            tax_minor=sum(line.tax for line in lines if (line.category, line.bp) == key),
        )
        for key in sorted({(line.category, line.bp) for line in lines})
        for category, bp in [key]
    ]


def _book(
    session: Session,
    account: BillingAccount,
    bill: CustomerBill,
    lines: Sequence[Charged],
    now: datetime,
) -> None:
    """Post the bill; a credit note goes the other way and becomes credit of the account."""
    owes = receivable(session, account)
    sold = ledger.house(session, AccountKind.REVENUE, account.currency)
    note = bill.gross_minor < 0
    net, taxed = (
        (EntryKind.CREDIT_NOTE, EntryKind.CREDIT_NOTE_TAX)
        if note
        else (EntryKind.BILL, EntryKind.BILL_TAX)
    )
    moves = [_move(net, bill, owes, sold, bill.net_minor)]
    for place, row in enumerate(_taxes(bill, lines)):
        house = ledger.house(session, AccountKind.TAX, account.currency, row.category.value)
        moves.append(_move(taxed, bill, owes, house, row.tax_minor, place))
    ledger.post(session, [move for move in moves if move is not None], now=now)
    if bill.gross_minor < 0:
        account.credit_minor -= bill.gross_minor
        session.flush()


def _move(
    kind: EntryKind,
    bill: CustomerBill,
    owes: ledger.Account,
    house: ledger.Account,
    minor: int,
    line: int = 0,
) -> ledger.Movement | None:
    if not minor:
        return None
    debit, credit = (owes, house) if minor > 0 else (house, owes)
    return ledger.Movement(kind, bill.id, debit, credit, Money(abs(minor), bill.currency), line)


def person(
    session: Session, *, now: datetime, language: str = "en", name: str = "Ada Quell"
) -> Customer:
    """Add a customer with a language and a place."""
    given, _, family = name.partition(" ")
    who = Individual(given_name=given, family_name=family, language=language, created_at=now)
    session.add(who)
    session.flush()
    customer = Customer(name=name, individual_id=who.id, created_at=now)
    session.add(customer)
    session.flush()
    address = {
        "country": "DE",
        "street_address": "Lindenweg 4",
        "city": "Berlin",
        "postal_code": "10115",
    }
    session.add(Site(customer_id=customer.id, address=address, created_at=now))
    session.flush()
    return customer


def customer_actor(customer: Customer) -> Actor:
    """The customer in person."""
    return Actor(role=Role.CUSTOMER, customer_id=customer.id, identity_id=customer.id, name="Ada")
