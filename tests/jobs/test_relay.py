"""The relay: every event is acted on, in order, and never lost."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from self_service import db
from self_service.adapters.inline_jobs import InlineJobs
from self_service.domain import outbox
from self_service.domain.outbox import EventKind
from self_service.jobs.fulfilment import FULFIL, fulfilment_job
from self_service.jobs.janitor import Janitor
from self_service.jobs.outbox import Relay
from self_service.models.orders import OrderState
from self_service.ports import Job, JobStep
from tests import databases
from tests.conftest import NOW
from tests.order_shop import (
    customer,
    fill,
    marks,
    open_shop,
    order,
    pay,
    state_of,
    stock_numbers,
)


def paid(database, shop, put=fill):
    with database.writing() as session:
        actor = customer(session)
        put(session, actor, shop)
        placed = order(session, actor)
        pay(session, placed)
        return placed


def open_kinds(database) -> list[str]:
    with database.reading() as session:
        kinds = [event.kind for event in outbox.open_events(session)]
    return [kind for kind in kinds if not kind.startswith("bill_")]


def test_paid_order_is_fulfilled(shop_database, shop, clock) -> None:
    placed = paid(shop_database, shop)
    jobs = InlineJobs([fulfilment_job(shop_database, clock)])
    relay = Relay(shop_database, jobs, clock)
    assert relay.pump() == 2  # placed and paid
    assert jobs.started == [(FULFIL, str(placed.order_id))]
    with shop_database.reading() as session:
        assert state_of(session, placed.order_id) == OrderState.COMPLETED
    assert open_kinds(shop_database) == ["order_completed"]
    assert (relay.pump(), relay.pump()) == (2, 0)  # completed, and its bill is settled


def test_event_stays_open_when_its_job_cannot_start(shop_database, shop, clock, caplog) -> None:
    placed = paid(shop_database, shop)

    class Broken:
        def start(self, name: str, key: str, *args: str) -> None:
            raise OSError("the engine is down")

    assert Relay(shop_database, Broken(), clock).pump() == 1
    assert "could not be acted on" in caplog.text
    assert open_kinds(shop_database) == ["order_paid"]
    Relay(shop_database, InlineJobs([fulfilment_job(shop_database, clock)]), clock).pump()
    with shop_database.reading() as session:
        assert state_of(session, placed.order_id) == OrderState.COMPLETED


def test_event_whose_mark_was_lost_is_acted_on_again_to_no_effect(
    shop_database, shop, clock
) -> None:
    placed = paid(shop_database, shop)
    job = fulfilment_job(shop_database, clock)
    InlineJobs([job]).start(FULFIL, str(placed.order_id), str(placed.order_id))
    with shop_database.reading() as session:
        before = marks(session, placed.order_id)
    Relay(shop_database, InlineJobs([job]), clock).pump()
    with shop_database.reading() as session:
        assert marks(session, placed.order_id) == before


async def test_order_that_waited_goes_on_when_stock_arrives(tmp_path, gateway, clock) -> None:
    engine = db.make_engine(databases.sqlite_file(tmp_path / "empty.db"))
    database = db.Database(engine)
    with database.writing() as session:
        shop = open_shop(session, numbers=0)
    placed = paid(database, shop)
    relay = Relay(database, InlineJobs([fulfilment_job(database, clock)]), clock)
    janitor = Janitor(database, gateway, clock, wake=relay.pump)
    relay.pump()
    await janitor.round()
    with database.writing() as session:
        assert state_of(session, placed.order_id) == OrderState.HELD
        stock_numbers(session, 1)
    clock.move(minutes=1)
    await janitor.round()
    with database.reading() as session:
        assert state_of(session, placed.order_id) == OrderState.COMPLETED
    engine.dispose()


async def test_relay_is_woken_from_another_thread(shop_database, shop, clock) -> None:
    done = asyncio.Event()
    loop = asyncio.get_running_loop()

    class Noting:
        def start(self, name: str, key: str, *args: str) -> None:
            loop.call_soon_threadsafe(done.set)

    relay = Relay(shop_database, Noting(), clock)
    running = asyncio.create_task(relay.run())
    await asyncio.sleep(0)
    await asyncio.to_thread(paid, shop_database, shop)
    began = loop.time()
    await asyncio.to_thread(relay.call)
    await asyncio.wait_for(done.wait(), 5)
    assert loop.time() - began < 0.9  # it would look by itself only each second
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


def test_inline_job_runs_once_per_key_and_stops_where_a_step_says_so() -> None:
    seen: list[Any] = []

    def step(name: str, go_on: bool = True) -> JobStep:
        return JobStep(name, lambda argument: seen.append((name, argument)) or go_on)

    jobs = InlineJobs([Job("work", (step("one"), step("two", False), step("three")))])
    jobs.start("work", "a", "x")
    jobs.start("work", "a", "x")
    assert seen == [("one", "x"), ("two", "x")]
    with pytest.raises(KeyError):
        jobs.start("other", "a")


def test_job_that_failed_may_be_started_again() -> None:
    tries: list[int] = []

    def fail() -> bool:
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionResetError
        return True

    jobs = InlineJobs([Job("work", (JobStep("one", fail),))])
    with pytest.raises(ConnectionResetError):
        jobs.start("work", "a")
    jobs.start("work", "a")
    assert len(tries) == 2


def test_event_is_written_once(shop_database) -> None:
    with shop_database.writing() as session:
        assert outbox.emit(session, EventKind.ORDER_PAID, "a", now=NOW)
        assert not outbox.emit(session, EventKind.ORDER_PAID, "a", now=NOW)
        assert outbox.emit(session, EventKind.ORDER_PLACED, "a", now=NOW, why="other kind")
        events = outbox.open_events(session)
    assert [(event.kind, event.key) for event in events] == [
        ("order_paid", "a"),
        ("order_placed", "a"),
    ]
    assert events[1].payload == {"why": "other kind"}
