"""What customers dispute, for who decides; the customer's form belongs to the bill's state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n
from self_service.domain.access import Actor
from self_service.domain.debts import disputes
from self_service.domain.debts.disputes import DECIDING, Waiting
from self_service.domain.errors import N_, DomainError
from self_service.domain.payments.typed_sum import read_sum
from self_service.jobs import runner
from self_service.state import moments
from self_service.state.display import first_fault, money
from self_service.state.guard import act, public, secured
from self_service.state.request import PageRequest, PageState, readable, show
from self_service.state.roles import only_for
from self_service.state.shell import ShellState


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """A dispute that waits."""

    id: str
    bill: str
    customer: str
    line: str
    amount: str
    typed: str
    currency: str
    reason: str
    since: str


class DisputesState(PageState, rx.State):
    """What customer service has to decide."""

    loaded: bool = False
    disputes: list[DisputeRow] = []
    refused: str = ""

    @public
    async def load(self) -> Any:
        """Read what waits."""
        self.refused = ""
        return await show(self, disputes_values)

    @secured(*DECIDING)
    async def accept(self, form: dict[str, Any]) -> None:
        """Give the sum back, or a part of it."""
        await self._decide(N_("The customer gets the sum back."), _accept, form)

    @secured(*DECIDING)
    async def reject(self, form: dict[str, Any]) -> None:
        """Say that the line is right."""
        await self._decide(N_("The line stands."), _reject, form)

    async def _decide(self, told: str, operation: Any, form: Any) -> None:
        language, self.refused = PageRequest.of(self).language, ""
        shell = await self.get_state(ShellState)
        try:
            await act(self, operation, form)
        except DomainError as error:
            self.refused = first_fault(error, language)
            shell._tell(self.refused)
            return
        runner.wake()
        shell._tell(i18n.translate(language, told))
        await show(self, disputes_values)


async def disputes_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of DisputesState.

    Raises:
        Elsewhere: not somebody who decides.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    only_for(request, actor, *DECIDING)
    found = disputes.waiting(session, actor, now=now)
    return {"loaded": True, "disputes": [_row(one, request.language, now) for one in found]}


def _row(found: Waiting, language: str, now: datetime) -> DisputeRow:
    return DisputeRow(
        id=str(found.id),
        bill=found.bill_number,
        customer=found.customer,
        line=found.line.get(language) or found.line.get("en", ""),
        amount=money(found.amount, language),
        typed=str(found.amount.amount),
        currency=found.amount.currency,
        reason=found.reason,
        since=moments.past(found.since, now, language),
    )


def _accept(session: Session, actor: Actor, form: Any, *, now: datetime) -> None:
    given, currency = _text(form, "sum"), disputes.currency(session, actor, _text(form, "dispute"))
    minor = read_sum(given, currency) if given else None
    disputes.accept(
        session, actor, _text(form, "dispute"), minor=minor, answer=_text(form, "answer"), now=now
    )


def _reject(session: Session, actor: Actor, form: Any, *, now: datetime) -> None:
    disputes.reject(session, actor, _text(form, "dispute"), answer=_text(form, "answer"), now=now)


def _text(form: Any, name: str) -> str:
    value = form.get(name, "") if isinstance(form, dict) else ""
    return readable(value)[:2_000] if isinstance(value, str) else ""
