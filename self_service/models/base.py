"""What every table shares: ids, enum-by-value columns, text in several languages."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, Enum, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

#: language code -> text; English ("en") always present. TMF620 has one name; we hold all at once.
Texts = dict[str, str]

#: JSON on SQLite, JSONB on PostgreSQL (comparable there, so DISTINCT and = work).
JSON_TYPE = JSON().with_variant(JSONB(), "postgresql")

#: SQLite numbers rows by itself only in a column of type INTEGER.
BIG_TYPE = BigInteger().with_variant(Integer(), "sqlite")

#: Owner of what is the operator's own: a value, since NULLs are never equal to each other.
NOBODY = UUID(int=0)


def new_id() -> UUID:
    """Return a fresh random id."""
    return uuid4()


def id_field() -> Any:
    """Declare the primary key."""
    return Field(default_factory=new_id, primary_key=True)


def enum_field(kind: type[StrEnum], default: StrEnum, **kwargs: Any) -> Any:
    """Declare a string enum stored by value (SQLModel would store the member's name)."""
    values = Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        length=32,
    )
    return Field(default=default, sa_type=values, **kwargs)


def json_field(factory: Any = dict) -> Any:
    """Declare a JSON column that is never NULL."""
    return Field(default_factory=factory, sa_type=JSON_TYPE, nullable=False)


def number_field() -> Any:
    """Declare a primary key that the database counts up: for tables with millions of rows."""
    return Field(default=None, primary_key=True, sa_type=BIG_TYPE)


def minor_field(default: int | None = 0, **kwargs: Any) -> Any:
    """Declare a sum in minor units (or millionths): 64 bits, since KWD has three digits."""
    return Field(default=default, sa_type=BIG_TYPE, nullable=default is None, **kwargs)
