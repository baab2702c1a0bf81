"""The lines of a bill as a table for programs: UTF-8, RFC 4180."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from self_service import clock
from self_service.domain.access import Actor
from self_service.domain.bills.lines import BillLine, Subscription, lines_of, subscriptions_of
from self_service.domain.bills.reach import bill_of
from self_service.domain.catalog.view import text
from self_service.domain.pricing.periods import last_day
from self_service.models.bills import CustomerBill

HEADER = (
    "bill",
    "bill_date",
    "subscription",
    "number",
    "kind",
    "item",
    "period_first_day",
    "period_last_day",
    "tax_category",
    "tax_percent",
    "net",
    "tax",
    "gross",
    "currency",
    "usage_at",
    "usage_what",
    "usage_quantity",
    "usage_unit",
    "usage_amount",
)
#: A cell that begins so would be a formula in a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def bill_csv(session: Session, actor: Actor, number: str, *, language: str, now: datetime) -> str:
    """Write a bill's lines, each followed by the usage that it is made of.

    Args:
        session: open transaction.
        actor: who asks.
        number: of the bill.
        language: of the names.
        now: instant of asking.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: there is no such bill, or none that this person sees.
    """
    bill, _ = bill_of(session, actor, number, now=now)
    lines = lines_of(session, bill)
    by_product = subscriptions_of(session, lines)
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(HEADER)
    for line in lines:
        under = by_product.get(line.product_id) if line.product_id else None
        writer.writerows(_rows(bill, line, under, language))
    return made.getvalue()


def _rows(
    bill: CustomerBill, line: BillLine, under: Subscription | None, language: str
) -> Iterator[tuple[str, ...]]:
    head = (
        bill.number,
        _day(bill.billed_at),
        _safe(text(under.name, language)) if under else "",
        _safe(under.number) if under else "",
        line.kind.value,
        _safe(text(line.name, language)),
        *_days(line),
        line.tax_category.value,
        f"{line.tax_bp // 100}.{line.tax_bp % 100:02d}",
    )
    sums = tuple(f"{one.amount:f}" for one in (line.net, line.tax, line.gross))
    yield (*head, *sums, bill.currency, "", "", "", "", "")
    for use in line.usage:  # their sums are in the line above: no column is added up twice
        amount = f"{use.amount.amount:f}" if use.amount else ""
        said = (use.at, use.what, use.quantity, use.unit)
        yield (*head, "", "", "", bill.currency, *(_safe(one) for one in said), amount)


def _days(line: BillLine) -> tuple[str, str]:
    """Return the first and the last day of what a line covers."""
    if line.period_start is None or line.period_end is None:
        return "", ""
    return _day(line.period_start), last_day(line.period_start, line.period_end).isoformat()


def _day(at: datetime) -> str:
    return at.astimezone(clock.zone()).date().isoformat()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
