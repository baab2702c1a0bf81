"""Forms that the browser posts by itself: where they come from, and what they hold."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from self_service import i18n, logs, settings
from self_service.state.request import readable

Handler = Callable[[Request], Awaitable[Response]]

#: No field of ours is longer; an address to come back to may hold many filters.
MAX_FIELD = 2_000
#: No form of ours has as many fields.
MAX_FIELDS = 40


def own_form(handler: Handler) -> Handler:
    """Refuse a post that another site made the browser send (CSRF).

    The cookie is SameSite=Lax, which already keeps it away from such posts; browsers also send
    Origin with every post, and it must be ours.
    """

    @wraps(handler)
    async def checked(request: Request) -> Response:
        if request.headers.get("origin", "") not in _origins(request):
            logs.security("form that does not come from our own page")
            return PlainTextResponse("This form must be sent from our own page.", status_code=403)
        return await handler(request)

    return checked


def _origins(request: Request) -> set[str]:
    """Return the origins of our pages: as set up, and as this request reached us."""
    public = urlsplit(settings.get().public_url)
    host = request.headers.get("host", "")
    reached = {f"{request.url.scheme}://{host}"} if host else set()
    return {f"{public.scheme}://{public.netloc}"} | reached


async def fields(request: Request) -> dict[str, str]:
    """Return the text fields of a form, clipped; files are not expected and left out."""
    form = await request.form(max_files=0, max_fields=MAX_FIELDS)
    return {
        name: readable(value)[:MAX_FIELD] for name, value in form.items() if isinstance(value, str)
    }


def language_of(form: dict[str, str]) -> str:
    """Return the language of the page that the form stood on."""
    return i18n.known(form.get("language", ""))


def see(path: str) -> RedirectResponse:
    """Send the browser to a page, by GET."""
    return RedirectResponse(path, status_code=303)
