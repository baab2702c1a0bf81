"""Throw-away databases of both kinds, and copies of them for the floor to work on."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

#: The same server as the tests use.
POSTGRES = os.environ.get(
    "SELF_SERVICE_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
_SQLITE, _PSYCOPG = "sqlite:///", "postgresql+psycopg://"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a database is; `url` as in the settings."""

    url: str

    @property
    def is_sqlite(self) -> bool:
        """Say whether it is a file."""
        return self.url.startswith(_SQLITE)

    def connect(self) -> Any:
        """Open a connection of the bare driver, with the same settings as ours."""
        if not self.is_sqlite:
            return psycopg.connect(_plain(self.url))
        connection = sqlite3.connect(
            self.url.removeprefix(_SQLITE),
            isolation_level=None,
            timeout=15,
            check_same_thread=False,
        )
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA cache_size=-32000")
        return connection


def kinds() -> tuple[str, ...]:
    """Return which kinds of database can be measured here."""
    with contextlib.suppress(psycopg.OperationalError):
        psycopg.connect(_plain(POSTGRES), connect_timeout=3).close()
        return ("SQLite", "PostgreSQL")
    return ("SQLite",)


@contextlib.contextmanager
def fresh(kind: str, folder: Path) -> Iterator[Place]:
    """Make an empty database in `folder` or on the local server; it is gone afterwards."""
    name = f"self_service_bench_{uuid4().hex[:12]}"
    if kind == "SQLite":
        yield Place(f"{_SQLITE}{folder / name}.db")
        return
    with _administering(f'CREATE DATABASE "{name}"', f'DROP DATABASE "{name}" WITH (FORCE)'):
        yield Place(POSTGRES.rsplit("/", 1)[0] + f"/{name}")


@contextlib.contextmanager
def copied(place: Place) -> Iterator[Place]:
    """Copy a database that nobody has open."""
    twin = place.url.removesuffix(".db") + "_floor"
    if place.is_sqlite:
        with (
            contextlib.closing(place.connect()) as source,
            contextlib.closing(sqlite3.connect(f"{twin.removeprefix(_SQLITE)}.db")) as target,
        ):
            source.backup(target)
        yield Place(f"{twin}.db")
        return
    name, source_name = (url.rsplit("/", 1)[1] for url in (twin, place.url))
    make = f'CREATE DATABASE "{name}" TEMPLATE "{source_name}"'
    with _administering(make, f'DROP DATABASE "{name}" WITH (FORCE)'):
        yield Place(twin)


@contextlib.contextmanager
def _administering(first: str, last: str) -> Iterator[None]:
    with psycopg.connect(_plain(POSTGRES), autocommit=True) as admin:
        admin.execute(first.encode())
        try:
            yield
        finally:
            admin.execute(last.encode())


def _plain(url: str) -> str:
    return url.replace(_PSYCOPG, "postgresql://", 1)
