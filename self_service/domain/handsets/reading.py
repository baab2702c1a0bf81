"""Handsets from hand-typed CSV files.

Whether the file as a whole can be used is known before the first handset is given, so an importer
can take all or nothing. After that a bad row costs only itself, and a bad optional field only the
field: it is left empty and reported.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from typing import BinaryIO

from self_service.domain.errors import N_
from self_service.domain.handsets.file import MAX_BYTES, NotAHandsetFile, receive
from self_service.domain.handsets.measures import price_minor
from self_service.domain.handsets.row import Handset, Reading, RowFault
from self_service.domain.handsets.sheet import Row, Sheet, read_sheet

__all__ = ["MAX_BYTES", "Handset", "NotAHandsetFile", "RowFault", "read_handsets"]

_ALIASES = {"dimentions": "dimensions", "colours": "colors", "weight": "weight_g"}
_NAMES = {"brand": N_("The brand is missing."), "model": N_("The model is missing.")}
_PRICE_MISSING = N_("Without a price it cannot be sold.")
_PRICE_UNREADABLE = N_("Write the price as a number above 0, such as 199.90.")
_NAME_LENGTH = 100
_PROGRESS_EVERY = 100


def read_handsets(
    stream: BinaryIO,
    *,
    size: int,
    currency: str = "EUR",
    progress: Callable[[int, int], None] | None = None,
    limit: int = MAX_BYTES,
) -> Iterator[Handset | RowFault]:
    """Read a CSV file of handsets.

    Mandatory columns: brand, model, and approx_price_EUR or price_EUR (of another `currency`
    likewise). A row without name or price, and a repetition of an accepted brand and model, gives
    one fatal fault and no handset. Other rows give a handset, then the faults of ignored fields.

    Args:
        stream: the bytes, read to the end before this returns; need not be seekable.
        size: announced number of bytes, 0 when unknown.
        currency: ISO 4217 code of the prices.
        progress: called with rows done and rows in all, every 100 rows and at the end.
        limit: most bytes allowed.

    Raises:
        NotAHandsetFile: at once, before anything is given.
    """
    price = f"approx_price_{currency}"
    short = f"price_{currency}"
    sheet = read_sheet(
        receive(stream, size=size, limit=limit),
        aliases={**_ALIASES, price.casefold(): "price", short.casefold(): "price"},
        required={"brand": "brand", "model": "model", "price": price},
    )
    return _read(sheet, currency, progress)


def _read(
    sheet: Sheet, currency: str, progress: Callable[[int, int], None] | None
) -> Iterator[Handset | RowFault]:
    lines: dict[tuple[str, ...], int] = {}
    for done, row in enumerate(sheet.rows(), 1):
        reading = Reading(row, sheet.titles)
        price = price_minor(row.text("price"), currency)
        if fault := _unnamed(row, reading):
            yield fault
        elif price is None:
            yield reading.fault("price", _PRICE_UNREADABLE if row.text("price") else _PRICE_MISSING)
        elif (first := lines.setdefault(_identity(row), row.line)) != row.line:
            yield reading.fault("model", N_("Same brand and model as line {first}."), first=first)
        else:
            yield reading.handset(price)
            yield from reading.ignored
        if progress and (done % _PROGRESS_EVERY == 0 or done == sheet.records):
            progress(done, sheet.records)


def _unnamed(row: Row, reading: Reading) -> RowFault | None:
    if row.fault:
        return reading.fault("", row.fault, row.value)
    for column, reason in _NAMES.items():
        if not row.text(column):
            return reading.fault(column, reason)
        if len(row.text(column)) > _NAME_LENGTH:
            too_long = N_("The name is longer than {limit} characters.")
            return reading.fault(column, too_long, limit=_NAME_LENGTH)
    return None


def _identity(row: Row) -> tuple[str, ...]:
    return tuple(
        unicodedata.normalize("NFKC", row.text(column)).casefold() for column in ("brand", "model")
    )
