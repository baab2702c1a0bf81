"""The one cookie: a random value that scripts cannot read."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import Response

from self_service import settings

#: A visitor's basket is found again this many seconds later; sessions end by their own rules.
LIFE = 60 * 60 * 24 * 30


def cookie_of(request: Request) -> str:
    """Return the value that the browser sent, "" for none."""
    return request.cookies.get(settings.get().cookie_name, "")


def new_value() -> str:
    """Make a cookie value that nobody can guess."""
    return secrets.token_urlsafe(32)


def set_cookie(response: Response, value: str) -> None:
    """Put the cookie on a response."""
    config = settings.get()
    response.set_cookie(
        config.cookie_name,
        value,
        max_age=LIFE,
        path="/",
        httponly=True,
        secure=config.https,
        samesite="lax",
    )
