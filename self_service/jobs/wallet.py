"""What happens in wallets by itself: gifts arrive, services are charged, credit expires."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from self_service.db import Database
from self_service.domain.wallet import auto, gifts, renewals, watching
from self_service.domain.wallet.terms import WalletTerms
from self_service.jobs.payments import charge_saved
from self_service.jobs.rounds import Rounds
from self_service.jobs.wallet_letters import WALLET_LETTERS
from self_service.ports import PaymentGateway

log = logging.getLogger(__name__)

#: Seconds between two looks when nobody calls.
EVERY = 5.0


class Wallets(Rounds):
    """One per process; what one of them took, the others leave.

    Credit first, then what it pays, then what is topped up for what was paid.
    """

    every = EVERY
    failing = "wallets could not be looked after"

    def __init__(
        self,
        database: Database,
        gateway: PaymentGateway,
        clock: Callable[[], datetime],
        terms: Callable[[], WalletTerms],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """Take where wallets are, who keeps the saved cards, the clock and the terms.

        Args:
            database: where wallets are.
            gateway: charges saved cards.
            clock: returns the current instant, aware.
            terms: returns the terms as they are now.
            wake: called when letters may have been written.
        """
        super().__init__()
        self._database = database
        self._gateway = gateway
        self._clock = clock
        self._terms = terms
        self._wake = wake

    async def look(self) -> int:
        """Do all that is due; what fails is logged and does not keep the rest from it.

        Returns:
            How many things were done.
        """
        done = 0
        for work in (self.gifts, self.expiry, self.charges, self.top_ups, self.warnings):
            done += await _guarded(work, self._clock())
        if done:
            self._wake()
        return done

    async def gifts(self, now: datetime) -> int:
        """Deliver gifts that can no longer be taken back."""
        due = await self._database.read(gifts.due, now=now)
        more = {"terms": self._terms(), "letters": WALLET_LETTERS}
        return await self._each(due, gifts.deliver, now=now, **more)

    async def expiry(self, now: datetime) -> int:
        """Book credit that is past its date."""
        return await self._each(
            await self._database.read(watching.expired, now=now), watching.expire, now=now
        )

    async def charges(self, now: datetime) -> int:
        """Take what prepaid services cost; a service that was missed for long catches up."""
        due = await self._database.read(renewals.due, now=now)
        more = {"retry_days": self._terms().policy.retry_days, "letters": WALLET_LETTERS}
        return await self._each(due, renewals.charge, now=now, **more)

    async def top_ups(self, now: datetime) -> int:
        """Start the automatic top-ups that are due, each once, and charge their cards."""
        started = 0
        for auto_id in await self._database.read(auto.due, now=now):
            payment_id = await self._database.transact(
                auto.start, auto_id, terms=self._terms(), now=now
            )
            if payment_id is not None:
                started += 1
                await charge_saved(self._database, self._gateway, payment_id, now=now)
        told = await self._database.transact(auto.tell_paused, letters=WALLET_LETTERS, now=now)
        return started + told

    async def warnings(self, now: datetime) -> int:
        """Write to those with little credit, or with credit that expires soon."""
        letters = WALLET_LETTERS
        low = await self._database.transact(watching.warn_low, letters=letters, now=now)
        return low + await self._database.transact(
            watching.warn_expiring, terms=self._terms(), letters=letters, now=now
        )

    async def _each(self, due: Sequence[UUID], work: Callable[..., Any], **more: Any) -> int:
        """Do one thing for each in a transaction of its own; one that fails leaves the others."""
        done = 0
        for one in due:
            try:
                await self._database.transact(work, one, **more)
            except Exception:
                log.exception("%s could not be done for %s", work.__name__, one)
            else:
                done += 1
        return done


async def _guarded(work: Callable[[datetime], Awaitable[int]], now: datetime) -> int:
    try:
        return await work(now)
    except Exception:
        log.exception("the wallets' round could not do: %s", getattr(work, "__name__", work))
        return 0
