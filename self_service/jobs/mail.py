"""The postman: sends what was written, each mail at least once, until it is taken or given up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from self_service.db import Database
from self_service.domain import messages
from self_service.domain.messages import Mail
from self_service.jobs.rounds import Rounds
from self_service.models.messages import MessageChannel
from self_service.ports import MailPort, NotTaken, OutgoingMail

log = logging.getLogger(__name__)

#: Seconds between two looks when nobody calls.
EVERY = 10.0


class Sender(Rounds):
    """Sends the messages of one channel; one that another process took is left to it.

    Attributes:
        channel: whose messages these are.
        keeps: the text of what was sent may stay.
    """

    every = EVERY
    channel: MessageChannel
    keeps = True

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Take where messages are written, and the clock."""
        super().__init__()
        self._database = database
        self._clock = clock

    async def send(self, message: Mail) -> None:
        """Hand a message over.

        Raises:
            NotTaken: it was not taken.
        """
        raise NotImplementedError

    async def look(self) -> int:
        """Send what is due."""
        return await self.round()

    async def round(self) -> int:
        """Send what is due; one that fails does not keep the others.

        Returns:
            How many were sent.
        """
        now = self._clock()
        waiting = await self._database.read(messages.due, now=now, channel=self.channel)
        return sum([await self._one(message) for message in waiting])

    async def _one(self, message: Mail) -> bool:
        if not await self._database.transact(messages.claim, message.id, now=self._clock()):
            return False
        said = (self.channel.value, message.id, message.kind)
        try:
            await self.send(message)
        except NotTaken as error:
            log.warning("%s %s of kind %s was not taken: %s", *said, error)
            if error.lasting:
                await self._database.transact(messages.give_up, message.id)
            return False
        except Exception:
            log.exception("%s %s of kind %s could not be sent", *said)
            return False
        await self._database.transact(messages.sent, message.id, now=self._clock(), keep=self.keeps)
        return True


class Postman(Sender):
    """One per process; a mail that one of them took, the others leave."""

    channel = MessageChannel.EMAIL
    failing = "mails could not be sent"

    def __init__(self, database: Database, mail: MailPort, clock: Callable[[], datetime]) -> None:
        """Take where mails are written, who sends them, and the clock."""
        super().__init__(database, clock)
        self._mail, self.keeps = mail, mail.keeps

    async def send(self, message: Mail) -> None:
        """Hand a mail over."""
        await self._mail.send(
            OutgoingMail(
                str(message.id),
                message.receiver,
                message.language,
                message.subject,
                message.body,
            )
        )
