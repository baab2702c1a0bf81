"""Once a day: deletes what the law kept of those who left, when it need not be kept any more."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from self_service.db import Database
from self_service.domain.notices import history
from self_service.domain.people import retention
from self_service.jobs.rounds import Rounds

log = logging.getLogger(__name__)

#: Seconds between two looks.
EVERY = 24 * 60 * 60.0


class Retention(Rounds):
    """One per process; what one of them deleted, the others do not find."""

    every = EVERY
    failing = "data whose retention has ended could not be deleted"

    def __init__(self, database: Database, clock: Callable[[], datetime], *, years: int) -> None:
        """Take where the data are, the clock, and for how many years documents are kept."""
        super().__init__()
        self._database = database
        self._clock = clock
        self._years = years

    async def look(self) -> int:
        """Delete all that is due, a batch in each transaction.

        Returns:
            Of how many customers.
        """
        done, last = 0, retention.BATCH
        while last == retention.BATCH:
            last = await self._database.transact(
                retention.run, years=self._years, now=self._clock(), most=retention.BATCH
            )
            done += last
        while await self._database.transact(history.forget_old, now=self._clock()) == history.BATCH:
            pass
        if done:
            log.info("data of %s customers were deleted: their retention has ended", done)
        return done
