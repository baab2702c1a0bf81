"""What a sheet of vouchers says: typed here, filled by the caller, set by voucher_sheet.typ."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class SheetCard:
    """One card: the code to be typed, and the serial number that staff ask for."""

    serial: str
    code: str


@dataclass(frozen=True, slots=True)
class VoucherSheet:
    """Cards of one value, ten a page; every text arrives translated.

    Attributes:
        language: BCP 47 tag of the text.
        direction: writing direction of that language.
        title: of the document.
        operator: who redeems them.
        accent: brand colour as #rrggbb; must be readable on white.
        amount: worth of each card, as the reader writes it.
        how: where and how a card is redeemed.
        until: until when, a whole sentence.
        serial: word before the serial number.
        made_at: instant of making, written into the file.
    """

    language: str
    direction: Literal["ltr", "rtl"]
    title: str
    operator: str
    accent: str
    amount: str
    how: str
    until: str
    serial: str
    cards: tuple[SheetCard, ...]
    made_at: datetime

    def as_json(self) -> dict[str, Any]:
        """Return plain data for `DocumentRequest.data`; the time as Unix seconds.

        Raises:
            ValueError: `made_at` has no time zone.
        """
        if self.made_at.tzinfo is None:
            raise ValueError("made_at must be aware")
        plain = asdict(self)
        plain["lang"] = plain.pop("language")
        plain["dir"] = plain.pop("direction")
        plain["timestamp"] = int(plain.pop("made_at").timestamp())
        return plain
