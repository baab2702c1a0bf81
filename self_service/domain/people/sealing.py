"""Keeping secrets that have to be read again, and knowing secrets again without keeping them.

Texts are sealed by AES-256-GCM, which also notices every change (NIST SP 800-38D); the nonce is
random, and the instant of sealing stands beside it, authenticated. Both keys are derived from the
installation's secret, each for its own use, so that neither can stand in for the other. Who has a
copy of the database, but not that secret, can read neither.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

#: Bytes of the instant and of the nonce, which stand before what is sealed.
_INSTANT, _NONCE = 8, 12
#: So far ahead of ours may the clock of another worker be.
_SKEW = timedelta(seconds=60)


class Unsealable(Exception):
    """Not sealed by this installation, changed since, or sealed too long ago."""


class Vault:
    """Seals and opens short texts, and takes their fingerprints."""

    def __init__(self, secret: str, *before: str) -> None:
        """Derive the keys.

        Args:
            secret: the installation's; seals from now on.
            *before: those that it had before, which still open and are known again.
        """
        known = (secret, *before)
        self._ciphers = [AESGCM(_key(one, b"sealed texts, AES-GCM")) for one in known]
        self._fingerprints = [_key(one, b"fingerprints") for one in known]

    def seal(self, text: str, *, now: datetime) -> str:
        """Encrypt a text; whoever changes the result makes it worthless."""
        instant = int(now.timestamp()).to_bytes(_INSTANT)
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._ciphers[0].encrypt(nonce, text.encode(), instant)
        return base64.urlsafe_b64encode(instant + nonce + sealed).decode()

    def renewed(self, sealed: str, *, now: datetime) -> str:
        """Return what was sealed by an older secret sealed by the present one, else as it is.

        Raises:
            Unsealable: it is not from here.
        """
        which, text, _ = self._read(sealed)
        return self.seal(text, now=now) if which else sealed

    def open(self, sealed: str, *, now: datetime, within: timedelta | None = None) -> str:
        """Return a text that was sealed here.

        Args:
            sealed: from `seal`, or whatever somebody sent.
            now: instant of opening.
            within: how old it may be, None for any age.

        Raises:
            Unsealable: it is not from here, or too old.
        """
        _, text, at = self._read(sealed)
        if within is not None and not at - _SKEW <= now <= at + within:
            raise Unsealable
        return text

    def fingerprint(self, text: str) -> str:
        """Return what a text is known by: the same for the same text, in this installation only."""
        return self.fingerprints(text)[0]

    def fingerprints(self, text: str) -> tuple[str, ...]:
        """Return what a text may be known by: under the present secret, then under older ones."""
        return tuple(
            hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in self._fingerprints
        )

    def _read(self, sealed: str) -> tuple[int, str, datetime]:
        """Return which secret sealed it (0 is the present one), what it says, and when it was."""
        try:
            raw = base64.b64decode(sealed.encode(), altchars=b"-_", validate=True)
        except ValueError:
            raise Unsealable from None
        instant, nonce, rest = raw[:_INSTANT], raw[_INSTANT:][:_NONCE], raw[_INSTANT + _NONCE :]
        if len(nonce) < _NONCE:
            raise Unsealable
        for which, cipher in enumerate(self._ciphers):
            try:
                text = cipher.decrypt(nonce, rest, instant).decode()
            except InvalidTag:
                continue
            return which, text, datetime.fromtimestamp(int.from_bytes(instant), UTC)
        raise Unsealable


def _key(secret: str, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=use).derive(secret.encode())
