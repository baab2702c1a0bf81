"""The picture of spending: bars for Plotly, and the table with the same numbers.

Colours are the style sheet's: a series only has a place among the bars (`assets/base.css`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from babel.dates import format_date

from self_service import i18n
from self_service.domain.errors import N_
from self_service.domain.spend.forecast import month_after
from self_service.domain.spend.points import Point, SpendKind, Step
from self_service.domain.spend.reach import Subscription
from self_service.money import Money
from self_service.state import spend_figure
from self_service.state.display import money

KINDS: Mapping[SpendKind, str] = {
    SpendKind.FIXED: N_("Monthly charges"),
    SpendKind.DATA: N_("Data"),
    SpendKind.VOICE: N_("Calls"),
    SpendKind.MESSAGE: N_("Texts"),
    SpendKind.ONCE: N_("Purchases and fees"),
    SpendKind.BACK: N_("Given back"),
}
#: Series of their own; further ones are added up. There are as many colours.
COLOURS = 6


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One colour of the chart, and one column of the table; `line`: drawn as a line."""

    key: str
    text: str
    colour: str
    total: str
    line: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """One bar as numbers."""

    label: str
    cells: list[str] = field(default_factory=list)
    total: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Sums of a colour by bar."""

    key: str
    text: str
    sums: Sequence[Money]


def steps(since: date, until: date, step: Step) -> list[date]:
    """Return the first day of each bar."""
    found, day = [], since
    while day < until:
        found.append(day)
        day = month_after(day) if step is Step.MONTH else day + timedelta(days=1)
    return found


def label(day: date, step: Step, language: str) -> str:
    """Name a bar in full."""
    if step is Step.DAY:
        return i18n.short_day(day, language)
    return format_date(day, "LLLL y", locale=i18n.LANGUAGES[language].locale)


def by_kind(found: Sequence[Point], days: list[date], currency: str, language: str) -> list[Series]:
    """Return one series for each kind that occurs."""
    sums = _grouped(found, days, currency, lambda at: at.kind.value)
    return [
        Series(kind.value, i18n.translate(language, KINDS[kind]), sums[kind.value])
        for kind in SpendKind
        if kind.value in sums
    ]


def by_line(
    found: Sequence[Point],
    days: list[date],
    currency: str,
    subscriptions: Sequence[Subscription],
    language: str,
) -> list[Series]:
    """Return one series for each subscription, the dearest first; small ones are added up."""
    totals: dict[UUID | None, int] = defaultdict(int)
    for at in found:
        totals[at.subscription_id] += at.amount.minor
    names = {one.id: subscription_text(one, language) for one in subscriptions}
    ranked = sorted(totals, key=lambda key: (-totals[key], names.get(key, "") if key else ""))
    own = ranked if len(ranked) <= COLOURS else ranked[: COLOURS - 1]
    sums = _grouped(
        found,
        days,
        currency,
        lambda at: str(at.subscription_id) if at.subscription_id in own else "*",
    )
    others = i18n.translate(language, N_("All others"))
    nobody = i18n.translate(language, N_("Without a subscription"))
    texts = {str(key): names.get(key, others) if key else nobody for key in own}
    return [Series(key, texts.get(key, others), sums[key]) for key in (*texts, "*") if key in sums]


def subscription_text(found: Subscription, language: str) -> str:
    """Name a subscription."""
    name = found.name.get(language) or found.name.get("en", "")
    return f"{name} · {found.number}" if found.number else name


def _grouped(
    found: Sequence[Point], days: list[date], currency: str, key_of: Any
) -> dict[str, list[Money]]:
    places = {day: place for place, day in enumerate(days)}
    sums: dict[str, list[Money]] = {}
    for at in found:
        if at.day in places:
            row = sums.setdefault(key_of(at), [Money.zero(currency)] * len(days))
            row[places[at.day]] = row[places[at.day]] + at.amount
    return sums


def chart_values(
    series: list[Series],
    days: list[date],
    step: Step,
    language: str,
    currency: str,
    *,
    coming: Money | None = None,
    before: Series | None = None,
    budget: Series | None = None,
) -> dict[str, Any]:
    """Return the figure, its legend and its table.

    Args:
        series: at most `COLOURS`.
        days: first day of each bar.
        step: what a bar stands for.
        language: of the reader.
        currency: of all sums.
        coming: what the last bar is expected to grow by.
        before: the time before, by bar: drawn as a line.
        budget: what was meant to be spent, by bar: drawn as a line with its name.
    """
    labels = [label(day, step, language) for day in days]
    zero = Money.zero(currency)
    totals = [sum((one.sums[n] for one in series), zero) for n in range(len(days))]
    traces = [spend_figure.bars(one.text, one.sums, labels, language) for one in series]
    # colours go by place, so the forecast always stands behind all of them
    traces += [spend_figure.nothing()] * (COLOURS - len(traces))
    legend = [_legend(one, place, language) for place, one in enumerate(series, 1)]
    if coming:
        text = i18n.translate(language, N_("Still to come, about"))
        traces.append(spend_figure.coming(text, coming, labels, language))
        legend.append(SeriesRow("coming", text, "var(--line)", money(coming, language)))
    over = [one for one in (before, budget) if one is not None]
    if over:  # colours of lines go by place too
        drawn = [spend_figure.line(one.text, one.sums, labels, language) for one in over]
        if budget is not None:
            drawn[-1] = spend_figure.named(drawn[-1], language)
        traces += drawn if before else [spend_figure.nothing("scatter"), *drawn]
        legend += [_line(one, language) for one in over]
    columns = [*series, *over]
    tops = [*_stacked(series, coming), *(top for one in over for top in one.sums)]
    lows = [
        sum((one.sums[n] for one in series if one.sums[n] < zero), zero) for n in range(len(days))
    ]
    return {
        "chart_data": traces,
        "axes": spend_figure.axes(days, step, language, currency, tops, lows),
        "legend": legend,
        "columns": [one.text for one in columns],
        "table": [
            TableRow(
                labels[n],
                [money(one.sums[n], language) for one in columns],
                money(totals[n], language),
            )
            for n in range(len(days))
        ],
        "sum": money(sum(totals, zero), language),
        "sums": [one.total for one in legend if one.key != "coming"],
    }


def _line(one: Series, language: str) -> SeriesRow:
    colour = "var(--bad)" if one.key == "budget" else "var(--ink)"
    whole = sum(one.sums, Money.zero(one.sums[0].currency))
    return SeriesRow(one.key, one.text, colour, money(whole, language), line=True)


def _stacked(series: list[Series], coming: Money | None) -> list[Money]:
    if not series:
        return []
    zero = Money.zero(series[0].sums[0].currency)
    found = [
        sum((one.sums[n] for one in series if zero < one.sums[n]), zero)
        for n in range(len(series[0].sums))
    ]
    if coming and found:
        found[-1] = found[-1] + coming
    return found


def _legend(one: Series, place: int, language: str) -> SeriesRow:
    whole = sum(one.sums, Money.zero(one.sums[0].currency))
    return SeriesRow(one.key, one.text, f"var(--chart-{place})", money(whole, language))
