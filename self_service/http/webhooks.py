"""Messages from the payment provider: signed, maybe late, maybe more than once."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from self_service import clock, logs, routes
from self_service.domain.payments.chargebacks import NotPaidYet
from self_service.jobs import payments, runner
from self_service.ports import PaymentGateway
from self_service.wiring import database, gateway, plug_ins

#: Headers in which providers put their signature.
_SIGNATURES = ("stripe-signature", "sandbox-signature")


async def receive(payload: bytes, signature: str, provider: PaymentGateway | None = None) -> bool:
    """Act on a delivery; False when the provider did not sign it. None: who takes cards.

    Raises:
        NotPaidYet: it is to be sent again, later.
    """
    by = provider or gateway()
    taken = await payments.receive(database(), by, payload, signature, now=clock.now())
    runner.wake()
    return taken


async def payments_webhook(request: Request) -> Response:
    """Answer the provider: 200 once the event is stored, so that it stops repeating it."""
    signature = next((request.headers[n] for n in _SIGNATURES if n in request.headers), "")
    try:
        signed = await receive(await request.body(), signature)
    except NotPaidYet:
        return _later()
    if not signed:
        logs.security("message that the payment provider did not sign")
        return PlainTextResponse("not signed by the provider", status_code=400)
    return PlainTextResponse("ok")


async def method_webhook(request: Request) -> Response:
    """Answer one of the further payment methods, as `payments_webhook` does."""
    name = request.path_params["name"]
    provider = next((one for one in plug_ins() if one.name == name), None)
    if provider is None:
        return await payments_webhook(request) if name == gateway().name else _not_here()
    signature = request.headers.get(provider.signature_header, "")
    try:
        signed = await receive(await request.body(), signature, provider)
    except NotPaidYet:
        return _later()
    if not signed:
        logs.security(f"message that the payment method {name} did not sign")
        return PlainTextResponse("not signed by the provider", status_code=400)
    return PlainTextResponse("ok")


def _later() -> Response:
    """Answer a message that came too early: providers send it again, some time later."""
    return PlainTextResponse("not yet: send it again", status_code=409)


def _not_here() -> Response:
    return PlainTextResponse("no such payment method", status_code=404)


ROUTES = (
    Route(routes.WEBHOOKS + "/payments", payments_webhook, methods=["POST"]),
    Route(routes.WEBHOOKS + "/payments/{name}", method_webhook, methods=["POST"]),
)
