"""The relay: reads what happened and starts the work that has to follow.

An event is marked done after its job was started, and a job starts once per key, so a process that
dies in between starts it twice to no effect; several processes may run a relay at the same time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from self_service.db import Database, in_pool
from self_service.domain import outbox
from self_service.domain.outbox import EventKind, OpenEvent
from self_service.jobs.fulfilment import FULFIL
from self_service.jobs.rounds import Rounds
from self_service.ports import JobPort

log = logging.getLogger(__name__)

#: Seconds between two looks when nobody calls.
EVERY = 1.0
#: Which job follows which event; its argument is the order's id. Others are only kept.
FOLLOWS: Mapping[str, str] = {EventKind.ORDER_PAID: FULFIL, EventKind.ORDER_RESUMED: FULFIL}


class Relay(Rounds):
    """Starts jobs for events, in the order in which they were written."""

    every = EVERY
    failing = "the outbox could not be read"

    def __init__(self, database: Database, jobs: JobPort, clock: Callable[[], datetime]) -> None:
        """Take where events are read, who runs jobs, and the clock."""
        super().__init__()
        self._database = database
        self._jobs = jobs
        self._clock = clock

    async def look(self) -> int:
        """Act on everything that is open, off the event loop."""
        return await in_pool(self.pump)

    def pump(self) -> int:
        """Act on everything that is open. Blocks.

        Returns:
            How many events were finished; one whose job cannot start stays open.
        """
        with self._database.reading() as session:
            events = outbox.open_events(session)
        return sum(self._act(event) for event in events)

    def _act(self, event: OpenEvent) -> bool:
        job = FOLLOWS.get(event.kind)
        try:
            if job is not None:
                self._jobs.start(job, event.key, event.payload.get("order", event.key))
        except Exception:
            log.exception("event %s of kind %s could not be acted on", event.id, event.kind)
            return False
        with self._database.writing() as session:
            return outbox.finish(session, event.id, now=self._clock())
