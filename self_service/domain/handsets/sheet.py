"""From the text of a handset file to named, tidy cells.

Shape: CSV (RFC 4180) with a header line. Tolerated: a byte order mark, any line ending, names of
columns in another case or spacing, unnamed columns at the end, empty lines.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from self_service.domain.errors import N_
from self_service.domain.handsets.file import ColumnsMissing, ColumnsRepeated, FileCutShort

#: How far a quoted cell may run on. Small, so that one forgotten quote costs one row, not the file.
_LINES_OF_A_CELL = 8
#: Twice the longest found in practice; bounds the work of the readers on hostile text.
_CELL_LENGTH = 500

#: Cyrillic letters that look Latin and are typed for them inside Latin words.
_LOOKALIKES = str.maketrans("АВЕКМНОРСТХаеорсух", "ABEKMHOPCTXaeopcyx")
_DASHES = str.maketrans("‐‑‒–—−", "------")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
_NOT_STATED = {"", "-", "| -", "?", "na", "n/a", "none", "unknown", "tbd", "tbc", "to be confirmed"}


@dataclass(frozen=True, slots=True)
class Row:
    """One record.

    Attributes:
        line: line of the file (from 1) on which the record starts.
        cells: column -> text as typed; empty when `fault` is set.
        fault: why the row cannot be used, translatable; "" when it can.
        value: the text at fault.
    """

    line: int
    cells: Mapping[str, str]
    fault: str = ""
    value: str = ""

    def text(self, column: str) -> str:
        """Return the tidy text of a column, "" when it is missing or says that nothing is known."""
        text = tidy(self.cells.get(column, ""))
        return "" if text.casefold() in _NOT_STATED else text


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that passed every check on the whole.

    Attributes:
        data: its bytes.
        columns: our names of the columns, in order; "" for the unnamed.
        titles: our name -> the name as typed in the file.
        records: how many rows `rows` gives.
    """

    data: bytes
    columns: tuple[str, ...]
    titles: Mapping[str, str]
    records: int

    def rows(self) -> Iterator[Row]:
        """Give the records after the header; the faulty ones among them with their fault."""
        named = self.columns[: _named(self.columns)]
        for record in _after_header(self.data, len(named)):
            yield _row(record, named)


def read_sheet(data: bytes, *, aliases: Mapping[str, str], required: Mapping[str, str]) -> Sheet:
    """Check the columns and the end of a file.

    Args:
        data: valid UTF-8.
        aliases: name in the file (lower case, words joined by _) -> our name.
        required: our name -> the name to ask for when the column is missing.

    Raises:
        NotAHandsetFile: columns are missing or repeated, or the last record is incomplete.
    """
    header = next(_records(data, 0), None)
    typed = header.cells or [] if header else []
    names = [_column_name(title) for title in typed]
    columns = tuple(aliases.get(name, name) for name in names)
    titles = {name: tidy(title) for name, title in zip(columns, typed, strict=True) if name}
    if missing := [title for name, title in required.items() if name not in titles]:
        raise ColumnsMissing(columns=", ".join(missing))
    if repeated := [name for name, count in Counter(columns).items() if name and count > 1]:
        raise ColumnsRepeated(columns=", ".join(titles[name] for name in repeated))
    records, last = 0, None
    for record in _after_header(data, _named(columns)):
        records, last = records + 1, record
    if last and not last.ended and len(last.cells or []) < len(columns):
        raise FileCutShort(line=last.line)
    return Sheet(data, columns, titles, records)


def tidy(text: str) -> str:
    """Return `text` with entities resolved, plain dashes, single spaces, no invisible characters.

    Cyrillic look-alikes become Latin in words that mix both scripts, and only there.
    """
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if not text.isascii():
        text = " ".join(_one_script(word) for word in text.translate(_DASHES).split())
    if not text.isprintable():
        text = "".join(c for c in text if c.isprintable() or c.isspace())
    return " ".join(text.split())


def _one_script(word: str) -> str:
    latin = word.translate(_LOOKALIKES)
    return latin if latin.isascii() and re.search("[A-Za-z]", word) else word


def _column_name(title: str) -> str:
    return "_".join(re.findall(r"[^\W_]+", tidy(title).casefold()))


def _named(columns: tuple[str, ...]) -> int:
    return max(place for place, name in enumerate(columns, 1) if name)


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: list[str] | None  # None: quotation marks that make no sense
    ended: bool  # by a line ending, not by the end of the file
    text: str


def _after_header(data: bytes, width: int) -> Iterator[_Record]:
    return islice(_records(data, width), 1, None)


def _records(data: bytes, width: int) -> Iterator[_Record]:
    """Cut the file into records; empty ones are left out.

    A quoted cell may hold line breaks. Where that does not lead to a record of at least `width`
    cells, only the line on which the quotation starts is given up.
    """
    lines = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
    ahead: deque[str] = deque()
    number = 1
    while text := ahead.popleft() if ahead else next(lines, ""):
        cells, taken = _cells([text])
        if cells is None:
            ahead.extend(islice(lines, _LINES_OF_A_CELL - len(ahead)))
            cells, taken = _cells([text, *ahead])
            if cells is None or len(cells) < width:
                cells, taken = None, 1
        last = text
        for _ in range(taken - 1):
            last = ahead.popleft()
        if cells is None or any(cell.strip() for cell in cells):
            yield _Record(number, cells, last.endswith(("\n", "\r")), text)
        number += taken


def _cells(lines: list[str]) -> tuple[list[str] | None, int]:
    """Read one record; also how many of the lines it took."""
    reader = csv.reader(lines, strict=True)
    try:
        return next(reader, []), reader.line_num
    except csv.Error:
        return None, 1


def _row(record: _Record, columns: tuple[str, ...]) -> Row:
    cells = record.cells
    if cells is None:
        fault = N_("A quotation mark is not closed, or stands inside a quoted cell.")
        return Row(record.line, {}, fault, record.text)
    if len(cells) < len(columns):
        fault = N_("The row has fewer cells than there are columns.")
        return Row(record.line, {}, fault, ",".join(cells))
    if len(longest := max(cells, key=len)) > _CELL_LENGTH:
        return Row(record.line, {}, N_("A cell is longer than 500 characters."), longest)
    if surplus := "".join(cells[len(columns) :]).strip():
        fault = N_("The row has a cell too many: its cells do not stand under their columns.")
        return Row(record.line, {}, fault, surplus)
    return Row(record.line, dict(zip(columns, cells, strict=False)))
