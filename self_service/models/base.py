"""What every table shares: ids, enum-by-value columns, text in several languages."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, Enum
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

#: language code -> text; English ("en") always present. TMF620 has one name; we hold all at once.
Texts = dict[str, str]

#: JSON on SQLite, JSONB on PostgreSQL (comparable there, so DISTINCT and = work).
JSON_TYPE = JSON().with_variant(JSONB(), "postgresql")


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
