"""One domain call, one transaction, off the event loop.

SQLite: WAL, foreign keys on, and one writer at a time. A writer takes the process's lock first and
then `BEGIN IMMEDIATE`, so threads queue fairly instead of polling, and other processes wait in
`busy_timeout`; "database is locked" cannot come from an upgrade of a read to a write.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine, event
from sqlmodel import Session, create_engine

P = ParamSpec("P")
R = TypeVar("R")

#: In `Session.info` of a transaction that may write.
WRITES = "writes"
#: Four threads: measured best for SQLite on two cores, enough for PostgreSQL (dependencies.md).
POOL = ThreadPoolExecutor(4, thread_name_prefix="db")


def make_engine(url: str) -> Engine:
    """Make an engine for `url` (sqlite:/// or postgresql+psycopg://) with our rules set.

    Parameters of failed statements are hidden: customers' data must not reach logs.
    """
    if url.startswith("sqlite"):
        engine = create_engine(
            url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": 15}
        )
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
        return engine
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=5, max_overflow=5)


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions on its own
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "cache_size=-32000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Any) -> None:
    mode = "" if connection.get_execution_options().get("read_only") else "IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN {mode}")


class Database:
    """An engine, and the two ways to use it: `transact` to change, `read` to look."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sqlite = engine.dialect.name == "sqlite"
        self._reader = engine.execution_options(read_only=True) if self._sqlite else engine
        self._writing = threading.Lock()

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a transaction that may write; commits at the end, rolls back on any exception."""
        gate = self._writing if self._sqlite else contextlib.nullcontext()
        with (
            gate,
            Session(self.engine, expire_on_commit=False, info={WRITES: True}) as session,
            session.begin(),
        ):
            yield session

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a transaction that only reads; it never waits for a writer on SQLite."""
        with Session(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    async def transact(
        self, operation: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run one domain function in one transaction, off the event loop."""

        def run() -> R:
            with self.writing() as session:
                return operation(session, *args, **kwargs)

        return await _in_thread(run)

    async def read(
        self, operation: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run one reading domain function, off the event loop."""

        def run() -> R:
            with self.reading() as session:
                return operation(session, *args, **kwargs)

        return await _in_thread(run)


async def _in_thread(run: Callable[[], R]) -> R:
    """Run it in the pool, where logs still know what is being answered."""
    scene = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(POOL, scene.run, run)


async def in_pool(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run slow work that is no query (hashing, typesetting) off the event loop."""
    return await asyncio.to_thread(work, *args, **kwargs)
