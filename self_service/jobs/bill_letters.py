"""Tells customers that their bills are ready, after the transaction in which they were made."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from self_service import bill_letters, settings
from self_service.db import Database, in_pool
from self_service.domain.bills import telling
from self_service.domain.people.sealing import Vault
from self_service.jobs.rounds import Rounds

log = logging.getLogger(__name__)

#: Seconds between two looks; after a bill run one look goes on until all were told.
EVERY = 10.0


class BillLetters(Rounds):
    """One per process; a bill that one of them tells of, the others leave."""

    every = EVERY
    failing = "letters about bills could not be written"

    def __init__(
        self,
        database: Database,
        secret: str,
        clock: Callable[[], datetime],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """Take where bills are, what seals links, and what is called when letters were written."""
        super().__init__()
        self._database = database
        self._vault = Vault(secret, *settings.get().older_secrets)
        self._clock = clock
        self._wake = wake

    async def look(self) -> int:
        """Write all letters that wait, off the event loop."""
        written = await in_pool(self.round)
        if written:
            self._wake()
        return written

    def round(self) -> int:
        """Write all letters that wait; one that fails does not keep the others. Blocks.

        Returns:
            How many there were.
        """
        written, failed = 0, set[int]()
        while True:
            with self._database.reading() as session:
                waiting = telling.waiting(session)
            new = [event for event in waiting if event.id not in failed]
            if not new:
                return written
            for event in new:
                try:
                    with self._database.writing() as session:
                        written += telling.tell(
                            session,
                            event,
                            bill_letters.wording,
                            vault=self._vault,
                            now=self._clock(),
                        )
                except Exception:
                    failed.add(event.id)
                    log.exception("the letter about bill %s could not be written", event.key)
