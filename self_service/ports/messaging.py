"""SMS and web push."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from self_service.ports.services import NotTaken


@dataclass(frozen=True, slots=True)
class OutgoingSms:
    """A short text to one person.

    Attributes:
        id: ours; the same message sent twice has the same one.
        receiver: number, E.164.
    """

    id: str
    receiver: str
    text: str


class SmsPort(Protocol):
    """Sends SMS."""

    async def send(self, sms: OutgoingSms) -> None:
        """Hand a text over.

        Raises:
            NotTaken: it was not taken.
        """
        ...


@dataclass(frozen=True, slots=True)
class PushTarget:
    """A browser, by what it told us (Push API).

    Attributes:
        endpoint: address at its push service.
        receiver_key: its public key, base64url.
        auth_secret: shared with it, base64url.
    """

    endpoint: str
    receiver_key: str
    auth_secret: str


class PushGone(NotTaken):
    """The push service does not know the browser any more."""


class PushPort(Protocol):
    """Sends web push."""

    #: By which push services know us: what a browser is given when it subscribes, base64url.
    public_key: str

    async def send(self, target: PushTarget, payload: bytes) -> None:
        """Hand a message over, encrypted for the browser alone.

        Raises:
            PushGone: the browser is gone for good.
            NotTaken: it was not taken.
        """
        ...
