"""The postman: sends what was written, each mail at least once, until it is taken or given up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from self_service.db import Database
from self_service.domain import messages
from self_service.domain.messages import Mail
from self_service.jobs.rounds import Rounds
from self_service.ports import MailError, MailPort, OutgoingMail

log = logging.getLogger(__name__)

#: Seconds between two looks when nobody calls.
EVERY = 10.0


class Postman(Rounds):
    """One per process; a mail that one of them took, the others leave."""

    every = EVERY
    failing = "mails could not be sent"

    def __init__(self, database: Database, mail: MailPort, clock: Callable[[], datetime]) -> None:
        """Take where mails are written, who sends them, and the clock."""
        super().__init__()
        self._database = database
        self._mail = mail
        self._clock = clock

    async def look(self) -> int:
        """Send what is due."""
        return await self.round()

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
