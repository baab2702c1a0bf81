"""What a part of somebody's own data is: a table, what of it is given out, and whose rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import SQLModel, select


@dataclass(frozen=True, slots=True)
class Whose:
    """By which ids a person's rows are found."""

    customer: UUID
    individual: UUID
    identity: UUID


@dataclass(frozen=True, slots=True)
class Part:
    """One table of what is given out.

    Attributes:
        key: stable name, for programs.
        title: translatable, for people.
        columns: those that are given out, in this order, under their own names.
        mine: the condition on the person's rows.
    """

    key: str
    title: str
    table: type[SQLModel]
    columns: tuple[str, ...]
    mine: Callable[[Whose], ColumnElement[bool]]


def within(column: Any, table: Any) -> Callable[[Whose], ColumnElement[bool]]:
    """Rows that belong to rows of the customer's."""
    return lambda who: column.in_(select(table.id).where(table.customer_id == who.customer))


def part(
    key: str,
    title: str,
    table: Any,
    columns: str,
    mine: Callable[[Whose], ColumnElement[bool]] | None = None,
) -> Part:
    """Make a part; without `mine`, its rows name the customer or else the identity."""

    def named(who: Whose) -> ColumnElement[bool]:
        found: ColumnElement[bool] = (
            table.customer_id == who.customer
            if "customer_id" in table.model_fields
            else table.identity_id == who.identity
        )
        return found

    return Part(key, title, table, tuple(columns.split()), mine or named)
