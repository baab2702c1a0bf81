"""Catalogue files into the catalogue: TMF620 JSON (`catalog_tmf`) or handset CSV (`handsets`).

What kind of file it is, its content says. A file that is not what it should be gets one refusal
before anything is written; in any other, every entry that can be used goes in and every one that
cannot is reported. Nobody is asked for here: whoever runs the command line owns the database.
"""

from __future__ import annotations

import io
import json
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from sqlmodel import Session

from self_service.domain.errors import N_, DomainError
from self_service.domain.handsets.reading import MAX_BYTES, read_handsets
from self_service.domain.intake import handsets as catalog_handsets
from self_service.domain.intake import writer as catalog_writer
from self_service.domain.intake.drafts import Drafts, Fault
from self_service.domain.intake.tmf import ARRAYS, read_tmf
from self_service.domain.intake.writer_rows import Counts

#: Called with the step ("read" or "write"), what is done of it, and all there is to do.
Progress = Callable[[str, int, int], None]

_BLANK = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_PEEK = 2**16


class CatalogFileRefused(DomainError):
    """The whole file is refused and nothing was changed. Subclasses say why.

    A handset file may also be refused with `handsets.NotAHandsetFile`.
    """

    code = "catalog_file_refused"
    message = N_("This file cannot be read as a catalogue.")


class NoSuchFile(CatalogFileRefused):
    """There is nothing, or no ordinary file, of this name."""

    code = "catalog_file_missing"
    message = N_("There is no readable file of this name: {name}. Check the name.")


class FileEmpty(CatalogFileRefused):
    """Not a byte, or nothing but blanks."""

    code = "catalog_file_empty"
    message = N_("The file is empty. Choose a catalogue in JSON or a handset list in CSV.")


class CatalogTooLarge(CatalogFileRefused):
    """More bytes than allowed."""

    code = "catalog_file_too_large"
    message = N_("The file is larger than {limit} MB. Split it into smaller files.")


class NotJson(CatalogFileRefused):
    """It begins like JSON and is none: cut short, not UTF-8, or mistyped."""

    code = "catalog_file_not_json"
    message = N_(
        "The file begins like JSON but cannot be read beyond line {line}. Export it again."
    )


class NothingRecognised(CatalogFileRefused):
    """JSON, but no catalogue."""

    code = "catalog_file_not_recognised"
    message = N_("Nothing in this file is a TMF620 catalogue. It must hold one of: {arrays}.")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    Attributes:
        categories, specifications, offerings: how many were added, changed, left as they were.
        faults: all that could not be used.
    """

    categories: Counts
    specifications: Counts
    offerings: Counts
    faults: tuple[Fault, ...]

    @property
    def changed(self) -> bool:
        """Say whether anything was written."""
        return any(c.changed for c in (self.categories, self.specifications, self.offerings))


def import_file(
    session: Session,
    path: Path,
    *,
    now: datetime,
    currency: str = "EUR",
    progress: Progress | None = None,
) -> ImportReport:
    """Import the file at `path`; see `import_catalog`.

    Raises:
        CatalogFileRefused: nothing there that could be a file, or as `import_catalog`.
    """
    try:
        stream = open(path, "rb", opener=_ordinary)  # noqa: SIM115  (closed below)
    except (OSError, ValueError):
        raise NoSuchFile(name=path.name) from None
    with stream:
        size = os.fstat(stream.fileno()).st_size
        return import_catalog(
            session, stream, size=size, now=now, currency=currency, progress=progress
        )


def _ordinary(path: str, flags: int) -> int:
    """Open without waiting for the other end of a pipe, and nothing but a regular file."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(path)
    return descriptor


def import_catalog(
    session: Session,
    stream: BinaryIO,
    *,
    size: int = 0,
    now: datetime,
    currency: str = "EUR",
    progress: Progress | None = None,
) -> ImportReport:
    """Bring the catalogue to what a file says.

    Args:
        session: open transaction.
        stream: the bytes; need not be seekable.
        size: announced number of bytes, 0 when unknown.
        now: instant of the import, UTC: new prices start, and those they replace end.
        currency: ISO 4217 code that all prices must have.
        progress: called from time to time.

    Raises:
        CatalogFileRefused: the file is none, or its JSON is no catalogue.
        NotAHandsetFile: it is not JSON, and no handset file either.
    """
    report = progress or (lambda step, done, total: None)
    if size > MAX_BYTES:
        raise CatalogTooLarge(limit=MAX_BYTES // 2**20)
    start = stream.read(_PEEK)
    content = start.removeprefix(_BOM).lstrip(_BLANK)
    if not content:
        raise FileEmpty
    if content[:1] in b"{[":
        drafts = _tmf(start, stream, currency)
    else:
        rows = read_handsets(
            _Rejoined(start, stream),
            size=size,
            currency=currency,
            progress=lambda done, total: report("read", done, total),
        )
        drafts = catalog_handsets.read(rows, currency=currency)
    written = catalog_writer.write(
        session, drafts, now=now, progress=lambda done, total: report("write", done, total)
    )
    return ImportReport(
        categories=written.categories,
        specifications=written.specifications,
        offerings=written.offerings,
        faults=(*drafts.faults, *written.faults),
    )


class _Rejoined(io.RawIOBase):
    """A stream whose beginning was looked at, whole again."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start, self._rest = start, rest

    def read(self, size: int = -1) -> bytes:
        """Return what was looked at, then what follows."""
        start, self._start = self._start, b""
        return start or self._rest.read(size)


def _tmf(start: bytes, stream: BinaryIO, currency: str) -> Drafts:
    data = bytearray(start)
    while chunk := stream.read(_PEEK):
        data += chunk
        if len(data) > MAX_BYTES:
            raise CatalogTooLarge(limit=MAX_BYTES // 2**20)
    drafts = read_tmf(_parsed(data), currency=currency)
    if drafts is None:
        raise NothingRecognised(arrays=", ".join(ARRAYS))
    return drafts


def _parsed(data: bytearray) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    except json.JSONDecodeError as error:
        line = error.lineno
    except (ValueError, ArithmeticError, RecursionError):
        line = 1  # a number without end, or brackets within brackets without end
    raise NotJson(line=line)


def _no_number(word: str) -> None:
    raise ValueError(word)
