"""The next bill as of a day: it is not a bill yet. Customer service can have it made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import clock, i18n, policy
from self_service.domain.access import Actor
from self_service.domain.bills import now as billing
from self_service.domain.bills import preview
from self_service.domain.bills.drafting import Draft, DraftLine
from self_service.domain.bills.preview import TooFarAhead
from self_service.domain.catalog.view import text
from self_service.domain.errors import DomainError, NotFound
from self_service.state import bill_words
from self_service.state.display import money, refusal
from self_service.state.guard import public
from self_service.state.private import customers_only
from self_service.state.request import PageRequest, PageState, show

#: Refusals of the act, by the code that the address brings back.
_REFUSALS: dict[str, type[DomainError]] = {
    kind.code: kind
    for kind in (
        billing.BadDay,
        billing.DayPast,
        billing.NothingToBill,
        billing.DraftChanged,
        TooFarAhead,
    )
}


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A line of a bill that is not made yet."""

    key: str
    name: str
    kind: str
    period: str
    gross: str


class BillPreviewState(PageState, rx.State):
    """What the next bill would be."""

    loaded: bool = False
    nothing: bool = False  # the customer was never charged
    on: str = ""  # the day, as the field holds it
    fault: str = ""
    refused: str = ""
    until: str = ""
    period: str = ""
    lines: list[PreviewLine] = []
    net: str = ""
    tax: str = ""
    gross: str = ""
    credit: str = ""
    to_pay: str = ""
    can_bill: bool = False
    seen: str = ""  # the sum in minor units, sent along with the order to make it

    @public
    async def load(self) -> Any:
        """Read the draft."""
        return await show(self, preview_values)


async def preview_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of BillPreviewState.

    Raises:
        Elsewhere: not a customer, nor acting for one.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_only(request, actor)
    language, typed = request.language, request.query.get("on", "")
    shown: dict[str, Any] = {"loaded": True, "on": typed, "refused": _refused(request)}
    try:
        account = billing.account_of(session, actor)
        as_of = billing.as_of(typed, account, now=now)
        draft = preview.preview(session, actor, as_of=as_of, now=now, policy=policy.current().bills)
    except NotFound:
        return {**_empty(), **shown, "nothing": True}
    except DomainError as fault:
        return {**_empty(), **shown, "fault": refusal(fault, language)}
    rows = _draft(draft, as_of, language)
    can_bill = billing.may_bill(actor) and bool(draft.lines)
    return {**_empty(), **shown, **rows, "can_bill": can_bill}


def _empty() -> dict[str, Any]:
    names = ("fault", "until", "period", "net", "tax", "gross", "credit", "to_pay", "seen")
    return {**dict.fromkeys(names, ""), "lines": [], "nothing": False, "can_bill": False}


def _draft(draft: Draft, as_of: datetime, language: str) -> dict[str, Any]:
    return {
        "on": as_of.astimezone(clock.zone()).date().isoformat(),
        "until": i18n.day(as_of, language),
        "period": bill_words.span(draft.period_start, as_of, language),
        "lines": [_line(n, line, draft, language) for n, line in enumerate(draft.lines)],
        "net": money(draft.money(draft.net_minor), language),
        "tax": money(draft.money(draft.tax_minor), language),
        "gross": money(draft.gross, language),
        "credit": money(draft.money(-draft.credit_minor), language) if draft.credit_minor else "",
        "to_pay": money(draft.to_pay, language),
        "seen": str(draft.gross_minor),
    }


def _line(number: int, line: DraftLine, draft: Draft, language: str) -> PreviewLine:
    return PreviewLine(
        key=str(number),
        name=text(line.texts, language),
        kind=i18n.translate(language, bill_words.KINDS[line.kind]),
        period=bill_words.span(line.period_start, line.period_end, language),
        gross=money(draft.money(line.gross_minor), language),
    )


def _refused(request: PageRequest) -> str:
    kind = _REFUSALS.get(request.query.get("refused", ""))
    return i18n.translate(request.language, kind.message) if kind else ""
