"""The one cookie, a random value that scripts cannot read; and who else a request says it is."""

from __future__ import annotations

import secrets

from starlette.datastructures import Headers
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


def device_of(request: Request) -> str:
    """Return what a person knows the browser by: "Firefox on Linux", "" when it does not say."""
    from ua_parser import parse  # noqa: PLC0415  (its table is slow to load, sign-ins are rare)

    told = parse(request.headers.get("user-agent", "")[:400])
    names = [part.family for part in (told.user_agent, told.os) if part is not None]
    return " on ".join(names)


def network_of(request: Request) -> str:
    """Return the address that a request came from, past the proxies that the operator trusts."""
    return passed_on(request.headers, request.client.host if request.client else "")


def passed_on(headers: Headers, peer: str) -> str:
    """Return from where the outermost trusted proxy was called; `peer` without trusted ones.

    A client may send `X-Forwarded-For` too, so only entries that trusted proxies added at the end
    count; a proxy may add them to the line or in a line of its own. The framework reads the same
    for the websocket (`trusted_proxy_hops`).
    """
    if hops := settings.get().trusted_proxies:
        line = ",".join(headers.getlist("x-forwarded-for"))
        passed = [part for part in map(str.strip, line.split(",")) if part]
        if len(passed) >= hops:
            return passed[-hops][:64]
    return peer


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
