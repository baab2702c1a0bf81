"""Where an order stands, in the words of the person who waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from self_service import i18n
from self_service.domain.errors import N_
from self_service.domain.orders.milestones import Milestone
from self_service.domain.orders.view import OrderView, PaymentView, StepView
from self_service.domain.orders.ways import CardOfAnother
from self_service.domain.payments import paying
from self_service.models.orders import OrderState
from self_service.models.payments import PaymentStatus
from self_service.state.display import money
from self_service.state.moments import until
from self_service.state.resource_words import phone_text

#: State -> badge in the list, and its tone.
BADGES: Mapping[OrderState, tuple[str, str]] = {
    OrderState.ACKNOWLEDGED: (N_("Not paid yet"), "warn"),
    OrderState.PENDING: (N_("Payment is checked"), "warn"),
    OrderState.HELD: (N_("Waiting for stock"), "warn"),
    OrderState.IN_PROGRESS: (N_("Being set up"), "accent"),
    OrderState.ASSESSING_CANCELLATION: (N_("Being cancelled"), "plain"),
    OrderState.PENDING_CANCELLATION: (N_("Being cancelled"), "plain"),
    OrderState.CANCELLED: (N_("Cancelled"), "plain"),
    OrderState.REJECTED: (N_("Not accepted"), "bad"),
    OrderState.COMPLETED: (N_("Complete"), "good"),
    OrderState.PARTIAL: (N_("Partly complete"), "warn"),
    OrderState.FAILED: (N_("Not completed"), "bad"),
}

#: State -> what is happening, and what the person has to do about it.
_STANDING: Mapping[OrderState, tuple[str, str]] = {
    OrderState.PENDING: (
        N_("We are checking your payment"),
        N_("The sum does not match your order. A colleague looks into it and writes to you."),
    ),
    OrderState.HELD: (
        N_("Waiting for stock"),
        N_("Something is not in stock. We go on by ourselves as soon as it arrives."),
    ),
    OrderState.IN_PROGRESS: (
        N_("We are setting up your order"),
        N_("There is nothing for you to do. This page shows each step as it happens."),
    ),
    OrderState.ASSESSING_CANCELLATION: (N_("Your order is being cancelled"), ""),
    OrderState.PENDING_CANCELLATION: (N_("Your order is being cancelled"), ""),
    OrderState.REJECTED: (
        N_("We could not accept this order"),
        N_("Nothing was charged. Write to our support if you want to know why."),
    ),
    OrderState.COMPLETED: (N_("Your order is complete"), ""),
    OrderState.PARTIAL: (
        N_("Part of your order is switched on"),
        N_("We are looking into the rest and write to you."),
    ),
    OrderState.FAILED: (
        N_("Your order could not be completed"),
        N_("We are looking into it and write to you."),
    ),
}

#: What is said when an order cannot be paid in the way that was chosen, by the code in the address.
PAY_REFUSALS: Mapping[str, str] = {
    refused.code: refused.message
    for refused in (paying.BeingPaid, paying.CardNotUsable, CardOfAnother)
}

#: States that are left without the customer doing anything here.
MOVING = frozenset(
    {
        OrderState.ACKNOWLEDGED,
        OrderState.PENDING,
        OrderState.HELD,
        OrderState.IN_PROGRESS,
        OrderState.ASSESSING_CANCELLATION,
        OrderState.PENDING_CANCELLATION,
    }
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an order stands: a headline, what it means, and the tone of both."""

    headline: str
    text: str
    tone: str


def standing(view: OrderView, *, now: datetime, language: str) -> Standing:
    """Say where an order stands."""
    tone = BADGES[view.state][1]
    if view.state is OrderState.ACKNOWLEDGED:
        return _unpaid(view, now, language)
    if view.state is OrderState.CANCELLED:
        return Standing(i18n.translate(language, N_("Cancelled")), _cancelled(view, language), tone)
    headline, text = (i18n.translate(language, words) for words in _STANDING[view.state])
    return Standing(headline, text, tone)


def _unpaid(view: OrderView, now: datetime, language: str) -> Standing:
    payment = view.payment
    if payment is None or not (payment.pay_path or payment.can_retry):
        return Standing(
            i18n.translate(language, N_("We are preparing your payment")),
            i18n.translate(language, N_("This takes a moment. The page goes on by itself.")),
            "accent",
        )
    kept = ""
    if view.reserved_until is not None:
        kept = i18n.translate(
            language,
            N_("Your order is kept until {time}."),
            time=until(view.reserved_until, now, language),
        )
    if not payment.failure:
        start = i18n.translate(language, N_("We start as soon as it is paid."))
        headline = i18n.translate(language, N_("Waiting for your payment"))
        return Standing(headline, f"{start} {kept}".strip(), "warn")
    failure = i18n.translate(language, payment.failure)
    headline = i18n.translate(language, N_("The payment did not work"))
    return Standing(headline, f"{failure} {kept}".strip(), "bad")


def _cancelled(view: OrderView, language: str) -> str:
    if view.payment is not None and view.payment.refund is not None:
        return refund_text(view.payment, language)
    asked = any(step.code == Milestone.CANCELLATION_ASKED for step in view.steps)
    text = (
        N_("Nothing was charged.")
        if asked
        else N_("It was not paid in time. Nothing was charged; you can order again in the store.")
    )
    return i18n.translate(language, text)


def assigned(step: StepView) -> list[str]:
    """Return what was assigned in a step, one by one."""
    return [value for value in step.detail.split(", ") if value]


def refund_text(payment: PaymentView, language: str) -> str:
    """Say where the money is that goes back."""
    texts = {
        PaymentStatus.DONE: N_("{sum} was sent back the way you paid."),
        PaymentStatus.FAILED: N_("{sum} could not be sent back yet. Our support looks into it."),
    }
    otherwise = N_("{sum} is on its way back, the way you paid.")
    text = texts.get(payment.refund or payment.status, otherwise)
    return i18n.translate(language, text, sum=money(payment.amount, language))


def losses(view: OrderView, *, language: str) -> list[str]:
    """Say what cancelling costs: what is lost, and what is paid back."""
    points = [i18n.translate(language, N_("What we set aside for you goes back on sale."))]
    points += [
        i18n.translate(language, N_("You lose the number {number}."), number=phone_text(number))
        for step in view.steps
        if step.code == Milestone.NUMBER_ALLOCATED
        for number in assigned(step)
    ]
    paid = view.payment is not None and view.payment.status is PaymentStatus.DONE
    if paid and view.payment is not None:
        amount = money(view.payment.amount, language)
        text = N_("We send {sum} back the way you paid.")
        points.append(i18n.translate(language, text, sum=amount))
    else:
        points.append(i18n.translate(language, N_("You have paid nothing, so nothing is due.")))
    return points
