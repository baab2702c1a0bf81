"""ASGI wrapper for what Reflex leaves to others: security headers, caching, a body limit."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.responses import PlainTextResponse

#: No form of ours and no message of a provider is larger; files come by the command line.
MAX_BODY = 256 * 1024
TOO_LARGE = "The request is too large."

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


def edge(static: Path, origin: str, provider: str = "") -> Callable[[Any], Any]:
    """Return the wrapper for an installation.

    Args:
        static: the built front end.
        origin: scheme, host and port by which people reach us.
        provider: origin of the identity provider, "" for none.
    """
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
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            stamped = _stamped(send, scope["path"], headers)
            if _too_large(dict(scope["headers"]).get(b"content-length", b"0")):
                refusal = PlainTextResponse(TOO_LARGE, status_code=413)
                await refusal(scope, receive, stamped)
            else:
                await app(scope, _bounded(receive), stamped)

        return run

    return wrap


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
            present = {name for name, _ in message["headers"]}
            added = [pair for pair in headers if pair[0] not in present]
            if b"cache-control" not in present:
                kept = path.startswith("/assets/") and message["status"] in (200, 304)
                value = b"public, max-age=31536000, immutable" if kept else b"no-cache"
                added.append((b"cache-control", value))
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return stamp
