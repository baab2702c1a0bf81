"""What a bill says on paper, in its receiver's words, for `documents.bill`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from self_service.documents.bill import (
    BillData,
    PaperGroup,
    PaperLine,
    PaperPay,
    PaperTax,
)
from self_service.documents.contract_summary import Fact, Operator
from self_service.domain.bills.detail import LineGroup, TaxRow, grouped, taxes_of
from self_service.domain.bills.e_invoice import Buyer, buyer_of, paid_when_billed
from self_service.domain.bills.lines import BillLine, lines_of
from self_service.domain.catalog.view import text
from self_service.domain.errors import N_
from self_service.domain.orders.contract_text import Wording
from self_service.domain.pricing.periods import last_day
from self_service.models.bills import BillCategory, BillingAccount, CustomerBill, TaxCategory
from self_service.models.people import Customer, Individual
from self_service.money import Money

BILL, CREDIT_NOTE = N_("Bill {number}"), N_("Credit note {number}")
NUMBER, DATE, PERIOD = N_("Bill number"), N_("Bill date"), N_("Period")
DUE, ACCOUNT, TAX_NUMBER = N_("Due on"), N_("Account"), N_("Your VAT number")
OUR_TAX_NUMBER, REFERENCE = N_("Our VAT number"), N_("Your reference")
CORRECTS = N_("Corrects bill")
ITEM, RATE, NET, GROSS = N_("Item"), N_("VAT"), N_("Net"), N_("Total")
REST = N_("Other")
TAXES = N_("Value added tax")
TAX = N_("Tax")
SUM_NET, SUM_TAX, SUM_GROSS = N_("Net"), N_("VAT"), N_("Total")
PAID, TO_PAY, IN_FAVOUR = N_("Paid already"), N_("To pay"), N_("In your favour")
PAY_HEADING = N_("How to pay")
PAY_BY = N_("Please pay {sum} by {day}.")
PAY_HERE = N_("Pay by card on this page:")
PAY_REFERENCE = N_("Payment reference")
IBAN = N_("By bank transfer to")
QR = N_("The same address as a picture that a phone's camera reads")
REVERSE = N_("Reverse charge: the customer owes the VAT.")
PAGES = N_("Page {page} of {pages}")
SPAN = N_("{first} to {last}")


@dataclass(frozen=True, slots=True)
class PayWays:
    """How a bill is paid.

    Attributes:
        link: address at which it is paid.
        picture: that address as a QR code, as SVG.
        iban: account for transfers, "" for none.
    """

    link: str = ""
    picture: str = ""
    iban: str = ""


def language_of(session: Session, bill: CustomerBill) -> str:
    """Return in which language a customer's documents are written, "" when not known."""
    customer = session.get_one(Customer, bill.customer_id)
    person = session.get(Individual, customer.individual_id) if customer.individual_id else None
    return person.language if person else ""


def bill_data(
    session: Session,
    bill: CustomerBill,
    operator: Operator,
    *,
    wording: Wording,
    ways: PayWays,
    vat: str,
    country: str,
) -> BillData:
    """Say what is charged to whom, with which tax, and how it is paid.

    Args:
        session: open transaction.
        bill: the bill.
        operator: who writes it.
        wording: the receiver's language.
        ways: how it is paid.
        vat: VAT identification number of the operator, "" for none.
        country: of the operator.
    """
    t = wording.t
    account = session.get_one(BillingAccount, bill.account_id)
    buyer = buyer_of(bill, country=country)
    note = bill.category is BillCategory.CREDIT_NOTE
    taxes = taxes_of(session, bill)
    due = Money(bill.gross_minor, bill.currency) - paid_when_billed(session, bill)
    return BillData(
        language=wording.language,
        direction=wording.direction,
        title=t(CREDIT_NOTE if note else BILL, number=bill.number),
        operator=operator,
        issued_at=bill.billed_at,
        receiver=_receiver(buyer),
        facts=tuple(_facts(session, bill, account, wording, vat)),
        columns=PaperLine(t(ITEM), "", t(RATE), t(NET), t(GROSS)),
        groups=tuple(
            _group(group, wording)
            for group in grouped(session, lines_of(session, bill), bill.currency)
        ),
        tax_heading=t(TAXES),
        tax_columns=PaperTax(t(RATE), t(NET), t(TAX), t(GROSS)),
        taxes=tuple(_tax(row, wording) for row in taxes),
        totals=tuple(_totals(bill, due, wording)),
        pay=_pay(bill, due, wording, ways),
        notes=tuple(t(REVERSE) for row in taxes if row.category is TaxCategory.REVERSE_CHARGE),
        pages=t(PAGES, page="{page}", pages="{pages}"),
    )


def percent(basis_points: int) -> str:
    """Write a rate: "19 %", "5.5 %"."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + " %"


def span(start: datetime, end: datetime, wording: Wording) -> str:
    """Write a period by its first and its last day."""
    return wording.t(SPAN, first=wording.day(start), last=wording.day(last_day(start, end)))


def _receiver(buyer: Buyer) -> tuple[str, ...]:
    city = f"{buyer.postal_code} {buyer.city}".strip()
    return tuple(line for line in (buyer.name, buyer.street, city) if line)


def _facts(
    session: Session,
    bill: CustomerBill,
    account: BillingAccount,
    wording: Wording,
    vat: str,
) -> Iterator[Fact]:
    t, note = wording.t, bill.category is BillCategory.CREDIT_NOTE
    yield Fact(t(NUMBER), bill.number)
    yield Fact(t(DATE), wording.day(bill.billed_at))
    if not note:
        yield Fact(t(DUE), wording.day(bill.due_at))
    yield Fact(t(PERIOD), span(bill.period_start, bill.period_end, wording))
    yield Fact(t(ACCOUNT), account.number)
    corrected = session.get(CustomerBill, bill.credited_id) if bill.credited_id else None
    if corrected is not None:
        yield Fact(t(CORRECTS), corrected.number)
    if vat:
        yield Fact(t(OUR_TAX_NUMBER), vat)
    if account.tax_number:
        yield Fact(t(TAX_NUMBER), account.tax_number)
    if account.buyer_reference:
        yield Fact(t(REFERENCE), account.buyer_reference)


def _group(group: LineGroup, wording: Wording) -> PaperGroup:
    name = wording.t(REST)
    if group.subscription is not None:
        name = text(group.subscription.name, wording.language)
        if group.subscription.number:
            name = f"{name} · {group.subscription.number}"
    lines = tuple(_line(line, wording) for line in group.lines)
    return PaperGroup(name, lines, wording.money(group.gross))


def _line(line: BillLine, wording: Wording) -> PaperLine:
    period = ""
    if line.period_start and line.period_end:
        period = span(line.period_start, line.period_end, wording)
    return PaperLine(
        name=text(line.name, wording.language),
        note=period,
        rate=percent(line.tax_bp),
        net=wording.money(line.net),
        gross=wording.money(line.gross),
    )


def _tax(row: TaxRow, wording: Wording) -> PaperTax:
    sums = (row.net, row.tax, row.net + row.tax)
    return PaperTax(percent(row.rate_bp), *(wording.money(one) for one in sums))


def _totals(bill: CustomerBill, due: Money, wording: Wording) -> Iterator[Fact]:
    t, money = wording.t, wording.money
    gross = Money(bill.gross_minor, bill.currency)
    yield Fact(t(SUM_NET), money(Money(bill.net_minor, bill.currency)))
    yield Fact(t(SUM_TAX), money(Money(bill.tax_minor, bill.currency)))
    yield Fact(t(SUM_GROSS), money(gross))
    if due.minor < 0:
        yield Fact(t(IN_FAVOUR), money(-due))
        return
    if due != gross:
        yield Fact(t(PAID), money(due - gross))
    yield Fact(t(TO_PAY), money(due))


def _pay(bill: CustomerBill, due: Money, wording: Wording, ways: PayWays) -> PaperPay:
    if due.minor <= 0:
        return PaperPay("")
    t = wording.t
    said = [t(PAY_BY, sum=wording.money(due), day=wording.day(bill.due_at))]
    facts = [Fact(t(PAY_REFERENCE), bill.number)]
    if ways.iban:
        facts.insert(0, Fact(t(IBAN), ways.iban))
    if ways.link:
        said.append(t(PAY_HERE))
    return PaperPay(t(PAY_HEADING), tuple(said), tuple(facts), ways.link, ways.picture, t(QR))
