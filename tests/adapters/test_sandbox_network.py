"""The sandbox network: slow, answering late, twice or never, but always the same way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from self_service.adapters.sandbox_network import SandboxNetwork
from self_service.ports import NetworkAnswer, NetworkOrder, NetworkStatus
from tests.conftest import NOW
from tests.house import Clock

LATER = timedelta(seconds=30)


def order(key: str, sequence: int = 1, act: str = "set", **wanted: str) -> NetworkOrder:
    return NetworkOrder(key, "a-service", sequence, act, wanted)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def network(tmp_path: Path, clock: Clock) -> SandboxNetwork:
    return SandboxNetwork(str(tmp_path / "network.db"), clock, delay=5)


async def test_it_takes_its_time_and_a_second_process_sees_the_same(
    network: SandboxNetwork, clock: Clock, tmp_path: Path
) -> None:
    asked = order("a", setting="roaming", value="off")
    for _ in range(2):
        assert (await network.request(asked)).status is NetworkStatus.TAKEN
    other = SandboxNetwork(str(tmp_path / "network.db"), clock, delay=5)
    clock.at += LATER
    found = await other.find("a")
    assert found == NetworkAnswer("a", NetworkStatus.DONE)
    assert await other.find("never asked") is None
    other.close()
    network.close()


async def test_answers_come_in_other_orders_twice_and_not_at_all(
    network: SandboxNetwork, clock: Clock
) -> None:
    keys = [f"key {number}" for number in range(40)]
    for number, key in enumerate(keys):
        await network.request(order(key, number + 1, setting=key))
    clock.at += LATER
    heard: list[str] = []
    while fetched := await network.answers(clock()):
        heard += [one.key for one in fetched]
    counts = {heard.count(key) for key in keys}
    assert counts == {0, 1, 2}
    assert heard != sorted(heard, key=keys.index)
    silent = next(key for key in keys if key not in heard)
    found = await network.find(silent)
    assert found is not None
    assert found.status is NetworkStatus.DONE


async def test_what_is_refused_and_what_was_overtaken(
    network: SandboxNetwork, clock: Clock
) -> None:
    await network.request(order("unlucky", number="+49 151 000013", setting="porting check"))
    await network.request(order("name", value="Harbour 13", setting="wifi_name"))
    await network.request(order("new", 9, setting="roaming", value="on"))
    clock.at += LATER
    await network.answers(clock())
    await network.request(order("old", 8, setting="roaming", value="off"))
    await network.request(order("elsewhere", 8, setting="premium", value="off"))
    clock.at += LATER
    said = {key: await network.find(key) for key in ("unlucky", "name", "old", "elsewhere")}
    assert {key: one.reason for key, one in said.items() if one} == {
        "unlucky": "number_not_portable",
        "name": "not_accepted",
        "old": "overtaken",
        "elsewhere": "",
    }


async def test_a_line_says_how_it_is(network: SandboxNetwork, clock: Clock) -> None:
    await network.request(order("look", act="check_line"))
    clock.at += LATER
    found = await network.find("look")
    assert found is not None
    assert found.told["state"] in {"up", "slow"}
    assert found.told["down_percent"].isdigit()
    assert clock() == (NOW + LATER)
