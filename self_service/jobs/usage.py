"""What happens to usage by itself: months begin, records are rated, bills and wallets are told."""

from __future__ import annotations

import contextlib
import gc
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from self_service.db import Database, in_pool
from self_service.domain.policy import UsagePolicy
from self_service.domain.usage import (
    allowances,
    charging,
    collecting,
    course,
    keeping,
    together,
)
from self_service.jobs.rounds import Rounds

log = logging.getLogger(__name__)

#: Seconds between two looks when nobody calls.
EVERY = 60 * 60.0


class UsageRounds(Rounds):
    """One per process; what one of them rates, the others leave."""

    every = EVERY
    failing = "usage could not be rated"

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        policy: Callable[[], UsagePolicy],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """Take where records are, the clock, the operator's policy, and what to wake."""
        super().__init__()
        self._database = database
        self._clock = clock
        self._policy = policy
        self._wake = wake

    async def look(self) -> int:
        """Do all that is due, each part in transactions of its own.

        Returns:
            How many records were rated.
        """
        now = self._clock()
        count = 0
        for work in (renew_all, rate_all, hand_over_all):
            try:
                done = await in_pool(work, self._database, now=now)
            except Exception:  # what fails is tried again; the rest is not kept from its work
                log.exception("the round of usage could not do: %s", work.__name__)
            else:
                count += done if work is rate_all else 0
        months = self._policy().keep_records_months
        await in_pool(forget_all, self._database, months=months, now=now)
        if count:
            self._wake()
        return count


def renew_all(database: Database, *, now: datetime) -> int:
    """Begin the present month of all plans that run; return in how many transactions."""
    after: UUID | None = None
    count = 0
    while True:
        with database.writing() as session:
            after = allowances.renew(session, now=now, after=after)
        count += 1
        if after is None:
            return count


def rate_all(database: Database, *, now: datetime, chunk: int = course.CHUNK) -> int:
    """Rate all that waits, until nothing does; return how many records were looked at.

    Rating a month may change what goes on in the next, which then waits itself: rounds go on until
    one finds nothing.
    """
    alone = _rate_all(database, course.rate, now, chunk)
    return alone + _rate_all(database, together.rate, now, chunk)


def _rate_all(
    database: Database, rate: Callable[..., course.Done], now: datetime, chunk: int
) -> int:
    count, after = 0, 0
    found = False
    while True:
        with _uncollected(), database.writing() as session:
            done = rate(session, now=now, limit=chunk, after=after)
        count += done.records
        found = found or done.months > 0
        if done.last:
            after = done.last
        elif found:
            after, found = 0, False
        else:
            return count


def hand_over_all(database: Database, *, now: datetime) -> int:
    """Tell all bills and wallets what changed; return how many wallets were asked."""
    after: int | None = 0
    while after is not None:
        with database.writing() as session:
            after = charging.to_bills(session, now=now, after=after)
    count, last = 0, None
    while True:
        with database.reading() as session:
            customers = collecting.wallets_due(session, after=last)
        for customer_id in customers:
            try:
                with database.writing() as session:
                    collecting.collect(session, customer_id, now=now)
            except Exception:
                log.exception("usage of customer %s could not be taken", customer_id)
            else:
                count += 1
        if not customers:
            return count
        last = customers[-1]


def forget_all(database: Database, *, months: int, now: datetime) -> int:
    """Delete records that need not be kept any more; return of how many months of products."""
    count, last = 0, keeping.CHUNK
    while last == keeping.CHUNK:
        with database.writing() as session:
            last = keeping.forget(session, months=months, now=now)
        count += last
    return count


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector of cycles away from a chunk: its rows make none, and it looked at all."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
