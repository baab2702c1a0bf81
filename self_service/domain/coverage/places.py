"""Addresses as coverage sees them: folded, so that people and files need not write alike."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from self_service.domain.people.postal_address import PostalAddress

_HOUSE = re.compile(r"\d{1,6}")
_MARKS = re.compile(r"[^\w]+")
#: Endings that are written in two ways.
_SHORT = {"str": "strasse", "st": "street", "rd": "road", "ave": "avenue", "av": "avenue"}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is to reach: postcode in capitals without blanks, street folded.

    Attributes:
        house: number of the house, 0 when none was given.
    """

    country: str
    postcode: str
    street: str
    house: int


def spot(address: PostalAddress) -> Spot:
    """Return what coverage needs of an address."""
    first = address.street_address.split("\n", 1)[0]
    # "12 Harbour Street" and "Hafenstraße 12": the number may stand on either side
    number = _HOUSE.search(first)
    name = first.replace(number[0], " ", 1) if number else first
    return Spot(
        country=address.country,
        postcode=postcode(address.postal_code),
        street=fold_street(re.sub(r"\b[a-zA-Z]\b", " ", name)),
        house=int(number[0]) if number else 0,
    )


def postcode(text: str) -> str:
    """Return a postcode, or the start of one, as it is compared."""
    return _MARKS.sub("", text).upper()[:12]


def fold_street(text: str) -> str:
    """Return a street's name as it is compared: no capitals, accents or abbreviations."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    words = _MARKS.sub(" ", bare).split()
    if words and words[-1] not in _SHORT and words[-1].endswith("str"):
        words[-1] += "asse"  # "Hafenstr." is Hafenstraße
    return "".join(_SHORT.get(word, word) for word in words)[:120]
