"""Goods that are paid by instalments: the list, the schedule, and paying the rest at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, policy, routes
from self_service.domain.access import Actor
from self_service.domain.debts import purchases
from self_service.domain.debts.purchases import Purchase, PurchasePart
from self_service.domain.errors import N_, DomainError
from self_service.jobs import runner
from self_service.models.dunning import PurchaseStatus
from self_service.state.display import money, refusal
from self_service.state.guard import act, public, secured
from self_service.state.private import customers_only
from self_service.state.request import PageRequest, PageState, show
from self_service.state.shell import ShellState


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """Goods in the list; `next` is "" when nothing is to come."""

    key: str
    name: str
    remaining: str
    next: str
    href: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """One instalment of the schedule."""

    key: str
    day: str
    amount: str
    state: str
    tone: str


class PurchaseState(PageState, rx.State):
    """One purchase."""

    purchase_id: str = ""  # "" while it is read, or when there is none
    missing: bool = False
    name: str = ""
    total: str = ""
    remaining: str = ""
    parts: list[PartRow] = []
    open: bool = False  # something is to come
    quote: str = ""
    quote_until: str = ""
    refused: str = ""

    @public
    async def load(self) -> Any:
        """Read it."""
        self.refused = ""
        return await show(self, purchase_values)

    @secured()
    async def ask(self) -> None:
        """Ask what paying everything at once costs."""
        await self._do(purchases.quote, "")

    @secured()
    async def settle(self) -> None:
        """Put the rest on a bill."""
        await self._do(purchases.settle_early, N_("Done. The rest is on a bill of its own."))

    async def _do(self, operation: Any, told: str) -> None:
        request, limits = PageRequest.of(self), policy.current().bills
        self.refused = ""
        shell = await self.get_state(ShellState)
        try:
            await act(self, operation, request.last, policy=limits)
        except DomainError as error:
            self.refused = refusal(error, request.language)
            shell._tell(self.refused)
            return
        runner.wake()
        if told:
            shell._tell(i18n.translate(request.language, told))
        await show(self, purchase_values)


def purchase_rows(
    session: Session, actor: Actor, language: str, *, now: datetime
) -> list[PurchaseRow]:
    """Return the purchases of which something is to come; none for who is no customer."""
    if actor.customer_id is None:
        return []
    found = purchases.purchases(session, actor, now=now)
    return [_row(one, now, language) for one in found if one.status is PurchaseStatus.ACTIVE]


def _row(found: Purchase, now: datetime, language: str) -> PurchaseRow:
    coming = ""
    if found.next_at:
        waits = found.next_at <= now
        coming = i18n.translate(
            language,
            N_("Next: {sum} on your next bill") if waits else N_("Next: {sum} on {day}"),
            sum=money(found.next_amount, language),
            day=i18n.short_day(found.next_at, language),
        )
    return PurchaseRow(
        key=str(found.id),
        name=found.name.get(language) or found.name.get("en", ""),
        remaining=money(found.remaining, language),
        next=coming,
        href=routes.page(language, routes.PURCHASE, str(found.id)),
    )


async def purchase_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of PurchaseState.

    Raises:
        Elsewhere: not a customer.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_only(request, actor)
    language = request.language
    try:
        found = purchases.purchase(session, actor, request.last, now=now)
    except DomainError:
        return {"purchase_id": "", "missing": True, "parts": []}
    row = _row(found, now, language)
    return {
        "purchase_id": row.key,
        "missing": False,
        "name": row.name,
        "total": money(found.total, language),
        "remaining": row.remaining,
        "open": bool(found.remaining),
        "quote": money(found.quote, language) if found.quote else "",
        "quote_until": i18n.short_day(found.quote_until, language) if found.quote_until else "",
        "parts": [_part(part, now, language) for part in found.parts],
    }


def _part(part: PurchasePart, now: datetime, language: str) -> PartRow:
    state, tone = N_("To come"), "plain"
    if part.charged:
        state, tone = N_("Charged"), "good"
    elif part.at <= now:
        state, tone = N_("On your next bill"), "accent"
    return PartRow(
        key=str(part.number),
        day=i18n.short_day(part.at, language),
        amount=money(part.amount, language),
        state=i18n.translate(language, state),
        tone=tone,
    )
