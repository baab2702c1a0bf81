"""Writing rows where the object-relational mapper asks too much or promises too little."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, Executable, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, select

from self_service.models.orders import ProductOrder


def add_rows(session: Session, rows: Sequence[SQLModel]) -> None:
    """Insert rows of one table in the given order, by one statement."""
    if rows:
        session.execute(insert(rows[0].__table__), [_values(row) for row in rows])


def add_once(session: Session, row: SQLModel) -> bool:
    """Insert a row unless a unique constraint says that it is there already.

    Returns:
        True for the caller whose row it is.
    """
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    table = type(row).__table__
    statement = build(table).values(**_values(row)).on_conflict_do_nothing()
    # what comes back tells more surely than the row count, which INSERT does not always have
    return session.execute(statement.returning(*table.primary_key)).first() is not None


def _values(row: SQLModel) -> dict[str, Any]:
    values = row.model_dump()
    if values.get("id", ...) is None:  # the database numbers these
        del values["id"]
    return values


def changed(session: Session, statement: Executable) -> int:
    """Run an UPDATE or DELETE and return how many rows it touched."""
    result: CursorResult[Any] = session.execute(statement)  # type: ignore[assignment]
    return result.rowcount


def lock_order(session: Session, order_id: UUID) -> ProductOrder | None:
    """Read an order as it is now and keep everybody else from changing it until the commit.

    Whoever changes an order, its payments or its products takes this lock first, before that of
    the billing account (`bills.accounts.lock_account` names the whole order), so that no two acts
    on one order interleave and none deadlock. SQLite has one writer at a time anyway.
    """
    statement = select(ProductOrder).where(ProductOrder.id == order_id).with_for_update()
    return session.exec(statement.execution_options(populate_existing=True)).one_or_none()
