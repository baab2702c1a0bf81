"""Receipts that other web sites can check: JSON Web Signatures with Ed25519 (RFC 7515, 8037, 9864).

The key is derived from the installation's secret, for this use alone. Ed25519 signs the same text
the same way every time, so a repeated answer is the same to the byte.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class Signer:
    """Signs receipts, and says by which keys they are checked."""

    def __init__(self, secret: str, *before: str) -> None:
        """Derive the keys: of the installation's secret, and of those that it had before."""
        self._keys = [_key(one) for one in (secret, *before)]

    def sign(self, said: dict[str, Any]) -> str:
        """Return a compact JWS over what is said."""
        key = self._keys[0]
        head = {"alg": "Ed25519", "kid": _public(key)["kid"], "typ": "JWT"}
        text = f"{_part(head)}.{_part(said)}"
        return f"{text}.{_base64(key.sign(text.encode()))}"

    def public(self) -> dict[str, Any]:
        """Return the public keys as a JWK set (RFC 7517), the present one first."""
        return {"keys": [_public(key) for key in self._keys]}


def _key(secret: str) -> Ed25519PrivateKey:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"voucher receipts")
    return Ed25519PrivateKey.from_private_bytes(derived.derive(secret.encode()))


def _public(key: Ed25519PrivateKey) -> dict[str, str]:
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    kid = _base64(hashlib.sha256(raw).digest()[:12])
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "use": "sig",
        "alg": "Ed25519",
        "kid": kid,
        "x": _base64(raw),
    }


def _part(said: dict[str, Any]) -> str:
    return _base64(json.dumps(said, sort_keys=True, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
