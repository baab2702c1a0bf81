"""Reading many rows for a bill run: ids and instants as text, and one parameter for all ids.

An object for each id, and each instant parsed anew, took as long as the database itself. Ids are
only passed on, so they stay 32 hex digits, on both databases; equal instants are parsed once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Text, Uuid, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Session, col


def is_postgres(session: Session) -> bool:
    """Say which of the two databases it is."""
    return session.get_bind().dialect.name == "postgresql"


def key(column: Any, *, postgres: bool) -> ColumnElement[str]:
    """Select an id as 32 hex digits, as SQLite keeps it."""
    text = plain(column)
    return func.replace(text, "-", "") if postgres else text


def plain(column: Any) -> ColumnElement[str]:
    """Select an instant, a word of a list, or JSON as the text that the database has."""
    return cast(column, Text)


def among(column: Any, *, postgres: bool) -> ColumnElement[bool]:
    """Match rows whose id is one of the parameter `ids`, which `listed` makes."""
    if postgres:  # an array as such: one that is cast from text is read again for each row
        return col(column) == any_(bindparam("ids", type_=ARRAY(Uuid(as_uuid=False))))
    one = func.json_each(bindparam("ids", type_=Text)).table_valued("value").c.value
    return col(column).in_(select(cast(one, Text)))


def listed(keys: Iterable[str], *, postgres: bool) -> str | list[str]:
    """Return ids, each of 32 hex digits, as one parameter."""
    return list(keys) if postgres else json.dumps(list(keys))


@lru_cache(maxsize=8_192)
def moment(text: str) -> datetime:
    """Return an instant that was read as text, in UTC; SQLite keeps it without an offset."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def moment_or_none(text: str | None) -> datetime | None:
    """Return an instant, or nothing where there is none."""
    return None if text is None else moment(text)
