"""Runs the jobs of one process: the relay, the janitor, and the durable engine behind them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Protocol, runtime_checkable

from self_service import clock, policy, settings, wiring
from self_service.db import in_pool
from self_service.jobs import payments
from self_service.jobs.autopay import Autopay
from self_service.jobs.bill_letters import BillLetters
from self_service.jobs.billing import Billing
from self_service.jobs.changes import Changes
from self_service.jobs.dunning import Dunning
from self_service.jobs.fulfilment import fulfilment_job
from self_service.jobs.janitor import Janitor
from self_service.jobs.limits import LimitRounds
from self_service.jobs.mail import Postman, Sender
from self_service.jobs.moves import Moves
from self_service.jobs.network import Network
from self_service.jobs.news import News
from self_service.jobs.outbox import Relay
from self_service.jobs.retention import Retention
from self_service.jobs.rounds import Rounds
from self_service.jobs.short_messages import PushSender, SmsSender
from self_service.jobs.usage import UsageRounds
from self_service.jobs.vouchers import Vouchers
from self_service.jobs.wallet import Wallets
from self_service.ports import JobPort
from self_service.pulse import PULSE

log = logging.getLogger(__name__)

#: Seconds between two looks for late messages of a provider that lives in this process.
DELIVER_EVERY = 2.0


@runtime_checkable
class Courier(Protocol):
    """A payment provider without a network: its messages have to be fetched."""

    async def due_deliveries(self, now: datetime) -> tuple[tuple[bytes, str], ...]:
        """Return (payload, signature) of what is due; each is handed out once."""
        ...


#: What works in this process, while it runs.
_WORKING: list[Rounds | Janitor] = []


def wake() -> None:
    """Say that an event or a mail was written: it is looked at now instead of a little later."""
    _call(Relay, Sender, News)


def wake_usage() -> None:
    """Say that usage records came: they are rated now instead of a little later."""
    _call(UsageRounds)


def wake_limits() -> None:
    """Say that a limit was changed, or usage rated: people are told now, not a little later."""
    _call(LimitRounds)


def wake_network() -> None:
    """Say that something was asked of the network: it is sent now instead of a little later."""
    _call(Network)


def _wake_all() -> None:
    wake()
    wake_network()


def _wake_after_rating() -> None:
    wake()
    wake_limits()


def _call(*kinds: type[Rounds]) -> None:
    for one in _WORKING:
        if isinstance(one, Rounds) and isinstance(one, kinds):
            one.call()


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Work while the context is open; what is under way at its end goes on at the next start."""
    pause = settings.get().fulfilment_pause
    jobs = wiring.job_engine([fulfilment_job(wiring.database(), clock.now, pause=pause)])
    await in_pool(jobs.launch)
    mine = [*_core(jobs), *_money(), *_services()]
    _WORKING.extend(mine)
    tasks = [asyncio.create_task(one.run(), name=type(one).__name__) for one in mine]
    provider: object = wiring.gateway()
    if isinstance(provider, Courier):
        tasks.append(asyncio.create_task(_deliver(provider), name="courier"))
    try:
        yield
    finally:
        _WORKING.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await in_pool(jobs.destroy)


def _core(jobs: JobPort) -> Iterator[Rounds]:
    """Make what everything else needs: events, mail, news, and what ends by itself."""
    database = wiring.database()
    yield Relay(database, jobs, clock.now)
    yield News(database, clock.now, PULSE)
    yield Retention(database, clock.now, years=settings.get().retention_years)
    yield Moves(database, clock.now)
    yield from _postmen()
    yield from _short_messages()


def _postmen() -> Iterator[Sender]:
    if (mail := wiring.mail()) is None:
        log.error("no mail is sent: set SELF_SERVICE_SMTP_HOST and SELF_SERVICE_SMTP_FROM")
    else:
        yield Postman(wiring.database(), mail, clock.now)


def _short_messages() -> Iterator[Sender]:
    """Make the senders of SMS and web push, where there are any."""
    if (sms := wiring.sms()) is not None:
        yield SmsSender(wiring.database(), sms, clock.now)
    if (push := wiring.push()) is not None:
        yield PushSender(wiring.database(), push, clock.now)


def _money() -> Iterator[Rounds | Janitor]:
    """Make what bills, collects and pays."""
    database, gateway = wiring.database(), wiring.gateway()
    yield Janitor(database, gateway, clock.now, wake=wake, others=wiring.plug_ins())
    yield Billing(database, clock.now)
    yield BillLetters(database, wiring.secret(), clock.now, wake=wake)
    yield Autopay(database, wiring.gateways(), wiring.secret(), clock.now, wake=wake)
    yield Wallets(database, gateway, clock.now, wiring.wallet_terms, wake=wake)
    yield Vouchers(database, wiring.vault(), clock.now, wake=wake)
    yield Dunning(database, clock.now, wake=wake)


def _services() -> Iterator[Rounds]:
    """Make what speaks with the network, changes subscriptions and rates usage."""
    database = wiring.database()
    yield Network(database, wiring.network(), wiring.vault(), clock.now, wake=wake)
    yield Changes(database, clock.now, wake=_wake_all)
    yield UsageRounds(database, clock.now, lambda: policy.current().usage, wake=_wake_after_rating)
    yield LimitRounds(database, clock.now, lambda: policy.current().limits, wake=_wake_all)


async def _deliver(provider: Courier) -> None:
    while True:
        await asyncio.sleep(DELIVER_EVERY)
        try:
            if await deliver(provider):
                wake()
        except Exception:
            log.exception("late messages of the payment provider could not be fetched")


async def deliver(provider: Courier) -> int:
    """Fetch what an in-process provider has to say, as its webhooks would bring it.

    A message that cannot be acted on does not keep the others; the janitor asks about it later.

    Returns:
        How many there were.
    """
    due = await provider.due_deliveries(clock.now())
    for payload, signature in due:
        try:
            await payments.receive(
                wiring.database(), wiring.gateway(), payload, signature, now=clock.now()
            )
        except Exception:
            log.exception("a late message of the payment provider could not be acted on")
    return len(due)
