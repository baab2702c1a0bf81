"""A bill as an electronic invoice after EN 16931: values by their business terms.

Prices of ours hold their tax, and each line's tax was rounded once; the norm lets a category's tax
differ from rate times base by less than one unit (BR-CO-17 of the CII rules), which covers that.
A line in the customer's favour is a negative quantity, for no price may be negative (BR-27).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, func, select

from self_service import clock
from self_service.domain.bills.detail import TaxRow, taxes_of
from self_service.domain.bills.lines import BillLine, lines_of
from self_service.domain.errors import N_, DomainError
from self_service.domain.pricing.periods import last_day
from self_service.models.bills import BillCategory, BillingAccount, CustomerBill, TaxCategory
from self_service.models.payments import BillAllocation
from self_service.money import Money, exponent

#: UNTDID 1001: invoice, credit note. UNTDID 4461: SEPA credit transfer, online payment.
_INVOICE, _CREDIT_NOTE = "380", "381"
_SEPA, _ONLINE = "58", "68"
#: UN/ECE Recommendation 20: one piece.
_PIECE = "C62"
#: Why no tax is charged, by category: code of VATEX, and words.
_NO_TAX: Mapping[TaxCategory, tuple[str, str]] = {
    TaxCategory.REVERSE_CHARGE: ("VATEX-EU-AE", "Reverse charge"),
    TaxCategory.OUTSIDE: ("VATEX-EU-O", "Not subject to VAT"),
    TaxCategory.EXEMPT: ("", "Exempt from VAT"),
}
#: The norm has no amounts with more decimals (BR-DEC).
MOST_DECIMALS = 2


class NoEInvoice(DomainError):
    """The operator, the customer or the currency lacks what the norm asks for."""

    code = "no_e_invoice"
    message = N_("There is no electronic invoice for this bill. Please ask our support.")


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells: the operator as a company.

    Attributes:
        country: ISO 3166-1 alpha-2.
        vat: VAT identification number.
        registration: number in the register of companies, "" for none.
        iban: account for transfers, "" for none.
    """

    name: str
    street: str
    postal_code: str
    city: str
    country: str
    vat: str
    registration: str = ""
    iban: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys, as a bill is addressed."""

    name: str
    street: str
    postal_code: str
    city: str
    country: str


def wanted(account: BillingAccount) -> bool:
    """Say whether an account gets electronic invoices."""
    return account.e_invoice


def buyer_of(bill: CustomerBill, *, country: str) -> Buyer:
    """Return to whom a bill is addressed, as it was when the bill was written.

    Args:
        bill: the bill.
        country: of the operator, for a customer without a place.
    """
    address = bill.buyer_address
    return Buyer(
        name=bill.buyer_name,
        street=str(address.get("street_address", "")),
        postal_code=str(address.get("postal_code", "")),
        city=str(address.get("city", "")),
        country=str(address.get("country", "") or country),
    )


def paid_when_billed(session: Session, bill: CustomerBill) -> Money:
    """Return what was put against a bill by its date: the money that came with an order, credit.

    What comes later is not in the document, which then says the same whenever it is made.
    """
    total = select(func.sum(BillAllocation.amount_minor)).where(
        BillAllocation.bill_id == bill.id, BillAllocation.at <= bill.billed_at
    )
    return Money(int(session.exec(total).one() or 0), bill.currency)


def invoice(session: Session, bill: CustomerBill, seller: Seller) -> dict[str, Any]:
    """Return a bill's values by their business terms.

    Raises:
        NoEInvoice: the seller's or the buyer's details, or the currency, do not allow one.
    """
    account = session.get_one(BillingAccount, bill.account_id)
    buyer = buyer_of(bill, country=seller.country)
    taxes, sign = taxes_of(session, bill), _sign(bill)
    _check(bill, account, seller, taxes)
    paid = paid_when_billed(session, bill) * sign
    gross = Money(bill.gross_minor, bill.currency) * sign
    made: dict[str, Any] = {
        "BT-1": bill.number,
        "BT-2": _day(bill.billed_at),
        "BT-3": _CREDIT_NOTE if sign < 0 else _INVOICE,
        "BT-5": bill.currency,
        "BT-9": _day(bill.due_at),
        "BT-72": last_day(bill.period_start, bill.period_end),
        "BT-73": _day(bill.period_start),
        "BT-74": last_day(bill.period_start, bill.period_end),
        "BT-81": _SEPA if seller.iban else _ONLINE,
        "BT-83": bill.number,
        "BT-106": _amount(Money(bill.net_minor, bill.currency) * sign),
        "BT-109": _amount(Money(bill.net_minor, bill.currency) * sign),
        "BT-110": _amount(Money(bill.tax_minor, bill.currency) * sign),
        "BT-112": _amount(gross),
        "BT-113": _amount(paid),
        "BT-115": _amount(gross - paid),
        "BG-4": _seller(seller),
        "BG-7": _buyer(buyer, account),
        "BG-23": [_tax(row, sign) for row in taxes],
        "BG-25": list(_lines(lines_of(session, bill), sign)),
    }
    if account.buyer_reference:
        made["BT-10"] = account.buyer_reference
    if seller.iban:
        made["BT-84"], made["BT-85"] = seller.iban, seller.name
    corrected = session.get(CustomerBill, bill.credited_id) if bill.credited_id else None
    if corrected is not None:
        made["BG-3"] = [{"BT-25": corrected.number, "BT-26": _day(corrected.billed_at)}]
    return made


def _check(
    bill: CustomerBill, account: BillingAccount, seller: Seller, taxes: Iterable[TaxRow]
) -> None:
    reversed_ = any(row.category is TaxCategory.REVERSE_CHARGE for row in taxes)
    complete = seller.name and seller.country and seller.vat
    if not complete or exponent(bill.currency) > MOST_DECIMALS:
        raise NoEInvoice
    if reversed_ and not account.tax_number:  # BR-AE-02
        raise NoEInvoice


def _sign(bill: CustomerBill) -> int:
    return -1 if bill.category is BillCategory.CREDIT_NOTE else 1


def _seller(seller: Seller) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": seller.name,
        "addr_l1": seller.street,
        "postcode": seller.postal_code,
        "city": seller.city,
        "country_code": seller.country,
        "vat_identifier": seller.vat,
        "legal_identifier": seller.registration,
        "contacts": [{"name": seller.name, "phone": seller.phone, "email": seller.email}],
    }
    return {name: value for name, value in found.items() if value}


def _buyer(buyer: Buyer, account: BillingAccount) -> dict[str, Any]:
    found = {
        "name": buyer.name,
        "addr_l1": buyer.street,
        "postcode": buyer.postal_code,
        "city": buyer.city,
        "country_code": buyer.country,
        "vat_identifier": account.tax_number,
    }
    return {name: value for name, value in found.items() if value}


def _tax(row: TaxRow, sign: int) -> dict[str, str]:
    found = {
        "BT-116": _amount(row.net * sign),
        "BT-117": _amount(row.tax * sign),
        "BT-118": row.category.value,
    }
    if row.category is not TaxCategory.OUTSIDE:  # BR-O-05: no rate outside the scope of VAT
        found["BT-119"] = _percent(row.rate_bp)
    code, words = _NO_TAX.get(row.category, ("", ""))
    if words:
        found["BT-120"] = words
    if code:
        found["BT-121"] = code
    return found


def _lines(lines: Iterable[BillLine], sign: int) -> Iterable[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        net = line.net * sign
        favour = net.minor < 0
        made: dict[str, Any] = {
            "BT-126": str(number),
            "BT-129": "-1" if favour else "1",
            "BT-130": _PIECE,
            "BT-131": _amount(net),
            "BT-146": _amount(-net if favour else net),
            "BT-151": line.tax_category.value,
            "BT-153": line.name.get("en") or next(iter(line.name.values()), "-"),
        }
        if line.tax_category is not TaxCategory.OUTSIDE:
            made["BT-152"] = _percent(line.tax_bp)
        if line.period_start and line.period_end:
            made["BT-134"] = _day(line.period_start)
            made["BT-135"] = last_day(line.period_start, line.period_end)
        yield made


def _amount(money: Money) -> str:
    return f"{money.amount:f}"


def _percent(basis_points: int) -> str:
    return f"{basis_points // 100}.{basis_points % 100:02d}"


def _day(at: datetime) -> date:
    return at.astimezone(clock.zone()).date()
