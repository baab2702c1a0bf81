"""Runs the jobs of one process: the relay, the janitor, and the durable engine behind them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
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
from self_service.jobs.mail import Postman
from self_service.jobs.moves import Moves
from self_service.jobs.network import Network
from self_service.jobs.outbox import Relay
from self_service.jobs.retention import Retention
from self_service.jobs.usage import UsageRounds
from self_service.jobs.vouchers import Vouchers
from self_service.jobs.wallet import Wallets

log = logging.getLogger(__name__)

#: Seconds between two looks for late messages of a provider that lives in this process.
DELIVER_EVERY = 2.0


@runtime_checkable
class Courier(Protocol):
    """A payment provider without a network: its messages have to be fetched."""

    async def due_deliveries(self, now: datetime) -> tuple[tuple[bytes, str], ...]:
        """Return (payload, signature) of what is due; each is handed out once."""
        ...


#: The relay of this process, while it runs.
_RELAYS: list[Relay] = []
#: The sender of mail of this process, while it runs.
_POSTMEN: list[Postman] = []
#: Who speaks with the network in this process, while it runs.
_NETWORKS: list[Network] = []


def wake() -> None:
    """Say that an event or a mail was written: it is looked at now instead of a little later."""
    for relay in _RELAYS:
        relay.call()
    for postman in _POSTMEN:
        postman.call()


#: Who rates usage in this process, while it runs.
_RATERS: list[UsageRounds] = []


def wake_usage() -> None:
    """Say that usage records came: they are rated now instead of a little later."""
    for rater in _RATERS:
        rater.call()


#: Who looks after limits in this process, while it runs.
_LIMITS: list[LimitRounds] = []


def wake_limits() -> None:
    """Say that a limit was changed, or usage rated: people are told now, not a little later."""
    for limits in _LIMITS:
        limits.call()


def wake_network() -> None:
    """Say that something was asked of the network: it is sent now instead of a little later."""
    for network in _NETWORKS:
        network.call()


def _wake_all() -> None:
    wake()
    wake_network()


def _wake_after_rating() -> None:
    wake()
    wake_limits()


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Work while the context is open; what is under way at its end goes on at the next start."""
    pause = settings.get().fulfilment_pause
    jobs = wiring.job_engine([fulfilment_job(wiring.database(), clock.now, pause=pause)])
    await in_pool(jobs.launch)
    relay = Relay(wiring.database(), jobs, clock.now)
    janitor = Janitor(
        wiring.database(), wiring.gateway(), clock.now, wake=relay.call, others=wiring.plug_ins()
    )
    _RELAYS.append(relay)
    tasks = [
        asyncio.create_task(relay.run(), name="relay"),
        asyncio.create_task(janitor.run(), name="janitor"),
    ]
    years = settings.get().retention_years
    retention = Retention(wiring.database(), clock.now, years=years)
    tasks.append(asyncio.create_task(retention.run(), name="retention"))
    moves = Moves(wiring.database(), clock.now)
    tasks.append(asyncio.create_task(moves.run(), name="moves"))
    billing = Billing(wiring.database(), clock.now)
    tasks.append(asyncio.create_task(billing.run(), name="billing"))
    bills = BillLetters(wiring.database(), wiring.secret(), clock.now, wake=wake)
    tasks.append(asyncio.create_task(bills.run(), name="bill letters"))
    autopay = Autopay(wiring.database(), wiring.gateways(), wiring.secret(), clock.now, wake=wake)
    tasks.append(asyncio.create_task(autopay.run(), name="autopay"))
    wallets = Wallets(
        wiring.database(), wiring.gateway(), clock.now, wiring.wallet_terms, wake=wake
    )
    tasks.append(asyncio.create_task(wallets.run(), name="wallets"))
    vouchers = Vouchers(wiring.database(), wiring.vault(), clock.now, wake=wake)
    tasks.append(asyncio.create_task(vouchers.run(), name="vouchers"))
    network = Network(wiring.database(), wiring.network(), wiring.vault(), clock.now, wake=wake)
    _NETWORKS.append(network)
    tasks.append(asyncio.create_task(network.run(), name="network"))
    changes = Changes(wiring.database(), clock.now, wake=_wake_all)
    tasks.append(asyncio.create_task(changes.run(), name="changes"))
    tasks.append(asyncio.create_task(_rater().run(), name="usage"))
    tasks.append(asyncio.create_task(_limits().run(), name="limits"))
    dunning = Dunning(wiring.database(), clock.now, wake=wake)
    tasks.append(asyncio.create_task(dunning.run(), name="dunning"))
    postman = _postman()
    if postman is not None:
        tasks.append(asyncio.create_task(postman.run(), name="postman"))
    provider: object = wiring.gateway()
    if isinstance(provider, Courier):
        tasks.append(asyncio.create_task(_deliver(provider, relay), name="courier"))
    try:
        yield
    finally:
        _RELAYS.remove(relay)
        _POSTMEN.clear()
        _NETWORKS.clear()
        _RATERS.clear()
        _LIMITS.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await in_pool(jobs.destroy)


def _rater() -> UsageRounds:
    found = UsageRounds(
        wiring.database(), clock.now, lambda: policy.current().usage, wake=_wake_after_rating
    )
    _RATERS.append(found)
    return found


def _limits() -> LimitRounds:
    found = LimitRounds(
        wiring.database(), clock.now, lambda: policy.current().limits, wake=_wake_all
    )
    _LIMITS.append(found)
    return found


def _postman() -> Postman | None:
    mail = wiring.mail()
    if mail is None:
        log.error("no mail is sent: set SELF_SERVICE_SMTP_HOST and SELF_SERVICE_SMTP_FROM")
        return None
    postman = Postman(wiring.database(), mail, clock.now)
    _POSTMEN.append(postman)
    return postman


async def _deliver(provider: Courier, relay: Relay) -> None:
    while True:
        await asyncio.sleep(DELIVER_EVERY)
        try:
            if await deliver(provider):
                relay.call()
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
