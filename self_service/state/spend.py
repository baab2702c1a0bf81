"""Spending over time, and about how much this month will be."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import clock, i18n
from self_service.domain.access import Actor
from self_service.domain.errors import N_
from self_service.domain.spend import budgets, centres
from self_service.domain.spend.forecast import Forecast, forecast, month_after, month_before
from self_service.domain.spend.points import Spend, Step, within
from self_service.domain.spend.reach import Reach, reach
from self_service.money import Money
from self_service.state.advice import AdviceRow, advice_rows
from self_service.state.display import money
from self_service.state.guard import public
from self_service.state.private import customers_and_members
from self_service.state.request import PageRequest, PageState, show
from self_service.state.spend_budget import budget_values
from self_service.state.spend_chart import (
    Series,
    SeriesRow,
    TableRow,
    by_kind,
    by_line,
    chart_values,
    steps,
)
from self_service.state.spend_choices import SPANS, Wanted, choices, wanted_of
from self_service.state.spend_figure import Axes, Trace
from self_service.state.store_rows import LinkRow


class SpendState(PageState, rx.State):
    """What was spent."""

    loaded: bool = False
    company: bool = False  # has cost centres, or may have
    nothing: bool = False
    spent: str = ""
    about: str = ""
    made_of: str = ""
    compared: str = ""
    last: str = ""
    spans: list[LinkRow] = []
    ways: list[LinkRow] = []
    compares: list[LinkRow] = []
    lines: list[LinkRow] = []
    budget_may: bool = False
    budget_line: str = ""  # the subscription that it is for, "" for all
    budget: str = ""
    budget_typed: str = ""
    outlook: str = ""
    outlook_bad: bool = False
    budget_done: str = ""
    budget_refused: str = ""
    advice: list[AdviceRow] = []
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
    corporate = actor.customer_id is not None and centres.is_company(session, actor)
    if not seen.currency:
        return {"loaded": True, "company": corporate, "nothing": True, "chart_data": []}
    today = now.astimezone(clock.zone()).date()
    wanted = wanted_of(request.query, seen)
    only = wanted.line or None
    budget = budgets.budget_of(session, seen, only)
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
        "company": corporate,
        "nothing": False,
        **_words(ahead, language),
        **choices(wanted, seen, language),
        **budget_values(
            budget,
            ahead,
            request.query,
            language,
            may=seen.customer_id is not None,
            about=wanted.line,
        ),
        "advice": advice_rows(
            session,
            actor,
            language,
            now=now,
            line=wanted.line,
            numbers={one.id: one.number for one in seen.subscriptions},
        ),
        **_chart(session, seen, wanted, days, ahead, budget, today, language),
    }


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


def _chart(
    session: Session,
    seen: Reach,
    wanted: Wanted,
    days: Spend,
    ahead: Forecast,
    budget: Money | None,
    today: date,
    language: str,
) -> dict[str, Any]:
    months, until, money_ = SPANS[wanted.span][1], month_after(today), seen.currency
    step = Step.MONTH if months else Step.DAY
    since = back(today, months - 1) if months else today.replace(day=1)
    first = back(since, months or 1) if wanted.beside else since
    found = days
    if months:
        only = wanted.line or None
        found = within(session, seen, since=first, until=until, step=step, of=only)
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
            before=_before(found, bars, months, language) if wanted.beside else None,
            budget=_budget(budget, bars, months, language) if budget else None,
        ),
    }


def _before(found: Spend, bars: list[date], months: int, language: str) -> Series:
    """Return what the time before cost, each of its steps beside the one in its place."""
    first = back(bars[0], months or 1)
    sums = [Money.zero(found.currency)] * len(bars)
    for at in found.points:
        if not first <= at.day < bars[0]:
            continue
        place = _months(first, at.day) if months else at.day.day - 1
        if place < len(bars):
            sums[place] = sums[place] + at.amount
    text = N_("The time before") if months else N_("Last month")
    return Series("before", i18n.translate(language, text), sums)


def _budget(budget: Money, bars: list[date], months: int, language: str) -> Series:
    """Return the budget of each bar."""
    if months:
        return Series("budget", i18n.translate(language, N_("Budget")), [budget] * len(bars))
    parts = budgets.by_day(budget, len(bars))
    return Series("budget", i18n.translate(language, N_("Budget by day")), parts)


def _months(since: date, day: date) -> int:
    return (day.year - since.year) * 12 + day.month - since.month


def back(day: date, months: int) -> date:
    """Return the first day of the month so many months before that of `day`."""
    month = day.year * 12 + day.month - 1 - months
    return date(month // 12, month % 12 + 1, 1)
