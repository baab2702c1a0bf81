"""Usage records as a file: UTF-8, RFC 4180, all pages of a filter, written as it is read."""

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
from self_service.domain.usage import records
from self_service.domain.usage.meters import meters
from self_service.domain.usage.records import RecordPage, RecordView
from self_service.http.cookies import cookie_of
from self_service.http.forms import see
from self_service.state.guard import call_as
from self_service.state.usage_rows import Wanted, wanted_of
from self_service.wiring import database

#: Records read at a time: memory stays flat however many there are.
STEP = 500
HEADER = (
    "date", "kind", "place", "direction", "other", "units", "charged", "amount", "currency",
    "status", "id",
)  # fmt: skip
#: A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def download(request: Request) -> Response:
    """Hand out the records that the person is looking at, all pages of them."""
    language = i18n.known(request.query_params.get("language", ""))
    wanted, cookie = wanted_of(request.query_params), cookie_of(request)
    try:
        first = await _read(cookie, wanted, "")
    except DomainError:
        back = routes.page(language, routes.USAGE)
        return see(routes.page(language, routes.SIGN_IN, next=back))
    name = f"usage-{clock.now().astimezone(clock.zone()):%Y-%m-%d}.csv"
    return StreamingResponse(
        _lines(cookie, wanted, first),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


async def _read(cookie: str, wanted: Wanted, page: str) -> RecordPage:
    found: RecordPage = await database().read(call_as, _page, cookie, wanted, page)
    return found


def _page(
    session: Session, actor: Actor, wanted: Wanted, page: str, *, now: datetime
) -> RecordPage:
    present = now
    if not wanted.period:
        found = meters(session, actor, now=now, product_id=wanted.line)
        present = min((one.since for one in found), default=now)
    return records.records(
        session,
        actor,
        now=now,
        product_id=wanted.line,
        kinds=[wanted.kind] if wanted.kind else (),
        zones=[wanted.zone] if wanted.zone else (),
        since=wanted.since(present, now),
        page=page,
        limit=STEP,
    )


async def _lines(cookie: str, wanted: Wanted, found: RecordPage) -> AsyncIterator[str]:
    yield _csv([HEADER])
    count = 0
    while found.records:
        yield _csv([_row(one) for one in found.records])
        count += len(found.records)
        if not found.page or count >= records.FILE_MOST:
            return
        # asked again each time: a session that ended meanwhile ends the file
        found = await _read(cookie, wanted, found.page)


def _row(one: RecordView) -> tuple[str, ...]:
    whole, part = divmod(one.micro, 1_000_000)
    return (
        one.at.astimezone(clock.zone()).isoformat(timespec="seconds"),
        one.kind.value,
        one.zone.value,
        one.direction.value,
        _cell(one.other),
        str(one.units),
        str(one.charged),
        f"{whole}.{part:06d}",
        one.currency,
        one.status.value,
        _cell(one.record_id),
    )


def _cell(text: str) -> str:
    """Return text that came from outside as what no spreadsheet runs."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv(rows: list[tuple[str, ...]]) -> str:
    made = io.StringIO(newline="")
    csv.writer(made).writerows(rows)
    return made.getvalue()


ROUTES = (Route(routes.USAGE_FILE, download, methods=["GET"]),)
