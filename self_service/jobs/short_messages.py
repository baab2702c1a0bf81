"""Sends SMS and web push: each at least once, until it is taken or given up, not in quiet hours."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from self_service import brand, i18n, letters, routes
from self_service.db import Database
from self_service.domain.messages import Mail
from self_service.domain.notices import push
from self_service.jobs.mail import Sender
from self_service.models.messages import MessageChannel
from self_service.ports import NotTaken, OutgoingSms, PushGone, PushPort, SmsPort


class SmsSender(Sender):
    """One per process; what one of them took, the others leave."""

    channel = MessageChannel.SMS
    failing = "SMS could not be sent"

    def __init__(self, database: Database, sms: SmsPort, clock: Callable[[], datetime]) -> None:
        """Take where messages are written, who sends them, and the clock."""
        super().__init__(database, clock)
        self._sms = sms

    async def send(self, message: Mail) -> None:
        """Send what was written, short, with the address of its page."""
        await self._sms.send(OutgoingSms(str(message.id), message.receiver, sms_text(message)))


class PushSender(Sender):
    """One per process; what one of them took, the others leave."""

    channel = MessageChannel.PUSH
    failing = "web push could not be sent"

    def __init__(self, database: Database, port: PushPort, clock: Callable[[], datetime]) -> None:
        """Take where messages are written, who sends them, and the clock."""
        super().__init__(database, clock)
        self._port = port

    async def send(self, message: Mail) -> None:
        """Show what was written in a browser; one that is gone is forgotten."""
        target = await self._database.read(push.target, message.receiver)
        if target is None:
            raise NotTaken("switched off", lasting=True)
        try:
            await self._port.send(target, push_payload(message))
        except PushGone:
            await self._database.transact(push.gone, message.receiver)
            raise


def sms_text(message: Mail) -> str:
    """Return what a text says: what happened, and where to see more. Never a secret."""
    return f"{message.subject}\n{letters.address(_language(message), _path(message))}"


def push_payload(message: Mail) -> bytes:
    """Return what `assets/sw.js` shows; the same message shown twice replaces itself."""
    language, name = _language(message), brand.current().links.brand_name
    said = {
        "title": message.subject.removesuffix(f" · {name}"),
        "body": name,
        "path": routes.page(language, _path(message)),
        "tag": str(message.id),
        "lang": language,
        "dir": i18n.LANGUAGES[language].direction,
    }
    return json.dumps(said, ensure_ascii=False).encode()


def _language(message: Mail) -> str:
    return i18n.known(message.language)


def _path(message: Mail) -> str:
    return message.body or routes.NOTIFICATIONS
