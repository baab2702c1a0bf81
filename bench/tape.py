"""The floor of what writes: the very statements of an operation, played again by the bare driver.

What an operation sends to the database is recorded as it reaches the driver, values and transaction
borders included, and played on a copy of the database from before. So the floor does the same work
to the same effect, stays right when the domain changes, and holds nothing but the driver.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

from bench.databases import Place
from bench.rounds import Run


@dataclass(frozen=True, slots=True)
class Statement:
    """What the driver was given; `sql` is COMMIT or ROLLBACK at the end of a transaction."""

    sql: str
    values: Any = ()
    many: bool = False


#: All that one call of an operation did.
Take = list[Statement]
#: Calls that were made one after the other on the same rows.
Chain = Sequence[Take]


@contextlib.contextmanager
def recording(engine: Engine) -> Iterator[Take]:
    """Record what reaches the driver while the context is open; one call at a time."""
    take: Take = []

    def statement(_con: Any, _cur: Any, sql: str, values: Any, _ctx: Any, many: bool) -> None:
        take.append(Statement(sql, values, many))

    def commit(_connection: Any) -> None:
        take.append(Statement("COMMIT"))

    def rollback(_connection: Any) -> None:
        take.append(Statement("ROLLBACK"))

    heard: dict[str, Callable[..., None]] = {
        "before_cursor_execute": statement,
        "commit": commit,
        "rollback": rollback,
    }
    for name, listener in heard.items():
        event.listen(engine, name, listener)
    try:
        yield take
    finally:
        for name, listener in heard.items():
            event.remove(engine, name, listener)


class Player:
    """Plays takes on one copy of the database, from as many threads as the portal has."""

    def __init__(self, place: Place, threads: int) -> None:
        self._place = place
        self._writing = threading.Lock()
        self._local = threading.local()
        self._open: list[Any] = []
        self._pool = ThreadPoolExecutor(threads, initializer=self._connect)

    def _connect(self) -> None:
        self._local.connection = self._place.connect()
        self._open.append(self._local.connection)

    def play(self, chains: Sequence[Chain], *, together: bool) -> Run:
        """Play chains one after the other, or spread over all threads."""
        run = Run()
        start = time.perf_counter()
        if together:
            played = list(self._pool.map(self._timed, chains))
        else:
            played = [self._pool.submit(self._timed, chain).result() for chain in chains]
        run.seconds = time.perf_counter() - start
        run.times = [ms for times in played for ms in times]
        return run

    def close(self) -> None:
        """Give the connections back."""
        self._pool.shutdown()
        for connection in self._open:
            connection.close()

    def _timed(self, chain: Chain) -> list[float]:
        times = []
        for take in chain:
            start = time.perf_counter()
            self._play(take)
            times.append((time.perf_counter() - start) * 1000)
        return times

    def _play(self, take: Take) -> None:
        connection = self._local.connection
        with contextlib.ExitStack() as writing:
            for step in take:
                if step.sql in ("COMMIT", "ROLLBACK"):
                    connection.commit() if step.sql == "COMMIT" else connection.rollback()
                    writing.close()
                    continue
                if step.sql == "BEGIN IMMEDIATE":
                    writing.enter_context(self._writing)
                cursor = connection.cursor()
                play = cursor.executemany if step.many else cursor.execute
                play(step.sql, step.values)
                if cursor.description:
                    cursor.fetchall()
