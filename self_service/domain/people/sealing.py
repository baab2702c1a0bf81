"""Keeping secrets that have to be read again, and knowing secrets again without keeping them.

Both keys are derived from the installation's secret, each for its own use, so that neither can
stand in for the other. Who has a copy of the database, but not that secret, can read neither.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unsealable(Exception):
    """Not sealed by this installation, changed since, or sealed too long ago."""


class Vault:
    """Seals and opens short texts, and takes their fingerprints."""

    def __init__(self, secret: str) -> None:
        """Derive the keys.

        Args:
            secret: the installation's.
        """
        self._fernet = Fernet(base64.urlsafe_b64encode(_key(secret, b"sealed texts")))
        self._fingerprints = _key(secret, b"fingerprints")

    def seal(self, text: str, *, now: datetime) -> str:
        """Encrypt a text; whoever changes the result makes it worthless."""
        return self._fernet.encrypt_at_time(text.encode(), int(now.timestamp())).decode()

    def open(self, sealed: str, *, now: datetime, within: timedelta | None = None) -> str:
        """Return a text that was sealed here.

        Args:
            sealed: from `seal`, or whatever somebody sent.
            now: instant of opening.
            within: how old it may be, None for any age.

        Raises:
            Unsealable: it is not from here, or too old.
        """
        try:
            if within is None:
                return self._fernet.decrypt(sealed.encode()).decode()
            seconds, at = int(within.total_seconds()), int(now.timestamp())
            return self._fernet.decrypt_at_time(sealed.encode(), seconds, at).decode()
        except (InvalidToken, ValueError):
            raise Unsealable from None

    def fingerprint(self, text: str) -> str:
        """Return what a text is known by: the same for the same text, in this installation only."""
        return hmac.new(self._fingerprints, text.encode(), hashlib.sha256).hexdigest()


def _key(secret: str, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=use).derive(secret.encode())
