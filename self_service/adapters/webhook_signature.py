"""Signed webhooks: an HMAC over the instant and the payload, in a header `t=…,v1=…`.

The scheme is Stripe's, so that the sandbox is read as the real provider is:
https://docs.stripe.com/webhooks#verify-manually
"""

from __future__ import annotations

import hmac
from datetime import datetime
from hashlib import sha256

from self_service.ports import BadSignature

#: How far the signature's instant may lie from ours, in seconds, either way.
TOLERANCE = 300


def sign(payload: bytes, secret: str, at: datetime) -> str:
    """Return the header that proves `payload` was sent by a holder of `secret`.

    Args:
        payload: the body, byte for byte as it will be sent.
        secret: shared with the receiver.
        at: instant of sending, aware.
    """
    instant = str(int(at.timestamp()))
    return f"t={instant},v1={_digest(payload, secret, instant)}"


def verify(payload: bytes, header: str, secret: str, now: datetime) -> None:
    """Accept a payload that was signed with `secret` within `TOLERANCE` of `now`.

    Raises:
        BadSignature: the header is malformed, no `v1` digest fits, or the instant is too far off.
    """
    parts = [part.strip().partition("=") for part in header.split(",")]
    instants = [value for name, _, value in parts if name == "t"]
    digests = [value for name, _, value in parts if name == "v1"]
    if len(instants) != 1 or not (instants[0].isascii() and instants[0].isdigit()):
        raise BadSignature("no instant")
    expected = _digest(payload, secret, instants[0]).encode()
    # compared as bytes: compare_digest refuses text that is not ASCII by a TypeError
    if not any(hmac.compare_digest(expected, d.encode(errors="replace")) for d in digests):
        raise BadSignature("no digest fits")
    if len(instants[0]) > 12 or abs(int(instants[0]) - now.timestamp()) > TOLERANCE:
        raise BadSignature("too old, or from the future")


def _digest(payload: bytes, secret: str, instant: str) -> str:
    return hmac.new(secret.encode(), instant.encode() + b"." + payload, sha256).hexdigest()
