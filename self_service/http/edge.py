"""ASGI wrapper for what Reflex leaves to others: headers, caching, limits, closed addresses."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

from self_service import logs
from self_service.http.busy import Requests
from self_service.http.cookies import passed_on

#: No form of ours and no message of a provider is larger; files come by the command line.
MAX_BODY = 256 * 1024
TOO_LARGE = "The request is too large."
NOT_FOUND = "Not Found"

#: First parts of addresses that the framework answers and that nobody here needs.
CLOSED = frozenset({"ping", "_health", "_upload", "_all_routes", "auth-codespace"})

_INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")[^>]*>(.*?)</script>", re.S
)


class BodyTooLarge(Exception):
    """A request without a length sent more than we read."""


def script_hashes(static: Path) -> str:
    """Return the CSP hashes of the inline scripts in the shell that all pages share."""
    shell = static / "404.html"
    bodies = set(_INLINE.findall(shell.read_text())) if shell.exists() else set()
    digests = sorted(
        base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() for body in bodies
    )
    return " ".join(f"'sha256-{digest}'" for digest in digests)


def policy(static: Path, origin: str, provider: str = "") -> str:
    """Return the content-security-policy of the application's pages.

    Browsers hold a form's redirects to `form-action` too, and the way to the identity provider
    starts with a form.
    """
    socket = origin.replace("http", "ws", 1)
    return "; ".join(
        (
            "default-src 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            f"form-action 'self' {provider}".rstrip(),
            "img-src 'self' data:",
            # Emotion, inside Reflex, inserts <style> elements while it runs.
            "style-src 'self' 'unsafe-inline'",
            f"connect-src 'self' {socket}",
            f"script-src 'self' {script_hashes(static)}".rstrip(),
        )
    )


def edge(static: Path, origin: str, provider: str = "", *, rate: float = 0) -> Callable[[Any], Any]:
    """Return the wrapper for an installation.

    Args:
        static: the built front end.
        origin: scheme, host and port by which people reach us.
        provider: origin of the identity provider, "" for none.
        rate: requests per second that a network may make for long, 0 for any number.
    """
    requests = Requests(rate)
    headers = [
        (b"content-security-policy", policy(static, origin, provider).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
        (b"cross-origin-opener-policy", b"same-origin"),
    ]
    if origin.startswith("https:"):
        headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))

    def wrap(app: Any) -> Any:
        async def run(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] not in ("http", "websocket"):
                await app(scope, receive, send)
                return
            path, network = scope["path"], _network(scope)
            logs.enter(network, path)
            if scope["type"] == "websocket":
                await app(scope, receive, send)
                return
            refusal: Any = None
            if path.split("/", 2)[1:2] and path.split("/", 2)[1] in CLOSED:
                refusal = PlainTextResponse(NOT_FOUND, status_code=404)
            elif _too_large(dict(scope["headers"]).get(b"content-length", b"0")):
                logs.security("body that is too large, or of no length")
                refusal = PlainTextResponse(TOO_LARGE, status_code=413)
            else:
                refusal = requests.refusal(path, network)
            stamped = _stamped(send, path, headers)
            await (refusal or app)(scope, receive if refusal else _bounded(receive), stamped)

        return run

    return wrap


def _network(scope: Any) -> str:
    client = scope.get("client")
    return passed_on(Headers(scope=scope), client[0] if client else "")


def _too_large(length: bytes) -> bool:
    return not length.isdigit() or len(length) > 12 or int(length) > MAX_BODY


def _bounded(receive: Any) -> Any:
    seen = 0

    async def limited() -> Any:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_BODY:
            raise BodyTooLarge
        return message

    return limited


def _stamped(send: Any, path: str, headers: list[tuple[bytes, bytes]]) -> Any:
    async def stamp(message: Any) -> None:
        if message["type"] == "http.response.start":
            sent = [_with_charset(*pair) for pair in message["headers"]]
            present = {name for name, _ in sent}
            added = [pair for pair in headers if pair[0] not in present]
            if b"cache-control" not in present:
                kept = path.startswith("/assets/") and message["status"] in (200, 304)
                value = b"public, max-age=31536000, immutable" if kept else b"no-cache"
                added.append((b"cache-control", value))
            message = {**message, "headers": [*sent, *added]}
        await send(message)

    return stamp


def _with_charset(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """Say in which encoding XML is; Starlette says it of text only."""
    if name == b"content-type" and value.endswith((b"+xml", b"/xml")):
        return name, value + b"; charset=utf-8"
    return name, value
