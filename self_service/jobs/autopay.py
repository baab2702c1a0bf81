"""Pays bills automatically, tells of what did not go through, and looks after saved cards."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from self_service import payment_letters, policy, settings
from self_service.db import Database
from self_service.domain.payments import autopay, card_upkeep, telling
from self_service.domain.payments import pending as open_payments
from self_service.domain.people.sealing import Vault
from self_service.jobs import payments
from self_service.jobs.rounds import Rounds
from self_service.ports import PaymentGateway

log = logging.getLogger(__name__)

#: Seconds between two looks; what came of a charge is told at the next one.
EVERY = 60.0
#: Saved cards are looked through this often.
CARDS_EVERY = timedelta(hours=24)


class Autopay(Rounds):
    """One per process; a bill that one of them pays, the others leave."""

    every = EVERY
    failing = "bills could not be paid automatically"

    def __init__(
        self,
        database: Database,
        gateways: Mapping[str, PaymentGateway],
        secret: str,
        clock: Callable[[], datetime],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """Take where bills are, who charges cards, what seals links, and the clock.

        Args:
            database: where bills and cards are.
            gateways: payment methods by name.
            secret: the installation's.
            clock: returns the current instant, aware.
            wake: called when letters may have been written.
        """
        super().__init__()
        self._database = database
        self._gateways = gateways
        self._vault = Vault(secret, *settings.get().older_secrets)
        self._clock = clock
        self._wake = wake
        self._cards_at: datetime | None = None

    async def look(self) -> int:
        """Pay what is due; one bill that fails does not keep the others.

        Returns:
            How many charges were asked for.
        """
        rules, done = policy.current().bills, 0
        for bill_id in await self._database.read(autopay.due, policy=rules, now=self._clock()):
            try:
                done += await self._pay(bill_id)
            except Exception:
                log.exception("bill %s could not be paid automatically", bill_id)
        told = await self._tell()
        told += await self._cards()
        if told:
            self._wake()
        return done

    async def _pay(self, bill_id: UUID) -> bool:
        rules, now = policy.current().bills, self._clock()
        begin = autopay.begin
        payment_id = await self._database.transact(begin, bill_id, policy=rules, now=now)
        if payment_id is None:
            return False
        found = await self._database.read(open_payments.pending, payment_id)
        gateway = self._gateways.get(found.provider) if found else None
        if gateway is None:
            log.error("payment %s: its payment method is switched off", payment_id)
            return False
        await payments.charge_saved(self._database, gateway, payment_id, now=now)
        return True

    async def _tell(self) -> int:
        told = 0
        for payment_id in await self._database.read(telling.untold):
            told += await self._database.transact(
                telling.tell,
                payment_id,
                words=payment_letters.AUTOPAY,
                vault=self._vault,
                now=self._clock(),
            )
        return told

    async def _cards(self) -> int:
        """Mark cards that expired and announce those that will, once a day."""
        now = self._clock()
        if self._cards_at is not None and now < self._cards_at + CARDS_EVERY:
            return 0
        await self._database.transact(card_upkeep.expire, now=now)
        days, words = policy.current().bills.card_warn_days, payment_letters.card_expires
        told: int = await self._database.transact(
            card_upkeep.announce, days=days, words=words, now=now
        )
        self._cards_at = now
        return told
