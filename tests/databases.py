"""Empty databases, quickly: tables are made once per test process, and copied or swept after."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import SQLModel

import self_service.models  # noqa: F401  (fills the metadata)
from self_service import db

POSTGRES = os.environ.get(
    "SELF_SERVICE_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)


def sharing(make: Callable[[str], Engine]) -> Callable[[str], Engine]:
    """Let the engines of one kind share what SQLAlchemy keeps of compiled statements.

    Each test has an engine of its own; compiling all statements anew was a third of the suite.
    """
    first: dict[str, Engine] = {}

    @wraps(make)
    def shared(url: str) -> Engine:
        made = make(url)
        known = first.setdefault(made.dialect.name, made)
        made.dialect = made.pool._dialect = known.dialect  # the dialect is part of the key
        made._compiled_cache = known._compiled_cache
        return made

    return shared


@cache
def _template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        engine = db.make_engine(f"sqlite:///{path}")
        SQLModel.metadata.create_all(engine)
        engine.dispose()
        return path.read_bytes()


def sqlite_file(path: Path) -> str:
    """Make a database file with all tables and no row; returns its address."""
    path.write_bytes(_template())
    return f"sqlite:///{path}"


def copied(source: Path, path: Path) -> str:
    """Copy a database file; returns its address."""
    shutil.copy(source, path)
    return f"sqlite:///{path}"


@contextmanager
def postgres_database() -> Iterator[str]:
    """Make an empty database on the local server, dropped at the end; skips without a server."""
    admin = db.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    name = f"self_service_test_{uuid.uuid4().hex[:12]}"
    try:
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
            # nothing of it must outlive a crash of the server
            connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    except Exception:  # any failure to connect means: no server here
        admin.dispose()
        pytest.skip(f"no PostgreSQL answers at {POSTGRES}")
    yield POSTGRES.rsplit("/", 1)[0] + f"/{name}"
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    admin.dispose()


def sweep(engine: Engine) -> None:
    """Empty the tables that have rows: much faster than making some hundred tables anew.

    Rows are deleted, with the database's own rules asleep: for a few rows that takes a tenth of
    the time of TRUNCATE, which makes new files for each table and index.
    """
    names = [table.name for table in SQLModel.metadata.sorted_tables]
    used = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names
    )
    with engine.begin() as connection:
        filled = [row[0] for row in connection.execute(text(used))]
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name in filled:
            connection.execute(text(f'DELETE FROM "{name}"'))
        connection.execute(
            text("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'")
        )
