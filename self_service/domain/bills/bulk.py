"""Writing many rows with few words to the database: what a bill run needs and nothing else does.

Rows are tuples of what the driver takes as it is: the object-relational mapper, and even a bulk
insert by SQLAlchemy, would take longer than the database itself. SQLite gets one statement for
many rows, PostgreSQL a COPY and updates that carry their values in arrays.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlmodel import Session, SQLModel

#: What a driver takes as it is.
Native = str | int | None


@lru_cache(maxsize=8_192)
def instant(at: datetime) -> str:
    """Return an instant as both databases read it, in UTC, always with microseconds."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def instant_or_none(at: datetime | None) -> str | None:
    """Return an instant, or nothing where there is none."""
    return None if at is None else instant(at)


def uid(value: UUID | None) -> str | None:
    """Return an id, or nothing where there is none."""
    return None if value is None else value.hex


def document(value: Any) -> str:
    """Return what a JSON column holds."""
    return json.dumps(value) if value else "{}"


def named(columns: str) -> tuple[str, ...]:
    """Return names of columns that are written with blanks between."""
    return tuple(columns.split())


class Bulk:
    """Inserts and updates rows by the bare driver, in the session's transaction."""

    def __init__(self, session: Session) -> None:
        """Take the session; what it has pending is written first."""
        session.flush()
        self._connection = session.connection()
        self._postgres = self._connection.dialect.name == "postgresql"
        if self._postgres:  # instants are written without an offset, as SQLite keeps them
            self._connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")

    def insert(
        self, model: type[SQLModel], columns: Sequence[str], rows: Sequence[tuple[Native, ...]]
    ) -> None:
        """Insert rows of one table.

        Args:
            model: whose table.
            columns: names, all that have no default in the database.
            rows: their values, instants from `instant`, ids from `uid`.
        """
        if not rows:
            return
        table: Table = model.__table__
        named = ", ".join(columns)
        if self._postgres:
            self._copy(f'COPY "{table.name}" ({named}) FROM STDIN', rows)
            return
        places = ", ".join("?" * len(columns))
        statement = f'INSERT INTO "{table.name}" ({named}) VALUES ({places})'
        self._connection.exec_driver_sql(statement, list(rows))

    def update(
        self, model: type[SQLModel], columns: Sequence[str], rows: Sequence[tuple[Native, ...]]
    ) -> None:
        """Update rows of one table by their key.

        Args:
            model: whose table.
            columns: names of what is changed, then that of the key.
            rows: the values, the key last.
        """
        if not rows:
            return
        table: Table = model.__table__
        *changed, key = columns
        if not self._postgres:
            sets = ", ".join(f"{name} = ?" for name in changed)
            statement = f'UPDATE "{table.name}" SET {sets} WHERE {key} = ?'
            self._connection.exec_driver_sql(statement, list(rows))
            return
        types = [table.c[name].type.compile(self._connection.dialect) for name in columns]
        arrays = ", ".join(f"%s::{_plain(kind)}[]" for kind in types)
        sets = ", ".join(f"{name} = v.{name}" for name in changed)
        statement = (
            f'UPDATE "{table.name}" AS t SET {sets} '
            f"FROM unnest({arrays}) AS v({', '.join(columns)}) WHERE t.{key} = v.{key}"
        )
        lists = tuple(list(values) for values in zip(*rows, strict=True))
        self._connection.exec_driver_sql(statement, lists)

    def _copy(self, statement: str, rows: Iterable[tuple[Native, ...]]) -> None:
        cursor: Any = self._connection.connection.cursor()
        with cursor, cursor.copy(statement) as copy:
            copy.write("".join(map(_line, rows)))


def _line(row: tuple[Native, ...]) -> str:
    """Return a row as COPY reads it."""
    return "\t".join(map(_cell, row)) + "\n"


def _cell(value: Native) -> str:
    if value is None:
        return "\\N"
    if type(value) is str and "\\" in value:
        return value.replace("\\", "\\\\")
    return str(value)


def _plain(kind: str) -> str:
    return kind.split("(")[0]
