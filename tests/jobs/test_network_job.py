"""The job that speaks with the network: sends, fetches, asks again; and what came by then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service import db
from self_service.adapters.sandbox_network import SandboxNetwork
from self_service.domain.service_settings import settings as service_settings
from self_service.domain.sims import blocking, porting, porting_form
from self_service.jobs.network import DAILY_EVERY, Network
from self_service.models.messages import CommunicationMessage
from self_service.models.network import RequestStatus, ServiceRequest
from self_service.models.service_settings import ServiceSetting
from self_service.models.sims import NumberPorting
from self_service.models.subscriptions import Resource, ResourceKind
from self_service.ports import NetworkAnswer, NetworkError, NetworkOrder, NetworkStatus
from tests import services_world as world
from tests.conftest import NOW
from tests.house import Clock
from tests.services_world import VAULT, Home

#: Longer than any wait between two tries.
LONG = timedelta(hours=2)


class Paper:
    """A network that does what a test writes down for it."""

    def __init__(self) -> None:
        self.orders: list[NetworkOrder] = []
        self.away = False
        self.knows: dict[str, NetworkAnswer] = {}
        self.mail: list[NetworkAnswer] = []

    async def request(self, order: NetworkOrder) -> NetworkAnswer:
        self.orders.append(order)
        if self.away:
            raise NetworkError("no answer")
        return self.knows.get(order.key, NetworkAnswer(order.key, NetworkStatus.TAKEN))

    async def find(self, key: str) -> NetworkAnswer | None:
        return self.knows.get(key)

    async def answers(self, now: datetime) -> tuple[NetworkAnswer, ...]:
        del now
        came, self.mail = tuple(self.mail), []
        return came


@pytest.fixture
def home(database: db.Database) -> Home:
    with database.writing() as session:
        found = world.furnish(session, now=NOW)
        world.stock(session, found.plan, now=NOW)
    return found


@pytest.fixture
def clock() -> Clock:
    return Clock()


def job(database: db.Database, network: Any, clock: Clock) -> Network:
    return Network(database, network, VAULT, clock)


def wish(database: db.Database, product: Any, home: Home, **form: str) -> None:
    with database.writing() as session:
        service_settings.change(session, home.ada, product.id, vault=VAULT, now=NOW, **form)


def statuses(database: db.Database) -> Mapping[str, int]:
    with database.reading() as session:
        found = [row.status.value for row in session.exec(select(ServiceRequest))]
    return {one: found.count(one) for one in set(found)}


async def test_a_network_that_is_away_is_asked_again_under_the_same_key(
    database: db.Database, home: Home, clock: Clock
) -> None:
    network = Paper()
    work = job(database, network, clock)
    wish(database, home.net, home, key="wifi_password", value="correct horse")
    network.away = True
    assert await work.look() == 0
    assert await work.look() == 0
    assert len(network.orders) == 1
    network.away = False
    clock.at += LONG
    await work.look()
    assert statuses(database) == {"inProgress": 1}
    first, again = network.orders
    assert first == again
    assert again.wanted["value"] == "correct horse"
    # the network lost it: it is handed over once more, and answers now
    network.knows[again.key] = NetworkAnswer(again.key, NetworkStatus.DONE)
    clock.at += LONG
    assert await work.look() == 1
    network.mail = [NetworkAnswer(again.key, NetworkStatus.REFUSED, "late")] * 2
    assert await work.look() == 0
    assert statuses(database) == {"done": 1}


async def test_an_answer_that_cannot_be_acted_on_keeps_no_other(
    database: db.Database, home: Home, clock: Clock
) -> None:
    network = Paper()
    work = job(database, network, clock)
    wish(database, home.plan, home, key="roaming", value="off")
    await work.look()
    key = network.orders[0].key
    network.mail = [
        NetworkAnswer("not an id of ours", NetworkStatus.DONE),
        NetworkAnswer(str(home.plan.id), NetworkStatus.DONE),
        NetworkAnswer(key, NetworkStatus.REFUSED),
    ]
    assert await work.look() == 1
    with database.reading() as session:
        assert session.exec(select(ServiceSetting.refused)).one() == "refused"


async def test_the_sandbox_settles_everything_in_the_end(
    database: db.Database, home: Home, clock: Clock, tmp_path: Any
) -> None:
    sandbox = SandboxNetwork(str(tmp_path / "network.db"), clock, delay=3)
    work = job(database, sandbox, clock)
    for number in range(6):
        wish(database, home.plan, home, key="roaming", value="off" if number % 2 == 0 else "on")
    with database.writing() as session:
        blocking.block(session, home.ada, home.plan.id, now=NOW)
    for _ in range(12):
        await work.look()
        clock.at += timedelta(seconds=25)
    assert "pending" not in statuses(database)
    assert "inProgress" not in statuses(database)
    with database.reading() as session:
        rows = {row.name: row for row in session.exec(select(ServiceSetting))}
        mails = session.exec(select(CommunicationMessage.kind)).all()
    assert (rows["roaming"].value, rows["roaming"].wish) == ("on", None)
    assert rows[blocking.KEY].value == "on"
    assert mails == ["service_sim_blocked"]
    sandbox.close()


async def test_a_number_moves_when_its_day_has_come(
    database: db.Database, home: Home, clock: Clock
) -> None:
    network = Paper()
    work = job(database, network, clock)
    form = {"number": "+49 151 23456789", "donor": "Other", "donor_code": "K-77"}
    form["port_on"] = porting_form.first_day(NOW).isoformat()
    with database.writing() as session:
        porting.request(session, home.ada, home.plan.id, form=form, vault=VAULT, now=NOW)
    await work.look()
    (check,) = network.orders
    assert (check.wanted["step"], check.wanted["code"]) == ("check", "K-77")
    network.mail = [NetworkAnswer(check.key, NetworkStatus.DONE)]
    await work.look()
    clock.at += DAILY_EVERY
    await work.look()
    assert len(network.orders) == 1
    clock.at += timedelta(days=1)
    await work.look()
    move = network.orders[-1]
    assert (move.wanted["step"], move.wanted["code"]) == ("move", "K-77")
    network.mail = [NetworkAnswer(move.key, NetworkStatus.DONE)] * 2
    await work.look()
    with database.reading() as session:
        assert number(session, home) == "+4915123456789"
        row = session.exec(select(NumberPorting)).one()
        bodies = [one.body for one in session.exec(select(CommunicationMessage))]
    assert (row.status, row.sealed_code) == ("done", "")
    assert sum("Sunday 22 November 2026" in body for body in bodies) == 1
    assert statuses(database) == {RequestStatus.DONE.value: 2}


def number(session: Session, home: Home) -> str:
    held = select(Resource.value).where(
        Resource.product_id == home.plan.id, Resource.kind == ResourceKind.MSISDN
    )
    return session.exec(held).one()
