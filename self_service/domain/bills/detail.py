"""One bill, whole: lines, tax, what was paid, what was given back, what is doubted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.access import Actor
from self_service.domain.bills.lines import BillLine, Subscription, lines_of, subscriptions_of
from self_service.domain.bills.list import BillSummary, summaries, summary
from self_service.domain.bills.reach import Reach, bill_of
from self_service.models.bills import (
    BillingAccount,
    BillTax,
    CustomerBill,
    RunType,
    TaxCategory,
)
from self_service.models.dunning import BillDispute, DisputeStatus
from self_service.models.payments import BillAllocation, Payment, PaymentMethod
from self_service.money import Money


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Lines of one subscription; without one, what belongs to none."""

    subscription: Subscription | None
    lines: tuple[BillLine, ...]
    gross: Money


@dataclass(frozen=True, slots=True)
class TaxRow:
    """Net and tax of a bill in one category and at one rate (hundredths of a percent)."""

    category: TaxCategory
    rate_bp: int
    net: Money
    tax: Money


class Source(StrEnum):
    """Where money against a bill came from."""

    PAYMENT = "payment"
    CREDIT = "credit"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Settlement:
    """Money put against a bill; below zero when it was taken back.

    Attributes:
        card: brand and last figures, "" when it was none or is not known.
    """

    source: Source
    amount: Money
    at: datetime
    card: str = ""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A line that the customer does not accept, and what became of that."""

    rate_id: int
    status: DisputeStatus
    amount: Money
    answer: str


@dataclass(frozen=True, slots=True)
class BillDetail:
    """A bill with everything that is known of it.

    Attributes:
        net, tax: with `summary.gross` the three sums of the bill.
        credit_notes: written later to correct it.
        credits: number of the bill that this credit note corrects, "" for a bill.
        before: number of the regular bill before this one, "" for the first and for others.
        archived: the PDF was made.
        e_invoice: the customer gets an electronic invoice with it.
    """

    reach: Reach
    summary: BillSummary
    account_number: str
    net: Money
    tax: Money
    groups: tuple[LineGroup, ...]
    taxes: tuple[TaxRow, ...]
    settlements: tuple[Settlement, ...]
    credit_notes: tuple[BillSummary, ...]
    disputes: Mapping[int, Dispute]
    credits: str
    before: str
    archived: bool
    e_invoice: bool


def detail(session: Session, actor: Actor, number: str, *, now: datetime) -> BillDetail:
    """Show a bill.

    Args:
        session: open transaction.
        actor: who looks.
        number: of the bill, whatever the address held.
        now: instant of looking.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: there is none, or none that this person sees.
    """
    bill, reach = bill_of(session, actor, number, now=now)
    account = session.get_one(BillingAccount, bill.account_id)
    credited = session.get(CustomerBill, bill.credited_id) if bill.credited_id else None
    before = bill_before(session, bill)
    return BillDetail(
        reach=reach,
        summary=summaries(session, account.id, [bill], now=now)[0],
        account_number=account.number,
        net=Money(bill.net_minor, bill.currency),
        tax=Money(bill.tax_minor, bill.currency),
        groups=grouped(session, lines_of(session, bill), bill.currency),
        taxes=taxes_of(session, bill),
        settlements=_settlements(session, bill),
        credit_notes=_credit_notes(session, bill, now),
        disputes=_disputes(session, bill),
        credits=credited.number if credited else "",
        before=before.number if before else "",
        archived=bill.document_id is not None,
        e_invoice=account.e_invoice,
    )


def grouped(session: Session, lines: Sequence[BillLine], currency: str) -> tuple[LineGroup, ...]:
    """Put lines under their subscriptions, in the order of the bill; the rest comes last."""
    by_product = subscriptions_of(session, lines)
    found: dict[UUID | None, list[BillLine]] = {}
    named: dict[UUID | None, Subscription] = {}
    for line in lines:
        subscription = by_product.get(line.product_id) if line.product_id else None
        key = subscription.id if subscription else None
        found.setdefault(key, []).append(line)
        if subscription:
            named[key] = subscription
    groups = [
        LineGroup(
            subscription=named.get(key),
            lines=tuple(sorted(under, key=lambda line: _ORDER[line.kind.value])),
            gross=sum((line.gross for line in under), Money.zero(currency)),
        )
        for key, under in found.items()
    ]
    return tuple(sorted(groups, key=lambda group: group.subscription is None))


#: In which order kinds stand under a subscription.
_ORDER = {
    kind: place
    for place, kind in enumerate(
        (
            "recurringCharge",
            "discount",
            "instalment",
            "oneTimeCharge",
            "usageCharge",
            "fee",
            "credit",
        )
    )
}


def bill_before(session: Session, bill: CustomerBill) -> CustomerBill | None:
    """Return the regular bill before this one; bills that are not regular have none."""
    if bill.run_type is not RunType.ON_CYCLE:
        return None
    return session.exec(
        select(CustomerBill)
        .where(
            CustomerBill.account_id == bill.account_id,
            CustomerBill.sequence < bill.sequence,
            CustomerBill.run_type == RunType.ON_CYCLE,
            CustomerBill.currency == bill.currency,
        )
        .order_by(col(CustomerBill.sequence).desc())
        .limit(1)
    ).first()


def taxes_of(session: Session, bill: CustomerBill) -> tuple[TaxRow, ...]:
    """Return a bill's tax table, the highest rate first."""
    rows = session.exec(
        select(BillTax)
        .where(BillTax.bill_id == bill.id)
        .order_by(col(BillTax.rate_bp).desc(), BillTax.category)
    )
    return tuple(
        TaxRow(
            category=row.category,
            rate_bp=row.rate_bp,
            net=Money(row.net_minor, bill.currency),
            tax=Money(row.tax_minor, bill.currency),
        )
        for row in rows
    )


def _settlements(session: Session, bill: CustomerBill) -> tuple[Settlement, ...]:
    rows = session.exec(
        select(BillAllocation, PaymentMethod)
        .outerjoin(Payment, col(Payment.id) == BillAllocation.payment_id)
        .outerjoin(PaymentMethod, col(PaymentMethod.id) == Payment.method_id)
        .where(BillAllocation.bill_id == bill.id)
        .order_by(BillAllocation.at, BillAllocation.id)
    )
    return tuple(
        Settlement(
            source=_source(row),
            amount=Money(row.amount_minor, bill.currency),
            at=row.at,
            card=f"{method.brand} {method.last4}".strip() if method else "",
        )
        for row, method in rows
    )


def _source(row: BillAllocation) -> Source:
    if row.amount_minor < 0:
        return Source.TAKEN_BACK
    return Source.PAYMENT if row.payment_id else Source.CREDIT


def _credit_notes(session: Session, bill: CustomerBill, now: datetime) -> tuple[BillSummary, ...]:
    rows = session.exec(
        select(CustomerBill)
        .where(CustomerBill.credited_id == bill.id)
        .order_by(CustomerBill.sequence)
    )
    return tuple(summary(row, now=now) for row in rows)


def _disputes(session: Session, bill: CustomerBill) -> dict[int, Dispute]:
    """Return the latest dispute of each line that has one."""
    rows = session.exec(
        select(BillDispute)
        .where(BillDispute.bill_id == bill.id)
        .order_by(BillDispute.created_at, BillDispute.id)
    )
    return {
        row.rate_id: Dispute(
            row.rate_id, row.status, Money(row.amount_minor, bill.currency), row.answer
        )
        for row in rows
    }
