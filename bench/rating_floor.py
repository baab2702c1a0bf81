"""The floor of rating: what is to be read and written, by hand and for these subscribers only."""

from __future__ import annotations

import time
from typing import Any

from bench.bill_floor import Took
from bench.databases import Place

#: Months in one transaction, as in rating.
CHUNK = 2_000
_TEXT = "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
_RECORDS = (
    "SELECT period_id, {at}, record_id, kind, zone, direction, units FROM usage "
    "WHERE period_id BETWEEN {0} AND {0} ORDER BY period_id, started_at, source, record_id"
)
_POTS = (
    "SELECT period_id, kind, id, units FROM allowance WHERE period_id BETWEEN {0} AND {0} "
    "ORDER BY period_id"
)
_PRICES = (
    "SELECT p.id, o.id, o.unit, o.amount_minor, o.tariff FROM usage_period p "
    "JOIN product d ON d.id = p.product_id JOIN order_item_price o ON o.item_id = d.order_item_id "
    "WHERE p.id BETWEEN {0} AND {0} AND o.price_type = 'usage'"
)
#: Table, what is set, its keys, and types for PostgreSQL's arrays.
_CHANGES = (
    ("usage", ("charged_units", "amount_micro", "price_id"),
     ("period_id", "started_at", "record_id"),
     ("bigint", "bigint", "uuid", "bigint", "timestamptz", "text")),
    ("allowance", ("used_units",), ("id",), ("bigint", "bigint")),
    ("usage_period", ("rated_to", "amount_micro", "stale_from"), ("id",),
     ("timestamptz", "bigint", "timestamptz", "bigint")),
)  # fmt: skip
_DAYS = ("period_id", "day", "kind", "zone", "records", "units", "charged_units", "amount_micro")
_DAY_TYPES = ("bigint", "date", "text", "text", "integer", "bigint", "bigint", "bigint")


def floor(place: Place) -> tuple[Took, int]:
    """Rate all that waits; return how long it took, and what all of it costs in millionths."""
    connection = place.connect()
    if not place.is_sqlite:
        connection.execute("SET TIME ZONE 'UTC'")
        connection.commit()
    (most,) = connection.execute("SELECT max(id) FROM usage_period").fetchone()
    begin, begin_cpu, total = time.perf_counter(), time.process_time(), 0
    for first in range(1, most + 1, CHUNK):
        if place.is_sqlite:
            connection.execute("BEGIN IMMEDIATE")
        total += _chunk(connection, place, first)
        connection.commit()
    took = Took(time.perf_counter() - begin, time.process_time() - begin_cpu)
    connection.close()
    return took, total


def _chunk(connection: Any, place: Place, first: int) -> int:
    mark = "?" if place.is_sqlite else "%s"
    at = "started_at" if place.is_sqlite else _TEXT.format("started_at")
    between = (first, first + CHUNK - 1)
    data: dict[int, list[int]] = {}
    voice: dict[int, list[int]] = {}
    for period, kind, key, units in connection.execute(_POTS.format(mark), between):
        (data if kind == "data" else voice)[period] = [key, units, 0]
    prices = {}
    for period, key, unit, _, tariff in connection.execute(_PRICES.format(mark), between):
        prices[period, unit, "roaming" in str(tariff)] = key
    records, days, months = [], {}, {}
    for period, at_, name, kind, zone, way, units in connection.execute(
        _RECORDS.format(mark, at=at), between
    ):
        amount = rest = 0
        if way == "out":
            rest = units
            if zone == "home" and kind != "message":
                pot = (data if kind == "data" else voice)[period]
                taken = min(pot[1] - pot[2], units)
                pot[2] += taken
                rest -= taken
            if rest:
                amount, unit = _cost(kind, zone, rest)
                price = prices[period, unit, zone == "roaming"]
                records.append((rest, amount, price, period, at_, name))
            day = period, at_[:10] if at_[11:13] < "23" else _next(at_[:10]), kind, zone
            sums = days.get(day)
            if sums is None:
                days[day] = [1, units, rest, amount]
            else:
                sums[0] += 1
                sums[1] += units
                sums[2] += rest
                sums[3] += amount
        month = months.setdefault(period, [at_, 0])
        month[0] = at_
        month[1] += amount
    pots = [(used, key) for found in (data, voice) for key, _, used in found.values() if used]
    ends = [(at_, amount, None, period) for period, (at_, amount) in months.items()]
    for change, rows in zip(_CHANGES, (records, pots, ends), strict=True):
        _change(connection, place, change, rows)
    _add(connection, place, [(*day, *sums) for day, sums in days.items()])
    return sum(amount for _, amount in months.values())


def _cost(kind: str, zone: str, units: int) -> tuple[int, str]:
    if kind == "message":
        return units * 90_000, "SMS"
    if kind == "voice":
        return -(-units // 60) * 90_000, "min"
    block, micro = (1_024, 50_000) if zone == "roaming" else (102_400, 10_000)
    billed = -(-units // block) * block
    return (2 * billed * micro + 1_048_576) // 2_097_152, "MB"


def _next(day: str) -> str:
    return f"{day[:8]}{int(day[8:]) + 1:02d}"  # the bench's day is in the middle of its month


def _change(connection: Any, place: Place, change: Any, rows: list[tuple[Any, ...]]) -> None:
    table, columns, keys, types = change
    if place.is_sqlite:
        sets = ", ".join(f"{one} = ?" for one in columns)
        where = " AND ".join(f"{one} = ?" for one in keys)
        source = " AND source = 'bench'" if table == "usage" else ""
        connection.executemany(f"UPDATE {table} SET {sets} WHERE {where}{source}", rows)
        return
    named = [*columns, *keys]
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    sets = ", ".join(f"{one} = v.{one}" for one in columns)
    where = " AND ".join(f"t.{one} = v.{one}" for one in keys)
    statement = (
        f"UPDATE {table} t SET {sets} FROM unnest({arrays}) AS v({', '.join(named)}) WHERE {where}"
    )
    connection.execute(statement, [list(column) for column in zip(*rows, strict=True)])


def _add(connection: Any, place: Place, rows: list[tuple[Any, ...]]) -> None:
    into = f"INSERT INTO usage_day ({', '.join(_DAYS)})"
    if place.is_sqlite:
        connection.executemany(f"{into} VALUES ({', '.join('?' * len(_DAYS))})", rows)
        return
    arrays = ", ".join(f"%s::{kind}[]" for kind in _DAY_TYPES)
    columns = [list(column) for column in zip(*rows, strict=True)]
    connection.execute(f"{into} SELECT * FROM unnest({arrays})", columns)
