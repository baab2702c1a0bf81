"""Web push over httpx2: one encrypted POST to the browser's push service (RFC 8030, 8291, 8292).

pywebpush would bring requests, aiohttp and two more libraries for these hundred lines; its RFC's
own example is a test here. `decisions/0016-notifications.md` says more.
"""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from self_service.ports import NotTaken, PushGone, PushTarget

#: Seconds that the push service may take, and for which it keeps a message.
PATIENCE, KEPT = 20.0, 86_400
#: Seconds for which a proof of who we are holds; a day at most (RFC 8292).
_PROVEN = 43_200
#: Bytes of one record; what we say fits into one (RFC 8188).
_RECORD = 4_096
#: A service that has forgotten the browser, and answers that say "never".
_GONE, _NEVER = frozenset({404, 410}), frozenset({400, 401, 403, 413})
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


class WebPush:
    """Knows how to reach browsers, and proves to their services who we are (VAPID)."""

    def __init__(
        self,
        *,
        key: ec.EllipticCurvePrivateKey,
        contact: str,
        clock: Callable[[], float] = time.time,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """Take who we are.

        Args:
            key: of this installation; browsers subscribe to it alone.
            contact: "mailto:" or "https:" address for push services that have to tell us something.
            clock: returns the current instant in seconds since 1970.
            transport: what carries the requests instead of the network, for tests.
        """
        self._key = ECKey.import_key(key)
        self._contact, self._clock, self._transport = contact, clock, transport
        self.public_key = _base64(_point(key.public_key()))

    async def send(self, target: PushTarget, payload: bytes) -> None:
        """Hand a message over, encrypted for the browser alone.

        Raises:
            PushGone: the service answers that the browser is gone.
            NotTaken: it was not taken; the message holds no address.
        """
        try:
            body = encrypt(payload, target.receiver_key, target.auth_secret)
        except ValueError:
            raise NotTaken("unsendable", lasting=True) from None
        headers = {
            "Authorization": f"vapid t={self._proof(target.endpoint)}, k={self.public_key}",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": f"{KEPT}",
            "Urgency": "normal",
        }
        try:
            async with httpx2.AsyncClient(
                timeout=PATIENCE, transport=self._transport, follow_redirects=False
            ) as client:
                answer = await client.post(target.endpoint, content=body, headers=headers)
        except (httpx2.HTTPError, httpx2.InvalidURL) as fault:
            raise NotTaken(type(fault).__name__) from None
        if answer.status_code in _GONE:
            raise PushGone("gone", lasting=True)
        if not answer.is_success:
            raise NotTaken(f"{answer.status_code}", lasting=answer.status_code in _NEVER)

    def _proof(self, endpoint: str) -> str:
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(self._clock()) + _PROVEN,
            "sub": self._contact,
        }
        return jwt.encode({"alg": "ES256", "typ": "JWT"}, claims, self._key)


def derived(secret: str) -> ec.EllipticCurvePrivateKey:
    """Make the installation's key out of its secret: the same one every time."""
    hkdf = HKDF(algorithm=SHA256(), length=48, salt=None, info=b"web push, VAPID")
    number = int.from_bytes(hkdf.derive(secret.encode()))
    return ec.derive_private_key(number % (_ORDER - 1) + 1, ec.SECP256R1())


def given(text: str) -> ec.EllipticCurvePrivateKey:
    """Read a key as other tools make it: 32 bytes, base64url.

    Raises:
        ValueError: it is none.
    """
    raw = _bytes(text)
    if len(raw) != 32:
        raise ValueError("a VAPID key has 32 bytes")
    return ec.derive_private_key(int.from_bytes(raw), ec.SECP256R1())


def encrypt(
    payload: bytes,
    receiver_key: str,
    auth_secret: str,
    *,
    once: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes = b"",
) -> bytes:
    """Encrypt a message so that one browser can read it, and its push service cannot (RFC 8291).

    Args:
        payload: at most 3,993 bytes.
        receiver_key: public key of the browser, base64url.
        auth_secret: that it shares with us, base64url.
        once: key for this message alone, made here unless a test gives one.
        salt: 16 bytes, made here unless a test gives them.

    Raises:
        ValueError: the key is none, or the message is too long.
    """
    if len(payload) + 103 > _RECORD:
        raise ValueError("too long for one record")
    once, salt = once or ec.generate_private_key(ec.SECP256R1()), salt or secrets.token_bytes(16)
    theirs = _bytes(receiver_key)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    ours = _point(once.public_key())
    shared = once.exchange(ec.ECDH(), public)
    info = b"WebPush: info\0" + theirs + ours
    secret = _derive(shared, _bytes(auth_secret), info, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + _RECORD.to_bytes(4) + bytes([len(ours)]) + ours
    return head + AESGCM(key).encrypt(nonce, payload + b"\x02", None)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
