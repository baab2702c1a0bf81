"""A Stripe that answers by the book that a test writes, and Stripe's objects in short."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import httpx2

from self_service.adapters.stripe_payments import StripePayments
from tests.adapters.payment_harness import SECRET


class Stripe:
    """Answers by the book that a test writes: "METHOD path" -> body, status or fault."""

    def __init__(self, **book: Any) -> None:
        self.book = book
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        name = f"{request.method} {request.url.path.removeprefix('/v1/')}"
        answer = self.book[name]
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return httpx2.Response(answer, json={"error": {"message": "no"}})
        return httpx2.Response(200, json=answer)

    def asked(self) -> list[str]:
        return [f"{r.method} {r.url.path.removeprefix('/v1/')}" for r in self.requests]


def gateway(stripe: Stripe, retries: int = 0) -> StripePayments:
    return StripePayments(
        "sk_test_x",
        SECRET,
        "pk_test_x",
        max_network_retries=retries,
        transport=httpx2.MockTransport(stripe),
    )


def intent(reference: str = "pi_1", **changes: Any) -> dict[str, Any]:
    return {
        "id": reference,
        "object": "payment_intent",
        "status": "requires_payment_method",
        "amount": 1000,
        "currency": "eur",
        "latest_charge": None,
        "last_payment_error": None,
        "client_secret": "secret",
        "metadata": {"payment_id": "order-7"},
    } | changes


def paid(refunded: int = 0) -> dict[str, Any]:
    charge = {"id": "ch_1", "object": "charge", "amount_refunded": refunded}
    return intent(status="succeeded", latest_charge=charge)


def page(*data: dict[str, Any], more: bool = False, kind: str = "list") -> dict[str, Any]:
    return {"object": kind, "data": list(data), "has_more": more, "url": "/v1/x"}


def refund(key: str, amount: int) -> dict[str, Any]:
    return {
        "id": "re_1",
        "object": "refund",
        "amount": amount,
        "currency": "eur",
        "status": "succeeded",
        "metadata": {"key": key},
    }


def foreign(number: int) -> dict[str, Any]:
    return intent(f"pi_{number}", metadata={"payment_id": f"other-{number}"})


def card(reference: str) -> dict[str, Any]:
    face = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2035}
    return {"id": reference, "object": "payment_method", "type": "card", "card": face}


def sent(request: httpx2.Request) -> tuple[str, dict[str, str]]:
    """Return the idempotency key ("" for a read) and what was sent."""
    values = request.url.query if request.method == "GET" else request.content
    given = request.headers.get("Idempotency-Key", "")
    return given, dict(parse_qsl(values.decode()))
