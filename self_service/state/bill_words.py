"""The words of bills: where they stand, what is charged, why one differs from another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from self_service import i18n
from self_service.domain.bills.compare import Why
from self_service.domain.bills.detail import Source
from self_service.domain.bills.list import BillSummary, Standing
from self_service.domain.errors import N_
from self_service.domain.pricing import periods
from self_service.models.bills import BillCategory, ChargeKind, TaxCategory
from self_service.models.dunning import DisputeStatus
from self_service.state import moments

#: What kinds of charges are called.
KINDS: Mapping[ChargeKind, str] = {
    ChargeKind.RECURRING: N_("Regular charge"),
    ChargeKind.ONE_TIME: N_("One-off charge"),
    ChargeKind.USAGE: N_("Usage"),
    ChargeKind.DISCOUNT: N_("Discount"),
    ChargeKind.CREDIT: N_("Credit"),
    ChargeKind.INSTALMENT: N_("Instalment"),
    ChargeKind.FEE: N_("Fee"),
}
#: What makes a difference between two bills.
REASONS: Mapping[Why, str] = {
    Why.NEW: N_("New"),
    Why.GONE: N_("Not on this bill any more"),
    Why.PRICE: N_("The price changed"),
    Why.PART: N_("Charged for a part of the time"),
    Why.USAGE_MORE: N_("You used more"),
    Why.USAGE_LESS: N_("You used less"),
    Why.DISCOUNT_NEW: N_("A discount began"),
    Why.DISCOUNT_ENDED: N_("A discount ended"),
    Why.DISCOUNT_CHANGED: N_("The discount changed"),
    Why.ONE_OFF: N_("Once, on this bill"),
    Why.ONE_OFF_BEFORE: N_("Was charged once, on the bill before"),
    Why.CREDIT: N_("Given back on this bill"),
    Why.CREDIT_BEFORE: N_("Was given back on the bill before"),
}
SOURCES: Mapping[Source, str] = {
    Source.PAYMENT: N_("Payment"),
    Source.CREDIT: N_("From your credit"),
    Source.TAKEN_BACK: N_("Taken back by the bank"),
}
DISPUTES: Mapping[DisputeStatus, tuple[str, str]] = {
    DisputeStatus.OPEN: (N_("Disputed, we are looking into it"), "warn"),
    DisputeStatus.ACCEPTED: (N_("Disputed: you were right"), "good"),
    DisputeStatus.REJECTED: (N_("Disputed: the charge stands"), "plain"),
    DisputeStatus.WITHDRAWN: (N_("Dispute withdrawn"), "plain"),
}
#: Of what is paid in instalments, and so is not late.
AGREED = N_("In a payment agreement")
#: Why a rate of tax is what it is, where it is not the common one.
TAXES: Mapping[TaxCategory, str] = {
    TaxCategory.STANDARD: "",
    TaxCategory.ZERO: N_("zero rate"),
    TaxCategory.EXEMPT: N_("exempt"),
    TaxCategory.REVERSE_CHARGE: N_("reverse charge"),
    TaxCategory.OUTSIDE: N_("not taxed"),
}


def standing(bill: BillSummary, *, now: datetime, language: str) -> tuple[str, str]:
    """Say where a bill stands, and in which tone: "Due in 5 days", "Paid on 12 Nov 2026"."""
    if bill.standing is Standing.CREDIT_NOTE:
        return i18n.translate(language, N_("In your favour")), "good"
    if bill.standing is Standing.NOTHING:
        return i18n.translate(language, N_("Nothing to pay")), "plain"
    if bill.standing is Standing.PAID:
        day = i18n.short_day(bill.settled_at or bill.billed_at, language)
        return i18n.translate(language, N_("Paid on {day}"), day=day), "good"
    if bill.standing is Standing.AGREED:
        return i18n.translate(language, AGREED), "accent"
    if bill.standing is Standing.OVERDUE:
        day = i18n.short_day(bill.due_at, language)
        return i18n.translate(language, N_("Overdue since {day}"), day=day), "bad"
    return due(bill.due_at, now=now, language=language), "accent"


def due(at: datetime, *, now: datetime, language: str) -> str:
    """Say when something is due: "Due today", "Due in 5 days"."""
    day = moments.ahead(at, now, language)
    return i18n.translate(language, N_("Due {day}"), day=day)


def title(number: str, category: BillCategory, language: str) -> str:
    """Name a bill."""
    note = category is BillCategory.CREDIT_NOTE
    words = N_("Credit note {number}") if note else N_("Bill {number}")
    return i18n.translate(language, words, number=number)


def span(start: datetime | None, end: datetime | None, language: str) -> str:
    """Say a period by its first and last day, "" for none."""
    if start is None or end is None:
        return ""
    last = i18n.short_day(periods.last_day(start, end), language)
    first = i18n.short_day(start, language)
    if first == last:
        return first
    return i18n.translate(language, N_("{first} to {last}"), first=first, last=last)
