"""Bulk statements of the catalogue's writer: compare by digest, insert and update many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, func, insert, select, update
from sqlmodel import Session, SQLModel

from self_service.domain.intake.drafts import OfferingDraft, SpecificationDraft, digest
from self_service.models.base import new_id

D = TypeVar("D", SpecificationDraft, OfferingDraft)


@dataclass(slots=True)
class Counts:
    """How many rows of one table were added, changed, or found as they should be."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def changed(self) -> bool:
        """Say whether anything was written."""
        return bool(self.created or self.updated)


@dataclass(slots=True)
class Reconciled(Generic[D]):
    """What `reconcile` found and did.

    Attributes:
        ids: natural key -> id of all rows of the table.
        new: the drafts that became rows, with their ids.
        changed: the drafts whose rows were changed, with their ids.
    """

    ids: dict[str, UUID]
    counts: Counts = field(default_factory=Counts)
    new: list[tuple[UUID, D]] = field(default_factory=list)
    changed: list[tuple[UUID, D]] = field(default_factory=list)


def reconcile(
    session: Session,
    model: type[SQLModel],
    drafts: Mapping[str, D],
    columns: Callable[[D], Mapping[str, Any]],
    *,
    key: str,
    now: datetime,
) -> Reconciled[D]:
    """Add rows for new drafts and change the rows whose draft has another digest than before.

    Args:
        session: open transaction.
        model: table with `id`, `source_hash`, `last_update` and the column `key`.
        drafts: natural key -> draft.
        columns: makes the row of a draft, without the columns named above.
        key: name of the natural key's column.
        now: written as `last_update`; also as `valid_from` of new rows that name none.
    """
    table = table_of(model)
    known = {row[1]: row for row in session.execute(
        select(table.c.id, table.c[key], table.c.source_hash)
    )}  # fmt: skip
    done: Reconciled[D] = Reconciled({name: row[0] for name, row in known.items()})
    added: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for name, draft in drafts.items():
        fresh = digest(draft)
        if name in known and known[name][2] == fresh:
            done.counts.unchanged += 1
            continue
        row_id = done.ids.setdefault(name, new_id())
        row = {**columns(draft), "id": row_id, "source_hash": fresh, "last_update": now}
        (changed if name in known else added).append(row)
        (done.changed if name in known else done.new).append((row_id, draft))
    for row in added:
        if "valid_from" in row:
            row["valid_from"] = row["valid_from"] or now
    done.counts.created, done.counts.updated = len(added), len(changed)
    insert_rows(session, model, added)
    update_rows(session, model, changed)
    return done


def table_of(model: type[SQLModel]) -> Table:
    """Return the table behind a model."""
    table: Table = model.__table__
    return table


def insert_rows(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; every column must be given."""
    if rows:
        session.execute(insert(table_of(model)), rows)


def update_rows(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Change rows, found by their `id`; all must name the same columns.

    A `valid_from` of None leaves the instant that is there.
    """
    if not rows:
        return
    table = table_of(model)
    places: dict[str, Any] = {
        name: bindparam(f"new_{name}", type_=table.c[name].type) for name in rows[0] if name != "id"
    }
    if "valid_from" in places:
        places["valid_from"] = func.coalesce(places["valid_from"], table.c.valid_from)
    statement = update(table).where(table.c.id == bindparam("new_id")).values(places)
    session.connection().execute(
        statement, [{f"new_{name}": value for name, value in row.items()} for row in rows]
    )


def delete_rows(session: Session, model: type[SQLModel], column: str, ids: Iterable[UUID]) -> None:
    """Delete the rows in whose `column` one of `ids` stands."""
    table, wanted = table_of(model), [{"wanted": row_id} for row_id in ids]
    if wanted:
        statement = delete(table).where(table.c[column] == bindparam("wanted"))
        session.connection().execute(statement, wanted)


def rows_of(
    session: Session, model: type[SQLModel], column: str, ids: Iterable[UUID]
) -> list[Mapping[str, Any]]:
    """Return the rows in whose `column` one of `ids` stands."""
    table, wanted = table_of(model), list(ids)
    found: list[Mapping[str, Any]] = []
    for start in range(0, len(wanted), _AT_ONCE):
        some = table.c[column].in_(wanted[start : start + _AT_ONCE])
        found.extend(session.execute(select(table).where(some)).mappings())
    return found


#: Ids in one statement: SQLite takes 32,766 parameters, PostgreSQL 65,535.
_AT_ONCE = 10_000
