"""What the receipt of a withdrawal says: filled by the caller, set by withdrawal.typ."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class WithdrawalReceipt:
    """One page; every text arrives translated.

    Attributes:
        language: BCP 47 tag of the text.
        direction: writing direction of that language.
        title: of the document.
        operator: from whose contract somebody withdrew.
        accent: brand colour as #rrggbb; must be readable on white.
        facts: names and values, in their order: when, who, which contract, what goes back.
        paragraphs: what happens now.
        made_at: instant of making, written into the file.
    """

    language: str
    direction: Literal["ltr", "rtl"]
    title: str
    operator: str
    accent: str
    facts: tuple[tuple[str, str], ...]
    paragraphs: tuple[str, ...]
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
