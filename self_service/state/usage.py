"""Usage: what is left of each allowance, and every record with how it was rated."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import routes
from self_service.domain.access import Actor
from self_service.domain.errors import NotFound
from self_service.domain.usage.explain import explain
from self_service.domain.usage.meters import ProductMeters, meters
from self_service.domain.usage.records import RecordView, records
from self_service.models.usage import UsageKind
from self_service.state import usage_words
from self_service.state.guard import public
from self_service.state.private import customers_and_members
from self_service.state.request import PageRequest, PageState, show
from self_service.state.store_rows import LinkRow
from self_service.state.usage_rows import (
    LineRow,
    RecordRow,
    Wanted,
    file_href,
    filter_rows,
    line_row,
    record_row,
    wanted_of,
)

#: Lines whose meters are shown; the one that was chosen is always among them.
MOST = 20


class UsageState(PageState, rx.State):
    """What was used."""

    loaded: bool = False
    nothing: bool = False
    lines: list[LineRow] = []
    more_lines: int = 0
    several: bool = False
    chosen: str = ""  # name of the line whose records are shown
    waiting: bool = False
    kinds: list[LinkRow] = []
    zones: list[LinkRow] = []
    periods: list[LinkRow] = []
    filtered: bool = False
    everything: str = ""  # address without filters
    records: list[RecordRow] = []
    older: str = ""
    file_href: str = ""

    @public
    async def load(self) -> Any:
        """Read the page."""
        return await show(self, usage_values)


async def usage_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of UsageState.

    Raises:
        Elsewhere: neither a customer, nor somebody with whom something is shared.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_and_members(request, actor)
    language = request.language
    found = meters(session, actor, now=now)
    if not found:
        return {"loaded": True, "nothing": True, "lines": [], "records": []}
    wanted = wanted_of(request.query).among(str(one.product_id) for one in found)
    chosen = next((one for one in found if str(one.product_id) == wanted.line), found[0])
    shown = found[:MOST] if chosen in found[:MOST] else (chosen, *found[: MOST - 1])
    return {
        "loaded": True,
        "nothing": False,
        "lines": [line_row(one, wanted, now, language, selected=one is chosen) for one in shown],
        "more_lines": len(found) - len(shown),
        "several": len(found) > 1,
        "chosen": chosen.number or line_row(chosen, wanted, now, language, selected=True).name,
        "waiting": any(one.waiting for one in found),
        **filter_rows(wanted, language),
        "filtered": bool(wanted.kind or wanted.zone or wanted.period),
        "everything": routes.page(
            language, routes.USAGE, line=str(chosen.product_id), period="all"
        ),
        **_records(session, actor, request, wanted, chosen, now=now),
    }


def _records(
    session: Session,
    actor: Actor,
    request: PageRequest,
    wanted: Wanted,
    chosen: ProductMeters,
    *,
    now: datetime,
) -> dict[str, Any]:
    language = request.language
    page = records(
        session,
        actor,
        now=now,
        product_id=chosen.product_id,
        kinds=[wanted.kind] if wanted.kind else (),
        zones=[wanted.zone] if wanted.zone else (),
        since=wanted.since(chosen.since, now),
        page=wanted.page,
    )
    told = _told(session, actor, wanted, page.records, language, now=now)
    older = wanted.query(page=page.page)
    return {
        "records": [
            record_row(one, wanted, now, language, told if one.key == wanted.record else [])
            for one in page.records
        ],
        "older": routes.page(language, routes.USAGE, **older) if page.page else "",
        "file_href": file_href(wanted, chosen.product_id, language),
    }


def _told(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    shown: tuple[RecordView, ...],
    language: str,
    *,
    now: datetime,
) -> list[str]:
    """Explain the record that is open, if it is on this page."""
    kinds: dict[str, UsageKind] = {one.key: one.kind for one in shown}
    if wanted.record not in kinds:
        return []
    try:
        found = explain(session, actor, wanted.record, now=now)
    except NotFound:
        return []  # deleted meanwhile
    return usage_words.steps(found, kinds[wanted.record], language)
