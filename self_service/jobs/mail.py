"""The postman: sends what was written, each mail at least once, until it is taken or given up."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime

from self_service.db import Database
from self_service.domain import messages
from self_service.domain.messages import Mail
from self_service.ports import MailError, MailPort, OutgoingMail

log = logging.getLogger(__name__)

#: Seconds between two looks when nobody calls.
EVERY = 10.0


class Postman:
    """One per process; a mail that one of them took, the others leave."""

    def __init__(self, database: Database, mail: MailPort, clock: Callable[[], datetime]) -> None:
        """Take where mails are written, who sends them, and the clock."""
        self._database = database
        self._mail = mail
        self._clock = clock
        self._called = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def call(self) -> None:
        """Say that a mail was written: look at once. May be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._called.set)

    async def run(self) -> None:
        """Look every few seconds and when called, until cancelled."""
        self._loop = asyncio.get_running_loop()
        while True:
            self._called.clear()
            try:
                await self.round()
            except Exception:
                log.exception("mails could not be sent")
            # not `wait_for`: Python 3.11's forgets a cancellation that comes with the call
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._called.wait()

    async def round(self) -> int:
        """Send what is due; one that fails does not keep the others.

        Returns:
            How many were sent.
        """
        waiting = await self._database.read(messages.due, now=self._clock())
        return sum([await self._one(mail) for mail in waiting])

    async def _one(self, mail: Mail) -> bool:
        if not await self._database.transact(messages.claim, mail.id, now=self._clock()):
            return False
        try:
            await self._mail.send(
                OutgoingMail(str(mail.id), mail.receiver, mail.language, mail.subject, mail.body)
            )
        except MailError as error:
            log.warning("mail %s of kind %s was not taken: %s", mail.id, mail.kind, error)
            if error.lasting:
                await self._database.transact(messages.give_up, mail.id)
            return False
        except Exception:
            log.exception("mail %s of kind %s could not be sent", mail.id, mail.kind)
            return False
        await self._database.transact(
            messages.sent, mail.id, now=self._clock(), keep=self._mail.keeps
        )
        return True
