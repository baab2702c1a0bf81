"""Text as people type it and as programs forge it: made clean, or refused with what would help."""

from __future__ import annotations

import unicodedata
from typing import Any

from self_service.domain.errors import N_

#: A message and the values for its places, as `errors.Invalid` holds them.
Fault = tuple[str, dict[str, Any]]

MISSING = N_("Fill in this field.")
TOO_LONG = N_("Shorten this to {longest} characters or fewer.")
HIDDEN = N_("This holds hidden characters. Type it instead of pasting it.")
NO_LETTER = N_("Write this with letters.")
NOT_A_NAME = N_("Use letters and digits; only spaces, hyphens, apostrophes and dots between them.")
NOT_AN_ADDRESS = N_("Use letters, digits and punctuation only, without symbols or pictures.")

#: Longer input is refused unread: normalising a megabyte costs time that a stranger would spend.
UNREAD = 2_000

# Pasted from a contact list or an Arabic text; once gone, they change nothing.
_DIRECTION_MARKS = dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069")
)
_JOINERS = "\u200c\u200d"  # Persian, Urdu and Indian names need them
_HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
_NAME_MARKS = frozenset(" '’‘ʼ`´.,-\N{HYPHEN}\N{NON-BREAKING HYPHEN}–·・/()&" + _JOINERS)
_ADDRESS_MARKS = frozenset("№°+´`|" + _JOINERS)


class Faulty(Exception):
    """One field is at fault; caught where the faults of a form are gathered."""

    def __init__(self, message: str, **data: str | int) -> None:
        super().__init__(message)
        self.fault: Fault = (message, data)


def lines(value: object, *, missing: str = MISSING, longest: int = 80) -> list[str]:
    """Return the lines of what was typed: NFC, white space collapsed, empty lines dropped.

    Args:
        value: anything; what is not text counts as nothing.
        missing: message for nothing, "" when nothing is allowed.
        longest: most characters, line ends counted.

    Raises:
        Faulty: nothing, too long, or with control characters, direction overrides or other
            characters that nobody sees.
    """
    text = value if isinstance(value, str) else ""
    if len(text) > UNREAD:
        raise Faulty(TOO_LONG, longest=longest)
    text = unicodedata.normalize("NFC", text).translate(_DIRECTION_MARKS)
    if any(
        unicodedata.category(char) in _HIDDEN and char not in "\t\r\n" + _JOINERS for char in text
    ):
        raise Faulty(HIDDEN)
    found = [line for line in (" ".join(part.split()) for part in text.splitlines()) if line]
    if not found and missing:
        raise Faulty(missing)
    if sum(map(len, found)) + len(found) - 1 > longest:
        raise Faulty(TOO_LONG, longest=longest)
    return found


def line(value: object, *, missing: str = MISSING, longest: int = 80) -> str:
    """Return what was typed as one line; see `lines`."""
    return " ".join(lines(value, missing=missing, longest=longest))


def name(value: object, *, missing: str = MISSING, longest: int = 80) -> str:
    """Return the name of a person or a place, in any script.

    Raises:
        Faulty: see `lines`; or without a letter, or with a character that no name has.
    """
    text = line(value, missing=missing, longest=longest)
    if not all(char in _NAME_MARKS or _spells(char) for char in text):
        raise Faulty(NOT_A_NAME)
    if text and not any(char.isalpha() for char in text):
        raise Faulty(NO_LETTER)
    return text


def address_lines(value: object, *, missing: str = MISSING, longest: int = 200) -> str:
    """Return a street address of one or more lines, joined by line ends.

    Raises:
        Faulty: see `lines`; or without letter and digit, or with symbols or pictures.
    """
    text = "\n".join(lines(value, missing=missing, longest=longest))
    for char in text:
        known = _spells(char) or char in _ADDRESS_MARKS or char.isspace()
        if not known and not unicodedata.category(char).startswith("P"):
            raise Faulty(NOT_AN_ADDRESS)
    if text and not any(char.isalnum() for char in text):
        raise Faulty(missing or MISSING)
    return text


def plain(text: str) -> str:
    """Return `text` with the digits, hyphens and full-width letters of any script as ASCII."""
    return "".join(map(_plain, unicodedata.normalize("NFKC", text)))


def _plain(char: str) -> str:
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return "-" if unicodedata.category(char) == "Pd" else char


def _spells(char: str) -> bool:
    """Tell whether words are spelt with `char`: letters, their marks, digits."""
    category = unicodedata.category(char)
    return category[0] == "L" or category in {"Mn", "Mc", "Nd", "Nl"}
