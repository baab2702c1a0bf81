"""Other web sites sell vouchers here: a small JSON endpoint for programs, in `docs/vouchers.md`.

No cookie is read, so nothing is guarded against other sites' forms: who sells shows a key. Refusals
are `application/problem+json` (RFC 9457).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from self_service import clock, i18n, logs, policy, routes, settings
from self_service.domain.errors import N_, DomainError, Invalid
from self_service.domain.vouchers import gift_form, partners
from self_service.domain.vouchers.gift_form import Gift
from self_service.domain.vouchers.partners import DailyLimit, KeyReused, PartnerUnknown, Sold
from self_service.domain.vouchers.receipts import Signer
from self_service.domain.vouchers.sales import Wish
from self_service.domain.wallet import amounts
from self_service.jobs import runner
from self_service.wiring import database, secret, vault

#: Longer keys are none of ours; what a partner calls a sale is at most so long.
_KEY_MOST, _NUMBER_MOST = 100, 80
#: Bytes of a request: five short fields.
_BODY_MOST = 4_000
_STATUS: Mapping[type[DomainError], int] = {PartnerUnknown: 401, KeyReused: 409, DailyLimit: 429}


class BadRequest(DomainError):
    """What came is not what the documentation asks for."""

    code = "bad_request"
    message = N_("Send a JSON object with value, currency and, for a gift, receiver.")


class NoIdempotencyKey(DomainError):
    """The number of the sale is missing."""

    code = "idempotency_key_missing"
    message = N_("Send a header Idempotency-Key of 1 to 80 characters, a new one for each sale.")


class WrongCurrency(DomainError):
    """Another currency than the operator's."""

    code = "wrong_currency"
    message = N_("Vouchers are sold in {currency} only.")


async def sell(request: Request) -> Response:
    """Sell one voucher; the same Idempotency-Key is answered the same way."""
    try:
        keys = _partner_of(request)
        wish = await _wish(request)
        sold = await database().transact(
            partners.sell,
            keys,
            wish,
            policy=policy.current().vouchers,
            vault=vault(),
            now=clock.now(),
        )
    except DomainError as refusal:
        return _problem(refusal)
    runner.wake()
    return JSONResponse(_said(sold), status_code=201, headers={"Cache-Control": "no-store"})


async def key(_: Request) -> Response:
    """Say by which keys receipts are checked, as a JWK set."""
    return JSONResponse(signer().public(), headers={"Cache-Control": "public, max-age=3600"})


def signer() -> Signer:
    """Return what signs receipts."""
    return Signer(secret(), *settings.get().older_secrets)


def _partner_of(request: Request) -> tuple[str, ...]:
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(shown) <= _KEY_MOST:
        raise PartnerUnknown
    return partners.fingerprints(vault(), shown.strip())


async def _wish(request: Request) -> Wish:
    number = request.headers.get("idempotency-key", "").strip()
    if not (0 < len(number) <= _NUMBER_MOST and number.isascii() and number.isprintable()):
        raise NoIdempotencyKey
    body = await _body(request)
    currency = settings.get().currency
    if body.get("currency") != currency:
        raise WrongCurrency("currency", currency=currency)
    amount = amounts.amount(body.get("value"), currency, "value")
    return Wish(amount, number, _gift(body), i18n.known(str(body.get("language", ""))))


async def _body(request: Request) -> dict[str, Any]:
    """Read the object that was sent; texts only, and no other names than ours."""
    raw = await request.body()
    try:
        found = json.loads(raw) if len(raw) <= _BODY_MOST else None
    except (ValueError, RecursionError):
        found = None
    known = {"value", "currency", "receiver", "greeting", "language"}
    if not isinstance(found, dict) or not set(found) <= known:
        raise BadRequest
    if not all(isinstance(value, str) and _storable(value) for value in found.values()):
        raise BadRequest
    return found


def _storable(text: str) -> bool:
    """Say whether a text is one that a database can hold: no NUL, no half of a pair."""
    return "\0" not in text and text.encode("utf-8", "replace").decode() == text


def _gift(body: Mapping[str, Any]) -> Gift | None:
    if not body.get("receiver"):
        return None
    return gift_form.read({"email": body["receiver"], "greeting": body.get("greeting", "")})


def _said(sold: Sold) -> dict[str, Any]:
    plain = {
        "id": sold.sale,
        "serial": sold.serial,
        "value": str(sold.amount.amount),
        "currency": sold.amount.currency,
        "sold_at": sold.sold_at.isoformat(),
        "expires_at": sold.expires_at.isoformat(),
    }
    issuer = {"iss": settings.get().public_url, "aud": sold.partner, "jti": sold.key}
    return {**plain, "code": sold.code, "receipt": signer().sign({**plain, **issuer})}


def _problem(refusal: DomainError) -> Response:
    if isinstance(refusal, PartnerUnknown):
        logs.security("unknown partner's key at the voucher API")
    status = next((code for kind, code in _STATUS.items() if isinstance(refusal, kind)), 422)
    status = 400 if isinstance(refusal, BadRequest | NoIdempotencyKey) else status
    said: dict[str, Any] = {
        "type": f"urn:self-service:{refusal.code}",
        "title": refusal.message.format_map(_plain(refusal.data)),
        "status": status,
    }
    if isinstance(refusal, Invalid):
        names = {"email": "receiver"}
        said["errors"] = {
            names.get(name, name): text.format_map(_plain(data))
            for name, (text, data) in refusal.faults.items()
        }
    elif refusal.field:
        said["field"] = refusal.field
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(
        said, status_code=status, headers=headers, media_type="application/problem+json"
    )


def _plain(data: Mapping[str, Any]) -> dict[str, str]:
    english = i18n.LANGUAGES[i18n.DEFAULT].locale
    return {
        name: value.display(english) if hasattr(value, "display") else str(value)
        for name, value in data.items()
    }


ROUTES = (
    Route(routes.VOUCHER_API, sell, methods=["POST"]),
    Route(routes.VOUCHER_API + "/key", key, methods=["GET"]),
)
