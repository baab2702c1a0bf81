"""The screens where a card to be saved is taken: the sandbox's pretend cards, Stripe's fields."""

from __future__ import annotations

import html
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from self_service import brand, i18n, routes, settings
from self_service.adapters.sandbox_cards import SandboxCard
from self_service.adapters.sandbox_payments import SandboxPayments
from self_service.components.ui.markup import Paper
from self_service.domain.access import ConfirmationNeeded
from self_service.domain.errors import N_, DomainError
from self_service.domain.payments import methods
from self_service.http.card import card_policy
from self_service.http.cookies import cookie_of
from self_service.http.forms import see
from self_service.http.frame import frame
from self_service.state.guard import call_as
from self_service.wiring import database, gateway

#: What the pretend cards do.
_PRETEND = {
    SandboxCard.GOOD: N_("A card that pays"),
    SandboxCard.DECLINED: N_("A card that is declined"),
    SandboxCard.INSUFFICIENT_FUNDS: N_("A card without enough money"),
    SandboxCard.EXPIRED: N_("A card that the bank calls expired"),
    SandboxCard.AUTHENTICATE: N_("A card whose bank asks you to confirm"),
    SandboxCard.SLOW: N_("A card that pays late"),
}
MANDATE = N_(
    "I allow {brand} to keep this card and to charge it while I am away, only for what I switch "
    "on: automatic payment of bills, automatic top-ups. I can withdraw this at any time by "
    "removing the card."
)


async def sandbox_screen(request: Request) -> Response:
    """Let the person choose a pretend card."""
    if not isinstance(gateway(), SandboxPayments):
        return see("/")
    elsewhere, h = await _entered(request)
    return elsewhere or _screen(h, _pretend(h))


async def stripe_screen(request: Request) -> Response:
    """Let the person type a card into Stripe's fields."""
    config = settings.get()
    if not config.stripe_publishable_key:
        return see("/")
    elsewhere, h = await _entered(request)
    if elsewhere is not None:
        return elsewhere
    script = html.escape(config.stripe_js_url, quote=True)
    head = f'<script src="{script}"></script><script src="/card.js" defer></script>'
    response = _screen(h, _fields(h, config.stripe_publishable_key), head)
    response.headers["Content-Security-Policy"] = card_policy(config)
    return response


async def _entered(request: Request) -> tuple[Response | None, Paper]:
    """Return where else to go, and the builder of the page: who adds a card is there in person."""
    h = Paper(i18n.known(request.query_params.get("language", "")))
    cards = routes.page(h.language, routes.CARDS)
    try:
        await database().read(call_as, methods.begin, cookie_of(request))
    except ConfirmationNeeded:
        return see(routes.page(h.language, routes.CONFIRM, next=cards)), h
    except DomainError:
        return see(cards), h
    return None, h


def _screen(h: Paper, choice: Any, head: str = "") -> Response:
    title = h.t("Add a card")
    cards = routes.page(h.language, routes.CARDS)
    body = h.group(
        h.h1(title),
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            choice,
            h.p(
                h.label(
                    h.input(type="checkbox", name="mandate", value="yes", required=True),
                    " ",
                    h.t(MANDATE, brand=brand.current().links.brand_name),
                )
            ),
            h.p(
                h.label(
                    h.input(type="checkbox", name="default", value="yes"),
                    " ",
                    h.t("Offer this card first"),
                )
            ),
            h.button(h.t("Save card"), type="submit", class_name="main", id="save-button"),
            method="post",
            action=routes.DO_SAVE_CARD,
            id="card-form",
            class_name="card",
        ),
        h.p(h.a(h.t("Back without saving"), href=cards)),
    )
    return frame(title, body, language=h.language, head=head, leave=True)


def _pretend(h: Paper) -> Any:
    return h.fieldset(
        h.legend(h.t("No money moves here: choose a pretend card.")),
        [
            h.p(
                h.label(
                    h.input(
                        type="radio",
                        name="token",
                        value=card.value,
                        checked=card is SandboxCard.GOOD,
                    ),
                    " ",
                    h.t(text),
                )
            )
            for card, text in _PRETEND.items()
        ],
    )


def _fields(h: Paper, key: str) -> Any:
    return h.div(
        h.input(type="hidden", name="token", id="card-token"),
        h.p(h.t("Card"), id="card-label"),
        h.div(id="card-element", role="group", aria_labelledby="card-label"),
        h.p(id="message", role="alert"),
        h.p(
            h.t("Your card number goes to our payment provider only. We never see it."),
            class_name="muted",
        ),
        id="card-fields",
        data_key=key,
        data_failed=h.t("This card could not be saved. Try another one."),
    )


ROUTES = (
    Route(routes.SANDBOX_CARD, sandbox_screen),
    Route(routes.STRIPE_CARD, stripe_screen),
)
