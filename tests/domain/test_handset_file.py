"""What is refused as a whole, before anything is given, and what is tolerated."""

from __future__ import annotations

import codecs
import io
import itertools
from typing import BinaryIO, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from self_service.domain.handsets.file import (
    ColumnsMissing,
    ColumnsRepeated,
    FileCutShort,
    FileNotText,
    FileNotUtf8,
    FileTooLarge,
    NotAHandsetFile,
)
from self_service.domain.handsets.reading import Handset, RowFault, read_handsets
from self_service.domain.handsets.sheet import tidy

HEADER = b"brand,model,approx_price_EUR\n"
GOOD = HEADER + b"Acer,Z6,120\nAcer,Z7,130\n"


class Pipe:
    """A stream that cannot seek, tells no size and gives a few bytes at a time."""

    def __init__(self, pieces: itertools.chain[bytes]) -> None:
        self.pieces = pieces
        self.given = 0

    def read(self, size: int) -> bytes:
        piece = next(self.pieces, b"")
        assert len(piece) <= size
        self.given += len(piece)
        return piece


def in_pieces(data: bytes, size: int = 3) -> BinaryIO:
    pieces = (data[start : start + size] for start in range(0, len(data), size))
    return cast(BinaryIO, Pipe(itertools.chain(pieces)))


def read(data: bytes, **options: int) -> list[Handset | RowFault]:
    return list(read_handsets(io.BytesIO(data), size=options.pop("size", 0), **options))


def models(data: bytes) -> list[str]:
    return [item.model for item in read(data) if isinstance(item, Handset)]


@pytest.mark.parametrize(
    ("data", "refusal", "told"),
    [
        (b"PK\x03\x04 workbook", FileNotText, "CSV"),
        (b"\xd0\xcf\x11\xe0 old workbook", FileNotText, "CSV"),
        (b"%PDF-1.7\nbrand,model,approx_price_EUR\n", FileNotText, "CSV"),
        (GOOD + b"Acer,Z\0,1\n", FileNotText, "CSV"),
        (GOOD.decode().encode("utf-16"), FileNotUtf8, "Line 1"),
        (GOOD + "Acer,Zirocñan,90\n".encode("latin-1"), FileNotUtf8, "Line 4"),
        (GOOD.replace(b"\n", b"\r\n") + b"\xff\xfe", FileNotUtf8, "Line 4"),
        (b"", ColumnsMissing, "brand, model, approx_price_EUR"),
        (b"\n\n", ColumnsMissing, "brand, model, approx_price_EUR"),
        (b"brand,price_USD\nAcer,1\n", ColumnsMissing, "model, approx_price_EUR"),
        (b"brand;model;approx_price_EUR\n", ColumnsMissing, "commas"),
        (b"<!doctype html>\n<title>Sign in</title>\n", ColumnsMissing, "brand"),
        (b"Acer,Z6,120\nAcer,Z7,130\n", ColumnsMissing, "brand, model, approx_price_EUR"),
        (b'"brand,model,approx_price_EUR\n', ColumnsMissing, "brand"),
        (b"x" * 200_000, ColumnsMissing, "brand"),
        (b"brand,model,approx_price_EUR,price_EUR\n", ColumnsRepeated, "price_EUR"),
        (b"brand,model,Brand,approx_price_EUR\n", ColumnsRepeated, "Brand"),
        (GOOD + b"Acer,Z8", FileCutShort, "line 4"),
        (GOOD + b"Acer,Z8\n\nAcer", FileCutShort, "line 6"),
        (GOOD + b'Acer,"Z8,140', FileCutShort, "line 4"),
        (GOOD + b'Acer,"Z8\nPlus', FileCutShort, "line 5"),
        (GOOD + b"Acer,Z8,140\xc2", FileCutShort, "line 4"),
        (b"brand,model,approx_price_EUR,\nAcer,Z6,120,\nAcer,Z7,130", FileCutShort, "line 3"),
    ],
)
def test_refused_at_once(data: bytes, refusal: type[NotAHandsetFile], told: str) -> None:
    with pytest.raises(refusal) as refused:
        read_handsets(io.BytesIO(data), size=len(data))  # not iterated: nothing was given
    assert told in str(refused.value)
    with pytest.raises(refusal):
        read_handsets(in_pieces(data, 4096), size=0)


def test_announced_size_is_refused_before_a_byte_is_read() -> None:
    pipe = Pipe(itertools.chain([GOOD]))
    with pytest.raises(FileTooLarge, match="64 MB"):
        read_handsets(cast(BinaryIO, pipe), size=2 * 2**30)
    assert pipe.given == 0


def test_endless_stream_is_refused_at_the_limit() -> None:
    pipe = Pipe(itertools.chain([HEADER], itertools.repeat(b"Acer,Z6,120\n" * 1000)))
    with pytest.raises(FileTooLarge, match="1 MB"):
        read_handsets(cast(BinaryIO, pipe), size=0, limit=2**20)
    assert pipe.given < 2**20 + 20_000


def test_exactly_the_limit_is_read() -> None:
    assert len(read(GOOD, limit=len(GOOD))) == 2
    with pytest.raises(FileTooLarge):
        read(GOOD, limit=len(GOOD) - 1)


def test_fewer_bytes_than_announced_is_an_interrupted_upload() -> None:
    with pytest.raises(FileCutShort, match="line 4"):
        read(GOOD, size=len(GOOD) + 1)


def test_every_prefix_is_refused_or_holds_whole_rows_only() -> None:
    data = b'brand,model,approx_price_EUR,\nAcer,"Z ""6""",120,\nAcer,Z7\xc2\xb5,130,\n'
    whole = ['Z "6"', "Z7µ"]
    for end in range(len(data)):
        try:
            found = models(data[:end])
        except NotAHandsetFile:
            continue
        assert found == whole[: len(found)], data[:end]


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"\n", b"\r"),
        GOOD.rstrip(b"\n"),
        GOOD.replace(b"\n", b",\n"),
        GOOD.replace(b"\n", b"\n\n") + b" , ,\n\n",
        b"\n" + GOOD,
        b' BRAND ,"Model",Approx. price (EUR)\n' + GOOD.removeprefix(HEADER),
        b"model,note,price eur,brand\nZ6,,120,Acer\nZ7,,130,Acer\n",
        b'brand,model,approx_price_EUR\n"Acer","Z6","120"\n" Acer "," Z7",130\n',
        b'brand,model,approx_price_EUR,note\nAcer,Z6,120,"two\nlines"\nAcer,Z7,130,1/3" sensor\n',
        b"brand,model,approx_price_EUR\nAcer,&#90;6,120\nAcer,Z\xe2\x80\x8b7,130\n",
    ],
)
def test_tolerated(data: bytes) -> None:
    assert models(data) == models(in_pieces(data).read(3) + data[3:]) == ["Z6", "Z7"]
    assert len(list(read_handsets(in_pieces(data), size=len(data)))) == 2


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    data = b'\nbrand,model,price_EUR\r\n\r\nAcer,"Z\n6",120\rAcer,Z7,130\n,,\nAcer,Z8,140'
    assert [item.line for item in read(data)] == [4, 6, 8]


def test_an_open_quote_costs_one_row() -> None:
    data = GOOD + b'Acer,"Z8,140\n' + b"".join(b"Acer,A%d,10\n" % n for n in range(20))
    fault, *rest = read(data)[2:]
    assert isinstance(fault, RowFault)
    assert (fault.line, fault.field, fault.fatal) == (4, "", True)
    assert "quotation mark" in fault.reason
    assert fault.value == 'Acer,"Z8,140'
    assert [item.line for item in rest] == list(range(5, 25))


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("  Zenfone \t 3\u00a0Max ", "Zenfone 3 Max"),
        ("N&#1086;", "No"),
        ("Gr&#1072;y", "Gray"),
        ("LTE-\u0410", "LTE-A"),
        ("\u041c\u043e\u0441\u043a\u0432\u0430", "\u041c\u043e\u0441\u043a\u0432\u0430"),
        ("One X AT&T", "One X AT&T"),
        ("Black&notebook", "Black&notebook"),
        ("D&amp;G", "D&G"),
        ("Wi\u2011Fi", "Wi-Fi"),
        ("Zenfone\u200b\u202e", "Zenfone"),
        ("&#0;&#55296;", "\ufffd\ufffd"),
        ("a&#10;b", "a b"),
    ],
)
def test_tidy(typed: str, tidied: str) -> None:
    assert tidy(typed) == tidied


@given(st.binary() | st.text().map(str.encode) | st.binary().map(GOOD.__add__))
@example(b"\xef\xbb\xbf")
@example(b"PK\x03\x04")
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        items = read(data)
    except NotAHandsetFile:
        return
    assert all(item.line >= 1 for item in items)


@given(st.text(alphabet='\n\r",A1 |é"\u2028&#;x'))
def test_any_text_after_the_header_costs_only_itself(text: str) -> None:
    kept = models(GOOD + text.encode() + b"\n" + b"Sony,Last,1\n")
    assert kept[:2] == ["Z6", "Z7"]
    assert kept[-1] == "Last" or '"' in text
