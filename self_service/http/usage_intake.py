"""Networks deliver usage records here: a small endpoint for programs, in `docs/usage.md`.

No cookie is read: who delivers shows a key. Each row is answered for itself, so one that is at
fault keeps none of the others; sending all of it again changes nothing. Refusals of the whole are
`application/problem+json` (RFC 9457).
"""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from self_service import clock, logs, routes
from self_service.domain.errors import N_, DomainError
from self_service.domain.usage import intake, partners, shape
from self_service.domain.usage.intake import Line, Taken
from self_service.domain.usage.partners import SenderUnknown
from self_service.jobs import runner
from self_service.wiring import database, vault

#: Rows of one request; a body is limited besides.
ROWS_MOST = 1_000
_KEY_MOST = 100


class BadDelivery(DomainError):
    """What came is not what the documentation asks for."""

    code = "bad_delivery"
    message = N_("Send 1 to {most} records: a JSON list of Usage objects, or CSV with a header.")


async def deliver(request: Request) -> Response:
    """Take the records of a request; say of each that was not taken why."""
    try:
        keys = _keys(request)
        lines = await _lines(request)
        taken = await database().transact(_take, keys, lines, now=clock.now())
    except DomainError as refusal:
        return _problem(refusal)
    runner.wake_usage()
    return JSONResponse(_said(taken), headers={"Cache-Control": "no-store"})


def _take(session: Session, keys: tuple[str, ...], lines: list[Line], *, now: datetime) -> Taken:
    source = partners.sender(session, keys)
    import_id = intake.begin(session, source, name="request", now=now)
    return intake.take(session, import_id, source, lines, now=now)


def _keys(request: Request) -> tuple[str, ...]:
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(shown) <= _KEY_MOST:
        raise SenderUnknown
    return partners.fingerprints(vault(), shown.strip())


async def _lines(request: Request) -> list[Line]:
    raw = await request.body()
    try:
        text = raw.decode("utf-8-sig")
        if "csv" in request.headers.get("content-type", "").lower():
            found = list(intake.csv_lines(io.StringIO(text, newline="")))
        else:
            rows = json.loads(text)
            found = [Line(place, row) for place, row in enumerate(rows, 1)]
            found = found if isinstance(rows, list) else []
    except (ValueError, TypeError, RecursionError):
        found = []
    if not 0 < len(found) <= ROWS_MOST:
        raise BadDelivery(most=ROWS_MOST)
    return found


def _said(taken: Taken) -> dict[str, Any]:
    return {
        "read": taken.read,
        "taken": taken.taken,
        "repeated": taken.repeated,
        "rejected": [
            {
                "line": fault.line,
                "id": fault.record_id,
                "field": fault.field,
                "code": fault.reason,
                "reason": shape.REASONS[fault.reason],
            }
            for fault in taken.faults
        ],
    }


def _problem(refusal: DomainError) -> Response:
    unknown = isinstance(refusal, SenderUnknown)
    if unknown:
        logs.security("unknown sender's key at the usage API")
    status = 401 if unknown else 400
    said = {
        "type": f"urn:self-service:{refusal.code}",
        "title": refusal.message.format_map(refusal.data),
        "status": status,
    }
    headers = {"Cache-Control": "no-store"}
    if unknown:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(
        said, status_code=status, headers=headers, media_type="application/problem+json"
    )


ROUTES = (Route(routes.USAGE_API, deliver, methods=["POST"]),)
