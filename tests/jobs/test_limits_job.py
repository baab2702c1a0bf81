"""The round of limits: what was rated is noticed, stopped, told, and let go again."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import Session, select

from self_service.adapters.sandbox_network import SandboxNetwork
from self_service.db import Database
from self_service.domain.limits import bars, telling
from self_service.domain.people.sealing import Vault
from self_service.jobs import limits as job
from self_service.jobs.network import Network
from self_service.models.limits import SpendBar, UsageAlert, UsageAlertTold
from self_service.models.messages import CommunicationMessage
from self_service.models.people import Customer
from self_service.models.usage import UsagePeriod
from tests.books import make_account
from tests.limited import AT, DAY, NEXT, POLICY, limit, plan, texts
from tests.order_shop import customer
from tests.used import START


class Clock:
    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> datetime:
        return self.at


def world(session: Session) -> None:
    """Ada's plan may cost ten euro, and costs twelve."""
    ada = customer(session)
    owner = session.get_one(Customer, ada.customer())
    line = plan(session, account=make_account(session, now=START, customer=owner))
    limit(session, ada, line, "10")
    texts(session, "a", 112, START + DAY)


def rounds(database: Database, clock: Clock, woken: list[int]) -> job.LimitRounds:
    return job.LimitRounds(database, clock, lambda: POLICY, wake=lambda: woken.append(1))


def barred(database: Database) -> list[bool]:
    with database.reading() as session:
        return [row.barred for row in session.exec(select(SpendBar))]


async def test_a_limit_is_reached_stopped_told_and_let_go(database: Database) -> None:
    with database.writing() as session:
        world(session)
    clock, woken = Clock(), []
    looking = rounds(database, clock, woken)
    network = Network(database, SandboxNetwork(":memory:", clock), Vault("a secret"), clock)
    assert await looking.look() == 3  # one request, two letters: texts used up, limit reached
    assert await looking.look() == 0
    assert woken == [1]
    with database.reading() as session:
        assert session.exec(select(UsagePeriod.id).where(UsagePeriod.to_check)).all() == []
        assert len(session.exec(select(CommunicationMessage)).all()) == 2
        assert len(session.exec(select(UsageAlertTold)).all()) == 2
    assert barred(database) == [False]
    await network.look()
    clock.at += DAY / 24  # what was not answered by itself is asked about
    await network.look()
    assert barred(database) == [True]
    clock.at = NEXT
    assert await looking.look() == 1
    await network.look()
    clock.at += DAY / 24
    await network.look()
    assert barred(database) == [False]
    assert await looking.look() == 0


async def test_what_fails_does_not_keep_the_rest(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        world(session)
    clock = Clock()
    looking = rounds(database, clock, [])

    def broken(*_: object, **__: object) -> int:
        raise RuntimeError("a fault")

    with monkeypatch.context() as patch:
        patch.setattr(bars, "settle", broken)
        assert await looking.look() == 2  # people are told all the same
    with database.reading() as session:
        assert session.exec(select(UsagePeriod.id).where(UsagePeriod.to_check)).all() != []
    with monkeypatch.context() as patch:
        patch.setattr(telling, "waiting", lambda _: ())
        assert await looking.look() == 1
    with database.reading() as session:
        assert len(session.exec(select(UsageAlert)).all()) == 6
        assert session.exec(select(SpendBar.wish)).all() == ["on"]
