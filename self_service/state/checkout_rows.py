"""What the check-out shows: the fields of an address, the choices, and the lines of the order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from babel import Locale

from self_service import clock, i18n, settings
from self_service.domain.basket.view import BasketView, LineView, flat
from self_service.domain.catalog.view import text
from self_service.domain.errors import N_
from self_service.domain.orders import checkout
from self_service.domain.people.person_fields import check_field
from self_service.domain.people.postal_rules import COUNTRIES, address_fields
from self_service.state.display import TotalsRow, configuration_text, problem, totals_row
from self_service.state.request import readable

#: Field -> "": nothing typed, nothing at fault.
NOTHING = dict.fromkeys(checkout.FIELDS, "")


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One choice of a list."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One field of the address, as the country wants it."""

    name: str
    label: str
    value: str
    fault: str
    required: bool
    hint: str
    options: list[OptionRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One line of what is ordered."""

    name: str
    detail: str
    totals: TotalsRow
    indent: bool


def typed_in(form: Any) -> dict[str, str]:
    """Read the fields of a form that anybody can send, clipped; all else is left out."""
    found = form if isinstance(form, Mapping) else {}
    return {
        name: readable(found[name])[: checkout.LONGEST]
        for name in checkout.FIELDS
        if isinstance(found.get(name), str)
    }


def completed(typed: Mapping[str, str], language: str) -> dict[str, str]:
    """Return all fields: the country and the language are ours until others are chosen."""
    form = {**NOTHING, **typed}
    form["country"] = form["country"] or settings.get().country
    form["language"] = form["language"] or language
    return form


def address_rows(
    typed: Mapping[str, str], faults: Mapping[str, str], language: str
) -> list[AddressRow]:
    """Return the fields of the chosen country, in its order."""
    return [
        AddressRow(
            name=found.name,
            label=i18n.translate(language, found.label),
            value=typed[found.name],
            fault=faults[found.name],
            required=found.required,
            hint=i18n.translate(language, N_("For example {example}"), example=found.example)
            if found.example
            else "",
            options=[OptionRow(key, name) for key, name in found.choices],
        )
        for found in address_fields(typed["country"], typed["country_area"])
    ]


@cache
def countries(language: str) -> list[OptionRow]:
    """Return the countries by their names in a language."""
    names = Locale.parse(i18n.LANGUAGES[language].locale).territories
    rows = [OptionRow(code, names.get(code, code)) for code in COUNTRIES]
    return sorted(rows, key=lambda row: row.text)


def languages() -> list[OptionRow]:
    """Return the languages, each by its own name."""
    return [OptionRow(found.code, found.name) for found in i18n.LANGUAGES.values()]


def fault_of(name: str, typed: Mapping[str, str], language: str) -> str:
    """Say what is wrong with one field, "" when nothing is."""
    found = check_field(
        name,
        typed,
        today=clock.now().date(),
        languages=tuple(i18n.LANGUAGES),
        default_country=settings.get().country,
    )
    return problem(*found, language) if found else ""


def fault_text(count: int, language: str) -> str:
    """Say how many fields are at fault."""
    return i18n.plural(
        language,
        "{count} field needs your attention.",
        "{count} fields need your attention.",
        count,
    )


def review_rows(basket: BasketView, language: str) -> list[ReviewRow]:
    """Return the lines of an order; what was chosen for another line is indented."""
    return [
        ReviewRow(
            name=_named(line, language),
            detail=configuration_text(line.configuration, language),
            totals=totals_row(line.totals, language),
            indent=line is not top,
        )
        for top in basket.lines
        for line in flat(top)
    ]


def _named(line: LineView, language: str) -> str:
    times = f" × {i18n.number(line.quantity, language)}" if line.quantity > 1 else ""
    return text(line.name, language) + times
