"""All jobs of one process together: they start, hear of what happened, and stop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

import pytest

from self_service import wiring
from self_service.adapters.inline_jobs import InlineJobs
from self_service.jobs import runner
from self_service.jobs.outbox import Relay
from self_service.models.orders import OrderState
from self_service.ports import Job
from tests.house import House, house, stocked

__all__ = ["house", "stocked"]


class Engine(InlineJobs):
    """Runs jobs at once, and tells whether it is up."""

    up: list[str] = []

    def launch(self) -> None:
        self.up.append("launched")

    def destroy(self) -> None:
        self.up.append("destroyed")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> type[Engine]:
    def make(jobs: Iterable[Job]) -> Engine:
        return Engine(jobs)

    monkeypatch.setattr(Engine, "up", [])
    monkeypatch.setattr(wiring, "job_engine", make)
    monkeypatch.setattr(runner, "DELIVER_EVERY", 0.01)
    return Engine


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, ten seconds at most."""
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def test_a_paid_order_is_fulfilled_without_anybody(
    house: House, engine: type[Engine]
) -> None:
    with house.signed_in() as browser:
        place = browser.submit("/do/place-order", **house.ready(browser)).headers["location"]
        async with runner.running():
            await asyncio.to_thread(browser.submit, place, outcome="approve")
            await until(lambda: house.orders()[0].state is OrderState.COMPLETED)
    assert engine.up == ["launched", "destroyed"]


async def test_a_late_success_is_fetched_and_fulfilled(house: House, engine: type[Engine]) -> None:
    with house.signed_in() as browser:
        place = browser.submit("/do/place-order", **house.ready(browser)).headers["location"]
        browser.submit(place, outcome="time_out")
        async with runner.running():
            house.clock.move(seconds=31)
            await until(lambda: house.orders()[0].state is OrderState.COMPLETED)


async def test_nothing_runs_after_the_end(house: House, engine: type[Engine]) -> None:
    async with runner.running():
        assert len({type(one) for one in runner._WORKING}) == len(runner._WORKING) > 10
        names = {task.get_name() for task in asyncio.all_tasks()}
        assert {"Relay", "Janitor", "courier"} <= names
    assert runner._WORKING == []
    names = {task.get_name() for task in asyncio.all_tasks()}
    assert names.isdisjoint({"Relay", "Janitor", "courier"})
    runner.wake()


async def test_the_end_comes_when_the_process_fails_too(house: House, engine: type[Engine]) -> None:
    with pytest.raises(RuntimeError, match="out of paper"):
        async with runner.running():
            raise RuntimeError("out of paper")
    assert engine.up == ["launched", "destroyed"]
    assert runner._WORKING == []


async def test_the_courier_goes_on_after_a_failure(
    house: House, engine: type[Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []

    async def fail(now: object) -> tuple[()]:
        calls.append(now)
        raise RuntimeError("no line")

    monkeypatch.setattr(house.gateway, "due_deliveries", fail)
    async with runner.running():
        await until(lambda: len(calls) > 2)


@pytest.mark.parametrize("steps", range(6))
async def test_a_call_at_the_last_moment_does_not_keep_the_relay(house: House, steps: int) -> None:
    """`asyncio.wait_for` of Python 3.11 forgets a cancellation that comes with the result."""
    relay = Relay(house.database, Engine([]), house.clock)
    task = asyncio.create_task(relay.run())
    await until(lambda: relay._called._waiters != deque())
    relay._called.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=2)
    task.cancel()
    assert done == {task}
