"""The floor of the bill run: the bare driver writing the rows that a run wrote, and nothing else.

Rows are read from a database in which a run is through, and written into a copy from before it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bench.databases import Place

#: Bills in one transaction, as in the run.
CHUNK = 1_000
#: What a run inserts: table, condition, the column that names the bill.
_INSERTED = (
    ("customer_bill", "TRUE", "id"),
    ("applied_billing_rate", "source NOT LIKE 'bench%'", "bill_id"),
    ("bill_tax", "TRUE", "bill_id"),
    ("ledger_entry", "TRUE", "source_id"),
    ("outbox_event", "TRUE", "key"),
)
_BILL_OF = "JOIN customer_bill b ON b.account_id ="
#: What it updates: table, where its rows and their bills are, columns, the key last.
_UPDATED = (
    (
        "applied_billing_rate",
        "FROM applied_billing_rate t JOIN customer_bill b ON b.id = t.bill_id "
        "WHERE t.source LIKE 'bench%'",
        "bill_id tax_category tax_bp net_minor tax_minor gross_minor position id",
    ),
    ("ledger_account", f"FROM ledger_account t {_BILL_OF} t.owner_id", "balance_minor id"),
    (
        "billing_account",
        f"FROM billing_account t {_BILL_OF} t.id",
        "last_sequence billed_until next_bill_at id",
    ),
    (
        "product_charging",
        f"FROM product_charging t {_BILL_OF} t.account_id",
        "charged_until end_settled closed_at product_id",
    ),
)
#: Types of what is updated that are no numbers, for PostgreSQL's arrays.
_TYPES = {
    "bill_id": "uuid",
    "product_id": "uuid",
    "tax_category": "text",
    "billed_until": "timestamptz",
    "next_bill_at": "timestamptz",
    "charged_until": "timestamptz",
    "closed_at": "timestamptz",
    "end_settled": "boolean",
}
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds: of the wall, and of the processor in our processes (no server's)."""

    wall: float
    cpu: float


class _Statement(NamedTuple):
    """What is done with rows of one table; `copied` by PostgreSQL's COPY."""

    sql: str
    by_bill: dict[str, Rows]
    copied: bool = False


def floor(source: Place, target: Place) -> Took:
    """Write what a run wrote into a database that has not seen it; return how long it took."""
    bills, statements = _read(source)
    chunks = [
        [(one, _values(one, part, target)) for one in statements]
        for part in (bills[first : first + CHUNK] for first in range(0, len(bills), CHUNK))
    ]
    connection = target.connect()
    begin, begin_cpu = time.perf_counter(), time.process_time()
    for chunk in chunks:
        if target.is_sqlite:
            connection.execute("BEGIN IMMEDIATE")
        for statement, values in chunk:
            if target.is_sqlite:
                connection.executemany(statement.sql, values)
            elif statement.copied:
                _copy(connection, statement.sql, values)
            else:
                connection.execute(statement.sql, values)
        connection.commit()
    took = Took(time.perf_counter() - begin, time.process_time() - begin_cpu)
    connection.close()
    return took


def _copy(connection: Any, sql: str, rows: Rows) -> None:
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)


def _values(statement: _Statement, bills: Sequence[str], target: Place) -> Any:
    """Return what the driver gets for some bills: rows, or one list for each column."""
    rows = [row for bill in bills for row in statement.by_bill[bill]]
    if target.is_sqlite or statement.copied:
        return rows
    return [list(column) for column in zip(*rows, strict=True)]


def _read(place: Place) -> tuple[list[str], list[_Statement]]:
    """Read what a run wrote: its bills in their accounts' order, and the rows of each."""
    connection = place.connect()
    found = connection.execute("SELECT id FROM customer_bill ORDER BY account_id").fetchall()
    bills = [_plain(row[0]) for row in found]
    statements = [_insert(connection, place, *one) for one in _INSERTED]
    statements += [_update(connection, place, *one) for one in _UPDATED]
    connection.close()
    return bills, statements


def _insert(connection: Any, place: Place, table: str, which: str, bill: str) -> _Statement:
    """Read rows that were inserted, without numbers that the database gives."""
    cursor = connection.execute(f"SELECT * FROM {table} LIMIT 0")
    given = {"id"} if bill != "id" else set()
    columns = [one[0] for one in cursor.description if one[0] not in given | {"run_id"}]
    rows = _grouped(connection, place, [*columns, bill], f"FROM {table} t WHERE {which}")
    named, places = ", ".join(columns), ", ".join("?" * len(columns))
    if place.is_sqlite:
        return _Statement(f"INSERT INTO {table} ({named}) VALUES ({places})", rows)
    return _Statement(f"COPY {table} ({named}) FROM STDIN", rows, copied=True)


def _update(connection: Any, place: Place, table: str, origin: str, columns: str) -> _Statement:
    *changed, key = named = columns.split()
    rows = _grouped(connection, place, [*named, "b.id"], origin)
    if place.is_sqlite:
        sets = ", ".join(f"{name} = ?" for name in changed)
        return _Statement(f"UPDATE {table} SET {sets} WHERE {key} = ?", rows)
    number = "uuid" if table in ("ledger_account", "billing_account") else "bigint"
    kinds = [_TYPES.get(name, number if name == "id" else "bigint") for name in named]
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
    sets = ", ".join(f"{name} = v.{name}" for name in changed)
    values = f"FROM unnest({arrays}) AS v({', '.join(named)})"
    return _Statement(f"UPDATE {table} AS t SET {sets} {values} WHERE t.{key} = v.{key}", rows)


def _grouped(connection: Any, place: Place, columns: list[str], origin: str) -> dict[str, Rows]:
    """Select rows as text (SQLite: as they are), by the bill that the last column names."""
    cast = "" if place.is_sqlite else "::text"
    wanted = ", ".join(f"{one if '.' in one else f't.{one}'}{cast}" for one in columns)
    found: dict[str, Rows] = defaultdict(list)
    for *row, bill in connection.execute(f"SELECT {wanted} {origin}").fetchall():
        found[_plain(bill)].append(tuple(row))
    return found


def _plain(bill: Any) -> str:
    return str(bill).replace("-", "")
