"""Spending over time, and about how much this month will be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import clock, i18n, routes
from self_service.domain.access import Actor
from self_service.domain.errors import N_
from self_service.domain.spend.forecast import Forecast, forecast, month_after, month_before
from self_service.domain.spend.points import Spend, Step, within
from self_service.domain.spend.reach import Reach, reach
from self_service.money import Money
from self_service.state.display import money
from self_service.state.guard import public
from self_service.state.private import customers_and_members
from self_service.state.request import PageRequest, PageState, show
from self_service.state.spend_chart import (
    SeriesRow,
    TableRow,
    by_kind,
    by_line,
    chart_values,
    steps,
    subscription_text,
)
from self_service.state.spend_figure import Axes, Trace
from self_service.state.store_rows import LinkRow

#: Spans by what addresses call them: text, and months; 0: this month by days.
SPANS: Mapping[str, tuple[str, int]] = {
    "month": (N_("This month"), 0),
    "": (N_("12 months"), 12),
    "36": (N_("3 years"), 36),
}
#: Subscriptions to choose from; a company's further ones stand in its own report.
MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks for; what cannot be read is left out."""

    span: str = ""
    by: str = ""  # "line", or by kind
    line: str = ""

    def href(self, language: str, **other: str) -> str:
        """Return the address that shows this, with changes."""
        now = {"span": self.span, "by": self.by, "line": self.line}
        return routes.page(language, routes.SPEND, **{**now, **other})


class SpendState(PageState, rx.State):
    """What was spent."""

    loaded: bool = False
    nothing: bool = False
    spent: str = ""
    about: str = ""
    made_of: str = ""
    compared: str = ""
    last: str = ""
    spans: list[LinkRow] = []
    ways: list[LinkRow] = []
    lines: list[LinkRow] = []
    title: str = ""
    unit: str = ""
    empty: bool = False
    chart_data: list[Trace] = []
    axes: Axes = Axes()
    legend: list[SeriesRow] = []
    columns: list[str] = []
    table: list[TableRow] = []
    sums: list[str] = []
    sum: str = ""

    @public
    async def load(self) -> Any:
        """Read the page."""
        return await show(self, spend_values)


async def spend_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of SpendState.

    Raises:
        Elsewhere: neither a customer, nor somebody with whom something is shared.
    """
    values: dict[str, Any] = await request.look(spend_rows, request)
    return values


def spend_rows(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    """Read the values of SpendState from the database.

    Raises:
        Elsewhere: neither a customer, nor somebody with whom something is shared.
    """
    customers_and_members(request, actor)
    seen = reach(session, actor, now=now)
    if not seen.currency:
        return {"loaded": True, "nothing": True, "chart_data": []}
    today = now.astimezone(clock.zone()).date()
    wanted = _wanted(request.query, seen)
    only = wanted.line or None
    days = within(
        session,
        seen,
        since=month_before(today),
        until=month_after(today),
        step=Step.DAY,
        of=only,
    )
    language = request.language
    ahead = forecast(days, today=today)
    return {
        "loaded": True,
        "nothing": False,
        **_words(ahead, language),
        **_choices(wanted, seen, language),
        **_chart(session, seen, wanted, days, ahead, today, language),
    }


def _wanted(query: Mapping[str, str], seen: Reach) -> Wanted:
    span, line = query.get("span", ""), query.get("line", "")
    return Wanted(
        span=span if span in SPANS else "",
        by="line" if query.get("by") == "line" else "",
        line=line if line in {str(one.id) for one in seen.subscriptions} else "",
    )


def _words(ahead: Forecast, language: str) -> dict[str, str]:
    def said(text: str, **sums: Money | str) -> str:
        shown = {
            name: money(one, language) if isinstance(one, Money) else one
            for name, one in sums.items()
        }
        return i18n.translate(language, text, **shown)

    end = i18n.short_day(ahead.until - timedelta(days=1), language)
    parts = [said(N_("{sum} so far"), sum=ahead.spent)]
    if ahead.fixed:
        parts.append(said(N_("monthly charges to come {sum}"), sum=ahead.fixed))
    if ahead.usage:
        parts.append(said(N_("usage to come about {sum}"), sum=ahead.usage))
    if not ahead.known:
        parts.append(said(N_("what usage adds can be told after a week")))
    difference = ahead.spent - ahead.last_same
    compared = N_("As much as at this time last month.")
    if difference:
        more = N_("{sum} more than at this time last month.")
        less = N_("{sum} less than at this time last month.")
        compared = more if difference.minor > 0 else less
    return {
        "spent": money(ahead.spent, language),
        "about": said(N_("About {sum} by {day}"), sum=ahead.about, day=end),
        "made_of": i18n.listed(parts, language),
        "compared": said(compared, sum=Money(abs(difference.minor), difference.currency)),
        "last": said(N_("Last month in all: {sum}"), sum=ahead.last),
    }


def _choices(wanted: Wanted, seen: Reach, language: str) -> dict[str, list[LinkRow]]:
    def link(text: str, *, selected: bool, **other: str) -> LinkRow:
        return LinkRow(i18n.translate(language, text), wanted.href(language, **other), selected)

    lines = [
        LinkRow(
            subscription_text(one, language),
            wanted.href(language, line=str(one.id)),
            wanted.line == str(one.id),
        )
        for one in seen.subscriptions[:MOST_LINES]
    ]
    every = link(N_("All subscriptions"), selected=not wanted.line, line="")
    return {
        "spans": [
            link(text, selected=name == wanted.span, span=name) for name, (text, _) in SPANS.items()
        ],
        "ways": [
            link(N_("By kind"), selected=not wanted.by, by=""),
            link(N_("By subscription"), selected=wanted.by == "line", by="line"),
        ],
        "lines": [every, *lines] if len(lines) > 1 else [],
    }


def _chart(
    session: Session,
    seen: Reach,
    wanted: Wanted,
    days: Spend,
    ahead: Forecast,
    today: date,
    language: str,
) -> dict[str, Any]:
    months, until, money_ = SPANS[wanted.span][1], month_after(today), seen.currency
    step = Step.MONTH if months else Step.DAY
    since = _back(today, months - 1) if months else today.replace(day=1)
    found = days
    if months:
        only = wanted.line or None
        found = within(session, seen, since=since, until=until, step=step, of=only)
    bars = steps(since, until, step)
    shown = [at for at in found.points if since <= at.day < until]
    series = (
        by_line(shown, bars, money_, seen.subscriptions, language)
        if wanted.by
        else by_kind(shown, bars, money_, language)
    )
    title = N_("Spending by month") if months else N_("Spending by day")
    coming = ahead.fixed + ahead.usage
    return {
        "title": i18n.translate(language, title),
        "unit": i18n.translate(language, N_("{currency}, tax included"), currency=money_),
        "empty": not series,
        **chart_values(
            series,
            bars,
            step,
            language,
            money_,
            coming=coming if months else None,
            before=() if months else _before(days, bars),
        ),
    }


def _before(days: Spend, bars: list[date]) -> list[Money]:
    """Return what each day of the month before cost, beside the days of this one."""
    first = month_before(bars[0])
    found = [Money.zero(days.currency)] * len(bars)
    for at in days.points:
        place = at.day.day - 1
        if first <= at.day < bars[0] and place < len(bars):
            found[place] = found[place] + at.amount
    return found


def _back(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 - months
    return date(month // 12, month % 12 + 1, 1)
