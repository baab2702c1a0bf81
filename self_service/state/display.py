"""From what the domain returns to what a person reads: rows of str, int and bool."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from self_service import i18n, routes
from self_service.domain.errors import N_, DomainError, Invalid
from self_service.domain.pricing.totals import PriceTotals
from self_service.money import Money


@dataclass(frozen=True, slots=True)
class TotalsRow:
    """The three totals of a price card, as text.

    Attributes:
        due_now: sum to pay with the order.
        monthly: sum of the first month.
        whole_term: sum over the term.
        term: what `whole_term` covers: "Over 24 months".
        later: "then 29,99 € from 21 May 2027", "" when the price never changes.
        has_monthly: False for things that are paid once.
        has_due: False when nothing is due with the order.
        saved: what promotion codes save, "" for nothing; they are taken from the sums already.
    """

    due_now: str = ""
    monthly: str = ""
    whole_term: str = ""
    term: str = ""
    later: str = ""
    has_monthly: bool = False
    has_due: bool = False
    saved: str = ""


@lru_cache(16_384)
def money(amount: Money, language: str) -> str:
    """Write a sum as people of the language do; the same few prices are written all day."""
    return amount.display(i18n.LANGUAGES[language].locale)


def totals_row(totals: PriceTotals, language: str) -> TotalsRow:
    """Put the totals of one or several lines into words."""
    later = ""
    if totals.later_monthly is not None and totals.later_from is not None:
        later = i18n.translate(
            language,
            N_("then {price} a month from {day}"),
            price=money(totals.later_monthly, language),
            day=i18n.short_day(totals.later_from, language),
        )
    return TotalsRow(
        due_now=money(totals.due_now, language),
        monthly=money(totals.monthly, language),
        whole_term=money(totals.whole_term, language),
        term=i18n.plural(language, "Over {count} month", "Over {count} months", totals.term_months),
        later=later,
        has_monthly=bool(totals.regular_monthly) or totals.later_monthly is not None,
        has_due=bool(totals.due_now),
    )


def refusal(error: DomainError, language: str) -> str:
    """Say a refusal in the person's language."""
    return problem(error.message, error.data, language)


def first_fault(error: DomainError, language: str) -> str:
    """Say a refusal; of a form with faults, the first one."""
    if isinstance(error, Invalid):
        return problem(*next(iter(error.faults.values())), language)
    return refusal(error, language)


def problem(message: str, data: Mapping[str, Any], language: str) -> str:
    """Translate a message and fill its places; texts in several languages are picked."""
    places = {name: _place(name, value, language) for name, value in data.items()}
    return i18n.translate(language, message, **places)


def _place(name: str, value: Any, language: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(language) or value.get("en", "")
    if isinstance(value, Money):
        return money(value, language)
    if name == "choice":
        return i18n.translate(language, CHOICE_NAMES.get(value, value))
    if name in ("value", "values", "variant"):  # words of a configuration: "Black, 128 GB"
        words = [_word(word, language) for word in str(value).split(", ") if word]
        return i18n.listed(words, language)
    return value


def picture_path(picture: Mapping[str, Any], colour: str = "") -> str:
    """Return the address of an illustration; equal parameters give equal, cacheable addresses."""
    parts = (
        _part(str(picture.get("shape", "plan"))),
        _part(str(colour or picture.get("colour", ""))),
        quote(str(picture.get("cameras", 1))),
        quote(str(picture.get("variant", 0))),
        quote(str(picture.get("ratio", 0))),
    )
    return f"{routes.PICTURES}/{'/'.join(parts)}.svg"


@lru_cache(1_024)
def _part(word: str) -> str:
    """Return a word as one part of an address: slashes and dots would lead elsewhere."""
    return quote(" ".join(re.split(r"[\s/.]+", word)).strip(), safe="") or "-"


#: Names of configurable characteristics, as the screens say them.
CHOICE_NAMES = {
    "colour": N_("Colour"),
    "storage": N_("Storage"),
    "sim": N_("SIM"),
    "payment": N_("Payment"),
}
#: Values that are words: the rest (128 GB, 5G) is the same in every language.
CHOICE_VALUES = {
    "sim": {"sim": N_("SIM card"), "esim": N_("eSIM")},
    "payment": {"at once": N_("At once"), "24 months": N_("24 monthly instalments")},
}


def choice_text(name: str, value: str, language: str) -> str:
    """Say one chosen value."""
    return i18n.translate(language, CHOICE_VALUES.get(name, {}).get(value, value))


def _word(value: str, language: str) -> str:
    known = {code: text for texts in CHOICE_VALUES.values() for code, text in texts.items()}
    return i18n.translate(language, known.get(value, value))


def configuration_text(configuration: Mapping[str, str], language: str) -> str:
    """Say a configuration on one line: "Black · 128 GB"."""
    order = sorted(configuration, key=lambda name: (name != "colour", name))
    return " · ".join(choice_text(name, configuration[name], language) for name in order)
