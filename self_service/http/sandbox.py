"""The sandbox provider's own screen: the person decides how the payment ends.

It stands where the hosted page of a real provider would stand, and talks to us as one would: by
signed webhooks, and by sending the person back.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import routes
from self_service.adapters.sandbox_outcomes import SandboxOutcome
from self_service.adapters.sandbox_payments import SandboxPayments
from self_service.components.ui.markup import Paper
from self_service.domain.errors import N_
from self_service.http.forms import fields, own_form, see
from self_service.http.frame import frame
from self_service.http.returning import Behind, behind
from self_service.http.webhooks import receive
from self_service.jobs.payments import TAKEN
from self_service.ports import Charge, ChargeStatus, GatewayError
from self_service.state.display import money
from self_service.wiring import gateway

_MAIN = ((SandboxOutcome.APPROVE, N_("Approve")),)
_OTHER = (
    (SandboxOutcome.DECLINE, N_("Decline the card")),
    (SandboxOutcome.INSUFFICIENT_FUNDS, N_("Decline: not enough money")),
    (SandboxOutcome.EXPIRED_CARD, N_("Decline: card expired")),
    (SandboxOutcome.REQUIRE_3DS, N_("Ask for 3-D Secure")),
    (SandboxOutcome.TIME_OUT, N_("Time out, and succeed later")),
    (SandboxOutcome.ANSWER_TWICE, N_("Approve, and answer twice")),
)
_SECURE = (
    (SandboxOutcome.CONFIRM_3DS, N_("Confirm the payment")),
    (SandboxOutcome.FAIL_3DS, N_("Refuse the payment")),
)
#: What the payer's bank may do later, on the same screen with `?after=1`.
_AFTER = {"take": True, "give": False}
_BANK = (
    ("take", N_("Let the bank take the payment back")),
    ("give", N_("Let the bank give it again")),
)
FAILURES = {
    "card_declined": N_("The card was declined. Nothing was taken. Try again or use another card."),
    "insufficient_funds": N_("There is not enough money on the card. Nothing was taken."),
    "expired_card": N_("The card has expired. Nothing was taken. Use another card."),
    "authentication_failed": N_("The payment was not confirmed. Nothing was taken. Try again."),
}


async def screen(request: Request) -> Response:
    """Show the charge and what can be made to happen."""
    _, charge = await _found(request)
    if charge is None:
        return _unknown()
    order = await behind(charge.payment_id)
    after = charge.status is ChargeStatus.SUCCEEDED and "after" in request.query_params
    if charge.status in TAKEN and not after:
        return see(order.path)
    return _page(charge, request.url.path, order)


@own_form
async def act(request: Request) -> Response:
    """Make it happen, deliver the webhooks that follow, and send the person back."""
    provider, charge = await _found(request)
    if provider is None or charge is None:
        return _unknown()
    form = await fields(request)
    chosen = form.get("outcome", "")
    try:
        if chosen in _AFTER:
            answer = await provider.charge_back(charge.reference, taken=_AFTER[chosen])
        else:
            answer = await provider.act(charge.reference, SandboxOutcome(chosen))
    except (GatewayError, ValueError):  # pressed twice, or invented
        return see(request.url.path)
    for delivery in answer.deliveries:
        await receive(delivery.payload, delivery.signature)
    if answer.charge.status in TAKEN:
        return see((await behind(charge.payment_id)).path)
    return see(request.url.path)  # the person can try again


async def _found(request: Request) -> tuple[SandboxPayments | None, Charge | None]:
    """Return the sandbox, if it is the provider here, and the charge under a secret."""
    provider = gateway()
    if not isinstance(provider, SandboxPayments):
        return None, None
    try:
        return provider, await provider.charge_for_secret(request.path_params["secret"])
    except GatewayError:
        return provider, None


def _page(charge: Charge, action: str, order: Behind) -> Response:
    h = Paper(order.language)
    secure = charge.status is ChargeStatus.REQUIRES_ACTION
    failure = FAILURES.get(charge.failure_code, "")

    def choice(outcome: str, text: str, main: bool = False) -> Any:
        return h.native_form(
            h.input(type="hidden", name="outcome", value=str(outcome)),
            h.button(h.t(text), type="submit", class_name="main" if main else ""),
            method="post",
            action=action,
        )

    title = h.t("Confirm with your bank") if secure else h.t("Sandbox payment")
    paid = charge.status is ChargeStatus.SUCCEEDED
    choices = _BANK if paid else _SECURE if secure else _MAIN
    body = h.group(
        h.h1(title),
        h.p(
            h.t("No money moves here: this screen stands for a payment provider."),
            class_name="muted",
        ),
        h.p(h.t(failure), class_name="bad", role="alert") if failure and not secure else None,
        h.div(
            h.p(h.t("Paid") if paid else h.t("To pay"), class_name="muted"),
            h.p(money(charge.amount, order.language), class_name="sum"),
            *[choice(outcome, text, index == 0) for index, (outcome, text) in enumerate(choices)],
            class_name="card",
        ),
        None
        if secure or paid
        else h.details(
            h.summary(h.t("Try what else can happen")),
            *[choice(outcome, text) for outcome, text in _OTHER],
        ),
        h.p(h.a(back_text(h, order), href=order.path)),
    )
    return frame(title, body, language=order.language)


def back_text(h: Any, came: Behind) -> str:
    """Return the words of the link back."""
    if came.of_order:
        return str(h.t("Back to the order without paying"))
    return str(h.t("Back without paying"))


def _unknown() -> Response:
    h = Paper("en")
    body = h.group(h.h1(h.t("We could not find that payment")), h.a(h.t("To the store"), href="/"))
    return frame(h.t("We could not find that payment"), body, language="en", status=404)


ROUTES = (
    Route(routes.SANDBOX + "/{secret}", screen, methods=["GET"]),
    Route(routes.SANDBOX + "/{secret}", act, methods=["POST"]),
)
