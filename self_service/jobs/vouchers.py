"""What happens to vouchers by itself: gifts leave by mail, what lapsed is booked."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from self_service.db import Database
from self_service.domain.people.sealing import Vault
from self_service.domain.vouchers import batches, bought
from self_service.jobs.rounds import Rounds
from self_service.jobs.voucher_letters import gift

log = logging.getLogger(__name__)

#: Seconds between two looks when nobody calls.
EVERY = 5.0
#: Nothing but the books waits for it: an expired voucher cannot be redeemed anyway.
EXPIRED_EVERY = timedelta(minutes=10)


class Vouchers(Rounds):
    """One per process; what one of them took, the others leave."""

    every = EVERY
    failing = "vouchers could not be looked after"

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Callable[[], datetime],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """Take where vouchers are, what opens their codes, the clock, and who sends mail.

        Args:
            database: where vouchers are.
            vault: opens the codes of gifts.
            clock: returns the current instant, aware.
            wake: called when a mail was written.
        """
        super().__init__()
        self._database = database
        self._vault = vault
        self._clock = clock
        self._wake = wake
        self._expired_at: datetime | None = None

    async def look(self) -> int:
        """Write the mails of gifts, and book what expired.

        Returns:
            How many things were done.
        """
        now = self._clock()
        done = await self.gifts(now)
        if done:
            self._wake()
        return done + await self.expire(now)

    async def gifts(self, now: datetime) -> int:
        """Write the mails that wait; one that fails does not keep the others."""
        written = 0
        for sale_id in await self._database.read(bought.waiting):
            try:
                written += await self._database.transact(
                    bought.send, sale_id, vault=self._vault, words=gift, now=now
                )
            except Exception:
                log.exception("the mail of gift %s could not be written", sale_id)
        return written

    async def expire(self, now: datetime) -> int:
        """Book what expired, now and then."""
        if self._expired_at is not None and now < self._expired_at + EXPIRED_EVERY:
            return 0
        done = await self._database.transact(batches.expire, now=now)
        self._expired_at = now
        return done
