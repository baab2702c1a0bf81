"""What a company spends by cost centre, down to the lines of its bills."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import clock, i18n, routes
from self_service.domain.access import Actor, NotAllowed
from self_service.domain.errors import N_, NotFound
from self_service.domain.spend import centres, company, company_lines
from self_service.domain.spend.budgets import BadBudget
from self_service.domain.spend.centres import NotACompany
from self_service.domain.spend.company import Overview
from self_service.state.company_spend_rows import (
    MONTHS,
    Asked,
    CentreRow,
    CompanyLineRow,
    CostRow,
    PlaceRow,
    asked_of,
    bill_row,
    centre_name,
    centre_row,
    kind_row,
    line_name,
    line_row,
    month_text,
)
from self_service.state.display import money
from self_service.state.guard import public
from self_service.state.private import customers_only
from self_service.state.request import Elsewhere, PageRequest, PageState, show
from self_service.state.store_rows import LinkRow

_DONE = {
    "add": N_("The cost centre is made."),
    "change": N_("The cost centre is changed."),
    "remove": N_("The cost centre is removed. Its lines stand below: Without a cost centre."),
    "move": N_("The lines are moved."),
}
_REFUSALS = {
    one.code: one.message
    for one in (
        BadBudget,
        NotAllowed,
        NotFound,
        centres.BadCentreName,
        centres.CentreTaken,
        centres.CentreTooDeep,
        centres.NothingToMove,
        centres.TooManyCentres,
    )
}
_TOP = N_("It stands on its own")


class CompanySpendState(PageState, rx.State):
    """A company's spending in a month."""

    loaded: bool = False
    level: str = ""  # "centres", "lines" of one, or "costs" of a line
    done: str = ""
    refused: str = ""
    month: str = ""
    month_name: str = ""
    months: list[LinkRow] = []
    crumbs: list[LinkRow] = []
    title: str = ""
    total: str = ""
    file: str = ""
    newer: str = ""
    older: str = ""
    rows: list[CentreRow] = []  # all of them, or the one that is open
    tops: list[PlaceRow] = []  # below which another one may stand
    goals: list[PlaceRow] = []  # to which lines may be moved
    centre: str = ""  # the one that is open; "none" and "" cannot be changed
    fixed: bool = True
    typed_name: str = ""
    typed_above: str = ""
    typed_budget: str = ""
    lines: list[CompanyLineRow] = []
    kinds: list[CostRow] = []
    bills: list[CostRow] = []

    @public
    async def load(self) -> Any:
        """Read the page."""
        return await show(self, company_values)


async def company_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of CompanySpendState.

    Raises:
        Elsewhere: not a company, or what was asked for is gone.
    """
    values: dict[str, Any] = await request.look(company_rows, request)
    return values


def company_rows(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    """Read the values of CompanySpendState from the database.

    Raises:
        Elsewhere: not a company, or what was asked for is gone.
    """
    customers_only(request, actor)
    language = request.language
    try:
        asked = asked_of(request.query, company.last_billed(session, actor, now=now))
        found = company.overview(session, actor, month=asked.month, now=now)
        level = _costs if asked.line else _lines if asked.centre else _centres
        values = level(session, actor, found, asked, language, now)
    except NotACompany:
        raise Elsewhere(routes.page(language, routes.SPEND)) from None
    except NotFound:
        gone = routes.page(language, routes.COMPANY_SPEND, refused=NotFound.code)
        raise Elsewhere(gone) from None
    return {**_BLANK, **_around(request, asked, now, language), **values}


#: What a level does not have: a tab that shows another one keeps nothing of it.
_BLANK: dict[str, Any] = {
    "newer": "", "older": "", "rows": [], "tops": [], "goals": [], "centre": "", "fixed": True,
    "typed_name": "", "typed_above": "", "typed_budget": "", "lines": [], "kinds": [], "bills": [],
}  # fmt: skip


def _around(request: PageRequest, asked: Asked, now: datetime, language: str) -> dict[str, Any]:
    refused = _REFUSALS.get(request.query.get("refused", ""), "")
    done = _DONE.get(request.query.get("done", ""), "")
    most = {"most": centres.MOST}
    if request.query.get("refused") == centres.BadCentreName.code:
        most = {"most": centres.LONGEST}
    month, months = now.astimezone(clock.zone()).date().replace(day=1), []
    for _ in range(MONTHS):
        there = asked.href(language, month=f"{month:%Y-%m}")
        months.append(LinkRow(month_text(month, language), there, month == asked.month))
        month = (month - timedelta(days=1)).replace(day=1)
    return {
        "loaded": True,
        "done": i18n.translate(language, done) if done else "",
        "refused": i18n.translate(language, refused, **most) if refused else "",
        "month": f"{asked.month:%Y-%m}",
        "month_name": month_text(asked.month, language),
        "months": months,
        "file": routes.with_query(routes.COMPANY_SPEND_FILE, asked.query(language=language)),
    }


def _centres(
    session: Session, actor: Actor, found: Overview, asked: Asked, language: str, now: datetime
) -> dict[str, Any]:
    del session, actor, now
    return {
        "level": "centres",
        "title": i18n.translate(language, N_("Company spending")),
        "crumbs": [],
        "total": money(found.total, language),
        "rows": [centre_row(one, asked, language) for one in (*found.centres, found.none)],
        "tops": _tops(found, "", language),
    }


def _lines(
    session: Session, actor: Actor, found: Overview, asked: Asked, language: str, now: datetime
) -> dict[str, Any]:
    here = found.centre(asked.centre)
    shown, more = company_lines.lines(
        session, actor, month=asked.month, centre=asked.centre, now=now, page=asked.page
    )
    shift = sum(one.id is None for one in shown)  # which stands first and has no box
    none = PlaceRow("", centre_name(found.none, language))
    goals = [none, *(PlaceRow(str(one.id), one.name) for one in found.centres)]
    return {
        "level": "lines",
        "title": centre_name(here, language),
        "crumbs": [_home(asked, language)],
        "total": money(here.spent, language),
        "rows": [centre_row(here, asked, language)],
        "tops": _tops(found, asked.centre, language),
        "goals": [one for one in goals if one.value != str(here.id or "")],
        "centre": str(here.id or ""),
        "fixed": here.id is None,
        "typed_name": here.name,
        "typed_above": str(here.parent_id or ""),
        "typed_budget": str(here.budget.amount) if here.budget else "",
        "lines": [line_row(one, n - shift, asked, language) for n, one in enumerate(shown)],
        **_pages(asked, language, more=more),
    }


def _costs(
    session: Session, actor: Actor, found: Overview, asked: Asked, language: str, now: datetime
) -> dict[str, Any]:
    cost = company_lines.costs(
        session,
        actor,
        month=asked.month,
        line=asked.line,
        kind=asked.kind,
        now=now,
        page=asked.page,
    )
    name, number = line_name(cost.line, language), cost.line.number
    centre = centre_name(found.centre(cost.centre), language)
    to_centre = asked.href(language, centre=cost.centre, line="", kind="")
    return {
        "level": "costs",
        "title": f"{name} · {number}" if number else name,
        "crumbs": [_home(asked, language), LinkRow(centre, to_centre, selected=False)],
        "total": money(cost.line.spent, language),
        "kinds": [kind_row(*one, asked, language) for one in cost.kinds],
        "bills": [bill_row(one, n, language) for n, one in enumerate(cost.lines)],
        **_pages(asked, language, more=cost.more),
    }


def _home(asked: Asked, language: str) -> LinkRow:
    text = i18n.translate(language, N_("Company spending"))
    return LinkRow(text, asked.href(language, centre="", line="", kind=""), selected=False)


def _tops(found: Overview, but: str, language: str) -> list[PlaceRow]:
    own = [one for one in found.centres if one.parent_id is None and str(one.id) != but]
    return [
        PlaceRow("", i18n.translate(language, _TOP)),
        *(PlaceRow(str(one.id), one.name) for one in own),
    ]


def _pages(asked: Asked, language: str, *, more: bool) -> dict[str, str]:
    before = str(asked.page - 1) if asked.page > 1 else ""
    return {
        "newer": asked.href(language, page=before) if asked.page else "",
        "older": asked.href(language, page=str(asked.page + 1)) if more else "",
    }
