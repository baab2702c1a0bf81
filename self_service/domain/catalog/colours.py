"""From the colours that makers invent to the dozen that people look for."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType

from self_service.domain.errors import N_
from self_service.domain.store.words import words

#: Base colour, as it stands in an address -> what it is called, in the order of a rainbow.
BASE_COLOURS = MappingProxyType(
    {
        "black": N_("Black"),
        "grey": N_("Grey"),
        "silver": N_("Silver"),
        "white": N_("White"),
        "brown": N_("Brown"),
        "gold": N_("Gold"),
        "red": N_("Red"),
        "pink": N_("Pink"),
        "orange": N_("Orange"),
        "yellow": N_("Yellow"),
        "green": N_("Green"),
        "blue": N_("Blue"),
        "purple": N_("Purple"),
    }
)

_HINTS = {
    "black": "graphite anthracite onyx jet ebony charcoal obsidian carbon ink phantom",
    "grey": "gray slate titanium titan steel gunmetal ash stone fog metal pewter",
    "silver": "chrome platinum aluminium aluminum mist starlight",
    "white": "pearl ivory snow cream chalk ceramic ice frost",
    "brown": "coffee chocolate mocha wood beige walnut tan khaki",
    "gold": "golden champagne sand amber bronze",
    "red": "burgundy crimson ruby maroon bordeaux scarlet cherry wine",
    "pink": "rose magenta fuchsia blush salmon sakura",
    "orange": "coral copper peach apricot terracotta",
    "yellow": "lemon saffron mustard sunny",
    "green": "mint olive lime emerald jade sage moss fern forest",
    "blue": "navy cyan azure aqua turquoise cobalt indigo sapphire sky ocean midnight teal petrol",
    "purple": "violet lilac lavender plum orchid amethyst",
}
_BASE = {word: base for base, hints in _HINTS.items() for word in (base, *hints.split())}


@lru_cache(maxsize=4096)
def base_colour(name: str) -> str:
    """Return the base colour that people file `name` under, "" when no word of it is known.

    The last plain colour counts ("rose gold" is gold, "midnight blue" blue); without one, the
    last word that hints at one.
    """
    known = [word for word in words(name) if word in _BASE]
    plain = [word for word in known if word in BASE_COLOURS]
    return _BASE[(plain or known)[-1]] if known else ""
