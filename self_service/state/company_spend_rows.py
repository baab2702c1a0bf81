"""A company's spending in words: centres, lines, kinds of charges, lines of bills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from self_service import i18n, routes
from self_service.domain.catalog.view import text
from self_service.domain.errors import N_
from self_service.domain.spend.company import CentreSpend
from self_service.domain.spend.company_lines import BillLine, LineSpend
from self_service.domain.spend.company_sql import NONE
from self_service.models.bills import ChargeKind
from self_service.money import Money
from self_service.state.bill_words import KINDS
from self_service.state.display import money

#: Months to choose from.
MONTHS = 13
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class CentreRow:
    """A cost centre.

    Attributes:
        below: it stands below the one before it.
        share: how much of the budget was spent, as a width; "" without a budget.
        standing: the same in words.
    """

    key: str
    name: str
    href: str
    below: bool
    lines: str
    spent: str
    share: str = ""
    standing: str = ""
    over: bool = False


@dataclass(frozen=True, slots=True)
class CompanyLineRow:
    """A line; `field` is the name of its box, "" where it cannot be moved."""

    key: str
    field: str
    name: str
    number: str
    spent: str
    href: str


@dataclass(frozen=True, slots=True)
class CostRow:
    """A kind of charge, or a line of a bill."""

    key: str
    name: str
    detail: str
    amount: str
    href: str
    selected: bool = False


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A centre to choose in a list."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for; what cannot be read is left out."""

    month: date
    centre: str = ""
    line: str = ""
    kind: str = ""
    page: int = 0

    def query(self, **other: str) -> dict[str, str]:
        """Return the parameters that ask for this, with changes; a change begins at page one."""
        now = {
            "month": f"{self.month:%Y-%m}",
            "centre": self.centre,
            "line": self.line,
            "kind": self.kind,
        }
        return {**now, **other}

    def href(self, language: str, **other: str) -> str:
        """Return the address that shows this, with changes."""
        return routes.page(language, routes.COMPANY_SPEND, **self.query(**other))


def asked_of(query: Mapping[str, str], usual: date) -> Asked:
    """Read an address.

    Args:
        query: of the address.
        usual: month that is shown when none is asked for.
    """
    try:
        month = date.fromisoformat(f"{query.get('month', '')[:7]}-01")
    except ValueError:
        month = usual
    page = query.get("page", "")
    return Asked(
        month=month if 2000 <= month.year < 2200 else usual,
        centre=query.get("centre", "")[:40],
        line=query.get("line", "")[:40],
        kind=query.get("kind", "")[:40],
        page=int(page) if page.isascii() and page.isdecimal() and len(page) < 5 else 0,
    )


def month_text(month: date, language: str) -> str:
    """Name a month."""
    return format_date(month, "LLLL y", locale=i18n.LANGUAGES[language].locale)


def centre_name(one: CentreSpend, language: str) -> str:
    """Name a centre, or what is reckoned to none."""
    return one.name if one.id else i18n.translate(language, N_("Without a cost centre"))


def centre_row(one: CentreSpend, asked: Asked, language: str) -> CentreRow:
    """Put a centre into words; what stands below it is in its sum."""
    key = str(one.id or NONE)
    row = CentreRow(
        key=key,
        name=centre_name(one, language),
        href=asked.href(language, centre=key, line="", kind=""),
        below=one.parent_id is not None,
        lines=i18n.plural(language, "{count} line", "{count} lines", one.lines),
        spent=money(one.whole, language),
    )
    if one.budget is None:
        return row
    percent = max(one.whole.minor, 0) * _WHOLE // one.budget.minor
    return CentreRow(
        row.key,
        row.name,
        row.href,
        row.below,
        row.lines,
        row.spent,
        share=f"{min(percent, _WHOLE)}%",
        standing=_standing(one.whole, one.budget, language),
        over=one.whole.minor > one.budget.minor,
    )


def _standing(spent: Money, budget: Money, language: str) -> str:
    rest = budget - spent
    text_ = N_("{sum} left of {budget}") if rest.minor >= 0 else N_("{sum} above {budget}")
    sum_ = Money(abs(rest.minor), rest.currency)
    return i18n.translate(
        language, text_, sum=money(sum_, language), budget=money(budget, language)
    )


def line_name(one: LineSpend, language: str) -> str:
    """Name a line, or what belongs to none."""
    return text(one.name, language) if one.id else i18n.translate(language, N_("Without a line"))


def line_row(one: LineSpend, place: int, asked: Asked, language: str) -> CompanyLineRow:
    """Put a line into words."""
    key = str(one.id or NONE)
    return CompanyLineRow(
        key=key,
        field=f"line{place}" if one.id else "",
        name=line_name(one, language),
        number=one.number,
        spent=money(one.spent, language),
        href=asked.href(language, line=key, kind=""),
    )


def kind_row(kind: ChargeKind, sum_: Money, asked: Asked, language: str) -> CostRow:
    """Put a kind of charge into words; chosen again, all kinds are shown."""
    chosen = asked.kind == kind.value
    return CostRow(
        key=kind.value,
        name=i18n.translate(language, KINDS[kind]),
        detail="",
        amount=money(sum_, language),
        href=asked.href(language, kind="" if chosen else kind.value),
        selected=chosen,
    )


def bill_row(one: BillLine, place: int, language: str) -> CostRow:
    """Put a line of a bill into words."""
    day = i18n.short_day(one.billed_on, language)
    return CostRow(
        key=str(place),
        name=text(one.name, language),
        detail=f"{i18n.translate(language, KINDS[one.kind])} · {one.bill} · {day}",
        amount=money(one.amount, language),
        href=routes.page(language, routes.BILL, one.bill),
    )
