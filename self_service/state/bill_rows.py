"""A bill as rows of words: for its page, its preview and the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from self_service import i18n, routes
from self_service.domain.bills.compare import Comparison, Reason
from self_service.domain.bills.detail import Dispute, LineGroup, Settlement, TaxRow
from self_service.domain.bills.document_text import percent
from self_service.domain.bills.lines import BillLine, UsageLine
from self_service.domain.bills.list import BillSummary
from self_service.domain.catalog.view import text
from self_service.domain.errors import N_
from self_service.models.dunning import DisputeStatus
from self_service.money import Money
from self_service.state import bill_words
from self_service.state.display import money
from self_service.state.pay_ways import card_text
from self_service.state.resource_words import phone_text


@dataclass(frozen=True, slots=True)
class BillRow:
    """A bill in a list; `rest` says what remains of it when that is not all."""

    number: str
    href: str
    title: str
    billed_on: str
    billed_exact: str
    period: str
    state: str
    tone: str
    gross: str
    rest: str


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One call, message or session."""

    key: str
    at: str
    what: str
    quantity: str
    amount: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of a bill."""

    key: str
    kind: str
    name: str
    period: str
    note: str
    gross: str
    dispute: str
    dispute_tone: str
    answer: str
    usage: list[UsageRow]
    can_dispute: bool = False


@dataclass(frozen=True, slots=True)
class GroupRow:
    """The lines of a subscription."""

    key: str
    name: str
    total: str
    lines: list[LineRow]


@dataclass(frozen=True, slots=True)
class TaxLine:
    """A row of the table of taxes."""

    key: str
    rate: str
    net: str
    tax: str
    gross: str


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """Something with a sum and a date: a payment, a credit note."""

    key: str
    text: str
    at: str
    amount: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """Why a bill is higher or lower; `more` says that it is higher by it."""

    key: str
    name: str
    why: str
    sums: str
    difference: str
    more: bool


def bill_row(bill: BillSummary, *, now: datetime, language: str) -> BillRow:
    """Put a bill into a row of the list."""
    state, tone = bill_words.standing(bill, now=now, language=language)
    part = bill.remaining and bill.remaining != bill.gross
    rest = N_("{sum} still open")
    return BillRow(
        number=bill.number,
        href=routes.page(language, routes.BILL, bill.number),
        title=bill_words.title(bill.number, bill.category, language),
        billed_on=i18n.short_day(bill.billed_at, language),
        billed_exact=i18n.instant(bill.billed_at, language),
        period=bill_words.span(bill.period_start, bill.period_end, language),
        state=state,
        tone=tone,
        gross=money(bill.gross, language),
        rest=i18n.translate(language, rest, sum=money(bill.remaining, language)) if part else "",
    )


def group_rows(
    groups: Iterable[LineGroup],
    disputes: Mapping[int, Dispute],
    language: str,
    *,
    disputable: bool = False,
) -> list[GroupRow]:
    """Put lines under the names of their subscriptions.

    Args:
        groups: of the bill.
        disputes: of its lines.
        language: in which they are said.
        disputable: the person may dispute lines of this bill now.
    """
    return [
        GroupRow(
            key=str(group.subscription.id) if group.subscription else "rest",
            name=_group_name(group, language),
            total=money(group.gross, language),
            lines=[
                _line_row(line, disputes.get(line.id), language, disputable) for line in group.lines
            ],
        )
        for group in groups
    ]


def tax_rows(taxes: Iterable[TaxRow], language: str) -> list[TaxLine]:
    """Put the table of taxes into words."""
    return [
        TaxLine(
            key=f"{row.category.value} {row.rate_bp}",
            rate=_rate(row, language),
            net=money(row.net, language),
            tax=money(row.tax, language),
            gross=money(row.net + row.tax, language),
        )
        for row in taxes
    ]


def settlement_rows(found: Iterable[Settlement], language: str) -> list[MoneyRow]:
    """Put what was put against a bill into words."""
    rows = []
    for number, one in enumerate(found):
        said = i18n.translate(language, bill_words.SOURCES[one.source])
        brand, _, last4 = one.card.rpartition(" ")
        named = f"{said} · {card_text(brand, last4, language)}" if one.card else said
        day = i18n.short_day(one.at, language)
        rows.append(MoneyRow(str(number), named, day, money(one.amount, language)))
    return rows


def note_rows(notes: Iterable[BillSummary], language: str) -> list[MoneyRow]:
    """Put credit notes into words."""
    return [
        MoneyRow(
            key=note.number,
            text=bill_words.title(note.number, note.category, language),
            at=i18n.short_day(note.billed_at, language),
            amount=money(note.gross, language),
            href=routes.page(language, routes.BILL, note.number),
        )
        for note in notes
    ]


def reason_rows(found: Comparison, language: str) -> list[ReasonRow]:
    """Put the differences to the bill before into words."""
    return [_reason_row(number, one, language) for number, one in enumerate(found.reasons)]


def comparison_text(found: Comparison, language: str) -> str:
    """Say by how much a bill is higher or lower than the one before."""
    difference = found.difference
    if not difference:
        return i18n.translate(language, N_("The same sum as on the bill before."))
    words = N_("{sum} more than on the bill before.")
    if difference.minor < 0:
        words, difference = N_("{sum} less than on the bill before."), -difference
    return i18n.translate(language, words, sum=money(difference, language))


def signed(amount: Money, language: str) -> str:
    """Write a difference with its sign."""
    return f"+{money(amount, language)}" if amount.minor > 0 else money(amount, language)


def _reason_row(number: int, one: Reason, language: str) -> ReasonRow:
    was, is_ = money(one.before, language), money(one.after, language)
    both = bool(one.before) and bool(one.after)
    words = N_("{before} before, {after} now")
    return ReasonRow(
        key=str(number),
        name=text(one.name, language),
        why=i18n.translate(language, bill_words.REASONS[one.why]),
        sums=i18n.translate(language, words, before=was, after=is_) if both else "",
        difference=signed(one.difference, language),
        more=one.difference.minor > 0,
    )


def _group_name(group: LineGroup, language: str) -> str:
    if group.subscription is None:
        return i18n.translate(language, N_("Other"))
    name = text(group.subscription.name, language)
    number = group.subscription.number
    return f"{name} · {phone_text(number)}" if number else name


def _line_row(line: BillLine, dispute: Dispute | None, language: str, disputable: bool) -> LineRow:
    said, tone = bill_words.DISPUTES[dispute.status] if dispute else ("", "plain")
    return LineRow(
        key=str(line.id),
        kind=i18n.translate(language, bill_words.KINDS[line.kind]),
        name=text(line.name, language),
        period=bill_words.span(line.period_start, line.period_end, language),
        note=_share(line, language),
        gross=money(line.gross, language),
        dispute=i18n.translate(language, said) if said else "",
        dispute_tone=tone,
        answer=dispute.answer if dispute else "",
        usage=[_usage_row(number, use, language) for number, use in enumerate(line.usage)],
        can_dispute=disputable
        and line.gross.minor > 0
        and (dispute is None or dispute.status is DisputeStatus.WITHDRAWN),
    )


def _share(line: BillLine, language: str) -> str:
    days, of = line.detail.get("days"), line.detail.get("of")
    if not isinstance(days, int) or not isinstance(of, int) or days == of:
        return ""
    return i18n.translate(language, N_("for {days} of {of} days"), days=days, of=of)


def _usage_row(number: int, use: UsageLine, language: str) -> UsageRow:
    return UsageRow(
        key=str(number),
        at=use.at,
        what=use.what,
        quantity=f"{use.quantity} {use.unit}".strip(),
        amount=money(use.amount, language) if use.amount else "",
    )


def _rate(row: TaxRow, language: str) -> str:
    words = bill_words.TAXES[row.category]
    rate = percent(row.rate_bp)
    return f"{rate} · {i18n.translate(language, words)}" if words else rate
