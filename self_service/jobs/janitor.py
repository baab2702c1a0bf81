"""The janitor: asks again about what is open and tidies up what nobody came back for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from self_service.db import Database
from self_service.domain.access import attempts, one_time, sessions
from self_service.domain.orders import cancellation as order_cancellation
from self_service.domain.orders import recovery as order_recovery
from self_service.domain.payments import pending as open_payments
from self_service.domain.payments import refunds
from self_service.jobs import payments as asking
from self_service.ports import PaymentGateway

log = logging.getLogger(__name__)

#: Seconds between two rounds.
EVERY = 5.0
#: What is over is swept away this often.
SWEPT_EVERY = timedelta(hours=1)


class Janitor:
    """One per process; what one of them took, the others leave."""

    def __init__(
        self,
        database: Database,
        gateway: PaymentGateway,
        clock: Callable[[], datetime],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """Take what is looked after.

        Args:
            database: where orders and payments are.
            gateway: the payment provider.
            clock: returns the current instant, aware.
            wake: called when events may have been written (the relay's `call`).
        """
        self._database = database
        self._gateway = gateway
        self._clock = clock
        self._wake = wake
        self._swept_at: datetime | None = None

    async def run(self) -> None:
        """Make a round every few seconds, until cancelled."""
        while True:
            await self.round()
            await asyncio.sleep(EVERY)

    async def round(self) -> None:
        """Do all that is due now; what fails is logged and does not keep the rest from it."""
        for work in (self.payments, self.expire, self.refunds, self.resume, self.sweep):
            await _guarded(work, self._clock())
        self._wake()

    async def payments(self, now: datetime) -> None:
        """Ask the provider about payments of which nothing was heard."""
        provider = self._gateway.name
        claim = open_payments.claim_checks
        for payment_id in await self._database.transact(claim, provider=provider, now=now):
            await asking.ask_again(self._database, self._gateway, payment_id, now=now)

    async def expire(self, now: datetime) -> None:
        """Cancel orders that nobody paid in time; their stock is for others again."""
        for order_id in await self._database.read(order_cancellation.unpaid_too_long, now=now):
            await self._database.transact(order_cancellation.expire, order_id, now=now)

    async def refunds(self, now: datetime) -> None:
        """Give back what is owed."""
        provider = self._gateway.name
        claim = refunds.claim_checks
        for refund in await self._database.transact(claim, provider=provider, now=now):
            await asking.give_back(self._database, self._gateway, refund, now=now)

    async def resume(self, now: datetime) -> None:
        """Let orders go on: those whose stock arrived, and those that were left behind."""
        for order_id in await self._database.read(order_recovery.held):
            await self._database.transact(order_recovery.resume, order_id, now=now)
        await self._database.transact(order_recovery.restart_stalled, now=now)

    async def sweep(self, now: datetime) -> None:
        """Delete sessions, links and counts that are over, once an hour."""
        if self._swept_at is not None and now < self._swept_at + SWEPT_EVERY:
            return
        for forget in (sessions.forget_ended, one_time.forget_old, attempts.forget_old):
            await self._database.transact(forget, now=now)
        self._swept_at = now


async def _guarded(work: Callable[[datetime], Awaitable[None]], now: datetime) -> None:
    try:
        await work(now)
    except Exception:
        log.exception("the janitor could not do: %s", getattr(work, "__name__", work))
