"""What an order looks like to its buyer: plain values, and the words for its steps and faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from self_service.domain.errors import N_
from self_service.domain.orders.milestones import Milestone
from self_service.domain.pricing import totals as pricing
from self_service.models.base import Texts
from self_service.models.catalog import OfferingKind
from self_service.models.orders import OrderState
from self_service.models.payments import PaymentStatus
from self_service.money import Money

#: What each step is called.
STEP_NAMES: Mapping[Milestone, str] = {
    Milestone.PLACED: N_("Order placed"),
    Milestone.PAID: N_("Payment received"),
    Milestone.NUMBER_ALLOCATED: N_("Number assigned"),
    Milestone.SIM_ALLOCATED: N_("SIM prepared"),
    Milestone.GOODS_ALLOCATED: N_("Goods prepared"),
    Milestone.ACTIVATED: N_("Services switched on"),
    Milestone.COMPLETED: N_("Order complete"),
    Milestone.CANCELLATION_ASKED: N_("Cancellation requested"),
    Milestone.CANCELLED: N_("Order cancelled"),
    Milestone.REFUNDED: N_("Money sent back"),
}

#: Why a payment did not work and what to do, by the code of `ports.Charge`.
FAILURES: Mapping[str, str] = {
    "card_declined": N_("The card was declined. Try another card."),
    "insufficient_funds": N_("The card has not enough money for this. Try another card."),
    "expired_card": N_("The card has expired. Try another card."),
    "authentication_failed": N_("Your bank could not confirm that it was you. Try once more."),
    "amount_mismatch": N_("The sum does not match your order. We are looking into it."),
}
OTHER_FAILURE = N_("The payment did not go through. Try once more or use another card.")


class StepState(StrEnum):
    """Where a step of the timeline stands."""

    DONE = "done"
    NOW = "now"
    WAITING = "waiting"  # something lacks that has to arrive first
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class StepView:
    """One step; `name` is translatable, `detail` is what was assigned ("" for nothing)."""

    code: str
    name: str
    state: StepState
    at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class OrderLineView:
    """One line as it was sold; `parent_id` is the line that it was chosen for."""

    id: UUID
    parent_id: UUID | None
    kind: OfferingKind
    name: Texts
    configuration: Mapping[str, str]
    picture: Mapping[str, Any]
    quantity: int
    totals: pricing.PriceTotals


@dataclass(frozen=True, slots=True)
class PaymentView:
    """The latest payment of an order.

    Attributes:
        failure: translatable, why the last try failed and what to do; "" when none did.
        pay_path: screen where the person pays, "" when there is none (yet) or no need.
        can_retry: True when `orders.retry_payment` would open another payment.
        refund: status of the refund, None when nothing is owed back.
        method_id: the saved card that is, or was, charged; None for a card on the screen.
    """

    id: UUID
    status: PaymentStatus
    amount: Money
    failure: str
    pay_path: str
    can_retry: bool
    refund: PaymentStatus | None = None
    method_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OrderView:
    """Everything that the order's page shows.

    Attributes:
        steps: in order of time: what is done, what is under way, what comes.
        reserved_until: until when goods are kept for somebody who has not paid.
        no_cancel: translatable reason why it cannot be cancelled and what to do instead, ""
            when it can.
    """

    id: UUID
    number: str
    state: OrderState
    ordered_at: datetime
    steps: tuple[StepView, ...]
    lines: tuple[OrderLineView, ...]
    due_now: Money
    monthly: Money
    payment: PaymentView | None
    reserved_until: datetime | None
    contract_document_id: UUID | None
    no_cancel: str

    @property
    def can_cancel(self) -> bool:
        """Say whether the buyer can cancel now."""
        return not self.no_cancel


@dataclass(frozen=True, slots=True)
class OrderRef:
    """An order, enough to send somebody to its page."""

    id: UUID
    number: str
    language: str


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """An order in a list; `names` are those of its first lines' offerings."""

    id: UUID
    number: str
    state: OrderState
    ordered_at: datetime
    due_now: Money
    monthly: Money
    names: tuple[Texts, ...]
