"""Web push: what one browser can read, and how its push service answers."""

from __future__ import annotations

import base64
from typing import Any

import httpx2
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.jwk import ECKey

from self_service.adapters import web_push
from self_service.adapters.web_push import WebPush, derived, encrypt, given
from self_service.ports import NotTaken, PushGone, PushTarget

# the example of RFC 8291, appendix A
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIRS = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
    "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
    "lcy4a-fN"
)
TARGET = PushTarget("https://fcm.googleapis.com/fcm/send/abc", RECEIVER, AUTH)
NOW = 1_760_000_000


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read(body: bytes) -> bytes:
    """What the browser of the example reads out of a body."""
    salt, ours, sealed = body[:16], body[21:86], body[86:]
    once = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ours)
    shared = given(THEIRS).exchange(ec.ECDH(), once)

    def derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
        return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)

    secret = derive(shared, raw(AUTH), b"WebPush: info\0" + raw(RECEIVER) + ours, 32)
    key = derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    return AESGCM(key).decrypt(nonce, sealed, None)


class Service:
    """A push service that remembers what it got."""

    def __init__(self, status: int = 201) -> None:
        self.status = status
        self.asked: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        if self.status == 0:
            raise httpx2.ConnectError("no network")
        return httpx2.Response(self.status, headers={"location": "https://evil.example"})

    def port(self, key: Any = None) -> WebPush:
        return WebPush(
            key=key or given(OURS),
            contact="mailto:help@example.com",
            clock=lambda: NOW,
            transport=httpx2.MockTransport(self),
        )


def test_the_example_of_the_standard_comes_out() -> None:
    text = b"When I grow up, I want to be a watermelon"
    found = encrypt(text, RECEIVER, AUTH, once=given(OURS), salt=raw(SALT))
    assert found == raw(BODY)
    assert read(found) == text + b"\x02"


async def test_only_the_browser_can_read_and_the_service_knows_who_asks() -> None:
    service = Service()
    port = service.port()
    for _ in range(2):
        await port.send(TARGET, "{“title”: “é”}".encode())
    first, second = service.asked
    assert first.content != second.content
    assert read(first.content) == "{“title”: “é”}".encode() + b"\x02"
    assert (first.headers["content-encoding"], first.headers["ttl"]) == ("aes128gcm", "86400")
    proof, key = first.headers["authorization"].removeprefix("vapid t=").split(", k=")
    assert key == port.public_key
    point = raw(key)
    public = ECKey.import_key(
        {
            "kty": "EC",
            "crv": "P-256",
            "x": web_push._base64(point[1:33]),
            "y": web_push._base64(point[33:]),
        }
    )
    claims = jwt.decode(proof, public, algorithms=["ES256"]).claims
    assert claims == {
        "aud": "https://fcm.googleapis.com",
        "exp": NOW + 43_200,
        "sub": "mailto:help@example.com",
    }
    changed = bytearray(first.content)
    changed[-1] ^= 1
    with pytest.raises(InvalidTag):
        read(bytes(changed))


@pytest.mark.parametrize(
    ("status", "kind", "lasting"),
    [
        (404, PushGone, True),
        (410, PushGone, True),
        (403, NotTaken, True),
        (413, NotTaken, True),
        (302, NotTaken, False),  # followed nowhere
        (429, NotTaken, False),
        (500, NotTaken, False),
        (0, NotTaken, False),
    ],
)
async def test_what_the_service_answers(status: int, kind: type[NotTaken], lasting: bool) -> None:
    service = Service(status)
    with pytest.raises(NotTaken) as refused:
        await service.port().send(TARGET, b"x")
    assert (type(refused.value), refused.value.lasting) == (kind, lasting)
    assert "fcm" not in str(refused.value)
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("target", "payload"),
    [
        (TARGET, b"x" * 3_994),
        (PushTarget(TARGET.endpoint, "B" + "A" * 86, AUTH), b"x"),  # no point of the curve
        (PushTarget(TARGET.endpoint, "BA", AUTH), b"x"),
        (PushTarget(TARGET.endpoint, "no base64!", AUTH), b"x"),
    ],
    ids=["long", "no point", "short", "no text"],
)
async def test_what_cannot_be_encrypted_is_never_sent(target: PushTarget, payload: bytes) -> None:
    service = Service()
    with pytest.raises(NotTaken) as refused:
        await service.port().send(target, payload)
    assert (refused.value.lasting, service.asked) == (True, [])


async def test_the_longest_message_fits() -> None:
    service = Service()
    await service.port().send(TARGET, b"x" * 3_993)
    assert len(service.asked[0].content) == 4_096


def test_keys_are_the_same_every_time_and_of_one_installation() -> None:
    keys = [Service().port(derived(secret)).public_key for secret in ("a", "a", "b")]
    assert keys[0] == keys[1] != keys[2]
    assert len(raw(keys[0])) == 65
    with pytest.raises(ValueError, match="32 bytes"):
        given("AAAA")
