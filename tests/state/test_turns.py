"""Turns at costly work: so many at once, patience, and a refusal that says what to do."""

from __future__ import annotations

import asyncio

import pytest

from self_service.components.ui.markup import Paper
from self_service.state import store, summary, turns
from self_service.state.turns import Busy, Turns
from tests.house import Browser, House, browser, house, stocked

__all__ = ["browser", "house", "stocked"]


async def test_so_many_at_once_and_the_others_wait() -> None:
    limit, running, most = Turns(lambda: 2), 0, 0

    async def work() -> None:
        nonlocal running, most
        async with limit.one():
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1

    await asyncio.gather(*[work() for _ in range(20)])
    assert (running, most) == (0, 2)


async def test_who_waits_too_long_is_refused_and_takes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    limit = Turns(lambda: 1)
    async with limit.one():
        with pytest.raises(Busy, match="try again in a few seconds"):
            async with limit.one():
                pytest.fail("two at once")
    async with limit.one():
        pass


async def test_a_turn_ends_with_a_failure() -> None:
    limit = Turns(lambda: 1)
    with pytest.raises(KeyError):
        async with limit.one():
            raise KeyError
    async with limit.one():
        pass


async def test_no_limit() -> None:
    limit = Turns(lambda: 0)
    async with limit.one(), limit.one(), limit.one():
        assert limit._free is None


class Never(Turns):
    """Nobody gets a turn."""

    def one(self):  # type: ignore[no-untyped-def]
        raise Busy


def test_a_busy_search_asks_to_come_again(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "SEARCHING", Never(lambda: 1))
    answer = browser.get("/en/store?q=phone")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    assert str(Paper("en").t("Please wait a moment")) in answer.text
    assert browser.get("/en/store").status_code == 200


async def test_a_busy_typesetter_makes_and_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def data(*_: object) -> tuple[str, object, str]:
        class Data:
            def as_json(self) -> str:
                return "{}"

        return "en", Data(), "fingerprint"

    async def kept(*_: object, **__: object) -> None:
        pytest.fail("something was kept")

    monkeypatch.setattr(summary, "look", data)
    monkeypatch.setattr(summary, "act", kept)
    monkeypatch.setattr(summary, "TYPESETTING", Never(lambda: 1))
    monkeypatch.setattr(summary, "_render", lambda _: pytest.fail("something was typeset"))
    with pytest.raises(Busy):
        await summary.make(None)  # type: ignore[arg-type]
