"""Speaking with the network: sends what was asked, fetches answers, asks again about the rest.

A request is claimed before it is sent, with the instant at which it is due again, so a process that
dies in between, an answer that is lost and a network that is away all end alike: it is asked about
later, under the same key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from self_service import service_letters
from self_service.db import Database
from self_service.domain.coverage import waiting
from self_service.domain.network import followers, notices, requests
from self_service.domain.network.requests import SEALED, Asked, Outcome
from self_service.domain.outbox import OpenEvent
from self_service.domain.people.sealing import Vault
from self_service.domain.sims import porting
from self_service.jobs.rounds import Rounds
from self_service.models.network import RequestStatus
from self_service.ports import NetworkAnswer, NetworkError, NetworkOrder, NetworkPort, NetworkStatus

log = logging.getLogger(__name__)

#: Seconds between two looks when nobody calls.
EVERY = 2.0
#: What depends on a day only is looked at this often.
DAILY_EVERY = timedelta(minutes=10)

#: Imported so that every purpose has its follower.
FOLLOWERS = followers


class Network(Rounds):
    """One per process; a request that one of them claimed, the others leave."""

    every = EVERY
    failing = "the network could not be looked after"

    def __init__(
        self,
        database: Database,
        network: NetworkPort,
        vault: Vault,
        clock: Callable[[], datetime],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """Take what is looked after.

        Args:
            database: where requests are.
            network: who is asked.
            vault: opens what is sealed in a request, just before it is sent.
            clock: returns the current instant, aware.
            wake: called when letters were written.
        """
        super().__init__()
        self._database = database
        self._network = network
        self._vault = vault
        self._clock = clock
        self._wake = wake
        self._daily_at: datetime | None = None

    async def look(self) -> int:
        """Send, fetch and settle all that is due; returns how many requests were settled.

        What fails does not keep the rest from it.
        """
        settled = 0
        await self._daily()
        for asked in await self._database.transact(requests.claim_due, now=self._clock()):
            settled += await self._send(asked)
        settled += await self._fetch()
        if await self._letters():
            self._wake()
        return settled

    async def _send(self, asked: Asked) -> bool:
        """Hand a request over, or ask about one that was; True when it is settled by that."""
        try:
            answer = None
            if asked.status is RequestStatus.IN_PROGRESS:
                answer = await self._network.find(str(asked.id))
            if answer is None:
                answer = await self._network.request(_order(asked, self._vault, self._clock()))
            return await self._settle(answer)
        except NetworkError as error:
            log.warning("request %s: the network did not answer: %s", asked.id, error)
        except Exception:
            log.exception("request %s could not be sent", asked.id)
        return False

    async def _fetch(self) -> int:
        try:
            answers = await self._network.answers(self._clock())
        except NetworkError as error:
            log.warning("answers of the network could not be fetched: %s", error)
            return 0
        settled = 0
        for answer in answers:
            try:
                settled += await self._settle(answer)
            except Exception:  # asked about again later
                log.exception("the answer to request %s could not be acted on", answer.key)
        return settled

    async def _settle(self, answer: NetworkAnswer) -> bool:
        request_id, now = UUID(answer.key), self._clock()
        if answer.status is NetworkStatus.TAKEN:
            await self._database.transact(requests.taken, request_id, now=now)
            return False
        done = answer.status is NetworkStatus.DONE
        outcome = Outcome(done, "" if done else answer.reason or "refused", dict(answer.told))
        return await self._database.transact(requests.answered, request_id, outcome, now)

    async def _daily(self) -> None:
        """Begin the moves of numbers whose day has come, and tell who waited for coverage."""
        now = self._clock()
        if self._daily_at is not None and now < self._daily_at + DAILY_EVERY:
            return
        for porting_id in await self._database.read(porting.due, now=now):
            await self._database.transact(porting.begin, porting_id, now=now)
        await self._database.transact(waiting.tell_covered, now=now)
        self._daily_at = now

    async def _letters(self) -> int:
        written = 0
        for event in await self._database.read(notices.waiting):
            written += await self._letter(event)
        return written

    async def _letter(self, event: OpenEvent) -> int:
        try:
            return await self._database.transact(
                notices.write, event, service_letters.wording, now=self._clock()
            )
        except Exception:
            log.exception("the letter about %s could not be written", event.key)
            return 0


def _order(asked: Asked, vault: Vault, now: datetime) -> NetworkOrder:
    wanted = {
        name.removeprefix(SEALED): vault.open(value, now=now) if name.startswith(SEALED) else value
        for name, value in asked.wanted.items()
    }
    return NetworkOrder(
        str(asked.id), str(asked.product_id), asked.sequence, asked.act.value, wanted
    )
