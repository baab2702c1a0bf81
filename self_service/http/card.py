"""The card page of a provider whose fields stand in frames of its own (Stripe Elements)."""

from __future__ import annotations

import html
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import routes, settings
from self_service.components.ui.markup import Paper
from self_service.domain.access import Actor
from self_service.domain.payments import pending as open_payments
from self_service.http.cookies import cookie_of
from self_service.http.forms import see
from self_service.http.frame import frame
from self_service.http.pay_link import by_link
from self_service.http.returning import Behind, behind
from self_service.http.sandbox import back_text
from self_service.jobs.payments import TAKEN
from self_service.ports import Charge, GatewayError
from self_service.state.display import money
from self_service.state.guard import call_as
from self_service.wiring import database, gateway

#: Origins of Stripe's frames and API besides that of its script.
_STRIPE = "https://js.stripe.com https://hooks.stripe.com https://api.stripe.com"


async def card_page(request: Request) -> Response:
    """Show the card fields for one of the person's own open payments."""
    payment_id = request.path_params["payment_id"]
    mine = await database().read(call_as, _mine, cookie_of(request), payment_id)
    reference = mine or await by_link(request, payment_id)
    if not reference or not settings.get().stripe_publishable_key:
        return see("/")
    order = await behind(payment_id)
    try:
        charge = await gateway().retrieve(reference)
    except GatewayError:
        return see(order.path)
    if charge.status in TAKEN:
        return see(order.path)
    return _page(charge, payment_id, order, signed_in=bool(mine))


def _mine(session: Session, actor: Actor, payment_id: UUID, *, now: datetime) -> str:
    """Return the reference of the actor's own open payment, "" when it is none."""
    del now
    payment = open_payments.pending(session, payment_id)
    own = actor.signed_in and open_payments.owned_by(session, payment_id, actor)
    return payment.reference if own and payment else ""


def _page(charge: Charge, payment_id: UUID, order: Behind, *, signed_in: bool) -> Response:
    config = settings.get()
    h = Paper(order.language)
    body = h.group(
        h.h1(h.t("Pay by card")),
        h.div(
            h.p(h.t("To pay"), class_name="muted"),
            h.p(money(charge.amount, order.language), class_name="sum"),
            h.form(
                h.p(h.t("Card"), id="card-label"),
                h.div(id="card-element", role="group", aria_labelledby="card-label"),
                h.p(id="message", role="alert"),
                h.button(h.t("Pay"), type="submit", id="pay-button", class_name="main"),
                id="card-form",
            ),
            id="pay",
            data_key=config.stripe_publishable_key,
            data_secret=charge.client_secret,
            data_goal=f"{routes.RETURNED}/{payment_id}",
            data_failed=h.t("The payment did not go through. Nothing was taken. Try again."),
            class_name="card",
        ),
        h.p(
            h.t("Your card number goes to our payment provider only. We never see it."),
            class_name="muted",
        ),
        h.p(h.a(back_text(h, order), href=order.path)),
    )
    script = html.escape(config.stripe_js_url, quote=True)
    head = f'<script src="{script}"></script><script src="/pay.js" defer></script>'
    response = frame(h.t("Pay by card"), body, language=order.language, head=head, leave=signed_in)
    response.headers["Content-Security-Policy"] = card_policy(config)
    return response


def card_policy(config: settings.Settings) -> str:
    """Return the content-security-policy of a page with Stripe's fields."""
    script = "{0.scheme}://{0.netloc}".format(urlsplit(config.stripe_js_url))
    api = config.stripe_api_base
    outside = f"{_STRIPE} {script} {api}".strip()
    return (
        f"default-src 'self'; script-src 'self' {script}; style-src 'self' 'unsafe-inline'; "
        f"frame-src {outside}; connect-src 'self' {outside}; img-src 'self' data: {outside}; "
        "base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'"
    )


ROUTES = (Route(routes.STRIPE_PAY + "/{payment_id:uuid}", card_page),)
