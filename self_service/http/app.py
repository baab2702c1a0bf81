"""The HTTP door: everything that is not the websocket of the live pages.

These routes win over the built front end. Handlers are as thin as event handlers: read, one
domain function, answer.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from self_service import bugs, i18n, logs, routes
from self_service.components.ui.markup import Paper
from self_service.http import (
    acting,
    bill_files,
    bill_now,
    budget,
    card,
    card_screens,
    cards,
    checkout,
    company_spend,
    confirm,
    coverage,
    credentials,
    documents,
    first_paint,
    limits,
    members,
    notices,
    oidc,
    own_data,
    passkeys,
    pay_link,
    paying,
    pictures,
    promotions,
    registering,
    sandbox,
    second_factor,
    services,
    sharing,
    sign_in,
    usage_file,
    usage_intake,
    voucher_api,
    voucher_files,
    vouchers,
    wallet,
    wallet_file,
    webhooks,
)
from self_service.http.edge import TOO_LARGE, BodyTooLarge
from self_service.http.forms import see
from self_service.http.frame import frame
from self_service.wiring import plug_ins


async def health(_: Request) -> Response:
    """Say that this process answers."""
    return JSONResponse({"ok": True})


async def front_door(request: Request) -> Response:
    """Send a visitor to the store in the language of the address or, without, of the browser."""
    return see(routes.page(_language(request), routes.STORE))


async def bug(request: Request, exception: Exception) -> Response:
    """Say that something went wrong on our side, and under which number it was logged."""
    h = Paper(_language(request))
    title = h.t("Something went wrong on our side.")
    body = h.group(
        h.h1(title),
        h.p(
            h.t("Nothing was lost. Please try again; if it happens once more, tell us this number:")
        ),
        h.p(bugs.note(exception), class_name="sum"),
        h.p(h.a(h.t("To the store"), href="/")),
    )
    return frame(title, body, language=h.language, status=500)


async def too_large(_: Request, __: Exception) -> Response:
    """Refuse a body that turned out to be larger than any form of ours."""
    logs.security("body that is too large, or of no length")
    return PlainTextResponse(TOO_LARGE, status_code=413)


async def unreadable(_: Request, __: Exception) -> Response:
    """Refuse a form that no page of ours sends: too many fields, files, broken parts."""
    logs.security("form that cannot be read")
    return PlainTextResponse("This form cannot be read.", status_code=400)


def build() -> Starlette:
    """Make the Starlette application inside which Reflex is mounted."""
    pages = [
        route
        for language in i18n.LANGUAGES
        for route in (
            Route(f"/{language}", front_door),
            Route(f"/{language}/", front_door),
            Route(f"/{language}/{{rest:path}}", first_paint.respond),
        )
    ]
    return Starlette(
        # built files come with their compressed twins; this is for what is made on request
        middleware=[Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)],
        exception_handlers={BodyTooLarge: too_large, 400: unreadable, Exception: bug},
        routes=[
            Route("/", front_door),
            Route(routes.HEALTH, health),
            Route("/brand/logo.svg", pictures.logo),
            Route("/favicon.ico", pictures.logo),
            Route(
                routes.PICTURES + "/{shape}/{colour}/{cameras}/{variant}/{ratio}.svg",
                pictures.picture,
            ),
            *sign_in.ROUTES,
            *second_factor.ROUTES,
            *confirm.ROUTES,
            *credentials.ROUTES,
            *registering.ROUTES,
            *members.ROUTES,
            *acting.ROUTES,
            *checkout.ROUTES,
            *promotions.ROUTES,
            *card.ROUTES,
            *card_screens.ROUTES,
            *cards.ROUTES,
            *paying.ROUTES,
            *pay_link.ROUTES,
            *documents.ROUTES,
            *bill_files.ROUTES,
            *bill_now.ROUTES,
            *vouchers.ROUTES,
            *voucher_files.ROUTES,
            *voucher_api.ROUTES,
            *usage_file.ROUTES,
            *usage_intake.ROUTES,
            *own_data.ROUTES,
            *sandbox.ROUTES,
            *services.ROUTES,
            *budget.ROUTES,
            *company_spend.ROUTES,
            *coverage.ROUTES,
            *notices.ROUTES,
            *sharing.ROUTES,
            *limits.ROUTES,
            *wallet.ROUTES,
            *wallet_file.ROUTES,
            *webhooks.ROUTES,
            *oidc.ROUTES,
            *passkeys.ROUTES,
            *[Mount(f"{routes.PAY_WITH}/{one.name}", one.screens) for one in plug_ins()],
            *pages,
        ],
    )


def _language(request: Request) -> str:
    first = request.url.path.split("/", 2)[1]
    if first in i18n.LANGUAGES:
        return first
    return i18n.preferred(request.headers.get("accept-language", ""))
