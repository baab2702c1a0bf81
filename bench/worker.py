"""One process, one database, one size of the catalogue: all operations, ours and the floor's.

Run by `server_ops` as `python -m bench.worker OFFERS BUDGET`; prints its figures as JSON. A process
of its own, so that no size pays for the memory of another.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from bench import floors
from bench.databases import Place, copied
from bench.memory import resident_mb
from bench.operations import LINES_EACH, Operations, open_shop
from bench.rounds import Operation, Run, repeat
from bench.tape import Chain, Player, recording
from self_service import db, migrate, settings
from self_service.domain.catalog import index as catalog_index
from self_service.wiring import database
from tests.bulk import bulk_catalog

CLIENTS = 16
READS = {"list": floors.page_of_list, "filter": floors.page_of_filter}
WRITES = ("add", "checkout")


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is measured.

    Attributes:
        rounds: alternations between ours and the floor.
        calls: of each operation in a round by one client, at most.
        alone: seconds of such a round, at most.
        together: seconds for which all clients work, at most.
        orders: customers who wait with a full basket.
        takes: calls that the floor plays again.
    """

    rounds: int = 3
    calls: int = 60
    alone: float = 1.5
    together: float = 2.5
    orders: int = 700
    takes: int = 120


QUICK = Budget(rounds=2, calls=20, alone=0.4, together=0.6, orders=140, takes=40)


class Bench:
    """The measuring of one catalogue."""

    def __init__(self, shop: Operations, budget: Budget) -> None:
        self._budget = budget
        self._calls: dict[str, Operation] = {
            "list": shop.list,
            "filter": shop.filter,
            "add": shop.add,
            "checkout": shop.checkout,
        }
        self._numbers: dict[str, Iterator[int]] = {name: itertools.count() for name in self._calls}
        self._numbers["checkout"] = iter(range(len(shop.ready)))
        self._chains: dict[str, list[Chain]] = {}
        self.ours: dict[str, dict[str, Run]] = {}
        self.floor: dict[str, dict[str, Run]] = {}

    async def record(self) -> None:
        """Do each thing often enough to be warm, and keep what the writing ones did."""
        engine = database().engine
        for name, call in self._calls.items():
            takes = []
            for number in itertools.islice(self._numbers[name], self._budget.takes):
                with recording(engine) as take:
                    await call(number)
                takes.append(take)
            size = LINES_EACH if name == "add" else 1
            self._chains[name] = [list(part) for part in _batched(takes, size)]

    async def alone(self, place: Place, player: Player) -> None:
        """Measure one client, ours and the floor in turns."""
        for turn in range(self._budget.rounds):
            for name in self._calls:
                ours = await self._repeat(name, self._budget.calls, 1, self._budget.alone)
                self._keep(self.ours, name, "alone", ours)
                self._keep(self.floor, name, "alone", self._floor_alone(name, place, player, turn))

    async def together(self, place: Place, player: Player) -> None:
        """Measure sixteen clients at a time."""
        for name in self._calls:
            ours = await self._repeat(name, 10**6, CLIENTS, self._budget.together)
            self._keep(self.ours, name, "together", ours)
            if name in WRITES:
                half = self._chains[name][len(self._chains[name]) // 2 :]
                self._keep(self.floor, name, "together", player.play(half, together=True))

    async def _repeat(self, name: str, calls: int, clients: int, seconds: float) -> Run:
        numbers = itertools.islice(self._numbers[name], calls)
        return await repeat(self._calls[name], numbers, clients=clients, seconds=seconds)

    def _floor_alone(self, name: str, place: Place, player: Player, turn: int) -> Run:
        if name in READS:
            budget = self._budget
            return floors.measure(
                place, READS[name], count=budget.calls, seconds=budget.alone, seed=turn
            )
        half = self._chains[name][: len(self._chains[name]) // 2]
        return player.play(half[turn :: self._budget.rounds], together=False)

    @staticmethod
    def _keep(runs: dict[str, dict[str, Run]], name: str, how: str, run: Run) -> None:
        runs.setdefault(name, {}).setdefault(how, Run()).add(run)


def _batched(things: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]


async def measure(offers: int, budget: Budget) -> dict[str, Any]:
    """Make the catalogue and measure everything on it."""
    place = Place(settings.get().database_url)
    migrate.upgrade(place.url)
    with database().writing() as session:
        bulk_catalog(session, offers)
    before, start = resident_mb(), time.perf_counter()
    with database().reading() as session:
        catalog_index.current(session)
    loaded, after = time.perf_counter() - start, resident_mb()
    shop = open_shop()
    shop.prepare(budget.orders)
    database().engine.dispose()
    bench = Bench(shop, budget)
    with copied(place) as twin:
        player = Player(twin, db.POOL._max_workers)
        await bench.record()
        gc.collect()  # as a worker of the portal does at its start
        gc.freeze()
        gc.set_threshold(100_000, 50, 100)
        await bench.alone(twin, player)
        await bench.together(twin, player)
        player.close()
        database().engine.dispose()
    return {
        "load_ms": loaded * 1000,
        "catalogue_mb": after - before,
        "ours": _plain(bench.ours),
        "floor": _plain(bench.floor),
    }


def _plain(runs: dict[str, dict[str, Run]]) -> dict[str, Any]:
    return {
        name: {
            how: {
                "spread": asdict(run.spread) if run.spread else None,
                "rate": run.rate.typical if run.rate else None,
                "errors": dict(run.errors),
            }
            for how, run in found.items()
        }
        for name, found in runs.items()
    }


def main() -> None:
    """Measure and print."""
    offers, quick = int(sys.argv[1]), sys.argv[2] == "quick"
    found = asyncio.run(measure(offers, QUICK if quick else Budget()))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
