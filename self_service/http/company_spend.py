"""Cost centres of a company: plain posts, and what the page shows as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import i18n, routes
from self_service.domain.access import Actor, SignInNeeded
from self_service.domain.errors import DomainError
from self_service.domain.spend import centres, company, company_lines
from self_service.domain.spend.centres import MOST_LINES
from self_service.domain.spend.company_sql import NONE
from self_service.http.cookies import cookie_of
from self_service.http.forms import Handler, fields, language_of, own_form, see
from self_service.models.base import Texts
from self_service.money import Money
from self_service.state.company_spend_rows import Asked, asked_of
from self_service.state.guard import call_as
from self_service.wiring import database

Form = Mapping[str, str]
#: Does one thing; returns the centre to show afterwards, "" for all.
Act = Callable[[Session, Actor, Form, datetime], str]
#: A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HEADERS = {
    "centres": ("cost_centre", "below", "lines", "amount", "with_below", "budget", "currency"),
    "lines": ("line", "number", "amount", "currency"),
    "costs": ("bill", "date", "kind", "name", "amount", "currency"),
}


def _add(session: Session, actor: Actor, form: Form, now: datetime) -> str:
    name, above, budget = _typed(form)
    centres.add(session, actor, name=name, above=above, budget=budget, now=now)
    return ""


def _change(session: Session, actor: Actor, form: Form, now: datetime) -> str:
    name, above, budget = _typed(form)
    here = form.get("centre", "")
    centres.change(session, actor, here, name=name, above=above, budget=budget, now=now)
    return here


def _remove(session: Session, actor: Actor, form: Form, now: datetime) -> str:
    centres.remove(session, actor, form.get("centre", ""), now=now)
    return ""


def _move(session: Session, actor: Actor, form: Form, now: datetime) -> str:
    lines = [form[name] for n in range(MOST_LINES) if form.get(name := f"line{n}")]
    centres.move(session, actor, lines, to=form.get("to", ""), now=now)
    return form.get("centre", "") or NONE


def _typed(form: Form) -> tuple[str, str, str]:
    return form.get("name", ""), form.get("above", ""), form.get("budget", "")[:40]


#: What can be done: the last part of the address -> how. "done" on the page says the same word.
ACTS: Mapping[str, Act] = {"add": _add, "change": _change, "remove": _remove, "move": _move}


def _handler(name: str) -> Handler:
    @own_form
    async def handle(request: Request) -> Response:
        form = await fields(request)
        try:
            shown = await database().transact(call_as, _do, cookie_of(request), ACTS[name], form)
        except SignInNeeded:
            goal = _page(form, form.get("centre", ""))
            return see(routes.page(language_of(form), routes.SIGN_IN, next=goal))
        except DomainError as refusal:
            here = form.get("centre", "") or (NONE if name == "move" else "")
            return see(_page(form, here, refused=refusal.code))
        return see(_page(form, shown, done=name))

    return handle


def _do(session: Session, actor: Actor, act: Act, form: Form, *, now: datetime) -> str:
    return act(session, actor, form, now)


def _page(form: dict[str, str], centre: str, **query: str) -> str:
    month = form.get("month", "")[:7]
    given = {"month": month, "centre": centre[:40], **query}
    return routes.page(language_of(form), routes.COMPANY_SPEND, **given)


async def download(request: Request) -> Response:
    """Hand out what the page shows, all of it."""
    query = dict(request.query_params)
    language = i18n.known(query.get("language", ""))
    try:
        rows = await database().read(call_as, _rows, cookie_of(request), query, language)
    except SignInNeeded:
        back = routes.page(language, routes.COMPANY_SPEND)
        return see(routes.page(language, routes.SIGN_IN, next=back))
    except DomainError as refusal:
        return see(routes.page(language, routes.COMPANY_SPEND, refused=refusal.code))
    made = io.StringIO(newline="")
    csv.writer(made).writerows(rows)
    return Response(
        made.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="company-spending.csv"',
            "Cache-Control": "private, no-store",
        },
    )


def _rows(
    session: Session, actor: Actor, query: Mapping[str, str], language: str, *, now: datetime
) -> list[tuple[str, ...]]:
    asked = asked_of(query, company.last_billed(session, actor, now=now))
    level = "costs" if asked.line else "lines" if asked.centre else "centres"
    make = {"costs": _cost_rows, "lines": _line_rows, "centres": _centre_rows}[level]
    return [_HEADERS[level], *make(session, actor, asked, language, now)]


def _centre_rows(
    session: Session, actor: Actor, asked: Asked, language: str, now: datetime
) -> Iterator[tuple[str, ...]]:
    del language
    found = company.overview(session, actor, month=asked.month, now=now)
    names = {one.id: one.name for one in found.centres}
    for one in (*found.centres, found.none):
        above = names.get(one.parent_id, "") if one.parent_id else ""
        budget = str(one.budget.amount) if one.budget else ""
        amount, currency = _sum(one.spent)
        sums = amount, str(one.whole.amount), budget, currency
        yield _cell(one.name), _cell(above), str(one.lines), *sums


def _line_rows(
    session: Session, actor: Actor, asked: Asked, language: str, now: datetime
) -> Iterator[tuple[str, ...]]:
    rows, _ = company_lines.lines(
        session,
        actor,
        month=asked.month,
        centre=asked.centre,
        now=now,
        limit=company_lines.FILE_MOST,
    )
    for one in rows:
        yield _text(one.name, language), _cell(one.number), *_sum(one.spent)


def _cost_rows(
    session: Session, actor: Actor, asked: Asked, language: str, now: datetime
) -> Iterator[tuple[str, ...]]:
    found = company_lines.costs(
        session,
        actor,
        month=asked.month,
        line=asked.line,
        kind=asked.kind,
        now=now,
        limit=company_lines.FILE_MOST,
    )
    for one in found.lines:
        what = one.bill, one.billed_on.isoformat(), one.kind.value, _text(one.name, language)
        yield *what, *_sum(one.amount)


def _sum(sum_: Money) -> tuple[str, str]:
    return str(sum_.amount), sum_.currency


def _text(texts: Texts, language: str) -> str:
    return _cell(texts.get(language) or texts.get("en", ""))


def _cell(text: str) -> str:
    """Return text that came from outside as what no spreadsheet runs."""
    return f"'{text}" if text.startswith(_FORMULA) else text


ROUTES = (
    *(Route(f"{routes.DO_CENTRE}/{name}", _handler(name), methods=["POST"]) for name in ACTS),
    Route(routes.COMPANY_SPEND_FILE, download, methods=["GET"]),
)
