"""Typed values of the catalogue, written by the locale: "6.1–6.5 in", "128 GB", "Unlimited"."""

from __future__ import annotations

from datetime import date
from typing import Final

from babel.dates import format_skeleton

from self_service import i18n
from self_service.domain.catalog.values import Value, ValueKind
from self_service.domain.errors import N_
from self_service.money import Money
from self_service.state.display import money

_UNITS: Final = {
    "in": N_("{n} in"),
    "mm": N_("{n} mm"),
    "g": N_("{n} g"),
    "MB": N_("{n} MB"),
    "GB": N_("{n} GB"),
    "TB": N_("{n} TB"),
    "mAh": N_("{n} mAh"),
    "MP": N_("{n} MP"),
    "px": N_("{n} px"),
    "Mbps": N_("{n} Mbit/s"),
}
#: What -1 of these means.
_UNLIMITED: Final = {
    "MB": N_("Unlimited data"),
    "min": N_("Unlimited calls"),
    "SMS": N_("Unlimited texts"),
}


def _minutes(language: str, count: int) -> str:
    return i18n.plural(language, "{count} minute", "{count} minutes", count)


def _texts(language: str, count: int) -> str:
    return i18n.plural(language, "{count} text", "{count} texts", count)


def _channels(language: str, count: int) -> str:
    return i18n.plural(language, "{count} channel", "{count} channels", count)


def _months(language: str, count: int) -> str:
    return i18n.plural(language, "{count} month", "{count} months", count)


#: Units that are counted and so have plural forms.
_COUNTED: Final = {"min": _minutes, "SMS": _texts, "channel": _channels, "month": _months}


def written(value: Value, language: str, currency: str = "EUR") -> str:
    """Write a value as people of the language do.

    Args:
        value: from the catalogue.
        language: of the reader.
        currency: of price ranges, which carry none.
    """
    match value.kind:
        case ValueKind.TEXT:
            known = _UNITS.get(value.unit)
            return i18n.translate(language, known, n=value.text) if known else value.text
        case ValueKind.PHRASE:
            return i18n.translate(language, value.text)
        case ValueKind.NUMBER:
            return quantity(value.number, value.unit, language, decimals=value.decimals)
        case ValueKind.RANGE:
            return _range(value, language)
        case ValueKind.MONEY:
            shown = money(value.money, language) if value.money is not None else ""
            return (
                i18n.translate(language, N_("{price} a month"), price=shown)
                if value.unit
                else shown
            )
        case ValueKind.MONEY_RANGE:
            return _money_range(value, language, currency)
        case ValueKind.MONTH:
            return _month(value.text, language)
        case ValueKind.DATE:
            return i18n.short_day(date.fromisoformat(value.text), language)
        case ValueKind.LIST:
            return i18n.listed(
                [written(item, language, currency) for item in value.items], language
            )


def quantity(amount: int, unit: str, language: str, *, decimals: int = 0) -> str:
    """Write an amount of a unit; -1 of an allowance is "unlimited", 1024 MB are 1 GB."""
    if amount == -1 and unit in _UNLIMITED:
        return i18n.translate(language, _UNLIMITED[unit])
    number = amount / 10**decimals
    if unit == "MB" and number >= 1024:
        steps = 2 if number >= 1024**2 else 1
        number, unit = number / 1024**steps, ("GB", "TB")[steps - 1]
    if unit in _COUNTED:
        return _COUNTED[unit](language, int(number))
    text = i18n.number(round(number, 2), language)
    return i18n.translate(language, _UNITS[unit], n=text) if unit in _UNITS else text


def _range(value: Value, language: str) -> str:
    def end(number: int | None) -> str:
        return (
            ""
            if number is None
            else quantity(number, value.unit, language, decimals=value.decimals)
        )

    low, high = end(value.low), end(value.high)
    if value.low is None:
        return i18n.translate(language, N_("under {value}"), value=high)
    if value.high is None:
        return i18n.translate(language, N_("{value} and more"), value=low)
    # the range ends just below `high`; people write its ends
    return f"{_bare(value.low, value, language)}–{high}"


def _bare(number: int, value: Value, language: str) -> str:
    if value.unit == "MB":
        return quantity(number, value.unit, language, decimals=value.decimals)
    return i18n.number(number / 10**value.decimals, language)


def _money_range(value: Value, language: str, currency: str) -> str:
    def end(minor: int | None) -> str:
        locale = i18n.LANGUAGES[language].locale
        return "" if minor is None else Money(minor, currency).rounded(locale)

    if value.low is None:
        return i18n.translate(language, N_("under {value}"), value=end(value.high))
    if value.high is None:
        return i18n.translate(language, N_("{value} and more"), value=end(value.low))
    return f"{end(value.low)}–{end(value.high)}"


def _month(stamp: str, language: str) -> str:
    try:
        year, month = (int(part) for part in (*stamp.split("-"), "1")[:2])
        first = date(year, month, 1)
    except ValueError:
        return stamp
    skeleton = "yMMM" if "-" in stamp else "y"
    return format_skeleton(skeleton, first, locale=i18n.LANGUAGES[language].locale)
