"""Reads the news for the pages that are open in this process; each worker reads for its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from self_service.db import Database, in_pool
from self_service.domain import news
from self_service.jobs.rounds import Rounds
from self_service.pulse import Pulse

log = logging.getLogger(__name__)

#: Seconds between two looks when nobody calls: what other workers did is seen so late.
EVERY = 1.0
#: Seconds between two times that old lines are deleted.
TIDY_EVERY = 60 * 60


class News(Rounds):
    """One per process: all of them read the same lines, each from where it stands."""

    every = EVERY
    failing = "the news could not be read"

    def __init__(self, database: Database, clock: Callable[[], datetime], pulse: Pulse) -> None:
        """Take where news stand, the clock, and whom to wake."""
        super().__init__()
        self._database = database
        self._clock = clock
        self._pulse = pulse
        self._last: int | None = None
        self._seen: frozenset[int] = frozenset()
        self._tidied: datetime | None = None

    async def look(self) -> int:
        """Wake those who follow a customer of whom there is news.

        Returns:
            Of how many customers.
        """
        customers = await in_pool(self._read)
        self._pulse.tell(customers, now=self._clock())
        await self._tidy()
        return len(customers)

    def _read(self) -> set[UUID]:
        with self._database.reading() as session:
            if self._last is None:  # whoever opens a page now reads what there is
                self._last = news.newest(session)
                lines, _ = news.since(session, self._last, frozenset())
                self._seen = frozenset(lines)
                return set()
            lines, customers = news.since(session, self._last, self._seen)
        if lines:
            self._last = max(self._last, *lines)
        self._seen = frozenset(line for line in lines if line > self._last - news.BACK)
        return customers

    async def _tidy(self) -> None:
        now = self._clock()
        if self._tidied is None or (now - self._tidied).total_seconds() >= TIDY_EVERY:
            self._tidied = now
            await self._database.transact(news.forget, now=now)
