"""What a bill says on paper: typed here, filled by the caller, set by bill.typ.

Every text arrives translated, every sum and date written for the reader's locale: the template
holds no words.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from self_service.documents.contract_summary import Fact, Operator


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A row of the table of lines; also its row of column names.

    Attributes:
        note: small print under the name: the period, a quantity; "" for none.
        rate: of tax, "19 %".
    """

    name: str
    note: str
    rate: str
    net: str
    gross: str


@dataclass(frozen=True, slots=True)
class PaperGroup:
    """Lines under one heading, "" for none, with their sum."""

    name: str
    lines: tuple[PaperLine, ...]
    total: str


@dataclass(frozen=True, slots=True)
class PaperTax:
    """A row of the table of taxes; also its row of column names."""

    rate: str
    net: str
    tax: str
    gross: str


@dataclass(frozen=True, slots=True)
class PaperPay:
    """How it is paid.

    Attributes:
        link: address of the page on which it is paid, "" for none.
        picture: the link as a QR code, as SVG; "" for none.
        picture_text: what the picture is, for those who cannot see it.
    """

    heading: str
    sentences: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    link: str = ""
    picture: str = ""
    picture_text: str = ""


@dataclass(frozen=True, slots=True)
class BillData:
    """Everything on a bill, in the order in which it is read.

    Attributes:
        language: BCP 47 tag of the text.
        direction: writing direction of that language.
        title: name of the document with its number.
        issued_at: bill date, aware; written into the file, so that the same data gives the same
            bytes.
        receiver: name and address, one line each.
        facts: number, dates, period, tax numbers.
        columns: names of the columns of the table of lines.
        tax_columns: names of the columns of the table of taxes.
        totals: the sums, the last one is what is to be paid.
        notes: what the law wants said, "reverse charge" for example.
        pages: "Page {page} of {pages}" in that language, its places kept.
    """

    language: str
    direction: Literal["ltr", "rtl"]
    title: str
    operator: Operator
    issued_at: datetime
    receiver: tuple[str, ...]
    facts: tuple[Fact, ...]
    columns: PaperLine
    groups: tuple[PaperGroup, ...]
    tax_heading: str
    tax_columns: PaperTax
    taxes: tuple[PaperTax, ...]
    totals: tuple[Fact, ...]
    pay: PaperPay
    notes: tuple[str, ...]
    pages: str

    def as_json(self) -> dict[str, Any]:
        """Return plain data for `DocumentRequest.data`; the time of issue as Unix seconds.

        Raises:
            ValueError: `issued_at` has no time zone.
        """
        if self.issued_at.tzinfo is None:
            raise ValueError("issued_at must be aware")
        plain = asdict(self)
        plain["lang"] = plain.pop("language")
        plain["dir"] = plain.pop("direction")
        plain["timestamp"] = int(plain.pop("issued_at").timestamp())
        return plain
