"""The wallet's history as a file: UTF-8, RFC 4180, all pages, written as it is read."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from self_service import clock, i18n, routes
from self_service.domain.access import Actor
from self_service.domain.errors import DomainError
from self_service.domain.wallet import history
from self_service.domain.wallet.history import Entry, Page, Wanted
from self_service.http.cookies import cookie_of
from self_service.http.forms import see
from self_service.state.guard import call_as
from self_service.state.wallet_rows import wanted_of
from self_service.state.wallet_words import entry_text
from self_service.wiring import database, wallet_terms

#: Movements read at a time: memory stays flat however long the history is.
STEP = 500
HEADER = ("date", "kind", "text", "amount", "balance", "currency", "note")
#: A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def download(request: Request) -> Response:
    """Hand out the history that the person is looking at, all pages of it."""
    language = i18n.known(request.query_params.get("language", ""))
    wanted, cookie = wanted_of(request.query_params), cookie_of(request)
    try:
        first = await _read(cookie, wanted, None)
    except DomainError:
        back = routes.page(language, routes.WALLET)
        return see(routes.page(language, routes.SIGN_IN, next=back))
    name = f"wallet-{clock.now().astimezone(clock.zone()):%Y-%m-%d}.csv"
    return StreamingResponse(
        _lines(cookie, wanted, first, language),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


async def _read(cookie: str, wanted: Wanted, before: int | None) -> Page:
    found: Page = await database().read(call_as, _page, cookie, wanted, before)
    return found


def _page(
    session: Session, actor: Actor, wanted: Wanted, before: int | None, *, now: datetime
) -> Page:
    terms = wallet_terms()
    return history.page(session, actor, wanted, terms=terms, now=now, before=before, limit=STEP)


async def _lines(cookie: str, wanted: Wanted, found: Page, language: str) -> AsyncIterator[str]:
    yield _csv([HEADER])
    while found.entries:
        yield _csv([_row(entry, language) for entry in found.entries])
        if found.before is None:
            return
        # asked again each time: a session that ended meanwhile ends the file
        found = await _read(cookie, wanted, found.before)


def _row(entry: Entry, language: str) -> tuple[str, ...]:
    return (
        entry.at.astimezone(clock.zone()).isoformat(timespec="seconds"),
        entry.kind.value,
        _cell(entry_text(entry, language)),
        str(entry.amount.amount),
        str(entry.balance.amount),
        entry.amount.currency,
        _cell(entry.note),
    )


def _cell(text: str) -> str:
    """Return text that people typed as what no spreadsheet runs."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv(rows: list[tuple[str, ...]]) -> str:
    made = io.StringIO(newline="")
    csv.writer(made).writerows(rows)
    return made.getvalue()


ROUTES = (Route(routes.WALLET_FILE, download, methods=["GET"]),)
