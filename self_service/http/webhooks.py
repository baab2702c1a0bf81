"""Messages from the payment provider: signed, maybe late, maybe more than once."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from self_service import clock, routes
from self_service.jobs import payments, runner
from self_service.wiring import database, gateway

#: Headers in which providers put their signature.
_SIGNATURES = ("stripe-signature", "sandbox-signature")


async def receive(payload: bytes, signature: str) -> bool:
    """Act on a delivery; False when the provider did not sign it."""
    taken = await payments.receive(database(), gateway(), payload, signature, now=clock.now())
    runner.wake()
    return taken


async def payments_webhook(request: Request) -> Response:
    """Answer the provider: 200 once the event is stored, so that it stops repeating it."""
    signature = next((request.headers[n] for n in _SIGNATURES if n in request.headers), "")
    if not await receive(await request.body(), signature):
        return PlainTextResponse("not signed by the provider", status_code=400)
    return PlainTextResponse("ok")


ROUTES = (Route(routes.WEBHOOKS + "/payments", payments_webhook, methods=["POST"]),)
