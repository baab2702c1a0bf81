"""Limits and alerts: what usage may cost, when people are told, and when they were."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, policy, routes
from self_service.domain.access import Actor
from self_service.domain.catalog.view import text
from self_service.domain.limits.overview import Overview, overview
from self_service.domain.usage import reach
from self_service.domain.usage.meters import numbers_of
from self_service.models.catalog import OfferingKind
from self_service.state import limit_words, usage_rows
from self_service.state.guard import public, watching
from self_service.state.limit_rows import (
    AlertRow,
    LimitRow,
    ThresholdRow,
    alert_rows,
    limit_rows,
    line_links,
    threshold_rows,
)
from self_service.state.private import customers_and_members, follow
from self_service.state.request import PageRequest, PageState, show
from self_service.state.store_rows import LinkRow

#: Lines that can be chosen here; the one that is shown is always among them.
MOST = 20


class LimitsState(PageState, rx.State):
    """The limits of one line."""

    loaded: bool = False
    nothing: bool = False
    id: str = ""
    heading: str = ""
    number: str = ""
    done: str = ""
    refused: str = ""
    lines: list[LinkRow] = []
    manages: bool = False
    moving: bool = False  # the network owes an answer
    period: str = ""
    as_of: str = ""
    limits: list[LimitRow] = []
    thresholds: list[ThresholdRow] = []
    abroad: bool = False
    alerts: list[AlertRow] = []
    usage_href: str = ""

    @public
    async def load(self) -> AsyncIterator[Any]:
        """Read the page, and follow it while the network owes an answer."""
        elsewhere = await show(self, limits_values)
        if elsewhere is not None:
            yield elsewhere
        elif self.moving:
            yield LimitsState.watch

    @watching
    async def watch(self) -> None:
        """Show each answer of the network as it comes, for some minutes."""
        await follow(self, limits_values, moving="moving")


async def limits_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of LimitsState.

    Raises:
        Elsewhere: neither a customer, nor somebody with whom something is shared.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_and_members(request, actor)
    products = reach.products(session, actor, now=now)
    if not products:
        return {"loaded": True, "nothing": True, "moving": False, "limits": [], "alerts": []}
    wanted = request.query.get("line", "")
    chosen = next((one for one in products if str(one.id) == wanted), products[0])
    shown = products[:MOST] if chosen in products[:MOST] else (chosen, *products[: MOST - 1])
    numbers = {str(key): value for key, value in numbers_of(session, shown).items()}
    language, rules = request.language, policy.current().limits
    found = overview(session, actor, chosen, policy=rules, now=now)
    refused = request.query.get("refused", "")
    several = len(products) > 1
    return {
        "loaded": True,
        "nothing": False,
        "id": str(chosen.id),
        "heading": text(chosen.name, language),
        "number": numbers.get(str(chosen.id), ""),
        "done": limit_words.done(request.query.get("done", ""), language),
        "refused": limit_words.refusal(refused, language, rules, chosen.currency),
        "lines": line_links(shown, chosen, numbers, language) if several else [],
        "manages": found.manages,
        "moving": any(stop.wish for _, stop in found.limits),
        "period": _period(found, language),
        "as_of": usage_rows.as_of(found.as_of, now, language),
        "limits": limit_rows(found, chosen.currency, rules, language),
        "thresholds": threshold_rows(found, language),
        "abroad": chosen.kind is OfferingKind.PLAN,
        "alerts": alert_rows(found.alerts, now, language),
        "usage_href": routes.page(language, routes.USAGE, line=str(chosen.id)),
    }


def _period(found: Overview, language: str) -> str:
    """Say until when the present period goes, "" before it began."""
    if not found.begun:
        return ""
    day = i18n.short_day(found.until, language)
    return i18n.translate(language, limit_words.PERIOD, day=day)
