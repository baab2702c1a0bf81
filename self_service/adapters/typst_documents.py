"""Typesets documents with typst. Templates and fonts lie in self_service/documents."""

from __future__ import annotations

import json
import struct
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typst

from self_service.ports import DocumentRequest

FOLDER = Path(__file__).resolve().parent.parent / "documents"

#: Archivable (ISO 19005-3) and accessible (ISO 14289-1) at once; typst refuses what breaks either.
STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]

#: Direction marks and isolates (our own locale data uses them), joiners of Persian and Urdu.
_KEPT = frozenset("\u061c\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069")
_UNSHOWABLE = "\N{REPLACEMENT CHARACTER}"


class TypstDocuments:
    """A `DocumentPort`. Safe to use from several threads; a call takes tens of milliseconds.

    A character that no font of the folder has would make the whole document fail, so it is
    printed as U+FFFD. A further font in the folder widens what can be printed; nothing else need
    change.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        """Read the fonts.

        Args:
            folder: holds `<template>.typ` files and `fonts/` with .ttf or .otf files.
        """
        self._templates = {path.stem: path for path in folder.glob("*.typ")}
        self._fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[folder / "fonts"],
        )
        self._repertoire = _Repertoire(folder / "fonts")

    def render(self, request: DocumentRequest) -> bytes:
        """Return a tagged PDF; the same request gives the same bytes.

        Args:
            request: `data["timestamp"]` (Unix seconds) is written into the file as its date.

        Raises:
            KeyError: there is no such template, or the data has no timestamp.
            typst.TypstError: the data is not what the template asks for.
        """
        # A compiler cannot be shared between threads; making one costs nothing measurable.
        compiler = typst.Compiler(
            self._templates[request.template], font_paths=self._fonts, ignore_system_fonts=True
        )
        data = self._repertoire.fit({**request.data, "lang": request.language})
        inputs = {"data": json.dumps(data)}
        if request.attachment is not None:
            inputs["attached_name"] = request.attachment.name
            inputs["attached"] = request.attachment.text
        document = compiler.compile(
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=STANDARDS,
            timestamp=data["timestamp"],
        )
        assert isinstance(document, bytes)  # no output path was given
        return document


class _Repertoire(dict[int, str | None]):
    """A table for `str.translate` that keeps what the fonts of a folder can show."""

    def __init__(self, fonts: Path) -> None:
        files = [*fonts.glob("*.ttf"), *fonts.glob("*.otf")]
        codes = {code for file in files for code in _code_points(file.read_bytes())}
        shown = {chr(code) for code in codes if unicodedata.category(chr(code)) != "Cf"}
        super().__init__({ord(char): char for char in shown | _KEPT})

    def __missing__(self, code: int) -> str | None:
        if chr(code).isspace():
            return " "
        # Embeddings and overrides would let one text reorder its neighbours: a price, say.
        return None if unicodedata.category(chr(code)) == "Cf" else _UNSHOWABLE

    def fit(self, value: Any) -> Any:
        """Return plain data with every text reduced to what can be shown."""
        if isinstance(value, str):
            return unicodedata.normalize("NFC", value).translate(self)
        if isinstance(value, dict):
            return {key: self.fit(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.fit(item) for item in value]
        return value


def _code_points(font: bytes) -> Iterator[int]:
    """Yield the code points of an OpenType font (the `cmap` table, formats 4 and 12)."""
    count = struct.unpack_from(">H", font, 4)[0]
    records = (struct.unpack_from(">4sLLL", font, 12 + 16 * index) for index in range(count))
    cmap = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    for index in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        start = cmap + struct.unpack_from(">L", font, cmap + 8 + 8 * index)[0]
        match struct.unpack_from(">H", font, start)[0]:
            case 4:
                yield from _segments(font, start)
            case 12:
                groups = struct.unpack_from(">L", font, start + 12)[0]
                for first, last, _ in struct.iter_unpack(
                    ">LLL", font[start + 16 : start + 16 + 12 * groups]
                ):
                    yield from range(first, last + 1)


def _segments(font: bytes, start: int) -> Iterator[int]:
    """Yield the code points of a format 4 subtable that have a glyph."""
    size = struct.unpack_from(">H", font, start + 6)[0]
    columns = start + 14, start + 16 + size, start + 16 + 2 * size, start + 16 + 3 * size
    for place in range(0, size, 2):
        last, first, delta, offset = (
            struct.unpack_from(">H", font, column + place)[0] for column in columns
        )
        for code in range(first, last + 1):
            # A range offset counts from its own place into the glyph array behind the columns.
            glyph = code + delta
            if offset:
                at = columns[3] + place + offset + 2 * (code - first)
                glyph = struct.unpack_from(">H", font, at)[0]
            if glyph & 0xFFFF:
                yield code
