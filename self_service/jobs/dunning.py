"""Debts, on their own: the portal's stamp, agreements, steps of dunning, and the letters.

Each account is a transaction of its own: one that fails is logged and does not keep the others.
Several processes may do this at the same time; what one did, the others find done.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from self_service import policy
from self_service.db import Database, in_pool
from self_service.domain.debts import dunning, keeping, notices, relief
from self_service.domain.policy import BillPolicy
from self_service.jobs.debt_letters import wording
from self_service.jobs.rounds import Rounds

log = logging.getLogger(__name__)

#: Seconds between two looks: of the stamp, and of the letters that wait.
EVERY = 30.0
#: Debts are looked at this often.
LOOKED_AT_EVERY = timedelta(minutes=5)


class Dunning(Rounds):
    """One per process."""

    every = EVERY
    failing = "debts could not be looked at"

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """Take where accounts are, the clock, and what is called when letters were written."""
        super().__init__()
        self._database = database
        self._clock = clock
        self._wake = wake
        self._looked_at: datetime | None = None

    async def look(self) -> int:
        """Do what there is to do, off the event loop."""
        done = await in_pool(self.round)
        if done:
            self._wake()
        return done

    def round(self) -> int:
        """Leave the stamp, look at debts when it is time, write letters. Blocks.

        Returns:
            How many letters were written.
        """
        now, limits = self._clock(), policy.current().bills
        with self._database.writing() as session:
            eased = relief.beat(session, policy=limits, now=now)
        if eased is not None:
            log.warning("the portal was away: due dates of %s bills were moved", eased.bills)
        if self._looked_at is None or now >= self._looked_at + LOOKED_AT_EVERY:
            self._looked_at = now
            run(self._database, limits, now=now)
        return write_letters(self._database, now=now)


def run(database: Database, limits: BillPolicy, *, now: datetime) -> dict[str, int]:
    """Look at all agreements and debts. Blocks.

    Args:
        database: where they are.
        limits: the operator's policy.
        now: instant of looking; another one for `self-service dunning run --as-of`.

    Returns:
        How often what was done: "opened", "remind", "suspend", "broken", "closed" ...
    """
    done: dict[str, int] = {}

    def note(what: object) -> None:
        if what:
            name = str(what) if isinstance(what, str) else "opened"
            done[name] = done.get(name, 0) + 1

    for _, account_id in _pages(database, keeping.active_ones, lambda row: row[0]):
        note(_one(database, keeping.check, account_id, policy=limits, now=now))
    for account_id in _pages(database, dunning.candidates, lambda row: row, now=now):
        note(_one(database, dunning.open_case, account_id, policy=limits, now=now))
    for _, account_id in _pages(database, dunning.without_next, lambda row: row[0]):
        if _one(database, dunning.on_paid, account_id, now):
            note(dunning.CLOSED)
    for case_id in _due(database, now):
        note(_one(database, dunning.take_step, case_id, policy=limits, now=now))
    return done


def write_letters(database: Database, *, now: datetime) -> int:
    """Put what people are to be told into words. Blocks; returns how many letters."""
    with database.reading() as session:
        waiting = notices.waiting(session)
    return sum(_one(database, notices.write, event, wording, now=now) or 0 for event in waiting)


def _due(database: Database, now: datetime) -> list[UUID]:
    with database.reading() as session:
        return dunning.due(session, now=now)


def _pages(
    database: Database, listing: Callable[..., list[Any]], key: Callable[[Any], UUID], **kwargs: Any
) -> Iterator[Any]:
    """Yield all rows of a listing, a page at a time, each page read in a transaction of its own."""
    last: UUID | None = None
    while True:
        with database.reading() as session:
            page = listing(session, after=last, **kwargs)
        if not page:
            return
        yield from page
        last = key(page[-1])


def _one(database: Database, work: Callable[..., Any], about: Any, *args: Any, **kw: Any) -> Any:
    """Do one thing in a transaction of its own; a bug in it is logged, and the rest goes on."""
    try:
        with database.writing() as session:
            return work(session, about, *args, **kw)
    except Exception:
        log.exception("%s failed for %s", work.__name__, getattr(about, "id", about))
        return None
