"""Records come in: at least once, late and in any order, and nothing of them is lost.

A record is named by its source and the id that the source gave it, and taken once. A row that
cannot be used is set aside with its line and the reason, under the same name: when it comes again
and can be used, it is taken and the old one is closed.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, TextIO
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from self_service.domain.bills.bulk import instant, named
from self_service.domain.rows import changed
from self_service.domain.usage import allowances, shape
from self_service.domain.usage.bulk import Rows
from self_service.domain.usage.guiding import guide
from self_service.domain.usage.shape import BadRow, Record
from self_service.domain.usage.spans import Calendar
from self_service.models.usage import (
    Usage,
    UsageImport,
    UsageRejected,
    UsageStatus,
)

#: Rows in one transaction.
CHUNK = 10_000
_ROW_MOST, _NAME_MOST = 2_000, 120
_COLUMNS = named(
    "period_id started_at source record_id kind zone direction units other charged_units "
    "amount_micro import_id"
)
_REJECTED = named("import_id source mark line content reason field status created_at")

Writing = Callable[[], AbstractContextManager[Session]]


class Line(NamedTuple):
    """A row of a delivery, with its place in it, counted from 1."""

    number: int
    row: Any


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that was set aside.

    Attributes:
        reason: code of `shape.REASONS`.
        field: its name in the row, "" for all of it.
    """

    line: int
    record_id: str
    reason: str
    field: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of rows.

    Attributes:
        repeated: were there before, used or set aside.
        faults: of those that were set aside now or before.
    """

    read: int = 0
    taken: int = 0
    repeated: int = 0
    rejected: int = 0
    faults: tuple[RowFault, ...] = ()

    def plus(self, other: Taken, most: int) -> Taken:
        """Return both together, with at most so many faults."""
        return Taken(
            self.read + other.read,
            self.taken + other.taken,
            self.repeated + other.repeated,
            self.rejected + other.rejected,
            (*self.faults, *other.faults)[:most],
        )


def begin(session: Session, source: str, *, name: str = "", now: datetime) -> int:
    """Note that a delivery begins; return its number."""
    row = UsageImport(source=source, name=name[:_NAME_MOST], started_at=now)
    session.add(row)
    session.flush()
    assert row.id is not None  # numbered by the database
    return row.id


def take(
    session: Session, import_id: int, source: str, lines: Sequence[Line], *, now: datetime
) -> Taken:
    """Take some rows of a delivery, in a fixed number of statements.

    Args:
        session: open transaction.
        import_id: from `begin`.
        source: who sends them.
        lines: at most some thousands.
        now: instant of taking.
    """
    readable, bad = _sorted_out(lines, now)
    good, misguided, months = _guided(session, readable, now)
    bad += misguided
    known = _known(session, source, [record.record_id for _, record, _ in good])
    new = [one for one in good if one[1].record_id not in known]
    taken = _add(session, import_id, source, new, months)
    _close(session, source, [record.record_id for _, record, _ in good], now)
    rejected = _set_aside(session, import_id, source, bad, now)
    faults = tuple(
        RowFault(line.number, shape.record_id_of(line.row), why.reason, why.field)
        for line, why in bad
    )
    counts = {
        "rows_read": len(lines),
        "rows_taken": taken,
        "rows_repeated": len(lines) - taken - rejected,
        "rows_rejected": rejected,
    }
    values = {name: getattr(UsageImport, name) + count for name, count in counts.items()}
    changed(
        session,
        update(UsageImport)
        .where(col(UsageImport.id) == import_id)
        .values(**values, finished_at=now)
        .execution_options(synchronize_session=False),
    )
    session.expire_all()
    return Taken(len(lines), taken, counts["rows_repeated"], rejected, faults)


def deliver(
    writing: Writing,
    source: str,
    lines: Iterable[Line],
    *,
    name: str = "",
    now: datetime,
    chunk: int = CHUNK,
    faults_most: int = 1_000,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Taken:
    """Take a whole delivery, a chunk in each transaction; memory stays flat.

    Args:
        writing: opens a transaction, as `Database.writing` does.
        source: who sends it.
        lines: of any number.
        name: of the file.
        now: instant of taking.
        chunk: rows in a transaction.
        faults_most: so many faults are returned; all are kept.
        progress: told how many rows were done.
    """
    with writing() as session:
        import_id = begin(session, source, name=name, now=now)
    total, rows = Taken(), iter(lines)
    while some := list(islice(rows, chunk)):
        with writing() as session:
            done = take(session, import_id, source, some, now=now)
        total = total.plus(done, faults_most)
        progress(total.read)
    return total


def csv_lines(stream: TextIO) -> Iterator[Line]:
    """Read a CSV file with a header; a line that is torn is a row that cannot be read."""
    reader = csv.reader(stream)
    try:
        names = [name.strip().lstrip("\ufeff") for name in next(reader, [])]
    except csv.Error:
        names = []
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Line(reader.line_num, None)
            continue
        if not cells:
            continue
        fits = len(cells) == len(names)
        yield Line(reader.line_num, dict(zip(names, cells, strict=True)) if fits else cells)


def json_lines(stream: Iterable[str]) -> Iterator[Line]:
    """Read a file with a JSON object on each line."""
    for number, text in enumerate(stream, 1):
        if not text.strip():
            continue
        try:
            yield Line(number, json.loads(text))
        except (ValueError, RecursionError):
            yield Line(number, text.rstrip("\n"))


_Good = tuple[Line, Record, UUID]
_Bad = tuple[Line, BadRow]


def _sorted_out(
    lines: Sequence[Line], now: datetime
) -> tuple[list[tuple[Line, Record]], list[_Bad]]:
    good: dict[str, tuple[Line, Record]] = {}
    bad = []
    for line in lines:
        try:
            record = shape.read(line.row, now=now)
        except BadRow as why:
            bad.append((line, why))
        else:  # twice in one piece: the first counts
            good.setdefault(record.record_id, (line, record))
    return list(good.values()), bad


def _guided(
    session: Session, good: Sequence[tuple[Line, Record]], now: datetime
) -> tuple[list[_Good], list[_Bad], Calendar]:
    found = guide(session, (record for _, record in good))
    placed: list[_Good] = []
    bad: list[_Bad] = []
    for line, record in good:
        try:
            placed.append((line, record, found.product(record)))
        except BadRow as why:
            bad.append((line, why))
    months = allowances.begin(
        session, [(product_id, record.at) for _, record, product_id in placed], now=now
    )
    settled = [one for one in placed if _is_settled(months, one)]
    bad += [(line, BadRow("too_old", "usageDate")) for line, _, _ in settled]
    gone = {record.record_id for _, record, _ in settled}
    return [one for one in placed if one[1].record_id not in gone], bad, months


def _is_settled(months: Calendar, one: _Good) -> bool:
    _, record, product_id = one
    month = months.at(product_id, record.at)
    return month is None or month.deleted


def _known(session: Session, source: str, record_ids: Sequence[str]) -> set[str]:
    there = select(Usage.record_id).where(
        Usage.source == source, col(Usage.record_id).in_(record_ids)
    )
    return set(session.exec(there))


def _add(
    session: Session,
    import_id: int,
    source: str,
    new: Sequence[_Good],
    months: Calendar,
) -> int:
    """Add records, and note which months wait; return how many nobody else added meanwhile."""
    rows: list[tuple[str | int | None, ...]] = []
    stale: dict[int | None, datetime] = {}
    for _, record, product_id in new:
        month = months.at(product_id, record.at)
        assert month is not None  # `_guided` left the others out
        place = month.id, instant(record.at), source, record.record_id
        what = record.kind.value, record.zone.value, record.direction.value, record.units
        rows.append((*place, *what, record.other, 0, 0, import_id))
        stale[month.id] = min(record.at, stale.get(month.id, record.at))
    # everybody adds in one order, so that two deliveries of the same never wait in a circle
    rows.sort(key=lambda row: (row[2], row[3]))
    count = Rows(session).insert_new(Usage, _COLUMNS, rows)
    if count:
        allowances.wait(session, dict(stale))
    return count


def _close(session: Session, source: str, record_ids: Sequence[str], now: datetime) -> int:
    """Close rows that were set aside under names that can be used now."""
    open_ones = update(UsageRejected).where(
        col(UsageRejected.source) == source,
        col(UsageRejected.mark).in_(record_ids),
        col(UsageRejected.status) == UsageStatus.REJECTED,
    )
    return changed(session, open_ones.values(status=UsageStatus.RECYCLED, recycled_at=now))


def _set_aside(
    session: Session, import_id: int, source: str, bad: Sequence[_Bad], now: datetime
) -> int:
    rows = {}
    for line, why in bad:
        text = line.row if isinstance(line.row, str) else json.dumps(line.row, default=str)
        kept = text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
        print_ = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:40]
        mark = shape.record_id_of(line.row) or f"#{print_}"
        status = UsageStatus.REJECTED.value
        place = import_id, source, mark, line.number, kept[:_ROW_MOST]
        rows[mark] = (*place, why.reason, why.field, status, instant(now))
    there = select(func.count()).where(
        col(UsageRejected.source) == source, col(UsageRejected.mark).in_(list(rows))
    )
    before = session.exec(there).one() if rows else 0
    ordered = [rows[mark] for mark in sorted(rows)]
    new = Rows(session).insert_new(UsageRejected, _REJECTED, ordered)
    if before:  # it came again and is no better: what it says now is what has to be repaired
        values = ("content", "reason", "field", "line", "status")
        again = [(row[4], row[5], row[6], row[3], row[7], row[1], row[2]) for row in ordered]
        Rows(session).change(UsageRejected, values, ("source", "mark"), again)
    return new
