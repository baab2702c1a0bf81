"""A JSON object that knows its path and notes what is wrong with it instead of raising.

Reading goes on after a fault, so that one pass over a file tells all there is to correct.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from self_service.domain.errors import N_
from self_service.domain.intake.drafts import Fault
from self_service.models.base import Texts

E = TypeVar("E", bound=StrEnum)

#: Largest whole number a column holds.
LARGEST = 2**31 - 1
_SHOWN = 60
#: What PostgreSQL refuses in text (NUL, half of a surrogate pair) and what nobody means to type.
_UNCLEAN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")


@dataclass(slots=True)
class Notes:
    """The faults of one entry of a file."""

    faults: list[Fault] = field(default_factory=list)

    @property
    def fatal(self) -> bool:
        """Say whether the entry has to be left out."""
        return any(fault.fatal for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Element:
    """One object of a JSON file (`raw`), at `path`."""

    raw: Mapping[str, Any]
    path: str
    notes: Notes

    def fault(self, name: str, reason: str, *, value: Any = None, fatal: bool = True) -> None:
        """Note that field `name` cannot be used."""
        shown = self.raw.get(name) if value is None else value
        text = "" if shown is None else _UNCLEAN.sub("\N{REPLACEMENT CHARACTER}", str(shown))
        self.notes.faults.append(Fault(self.path, name, reason, text[:_SHOWN], fatal))

    def text(self, name: str, *, limit: int = 2000, required: bool = False) -> str:
        """Return a text without blanks at its ends; "" (and a note) when it is unusable."""
        value = self.raw.get(name, "")
        if isinstance(value, str) and not _UNCLEAN.search(value) and len(value) <= limit:
            if required and not value.strip():
                self.fault(name, N_("This is missing."))
            return value.strip()
        if isinstance(value, str) and len(value) > limit:
            self.fault(name, N_("This text is too long."))
        else:
            self.fault(name, N_("This must be plain text."))
        return ""

    def texts(self, name: str, *, limit: int = 2000, required: bool = False) -> Texts:
        """Return the English text of field `name` with its translations (`x_translations`)."""
        english = self.text(name, limit=limit, required=required)
        found = {"en": english} if english else {}
        translations = self.child("x_translations")
        for language in translations.raw if translations else ():
            if not _LANGUAGE.fullmatch(language):
                translations.fault(language, N_("This is not a language code."), fatal=False)
            elif found and (child := translations.child(language)):
                found[language] = child.text(name, limit=limit)
        return {language: text for language, text in found.items() if text}

    def whole(self, name: str, *, default: int = 0, least: int = 0, most: int = LARGEST) -> int:
        """Return a whole number between `least` and `most`."""
        value = self.raw.get(name, default)
        if isinstance(value, Decimal) and value.is_finite() and abs(value) <= most:
            value = int(value) if value == int(value) else value
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.fault(name, N_("This must be a whole number in the allowed range."))
        return default

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self.raw.get(name, default)
        if isinstance(value, bool):
            return value
        self.fault(name, N_("This must be true or false."))
        return default

    def one_of(self, name: str, kinds: type[E], *, default: E) -> E:
        """Return a member of an enumeration; its case and spacing do not matter."""
        if name not in self.raw:
            return default
        wanted = re.sub(r"[\s_-]", "", self.text(name)).casefold()
        for kind in kinds:
            if kind.value.casefold() == wanted:
                return kind
        self.fault(name, N_("This value is not known here."))
        return default

    def moment(self, name: str) -> datetime | None:
        """Return an instant (RFC 3339, with its offset) in UTC, None when there is none."""
        text = self.text(name, limit=40)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
            if found.tzinfo is None:
                raise ValueError(text)
            return found.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fault(name, N_("This must be a date and time with its offset from UTC."))
            return None

    def child(self, name: str) -> Element | None:
        """Return the object in field `name`, None when there is none."""
        value = self.raw.get(name)
        if value is None:
            return None
        if isinstance(value, dict):
            return Element(value, f"{self.path}.{name}", self.notes)
        self.fault(name, N_("This must be an object."))
        return None

    def each(self, name: str) -> Iterator[Element]:
        """Give the objects of the array in field `name`."""
        value = self.raw.get(name)
        if value is None:
            return
        if not isinstance(value, list):
            self.fault(name, N_("This must be an array."))
            return
        for index, item in enumerate(value):
            if isinstance(item, dict):
                yield Element(item, f"{self.path}.{name}[{index}]", self.notes)
            else:
                self.fault(f"{name}[{index}]", N_("This must be an object."), value=item)


def plain(value: Any) -> str | int | bool | float | None:
    """Return a JSON value as text, whole number, true, false or fraction; None for all others."""
    if isinstance(value, str):
        return None if _UNCLEAN.search(value) else value
    if isinstance(value, Decimal):
        return float(value) if abs(value) <= LARGEST else None
    return value if isinstance(value, (bool, int)) and abs(value) <= LARGEST else None


def slug(element: Element, name: str, limit: int = 160) -> str:
    """Return the id in field `name` as a slug: lower case, anything else but letters a hyphen."""
    text = element.text(name, limit=limit, required=True)
    made = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    if text and not 0 < len(made) <= limit:
        element.fault(name, N_("This must hold Latin letters or digits."))
    return made
