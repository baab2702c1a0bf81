"""Writing usage: many rows by few statements of the bare driver, on either database."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Session, SQLModel

from self_service.domain.bills.bulk import Bulk, Native
from self_service.domain.bills.reading import is_postgres


class Rows(Bulk):
    """What `bills.bulk.Bulk` does, and rows that may be there already, or have several keys."""

    def insert_new(
        self, model: type[SQLModel], columns: Sequence[str], rows: Sequence[tuple[Native, ...]]
    ) -> int:
        """Insert the rows that no unique constraint says are there; return how many that were.

        Args:
            model: whose table.
            columns: names of what has no default in the database.
            rows: values as of `Bulk.insert`, sorted alike by all who do this at the same time.
        """
        return self._insert(model, columns, rows, "ON CONFLICT DO NOTHING")

    def add_up(
        self,
        model: type[SQLModel],
        keys: Sequence[str],
        sums: Sequence[str],
        rows: Sequence[tuple[Native, ...]],
    ) -> None:
        """Add sums to those of rows with the same keys; make the rows that are not there.

        Args:
            model: whose table.
            keys: names of its primary key's columns.
            sums: names of the columns that are added to.
            rows: values, first the keys, then the sums.
        """
        name = model.__table__.name
        added = ", ".join(f"{one} = {name}.{one} + excluded.{one}" for one in sums)
        rule = f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {added}"
        self._insert(model, [*keys, *sums], rows, rule)

    def change(
        self,
        model: type[SQLModel],
        columns: Sequence[str],
        keys: Sequence[str],
        rows: Sequence[tuple[Native, ...]],
        *,
        adding: bool = False,
    ) -> None:
        """Update rows that several columns name.

        Args:
            model: whose table.
            columns: names of what is changed.
            keys: names of the columns that name a row.
            rows: values, first those that are changed, then the keys.
            adding: the values are added to what is there.
        """
        if not rows:
            return
        name = model.__table__.name
        if not self._postgres:
            sets = ", ".join(f"{one} = {one} + ?" if adding else f"{one} = ?" for one in columns)
            where = " AND ".join(f"{one} = ?" for one in keys)
            statement = f'UPDATE "{name}" SET {sets} WHERE {where}'
            self._connection.exec_driver_sql(statement, list(rows))
            return
        sets = ", ".join(
            f"{one} = t.{one} + v.{one}" if adding else f"{one} = v.{one}" for one in columns
        )
        where = " AND ".join(f"t.{one} = v.{one}" for one in keys)
        named = [*columns, *keys]
        statement = (
            f'UPDATE "{name}" AS t SET {sets} FROM unnest({self._arrays(model, named)}) '
            f"AS v({', '.join(named)}) WHERE {where}"
        )
        self._connection.exec_driver_sql(statement, _columns(rows))

    def lower(
        self,
        model: type[SQLModel],
        column: str,
        key: str,
        rows: Sequence[tuple[Native, ...]],
    ) -> None:
        """Give rows a value unless they have a lower one: (value, key) each, by key."""
        if not rows:
            return
        name = model.__table__.name
        higher = f"({column} IS NULL OR {column} > "
        if not self._postgres:
            statement = f'UPDATE "{name}" SET {column} = ?1 WHERE {key} = ?2 AND {higher}?1)'
            self._connection.exec_driver_sql(statement, list(rows))
            return
        statement = (
            f'UPDATE "{name}" AS t SET {column} = v.{column} '
            f"FROM unnest({self._arrays(model, [column, key])}) AS v({column}, {key}) "
            f"WHERE t.{key} = v.{key} AND (t.{column} IS NULL OR t.{column} > v.{column})"
        )
        self._connection.exec_driver_sql(statement, _columns(rows))

    def _insert(
        self,
        model: type[SQLModel],
        columns: Sequence[str],
        rows: Sequence[tuple[Native, ...]],
        rule: str,
    ) -> int:
        if not rows:
            return 0
        into = f'INSERT INTO "{model.__table__.name}" ({", ".join(columns)})'
        if not self._postgres:
            places = ", ".join("?" * len(columns))
            statement = f"{into} VALUES ({places}) {rule}"
            return int(self._connection.exec_driver_sql(statement, list(rows)).rowcount)
        statement = f"{into} SELECT * FROM unnest({self._arrays(model, columns)}) {rule}"
        return int(self._connection.exec_driver_sql(statement, _columns(rows)).rowcount)

    def _arrays(self, model: type[SQLModel], columns: Sequence[str]) -> str:
        kinds = (
            model.__table__.c[one].type.compile(self._connection.dialect).split("(")[0]
            for one in columns
        )
        return ", ".join(f"%s::{kind}[]" for kind in kinds)


def _columns(rows: Sequence[tuple[Native, ...]]) -> tuple[list[Any], ...]:
    return tuple(list(values) for values in zip(*rows, strict=True))


def fetched(session: Session, statement: str, ids: Iterable[int | str]) -> list[tuple[Any, ...]]:
    """Read many rows by the bare driver: objects of a result took as long as the database.

    Args:
        session: open transaction; what it has pending was written.
        statement: with {ids} for the ids that are wanted, {at:column} for an instant as sortable
            text in UTC, {key:column} for an id as 32 hex digits and {text:column} for JSON.
        ids: numbers, or ids in hex digits.
    """
    postgres = is_postgres(session)
    cursor: Any = session.connection().connection.cursor()
    wanted = sorted(ids)
    if postgres:
        kind = "uuid" if wanted and isinstance(wanted[0], str) else "bigint"
        cursor.execute(_PLACE.sub(_postgres, statement).format(ids=f"ANY(%s::{kind}[])"), [wanted])
    else:
        one = "(SELECT value FROM json_each(?))"
        text = _PLACE.sub(lambda found: found[2], statement).replace("= {ids}", f"IN {one}")
        cursor.execute(text, (json.dumps(wanted),))
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    cursor.close()
    return rows


_PLACE = re.compile(r"\{(at|key|text):([a-z_.]+)\}")
_TEXTS = {
    "at": "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "key": "replace({0}::text, '-', '')",
    "text": "{0}::text",
}


def _postgres(found: re.Match[str]) -> str:
    return _TEXTS[found[1]].format(found[2])
