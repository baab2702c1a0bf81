"""An OpenID Connect provider that says whatever a test wants it to say."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import RSAKey

ISSUER = "https://id.example"
#: Made once: it takes a while.
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


class Issuer:
    """Answers the portal's calls; `token` is what it gives for any code."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Take the clock by which its tokens are dated."""
        self.clock, self.key = clock, KEY
        self.token = ""

    @property
    def transport(self) -> httpx2.MockTransport:
        """Brings the portal's calls here."""
        return httpx2.MockTransport(self._answer)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        found: dict[str, Any] = {
            "/.well-known/openid-configuration": {
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/auth",
                "token_endpoint": f"{ISSUER}/token",
                "jwks_uri": f"{ISSUER}/keys",
            },
            "/keys": {"keys": [self.key.as_dict(private=False)]},
            "/token": {"access_token": "x", "token_type": "Bearer", "id_token": self.token},
        }
        return httpx2.Response(200, json=found[request.url.path])

    def claims(self, address: str, **changes: Any) -> dict[str, Any]:
        """What a right ID token says to who was sent here; a change to None leaves a claim out."""
        now = int(self.clock().timestamp())
        said = {
            "iss": ISSUER,
            "sub": "ona",
            "aud": "portal",
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": asked(address).get("nonce", ""),
            "email": "ona@example.com",
            "email_verified": True,
            "given_name": "Ona",
            "family_name": "Vale",
            **changes,
        }
        return {name: value for name, value in said.items() if value is not None}

    def signed(self, claims: dict[str, Any], key: Any = None, **header: str) -> str:
        """A token of these claims; `key` for another than its own."""
        said = {"alg": "RS256", "kid": "one", **header}
        return jwt.encode(said, claims, key or self.key, algorithms=[said["alg"]])

    def logout(self, **changes: Any) -> dict[str, Any]:
        """What a right logout token says."""
        now = int(self.clock().timestamp())
        said = {
            "iss": ISSUER,
            "aud": "portal",
            "iat": now,
            "exp": now + 120,
            "jti": "message-1",
            "sub": "ona",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
            **changes,
        }
        return {name: value for name, value in said.items() if value is not None}


def asked(address: str) -> dict[str, str]:
    """What the portal asks for by the address to which it sends somebody."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def unsigned(claims: dict[str, Any], **header: str) -> str:
    """A token that says it needs no signature; or one whose signature is still to be added."""
    parts = ({"alg": "none", **header}, claims)
    return "".join(base64url(json.dumps(part).encode()) + "." for part in parts)


def base64url(content: bytes) -> str:
    """As parts of tokens are written."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
