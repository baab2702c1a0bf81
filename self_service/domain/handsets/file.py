"""The bytes of a handset file: received whole and checked, or refused with one clear reason."""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO

from self_service.domain.errors import N_, DomainError

MAX_BYTES = 64 * 2**20
_CHUNK = 2**20

#: Openings of files that people take for a list: zip (xlsx, ods), old Excel, PDF, gzip.
_OTHER_FORMATS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")


class NotAHandsetFile(DomainError):
    """The whole file is refused; nothing was read from it. Subclasses say why."""

    code = "not_a_handset_file"
    message = N_("This file cannot be read as a handset list.")


class FileTooLarge(NotAHandsetFile):
    """More bytes than allowed, announced or found."""

    code = "handset_file_too_large"
    message = N_("The file is larger than {limit} MB. Split the list into smaller files.")


class FileNotText(NotAHandsetFile):
    """A workbook, an archive, a picture or another binary file."""

    code = "handset_file_not_text"
    message = N_("This is not a text file. Save the list as CSV (UTF-8) and choose that file.")


class FileNotUtf8(NotAHandsetFile):
    """Text in another encoding."""

    code = "handset_file_not_utf8"
    message = N_("Line {line} is not UTF-8 text. Save the list as CSV (UTF-8) and try again.")


class FileCutShort(NotAHandsetFile):
    """Fewer bytes than announced, or the end lies inside a record."""

    code = "handset_file_cut_short"
    message = N_("The file ends in the middle of line {line}. Export or upload it again.")


class ColumnsMissing(NotAHandsetFile):
    """The header lacks a column that no row can do without."""

    code = "handset_columns_missing"
    message = N_(
        "The first line must name the columns, separated by commas. Add what is missing: {columns}."
    )


class ColumnsRepeated(NotAHandsetFile):
    """Two columns of one meaning: which counts cannot be known."""

    code = "handset_columns_repeated"
    message = N_("These columns stand in the first line more than once: {columns}. Keep one.")


def receive(stream: BinaryIO, *, size: int, limit: int) -> bytes:
    """Read UTF-8 text to its end, refusing as early as the bytes allow.

    Args:
        stream: need not be seekable.
        size: announced number of bytes, 0 when unknown.
        limit: most bytes allowed.

    Raises:
        NotAHandsetFile: too large, not text, not UTF-8, or fewer bytes than announced.
    """
    if size > limit:
        raise FileTooLarge(limit=f"{limit / 2**20:g}")
    decoder = codecs.getincrementaldecoder("utf-8")()
    received, lines = io.BytesIO(), 1
    while chunk := stream.read(_CHUNK):
        if received.tell() + len(chunk) > limit:
            raise FileTooLarge(limit=f"{limit / 2**20:g}")
        if not received.tell():
            _refuse_other_formats(chunk)
        if b"\0" in chunk:
            raise FileNotText
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].count(b"\n")
            raise FileNotUtf8(line=lines + before) from None
        received.write(chunk)
        lines += chunk.count(b"\n")
    if received.tell() < size or decoder.getstate()[0]:
        raise FileCutShort(line=lines)
    return received.getvalue()


def _refuse_other_formats(start: bytes) -> None:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileNotUtf8(line=1)
    if start.startswith(_OTHER_FORMATS):
        raise FileNotText
