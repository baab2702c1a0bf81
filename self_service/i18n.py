"""Languages of the portal, and the way every word, sum and date reaches a person.

Texts are written in English in the code and looked up in `locales/<language>.po`. `make check`
fails when a catalogue lacks one. Reading the `.po` files at start (some 20 ms) saves a compiled
copy that could be stale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from self_service import clock

LOCALES = Path(__file__).parent / "locales"


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the portal.

    Attributes:
        code: as in addresses and `lang` attributes.
        name: in the language itself.
        locale: babel identifier for numbers and dates.
        direction: ltr or rtl.
    """

    code: str
    name: str
    locale: str
    direction: str = "ltr"


LANGUAGES: dict[str, Language] = {
    "en": Language("en", "English", "en_IE"),
    "es": Language("es", "Español", "es_ES"),
    "ar": Language("ar", "العربية", "ar_AE", "rtl"),
}
DEFAULT = "en"


@cache
def _catalogue(code: str) -> dict[str, tuple[str, ...]]:
    path = LOCALES / f"{code}.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        messages = read_po(file, locale=code)
    found: dict[str, tuple[str, ...]] = {}
    for message in messages:
        if not message.id or message.fuzzy:
            continue
        key = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
        text = message.string
        found[key] = tuple(text) if isinstance(text, (tuple, list)) else (text or "",)
    return found


@cache
def _plural_rule(code: str) -> Any:
    return Locale.parse(code).plural_form


#: Order in which gettext numbers the forms of the languages we ship.
_FORMS = {
    "en": ("one", "other"),
    "es": ("one", "other"),
    "ar": ("zero", "one", "two", "few", "many", "other"),
}


def translate(language: str, text: str, /, **places: Any) -> str:
    """Return `text` in `language`, its `{places}` filled; the English text when none is there."""
    found = _catalogue(language).get(text, ("",))[0] or text
    return found.format_map(places) if places else found


def plural(language: str, one: str, many: str, count: int, /, **places: Any) -> str:
    """Return the right form for `count`; `{count}` is filled in, as the language writes it."""
    forms = _catalogue(language).get(one)
    if forms and len(forms) > 1:
        wanted = _plural_rule(language)(count)
        order = _FORMS.get(language, ("one", "other"))
        if wanted not in order:  # Spanish "many" is for millions; our catalogues do not split it
            wanted = "other"
        text = forms[min(order.index(wanted), len(forms) - 1)]
    else:
        text = one if count == 1 else many
    return (text or many).format_map({"count": number(count, language), **places})


def preferred(header: str) -> str:
    """Return the language that an Accept-Language header likes best of those we speak."""
    wishes = [part.partition(";") for part in header.split(",")[:12]]
    ranked = sorted(wishes, key=lambda wish: _weight(wish[2]), reverse=True)
    codes = [tag.strip().split("-")[0].lower() for tag, _, rest in ranked if _weight(rest)]
    return next((code for code in codes if code in LANGUAGES), DEFAULT)


def _weight(parameter: str) -> float:
    """Read "q=0.8"; 1 without one, 0 for what is no number."""
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0


def known(language: str) -> str:
    """Return `language` if we speak it, else the default."""
    return language if language in LANGUAGES else DEFAULT


def day(moment: datetime | date, language: str) -> str:
    """Say a date as people do: "Friday 27 November 2026"."""
    return format_date(_date(moment), "full", locale=LANGUAGES[language].locale)


def short_day(moment: datetime | date, language: str) -> str:
    """Say a date briefly: "27 Nov 2026"; the month is a word in every language."""
    return format_date(_date(moment), "d MMM y", locale=LANGUAGES[language].locale)


def instant(moment: datetime, language: str) -> str:
    """Say a date with its exact time, for hover, focus and timelines."""
    local = moment.astimezone(clock.zone())
    return format_datetime(local, "medium", locale=LANGUAGES[language].locale)


def _date(moment: datetime | date) -> date:
    return moment.astimezone(clock.zone()).date() if isinstance(moment, datetime) else moment


@lru_cache(4_096, typed=True)
def number(value: float | int, language: str) -> str:
    """Write a number as people of the language do; the same few are written all day."""
    return format_decimal(value, locale=LANGUAGES[language].locale)


def listed(items: Sequence[str], language: str) -> str:
    """Write items one after the other, without "and": "4G, 5G"."""
    separator = "، " if language == "ar" else ", "
    return separator.join(items)
