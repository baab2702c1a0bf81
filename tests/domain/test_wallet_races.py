"""Many at the same moment at one wallet: each sum moves once, and none is lost."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from self_service.db import Database
from self_service.domain.access import Actor
from self_service.domain.vouchers.redeeming import VoucherRefused
from self_service.domain.wallet import auto, gifts, renewals, standing, topups, watching
from self_service.domain.wallet.gifts import TooLateToUndo
from self_service.domain.wallet.renewals import Outcome
from self_service.models.payments import Payment
from self_service.models.wallet import AutoTopupTrigger, TopupBalance, TransferBalance, WalletCharge
from tests.books import proven
from tests.conftest import NOW
from tests.crowd import at_once, everything
from tests.wallets import (
    LETTERS,
    TERMS,
    euro,
    fresh,
    holds,
    make_card,
    make_service,
    make_voucher,
    person,
    settle,
    start,
    top_up,
)

MANY = 8


@pytest.fixture
def ada(database: Database) -> Actor:
    """A customer with ten euros."""
    with database.writing() as session:
        actor = person(session, "ada@example.com", now=NOW)
        top_up(session, actor, 1000, now=NOW)
        return actor


def left(database: Database, actor: Actor) -> int:
    with database.writing() as session:
        proven(session)
        return holds(session, actor)


def test_one_voucher_by_many_is_taken_once(database: Database, ada: Actor) -> None:
    with database.writing() as session:
        code = make_voucher(session, 500, now=NOW)
    act = lambda session: topups.redeem(session, ada, code, terms=TERMS, now=NOW).minor  # noqa: E731
    told = Counter(at_once(database, [act] * MANY))
    assert told == {500: 1, VoucherRefused.code: MANY - 1}
    assert left(database, ada) == 1500


def test_top_ups_and_charges_together(database: Database, ada: Actor) -> None:
    with database.writing() as session:
        services = [make_service(session, ada, now=NOW) for _ in range(4)]
        payments = [start(session, ada, 1000, now=NOW) for _ in range(4)]

    def charge(product_id: Any) -> Any:
        return lambda s: renewals.charge(s, product_id, retry_days=30, letters=LETTERS, now=NOW)

    acts = [charge(service.id) for service in services]
    acts += [lambda s, p=payment: settle(s, p, now=NOW) for payment in payments]
    at_once(database, acts)
    assert left(database, ada) == 1000  # five came, four were taken, whatever was first
    assert len(everything(database, WalletCharge)) == 4


def test_a_charge_by_many_workers_is_taken_once(database: Database, ada: Actor) -> None:
    with database.writing() as session:
        service = make_service(session, ada, now=NOW)
    act = lambda s: renewals.charge(  # noqa: E731
        s, service.id, retry_days=30, letters=LETTERS, now=NOW
    )
    told = Counter(at_once(database, [act] * MANY))
    assert told == {Outcome.TAKEN: 1, Outcome.ELSEWHERE: MANY - 1}
    assert left(database, ada) == 0


def test_two_workers_start_one_automatic_top_up(database: Database, ada: Actor) -> None:
    with database.writing() as session:
        card = make_card(session, ada, now=NOW)
        trigger = AutoTopupTrigger.THRESHOLD
        wish = standing.Wish(trigger, euro(1000), euro(9000), card.id, euro(5000))
        standing.set_up(session, ada, wish, terms=TERMS, now=NOW)
        (auto_id,) = auto.due(session, now=NOW)
    act = lambda session: auto.start(session, auto_id, terms=TERMS, now=NOW)  # noqa: E731
    started = [one for one in at_once(database, [act] * MANY) if one]
    assert len(started) == 1
    assert [row.is_auto for row in everything(database, TopupBalance)].count(True) == 1
    assert len(everything(database, Payment)) == 2


def test_a_form_sent_many_times_makes_one_payment(database: Database, ada: Actor) -> None:
    once = uuid4()
    act = lambda session: start(session, ada, 1500, now=NOW, once=once)  # noqa: E731
    assert len(set(at_once(database, [act] * MANY))) == 1
    assert len(everything(database, Payment)) == 2


def test_undoing_against_arriving_is_one_or_the_other(database: Database, ada: Actor) -> None:
    with database.writing() as session:
        ben = person(session, "ben@example.com", now=NOW)
        proposal = gifts.propose(session, ada, "ben@example.com", euro(400), terms=TERMS, now=NOW)
        gift = gifts.send(session, ada, proposal.secret, terms=TERMS, now=NOW)
    later = NOW + timedelta(minutes=15)
    undo = lambda s: gifts.undo(s, ada, gift, now=later - timedelta(seconds=1))  # noqa: E731
    deliver = lambda s: gifts.deliver(s, gift, terms=TERMS, letters=LETTERS, now=later)  # noqa: E731
    told = at_once(database, [undo, deliver] * (MANY // 2))
    came_back = euro(400) in told
    assert (told.count(True), came_back) in {(1, False), (0, True)}
    assert TooLateToUndo.code in told
    expected = (1000, 0) if came_back else (600, 400)
    assert (left(database, ada), left(database, ben)) == expected
    assert len(everything(database, TransferBalance)) == 1


def test_expiry_against_a_top_up_loses_nothing_that_came(database: Database, ada: Actor) -> None:
    over = NOW + timedelta(days=365)
    with database.writing() as session:
        (row,) = watching.expired(session, now=over)
        payment = start(session, fresh(ada, over), 700, now=over)
    at_once(
        database,
        [
            lambda session: watching.expire(session, row, now=over),
            lambda session: settle(session, payment, now=over),
        ],
    )
    assert left(database, ada) in (700, 1700)  # what was old may be gone, what came never
