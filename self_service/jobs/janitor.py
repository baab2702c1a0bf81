"""The janitor: asks again about what is open and tidies up what nobody came back for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from self_service.db import Database
from self_service.domain import messages, outbox
from self_service.domain.access import attempts, one_time, sessions
from self_service.domain.basket import forgetting as old_baskets
from self_service.domain.orders import cancellation as order_cancellation
from self_service.domain.orders import recovery as order_recovery
from self_service.domain.payments import pending as open_payments
from self_service.domain.payments import refunds
from self_service.domain.sharing import joining
from self_service.jobs import cards
from self_service.jobs import payments as asking
from self_service.ports import GatewayError, PaymentGateway

log = logging.getLogger(__name__)

#: Seconds between two rounds.
EVERY = 5.0
#: What is over is swept away this often; what holds typed words or waits for the provider, sooner.
SWEPT_EVERY = timedelta(hours=1)
SOON = timedelta(minutes=1)


class Janitor:
    """One per process; what one of them took, the others leave."""

    def __init__(
        self,
        database: Database,
        gateway: PaymentGateway,
        clock: Callable[[], datetime],
        wake: Callable[[], None] = lambda: None,
        others: Sequence[PaymentGateway] = (),
    ) -> None:
        """Take what is looked after.

        Args:
            database: where orders and payments are.
            gateway: the payment provider, which keeps the saved cards.
            clock: returns the current instant, aware.
            wake: called when events may have been written (the relay's `call`).
            others: further payment methods.
        """
        self._database = database
        self._gateway = gateway
        self._gateways = (gateway, *others)
        self._clock = clock
        self._wake = wake
        self._swept_at: datetime | None = None
        self._soon_at: datetime | None = None

    async def run(self) -> None:
        """Make a round every few seconds, until cancelled."""
        while True:
            await self.round()
            await asyncio.sleep(EVERY)

    async def round(self) -> None:
        """Do all that is due now; what fails is logged and does not keep the rest from it."""
        for work in (
            self.payments,
            self.expire,
            self.refunds,
            self.cards,
            self.resume,
            self.soon,
            self.sweep,
        ):
            await _guarded(work, self._clock())
        self._wake()

    async def payments(self, now: datetime) -> None:
        """Ask the providers about payments of which nothing was heard, and call off what ended."""
        claim, ended = open_payments.claim_checks, open_payments.claim_given_up
        for gateway in self._gateways:
            name = gateway.name
            for payment_id in await self._database.transact(claim, provider=name, now=now):
                await asking.ask_again(self._database, gateway, payment_id, now=now)
            for payment_id in await self._database.transact(ended, provider=name, now=now):
                await asking.call_off(self._database, gateway, payment_id, now=now)

    async def cards(self, now: datetime) -> None:
        """Save the cards that payments brought, and let the provider forget those removed."""
        await cards.collect(self._database, self._gateway, now=now)
        await cards.forget(self._database, self._gateway, now=now)

    async def expire(self, now: datetime) -> None:
        """Cancel orders that nobody paid in time; their stock is for others again."""
        for order_id in await self._database.read(order_cancellation.unpaid_too_long, now=now):
            await self._database.transact(order_cancellation.expire, order_id, now=now)

    async def refunds(self, now: datetime) -> None:
        """Give back what is owed."""
        claim = refunds.claim_checks
        for gateway in self._gateways:
            for refund in await self._database.transact(claim, provider=gateway.name, now=now):
                await asking.give_back(self._database, gateway, refund, now=now)

    async def resume(self, now: datetime) -> None:
        """Let orders go on: those whose stock arrived, and those that were left behind."""
        for order_id in await self._database.read(order_recovery.held):
            await self._database.transact(order_recovery.resume, order_id, now=now)
        await self._database.transact(order_recovery.restart_stalled, now=now)

    async def sweep(self, now: datetime) -> None:
        """Delete sessions, counts, texts of mails and baskets that are over, once an hour."""
        if self._swept_at is not None and now < self._swept_at + SWEPT_EVERY:
            return
        for forget in (sessions.forget_ended, attempts.forget_old, messages.forget_given_up):
            await self._database.transact(forget, now=now)
        last = most = old_baskets.BATCH
        while last == most:  # a batch in each transaction
            last = await self._database.transact(old_baskets.forget_old, now=now, most=most)
        self._swept_at = now

    async def soon(self, now: datetime) -> None:
        """Delete links and typed words that are over, and let the provider forget who was erased.

        Once a minute: a provider that is away is asked again until it answered.
        """
        if self._soon_at is not None and now < self._soon_at + SOON:
            return
        self._soon_at = now
        await self._database.transact(one_time.forget_old, now=now)
        await self._database.transact(joining.forget_old, now=now)
        for event in await self._database.read(outbox.open_events, by_provider=True):
            try:
                await self._gateway.forget_customer(event.payload["customer"])
            except GatewayError as error:
                log.warning("event %s: the provider did not forget: %s", event.id, error)
                continue
            await self._database.transact(outbox.finish, event.id, now=now)


async def _guarded(work: Callable[[datetime], Awaitable[None]], now: datetime) -> None:
    try:
        await work(now)
    except Exception:
        log.exception("the janitor could not do: %s", getattr(work, "__name__", work))
