"""Links from mails: their secret leaves the address as soon as they are opened (ASVS 14.2.1).

Opening one answers with the clean address and puts the secret into a cookie that scripts cannot
read, so that it stands in no history, bookmark or referrer. Nothing is used up by it. The browser
sends the cookie to that page and to its live half only, and for an hour at most.
"""

from __future__ import annotations

import re

from starlette.responses import Response

from self_service import i18n, routes, settings
from self_service.http.forms import see
from self_service.state.request import PageRequest, link_cookie

#: Seconds: long enough to sign in or to find a password in between.
LIFE = 60 * 60
#: Where the websocket of the live pages connects.
_LIVE = "/_event"
#: What our secrets look like; others open nothing and are not kept.
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,100}")


def put_away(asked: PageRequest) -> Response | None:
    """Answer an address that holds the secret of a link; None for all others."""
    if asked.path not in routes.LINKED or "link" not in asked.query:
        return None
    rest = {name: value for name, value in asked.query.items() if name != "link"}
    response = see(routes.page(asked.language, asked.path, **rest))
    response.headers["Cache-Control"] = "no-store"
    return keep(response, asked.path, asked.query["link"])


def keep(response: Response, path: str, secret: str) -> Response:
    """Put the secret of a link into the browser's cookie for its page, in any language."""
    if not _SECRET.fullmatch(secret):
        return forget(response, path)
    https = settings.get().https
    for place in _places(path):
        response.set_cookie(
            link_cookie(path),
            secret,
            max_age=LIFE,
            path=place,
            httponly=True,
            secure=https,
            samesite="lax",
        )
    return response


def forget(response: Response, path: str) -> Response:
    """Take the cookie away: the link was used, or is of no use any more."""
    https = settings.get().https
    for place in _places(path):
        response.delete_cookie(
            link_cookie(path), path=place, httponly=True, secure=https, samesite="lax"
        )
    return response


def _places(path: str) -> list[str]:
    return [*(f"/{language}{path}" for language in i18n.LANGUAGES), _LIVE]
