"""An order as rows of text: steps, lines as they were sold, and what the person can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from self_service import brand, i18n, routes
from self_service.domain.catalog.view import text
from self_service.domain.errors import N_
from self_service.domain.orders.cancellation import STOPPED
from self_service.domain.orders.milestones import Milestone
from self_service.domain.orders.view import OrderLineView, OrderView, StepState, StepView
from self_service.models.orders import OrderState
from self_service.models.payments import PaymentStatus
from self_service.state.display import (
    TotalsRow,
    configuration_text,
    money,
    picture_path,
    totals_row,
)
from self_service.state.moments import past
from self_service.state.order_words import MOVING, assigned, losses, standing
from self_service.state.resource_words import is_imei, phone_text, sim_text

#: How a step is said to people who do not see its mark.
_STEP_WORDS: Mapping[str, str] = {
    "done": N_("Done"),
    "now": N_("Now"),
    "waiting": N_("Waiting"),
    "next": N_("Next"),
    "stopped": N_("Stopped"),
}
#: States in which the work ended before its last step.
_BROKEN_OFF = frozenset({OrderState.REJECTED, OrderState.FAILED})


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of the timeline.

    Attributes:
        state: done, now, waiting, next or stopped; `state_text` says it.
        at: when, briefly; `exact` to the second.
        assigned: what was given to the customer in it.
    """

    name: str
    state: str
    state_text: str
    at: str
    exact: str
    assigned: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SoldPart:
    """What was chosen for a line: a plan on a phone, an add-on on a plan."""

    id: str
    name: str
    totals: TotalsRow


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line as it was sold."""

    id: str
    name: str
    detail: str
    picture: str
    quantity: str
    totals: TotalsRow
    parts: list[SoldPart] = field(default_factory=list)


def order_rows(view: OrderView, *, now: datetime, language: str) -> dict[str, Any]:
    """Put an order into words."""
    stands = standing(view, now=now, language=language)
    name = i18n.translate(language, N_("Order {number}"), number=view.number)
    return {
        "number": view.number,
        "heading": name,
        "missing": False,
        "moving": view.state in MOVING or _owes(view),
        "ordered_on": i18n.day(view.ordered_at, language),
        "ordered_exact": i18n.instant(view.ordered_at, language),
        "headline": stands.headline,
        "explanation": stands.text,
        "tone": stands.tone,
        "steps": [_step(step, view.state, now, language) for step in view.steps],
        "lines": [
            _line(line, view.lines, language) for line in view.lines if line.parent_id is None
        ],
        "due_now": money(view.due_now, language),
        "monthly": money(view.monthly, language) if view.monthly else "",
        **_payment(view, language),
        **_cancellation(view, language),
        "contract_href": f"{routes.DOCUMENTS}/{view.contract_document_id}.pdf"
        if view.contract_document_id
        else "",
        "complete": view.state is OrderState.COMPLETED,
    }


def _owes(view: OrderView) -> bool:
    pending = PaymentStatus.PENDING_AUTHORIZATION
    return view.payment is not None and view.payment.refund is pending


def _payment(view: OrderView, language: str) -> dict[str, Any]:
    payment = view.payment
    # a sum that does not match is looked at by people: nobody must pay a second time meanwhile
    if payment is None or view.state is not OrderState.ACKNOWLEDGED:
        return {"pay_href": "", "pay_text": "", "can_retry": False}
    sum_text = money(payment.amount, language)
    return {
        "pay_href": payment.pay_path,
        "pay_text": i18n.translate(language, N_("Pay {sum}"), sum=sum_text),
        "can_retry": payment.can_retry,
    }


def _cancellation(view: OrderView, language: str) -> dict[str, Any]:
    over = view.state in STOPPED
    return {
        "can_cancel": view.can_cancel,
        "losses": losses(view, language=language) if view.can_cancel else [],
        "no_cancel": "" if over else i18n.translate(language, view.no_cancel),
        "support_email": brand.current().links.support_email,
    }


def _step(step: StepView, state: OrderState, now: datetime, language: str) -> StepRow:
    shown = str(step.state)
    broken_off = state in _BROKEN_OFF and step.state in (StepState.NOW, StepState.WAITING)
    if broken_off or (step.code == Milestone.CANCELLED and step.state is StepState.DONE):
        shown = "stopped"
    return StepRow(
        name=i18n.translate(language, step.name),
        state=shown,
        state_text=i18n.translate(language, _STEP_WORDS[shown]),
        at=past(step.at, now, language) if step.at else "",
        exact=i18n.instant(step.at, language) if step.at else "",
        assigned=[_say(step.code, value, language) for value in assigned(step)],
    )


def _say(code: str, value: str, language: str) -> str:
    if code == Milestone.NUMBER_ALLOCATED:
        return phone_text(value)
    if code == Milestone.SIM_ALLOCATED:
        return i18n.translate(language, N_("SIM {number}"), number=sim_text(value))
    if code != Milestone.GOODS_ALLOCATED:
        return value
    words = N_("IMEI {number}") if is_imei(value) else N_("Serial number {number}")
    return i18n.translate(language, words, number=value)


def _line(line: OrderLineView, lines: Sequence[OrderLineView], language: str) -> SoldLine:
    several = line.quantity > 1
    return SoldLine(
        id=str(line.id),
        name=text(line.name, language),
        detail=configuration_text(line.configuration, language),
        picture=picture_path(line.picture, line.configuration.get("colour", "")),
        quantity=f"{i18n.number(line.quantity, language)} ×" if several else "",
        totals=totals_row(line.totals, language),
        parts=[_part(part, language) for part in _below(line, lines)],
    )


def _below(line: OrderLineView, lines: Sequence[OrderLineView]) -> list[OrderLineView]:
    direct = [found for found in lines if found.parent_id == line.id]
    return [found for part in direct for found in (part, *_below(part, lines))]


def _part(line: OrderLineView, language: str) -> SoldPart:
    detail = configuration_text(line.configuration, language)
    name = text(line.name, language)
    return SoldPart(
        id=str(line.id),
        name=f"{name} · {detail}" if detail else name,
        totals=totals_row(line.totals, language),
    )
