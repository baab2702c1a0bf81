"""Files that are not what they say: one refusal each, and nothing has changed."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from self_service.domain.errors import DomainError
from self_service.domain.intake.importing import import_catalog, import_file
from tests.catalog_files import CATALOG, HANDSETS, contents, counts, load
from tests.conftest import NOW

LATER = NOW + timedelta(days=30)

GOOD_JSON = json.dumps(CATALOG).encode()
BAD: dict[str, bytes] = {
    "empty": b"",
    "blank": b"\xef\xbb\xbf \n\n",
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "workbook": b"PK\x03\x04" + b"x" * 500,
    "zeros": bytes(5000),
    "truncated JSON": GOOD_JSON[:-40],
    "JSON with trailing text": GOOD_JSON + b"}",
    "JSON in Latin-1": '{"category": [{"name": "Móviles"}]}'.encode("latin-1"),
    "JSON of nothing": b"{}",
    "JSON of something else": b'{"invoices": [], "category": 5}',
    "JSON list of numbers": b"[1, 2, 3]",
    "brackets without end": b"[" * 200_000,
    "number without end": b'{"category": [' + b"9" * 5000 + b"]}",
    "no number": b'{"category": [NaN]}',
    "impossible exponent": b'{"category": [1e99999999999999999999]}',
    "wrong columns": b"name;price\nGull;5\n",
    "text": b"Dear Sir or Madam,\nplease find attached\n",
    "CSV cut inside a record": HANDSETS.encode()[:-30],
    "UTF-16": HANDSETS.encode("utf-16"),
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_a_file_that_is_not_what_it_says_changes_nothing(session: Session, content: bytes) -> None:
    load(session, CATALOG)
    before = contents(session)

    with pytest.raises(DomainError) as refusal:
        load(session, content, now=LATER)

    assert contents(session) == before
    assert str(refusal.value).count("\n") == 0


def sparse(folder: Path) -> Path:
    file = folder / "huge.json"
    with file.open("wb") as stream:
        stream.write(b'{"category": [')
        stream.truncate(2 * 2**30)
    return file


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def impossible(folder: Path) -> Path:
    return folder / "name\0with a zero"


@pytest.mark.parametrize(
    "make",
    [sparse, pipe, impossible, lambda folder: folder, lambda folder: folder / "missing.csv"],
    ids=["2 GB", "pipe", "impossible name", "directory", "missing"],
)
def test_a_path_that_is_no_catalogue_changes_nothing(
    session: Session, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    load(session, CATALOG)
    before = contents(session)
    with pytest.raises(DomainError):
        import_file(session, make(tmp_path), now=LATER)
    assert contents(session) == before


class Endless(io.RawIOBase):
    """A stream that never ends and does not say how long it is."""

    def __init__(self, start: bytes) -> None:
        self.start = start

    def read(self, size: int = -1) -> bytes:
        start, self.start = self.start, b""
        return start or b" " * min(size, 2**20)


@pytest.mark.parametrize("start", [b'{"category": [', HANDSETS.encode()], ids=["JSON", "CSV"])
def test_a_stream_without_end_is_given_up(session: Session, start: bytes) -> None:
    with pytest.raises(DomainError) as refusal:
        import_catalog(session, Endless(start), now=NOW)  # type: ignore[arg-type]
    assert refusal.value.code.endswith("too_large")
    assert sum(counts(session).values()) == 0
