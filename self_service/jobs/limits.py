"""Looking after limits: what usage reached, what is stopped or let go for it, and the letters."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from self_service import limit_letters
from self_service.db import Database, in_pool
from self_service.domain.limits import bars, telling, watching
from self_service.domain.outbox import OpenEvent
from self_service.domain.policy import LimitPolicy
from self_service.jobs.rounds import Rounds

log = logging.getLogger(__name__)

#: Seconds between two looks when nobody calls: where nothing was rated, a look reads two indexes.
EVERY = 60.0


class LimitRounds(Rounds):
    """One per process; what one of them looks at, the others leave."""

    every = EVERY
    failing = "limits could not be looked after"

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        policy: Callable[[], LimitPolicy],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """Take where usage is, the clock, the operator's rules, and what to wake.

        Args:
            database: where usage is.
            clock: returns the current instant, aware.
            policy: returns the operator's rules as they are now.
            wake: called when letters or requests to the network were written.
        """
        super().__init__()
        self._database = database
        self._clock = clock
        self._policy = policy
        self._wake = wake

    async def look(self) -> int:
        """Do all that is due; what fails does not keep the rest from it.

        Returns:
            How many requests to the network and letters were written.
        """
        now, policy = self._clock(), self._policy()
        count = 0
        for work in (watch_all, release_all):
            try:
                count += await in_pool(work, self._database, policy=policy, now=now)
            except Exception:  # what fails is tried again; the rest is not kept from its work
                log.exception("the round of limits could not do: %s", work.__name__)
        for event in await self._database.read(telling.waiting):
            count += await self._letter(event)
        if count:
            self._wake()
        return count

    async def _letter(self, event: OpenEvent) -> int:
        try:
            return await self._database.transact(
                telling.write, event, limit_letters.wording, now=self._clock()
            )
        except Exception:
            log.exception("the letter about %s could not be written", event.key)
            return 0


def watch_all(
    database: Database, *, policy: LimitPolicy, now: datetime, chunk: int = watching.CHUNK
) -> int:
    """Look at all months that were rated; return how many requests to the network were written.

    What has to be stopped is asked for first, each in a transaction of its own; its month is looked
    at once more then, so that nothing is lost where a process dies in between.
    """
    asked = 0
    for _ in range(2):
        waits: list[UUID] = []
        after: int | None = 0
        while after is not None:
            with database.writing() as session:
                seen = watching.look(session, policy=policy, now=now, limit=chunk, after=after)
            waits += seen.to_settle
            after = seen.last
        if not waits:
            break
        asked += _settled(database, waits, policy, now)
    return asked


def release_all(database: Database, *, policy: LimitPolicy, now: datetime) -> int:
    """Settle stops whose month is over, or that were refused; return the requests written."""
    asked, after = 0, None
    while True:
        with database.reading() as session:
            found = bars.due(session, policy=policy, now=now, after=after)
        if not found:
            return asked
        asked += _settled(database, found, policy, now)
        after = found[-1]


def _settled(
    database: Database, products: Iterable[UUID], policy: LimitPolicy, now: datetime
) -> int:
    asked = 0
    for product_id in products:
        try:
            with database.writing() as session:
                asked += bars.settle(session, product_id, policy=policy, now=now)
        except Exception:
            log.exception("the limits of product %s could not be settled", product_id)
    return asked
