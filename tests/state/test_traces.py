"""What is refused to a live tab leaves a line: who, from where, what, never what was sent."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from reflex_base.utils.exceptions import EventDeserializationError

from self_service import logs, start
from self_service.domain import access
from self_service.domain.errors import NotFound
from self_service.models.access import Role
from self_service.self_service import app
from self_service.state import guard
from self_service.state.basket import BasketState
from self_service.state.order import OrderState
from self_service.state.shell import ShellState
from tests.house import House
from tests.live import live

PROCESSOR = "reflex_base.event.processor.event_processor"


@pytest.fixture
def traces(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the security log says, without the instant."""
    monkeypatch.setattr(logs, "_quota", logs.Quota())
    said: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(logs.Text().format(record).split(" ", 1)[1])

    keep = Keep()
    logs.security_log.addHandler(keep)
    yield said
    logs.security_log.removeHandler(keep)


async def test_a_stranger_at_a_secured_handler(house: House, traces: list[str]) -> None:
    async with live("forged") as tab:
        await tab.send(OrderState.cancel)
    name = f"{OrderState.get_full_name()}.cancel"
    act = guard.act_of(guard._require)
    assert traces == [f"WARNING self_service.security refused sign_in_needed: {act} where={name}"]


async def test_a_customer_at_a_handler_for_staff(house: House, traces: list[str]) -> None:
    with house.signed_in() as customer:
        actor = house.actor(customer.cookie)
    operation = guard._require
    logs.enter("192.0.2.1", "somewhere")
    with pytest.raises(access.NotAllowed):
        await house.database.read(guard.call_as, operation, customer.cookie, (Role.REPRESENTATIVE,))
    assert traces == [
        f"WARNING self_service.security refused not_allowed: {guard.act_of(operation)} "
        f"who={actor.identity_id} network=192.0.2.1 where=somewhere"
    ]


def _lost(*_: Any, **__: Any) -> None:
    raise NotFound


def test_looking_for_what_is_not_theirs(house: House, traces: list[str]) -> None:
    with house.signed_in() as customer, house.database.reading() as session:
        with pytest.raises(NotFound):
            guard.call_as(session, _lost, "a visitor")
        assert traces == []  # an address that is out of date
        with pytest.raises(NotFound):
            guard.call_as(session, _lost, customer.cookie)
    assert len(traces) == 1
    assert "refused not_found" in traces[0]


async def test_a_flood(house: House, traces: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    async with live() as tab:
        gate = next(m for m in app._middlewares if isinstance(m, guard.Gate))
        monkeypatch.setattr(gate, "allows", lambda *_: False)
        for _ in range(50):
            await tab.send(BasketState.add, offering_id="hidden")
    assert len(traces) == 10
    assert all(line.startswith("WARNING self_service.security too many events") for line in traces)
    assert "hidden" not in "".join(traces)


async def test_an_event_without_a_handler(
    house: House, traces: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    async with live() as tab:
        await tab.send("no.such.handler", hidden="hidden")
        await tab.send(ShellState.load)
    assert traces == ["WARNING self_service.security event without a handler"]
    assert "hidden" not in caplog.text


@pytest.mark.parametrize(
    ("logger", "message", "raised"),
    [
        ("reflex.app", "Received event data as a string. Event data: hidden", None),
        ("reflex.app", "Received event from session x with no associated token. hidden", None),
        ("engineio.server", "Unknown receive error", EventDeserializationError("hidden")),
        (PROCESSOR, "Error hidden", KeyError("No registered handler found for event: hidden")),
    ],
    ids=["string", "no-token", "unreadable", "unknown"],
)
def test_what_the_framework_cannot_read(
    traces: list[str],
    caplog: pytest.LogCaptureFixture,
    logger: str,
    message: str,
    raised: Exception | None,
) -> None:
    try:
        raise raised or ValueError
    except Exception:
        info = sys.exc_info() if raised else None
    logging.getLogger(logger).error(message, exc_info=info)
    assert len(traces) == 1
    assert "hidden" not in caplog.text + traces[0]


def test_other_entries_of_the_framework_stay() -> None:
    for raised in (None, KeyError("x"), ValueError("No registered handler found for event: x")):
        info = (type(raised), raised, None) if raised else None
        record = logging.LogRecord("reflex.app", logging.ERROR, "", 0, "something", None, info)
        assert start.OddEvents().filter(record)


async def test_threads_of_the_database_know_the_scene(house: House) -> None:
    logs.enter("192.0.2.1", "/here")
    seen = await house.database.read(lambda _: logs._SCENE.get())
    assert (seen.network, seen.where) == ("192.0.2.1", "/here")
