"""The cookie between a right password and the second factor: good for that alone, for a while."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from self_service import settings

#: Seconds; the secret in it ends by itself too.
LIFE = 600


def _name() -> str:
    return "__Host-ticket" if settings.get().https else "ticket"


def ticket_of(request: Request) -> str:
    """Return the ticket that the browser sent, "" for none."""
    return request.cookies.get(_name(), "")


def set_ticket(response: Response, ticket: str) -> None:
    """Put a ticket on a response; "" takes it away."""
    response.set_cookie(
        _name(),
        ticket,
        max_age=LIFE if ticket else 0,
        path="/",
        httponly=True,
        secure=settings.get().https,
        samesite="lax",
    )
