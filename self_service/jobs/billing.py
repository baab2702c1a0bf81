"""The bill runs that are due: looked for once an hour, and made by one process for all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session, select

from self_service import policy
from self_service.db import Database, in_pool
from self_service.domain.bills import run
from self_service.domain.policy import BillPolicy
from self_service.domain.pricing import periods
from self_service.jobs.rounds import Rounds
from self_service.models.bills import BillingCycle

log = logging.getLogger(__name__)

#: Seconds between two looks.
EVERY = 60 * 60.0


class Billing(Rounds):
    """One per process; what one of them bills, the others do not find."""

    every = EVERY
    failing = "bills that are due could not be made"

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Take where the accounts are, and the clock."""
        super().__init__()
        self._database = database
        self._clock = clock

    async def look(self) -> int:
        """Bill every cycle of which accounts are due.

        Returns:
            How many bills were made.
        """
        now = self._clock()
        made = 0
        for name in await self._database.read(_names):
            tally = await in_pool(bill_cycle, self._database, name, as_of=now, now=now)
            made += tally.bills if tally else 0
        return made


def bill_cycle(
    database: Database,
    name: str,
    *,
    as_of: datetime,
    now: datetime,
    chunk: int = run.CHUNK,
    started: Callable[[int], None] = lambda _accounts: None,
    progress: Callable[[int], None] = lambda _done: None,
    terms: BillPolicy | None = None,
) -> run.Tally | None:
    """Make the bills of a cycle that are due by the beginning of a day. Blocks.

    Args:
        database: where the accounts are.
        name: of the cycle.
        as_of: of this instant the day counts, in the operator's zone: a run a day, not a second.
        now: the present.
        chunk: accounts in one transaction.
        started: told how many accounts are due.
        progress: told after each chunk how many were done in it.
        terms: the operator's policy; that of its file when None.

    Returns:
        What was done; None when nothing was due.

    Raises:
        NotFound: there is no such cycle.
        NotYet: the day has not come.
    """
    day = periods.day_start(as_of)
    with database.reading() as session:
        cycle_id = run.cycle_id(session, name)
        accounts = run.due(session, cycle_id, as_of=day)
    if not accounts and day <= now:
        return None
    with database.writing() as session:
        current = run.start(session, cycle_id, as_of=day, now=now)
    started(accounts)
    held = terms or policy.current().bills
    tally = run.perform(
        database.writing, current, now=now, policy=held, chunk=chunk, progress=progress
    )
    with database.writing() as session:
        run.finish(session, current, tally, now=now)
    log.info("cycle %s: %s bills, %s accounts left out", name, tally.bills, len(tally.refused))
    return tally


def _names(session: Session) -> list[str]:
    return list(session.exec(select(BillingCycle.name).order_by(BillingCycle.name)).all())
