"""The wallets' rounds: what is due is done once, and told in words that are whole."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from self_service.db import Database
from self_service.domain.wallet import gifts, standing
from self_service.jobs import wallet as rounds
from self_service.jobs.wallet import Wallets
from self_service.jobs.wallet_letters import WALLET_LETTERS
from self_service.models.messages import CommunicationMessage
from self_service.models.payments import Payment
from self_service.models.subscriptions import Product, ProductStatus
from self_service.models.wallet import AutoTopupTrigger
from tests.books import proven
from tests.conftest import NOW
from tests.crowd import everything
from tests.wallets import (
    TERMS,
    decline,
    euro,
    holds,
    make_card,
    make_service,
    person,
    settle,
    top_up,
)


class Hands:
    """A round whose cards are charged by the test."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self.charged, self.woken = NOW, [], 0
        self.database = database
        monkeypatch.setattr(rounds, "charge_saved", self._charge)
        gateway: Any = object()
        self.job = Wallets(database, gateway, lambda: self.at, lambda: TERMS, wake=self._wake)

    async def _charge(self, _: Any, __: Any, payment_id: Any, *, now: datetime) -> str:
        assert now == self.at
        self.charged.append(payment_id)
        return ""

    def _wake(self) -> None:
        self.woken += 1

    def letters(self) -> list[str]:
        return sorted(row.kind for row in everything(self.database, CommunicationMessage))


@pytest.fixture
def hands(database: Database, monkeypatch: pytest.MonkeyPatch) -> Hands:
    """The job."""
    return Hands(database, monkeypatch)


async def test_a_round_charges_tops_up_and_tells(database: Database, hands: Hands) -> None:
    with database.writing() as session:
        ada = person(session, "ada@example.com", now=NOW)
        top_up(session, ada, 1000, now=NOW)
        make_service(session, ada, now=NOW)
        card = make_card(session, ada, now=NOW)
        trigger = AutoTopupTrigger.THRESHOLD
        wish = standing.Wish(trigger, euro(2000), euro(9000), card.id, euro(500))
        standing.set_up(session, ada, wish, terms=TERMS, now=NOW)
    await hands.job.look()
    (payment_id,) = hands.charged
    assert hands.letters() == ["wallet_low"]
    await hands.job.look()
    assert hands.charged == [payment_id]
    with database.writing() as session:
        decline(session, payment_id, now=NOW, code="card_declined")
    await hands.job.look()
    await hands.job.look()
    assert (hands.charged, hands.letters()) == ([payment_id], ["auto_topup_paused", "wallet_low"])
    assert hands.woken == 2
    with database.writing() as session:
        assert holds(session, ada) == 0
        proven(session)


async def test_a_service_is_paused_and_runs_again(database: Database, hands: Hands) -> None:
    with database.writing() as session:
        ada = person(session, "ada@example.com", now=NOW)
        make_service(session, ada, now=NOW)
    await hands.job.look()
    assert hands.letters() == ["service_suspended"]
    with database.writing() as session:
        top_up(session, ada, 1000, now=NOW)
        assert session.exec(select(Product)).one().status is ProductStatus.ACTIVE


async def test_gifts_arrive_and_credit_expires(database: Database, hands: Hands) -> None:
    with database.writing() as session:
        ada = person(session, "ada@example.com", now=NOW)
        ben = person(session, "ben@example.com", now=NOW)
        top_up(session, ada, 1000, now=NOW)
        proposal = gifts.propose(session, ada, "ben@example.com", euro(300), terms=TERMS, now=NOW)
        gifts.send(session, ada, proposal.secret, terms=TERMS, now=NOW)
    assert await hands.job.look() == 0
    hands.at = NOW + timedelta(minutes=15)
    assert await hands.job.look() == 1
    hands.at = NOW + timedelta(days=364)
    await hands.job.look()
    hands.at = NOW + timedelta(days=366)
    await hands.job.look()
    with database.writing() as session:
        assert (holds(session, ada), holds(session, ben)) == (0, 0)
        proven(session)
    assert hands.letters() == ["gift_received", "wallet_expiring", "wallet_expiring"]


async def test_what_fails_does_not_keep_the_rest(
    database: Database, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no database")

    with database.writing() as session:
        ada = person(session, "ada@example.com", now=NOW)
        make_service(session, ada, now=NOW)
    monkeypatch.setattr(rounds.gifts, "due", broken)
    assert await hands.job.look() == 1
    assert hands.letters() == ["service_suspended"]


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_the_letters_are_whole(language: str) -> None:
    written = [
        WALLET_LETTERS.low(language, euro(150)),
        WALLET_LETTERS.expiring(language, euro(150), NOW),
        WALLET_LETTERS.gift(language, euro(150)),
        WALLET_LETTERS.gift_returned(language, euro(150)),
        WALLET_LETTERS.suspended(language, {"en": "Drift M"}, euro(150)),
        WALLET_LETTERS.auto_paused(language, euro(150)),
    ]
    for letter in written:
        assert "{" not in letter.subject + letter.body
        assert len(letter.subject.splitlines()) == 1
        assert f"/{language}/wallet" in letter.body


async def test_a_payment_that_comes_late_is_still_the_wallets(
    database: Database, hands: Hands
) -> None:
    with database.writing() as session:
        ada = person(session, "ada@example.com", now=NOW)
        card = make_card(session, ada, now=NOW)
        trigger = AutoTopupTrigger.THRESHOLD
        wish = standing.Wish(trigger, euro(2000), euro(9000), card.id, euro(500))
        standing.set_up(session, ada, wish, terms=TERMS, now=NOW)
    await hands.job.look()
    with database.writing() as session:
        settle(session, hands.charged[0], now=NOW)
        assert holds(session, ada) == 2000
        assert len(session.exec(select(Payment)).all()) == 1
        proven(session)
