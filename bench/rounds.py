"""Measuring loops. Each is bounded twice, by how often and by how long."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from bench.figures import Spread

#: Does the thing for the n-th time; no two calls get the same number.
Operation = Callable[[int], Awaitable[object]]


@dataclass(slots=True)
class Run:
    """What one loop saw.

    Attributes:
        times: ms of each call that succeeded.
        seconds: from the first call to the end of the last.
        errors: of the calls that failed, by what was wrong.
    """

    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> Spread | None:
        """Calls that succeeded in a second."""
        return Spread(len(self.times) / self.seconds) if self.times and self.seconds else None

    @property
    def spread(self) -> Spread | None:
        """Median and 95th percentile, ms."""
        return Spread.of(self.times) if self.times else None

    def add(self, other: Run) -> None:
        """Take another round in."""
        self.times += other.times
        self.seconds += other.seconds
        self.errors += other.errors


async def repeat(
    operation: Operation, numbers: Iterable[int], *, clients: int, seconds: float
) -> Run:
    """Call an operation by so many clients, each waiting for its answer before it asks again.

    Args:
        operation: what to measure.
        numbers: one for each call; the loop ends when they do.
        clients: calls under way at a time.
        seconds: the loop also ends after so long.
    """
    run, waiting = Run(), iter(numbers)
    start = time.perf_counter()

    async def client() -> None:
        for number in waiting:
            began = time.perf_counter()
            if began - start > seconds:
                return
            try:
                await operation(number)
            except Exception as error:  # counted and reported, whatever it was
                run.errors[_said(error)] += 1
            else:
                run.times.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(client() for _ in range(clients)))
    run.seconds = time.perf_counter() - start
    return run


def _said(error: Exception) -> str:
    locked = "database is locked" in str(error)
    return "database is locked" if locked else f"{type(error).__name__}: {error}"[:120]
