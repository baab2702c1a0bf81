"""Request-time half of the first paint: a page whose first bytes hold its content.

The built shell (`404.html`, the same for all addresses) gets the page's title, its HTML made by
the same view as the live page (`markup.Paper`), and the state values from which the live page
starts (`boot_plugin`). A visitor without a cookie gets one here, so that the websocket has it.
"""

from __future__ import annotations

import asyncio
import dataclasses
import html
import json
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import reflex as rx
from reflex_base.constants.state import FIELD_MARKER
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from self_service import brand, i18n, settings
from self_service.components.missing import missing
from self_service.components.page import Page, find
from self_service.components.ui.markup import Paper
from self_service.domain.access import ConfirmationNeeded, SecondFactorNeeded, SignInNeeded
from self_service.domain.errors import DomainError
from self_service.http import one_time
from self_service.http.busy import busy
from self_service.http.campaign import take_code
from self_service.http.cookies import cookie_of, network_of, new_value, set_cookie
from self_service.state.basket import BasketState, basket_values
from self_service.state.request import Elsewhere, PageRequest
from self_service.state.shell import ShellState, shell_values
from self_service.state.turns import Busy

SLOT = "<!--first-paint-->"
#: What asks for modules in any form.
_AT_ONCE = re.compile(r"<(?:link|script)\b[^>]*module", re.IGNORECASE)
_NOT_LISTED = '<meta name="robots" content="noindex">'

#: The states of a page and what they hold.
Values = dict[type[rx.State], dict[str, Any]]


#: How the build asks for its modules, and what `assets/start.js` wakes instead.
_WAITS = (
    ('rel="modulepreload"', 'rel="live"'),
    ('<script type="module" async="">', '<script type="live">'),
)


def check_shell(static: Path) -> None:
    """Look whether the built shell is as `_shell` expects it; without a build there is none.

    Raises:
        RuntimeError: this version of Reflex builds it in another form.
    """
    file = static / "404.html"
    if not file.exists():
        return
    built = file.read_text()
    missing_parts = [part for part in (SLOT, "</head>", *dict(_WAITS)) if part not in built]
    for asks, waits in _WAITS:
        built = built.replace(asks, waits)
    if missing_parts or _AT_ONCE.search(built):
        raise RuntimeError(
            "Reflex changed the built shell, so its scripts would not wait for the first view: "
            f"adapt first_paint._WAITS (missing: {missing_parts})"
        )


@cache
def _shell(language: str) -> str:
    """Return the built shell, made for a language, whose scripts wait for the first view.

    The build asks for its modules before everything else, but the first view needs none of them:
    `assets/start.js` wakes what is marked "live" here once that view is painted.
    """
    start = f'<html lang="{language}" dir="{i18n.LANGUAGES[language].direction}">'
    built = (settings.get().static_dir / "404.html").read_text()
    for asks, waits in _WAITS:
        built = built.replace(asks, waits)
    return re.sub(r"<html[^>]*>", start, built, count=1)


async def respond(request: Request) -> Response:
    """Answer the address of a page."""
    cookie = cookie_of(request)
    address = f"{quote(request.url.path)}?{request.url.query}"
    asked = PageRequest.at(address, cookie, network_of(request), request.cookies)
    clean = one_time.put_away(asked) or await take_code(request, asked)
    if clean is not None:
        return clean
    declared = find(asked.path)
    if declared is None:
        return _missing(asked.language)
    try:
        own = await declared.loader(asked)
    except Elsewhere as other:
        return RedirectResponse(other.path, status_code=303)
    except SignInNeeded:
        return RedirectResponse(asked.sign_in, status_code=303)
    except ConfirmationNeeded:
        return RedirectResponse(asked.confirm, status_code=303)
    except SecondFactorNeeded:
        return RedirectResponse(asked.second_factor, status_code=303)
    except Busy:
        return busy(asked.language, status=503)
    except DomainError:
        return _missing(asked.language)
    around, basket = await asyncio.gather(shell_values(asked), basket_values(asked))
    values: Values = {ShellState: around, BasketState: basket, declared.state: own}
    response = HTMLResponse(_fill(declared, asked.language, values))
    response.headers["Cache-Control"] = "no-store"
    if not cookie:
        set_cookie(response, new_value())
    return response


def _missing(language: str) -> Response:
    """Answer an address under which there is nothing, or nothing for this person."""
    document = _document(
        language, f"<title>404</title>{_NOT_LISTED}", str(missing(Paper(language)))
    )
    return HTMLResponse(document, status_code=404)


def _fill(declared: Page, language: str, values: Values) -> str:
    page, around, basket = (
        _namespace(state, values[state]) for state in (declared.state, ShellState, BasketState)
    )
    h = Paper(language)
    body = str(declared.content(h, page, around, basket))
    title = declared.title_of(h, page, around)
    description = i18n.translate(language, declared.description)
    head = (
        f"<title>{html.escape(title)}</title>"
        f'<meta name="description" content="{html.escape(description, quote=True)}">'
        + (_NOT_LISTED if declared.private else _alternates(declared, language))
        + _boot(values)
    )
    return _document(language, head, body)


def _document(language: str, head: str, body: str) -> str:
    head += f"<style>{brand.current().css}</style></head>"
    return _shell(language).replace("</head>", head, 1).replace(SLOT, body, 1)


def _namespace(state: type[rx.State], values: dict[str, Any]) -> SimpleNamespace:
    defaults = {name: field.default_value() for name, field in state.get_fields().items()}
    return SimpleNamespace(**(defaults | values))


def _alternates(declared: Page, language: str) -> str:
    if declared.path != declared.prefix:
        return ""
    origin = settings.get().public_url
    return "".join(
        f'<link rel="alternate" hreflang="{code}" href="{origin}/{code}{declared.path}">'
        for code in i18n.LANGUAGES
        if code != language
    )


def _boot(values: Values) -> str:
    boot = {
        state.get_full_name(): {name + FIELD_MARKER: value for name, value in found.items()}
        for state, found in values.items()
    }
    text = json.dumps(boot, default=_plain, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("<", r"\u003c")  # nothing in it can end the element
    return f'<script type="application/json" id="rx-boot">{text}</script>'


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} must not reach the browser")
