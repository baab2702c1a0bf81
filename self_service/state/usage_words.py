"""Words of usage: amounts in the units that people think in, kinds, places, what is left."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Final

from babel.core import Locale
from babel.numbers import format_currency

from self_service import i18n
from self_service.domain.errors import N_
from self_service.domain.usage.explain import Covered, Explanation
from self_service.domain.usage.meters import Meter
from self_service.models.base import Texts
from self_service.models.usage import UsageKind, UsageStatus, UsageZone
from self_service.money import Money

KINDS: Final[Mapping[UsageKind, str]] = {
    UsageKind.DATA: N_("Data"),
    UsageKind.VOICE: N_("Calls"),
    UsageKind.MESSAGE: N_("Texts"),
}
ICONS: Final[Mapping[UsageKind, str]] = {
    UsageKind.DATA: "wifi",
    UsageKind.VOICE: "phone",
    UsageKind.MESSAGE: "mail",
}
ZONES: Final[Mapping[UsageZone, str]] = {
    UsageZone.HOME: N_("At home"),
    UsageZone.ROAMING: N_("Roaming"),
    UsageZone.INTERNATIONAL: N_("Calls abroad"),
    UsageZone.PREMIUM: N_("Premium numbers"),
}
STATUSES: Final[Mapping[UsageStatus, str]] = {
    UsageStatus.GUIDED: N_("Being counted"),
    UsageStatus.BILLED: N_("Billed"),
}
_STEPS: Final = (N_("{n} kB"), N_("{n} MB"), N_("{n} GB"), N_("{n} TB"))
_KILO, _MINUTE = 1024, 60
#: Digits of a millionth.
_MICRO_DIGITS = 6


def amount(kind: UsageKind, units: int, language: str) -> str:
    """Write an amount: "1.5 GB", "3 min 20 s", "12 texts".

    Args:
        kind: what it is of.
        units: bytes, seconds or pieces.
        language: of the reader.
    """
    if kind is UsageKind.DATA:
        return _data(units, language)
    if kind is UsageKind.VOICE:
        return _time(units, language)
    return i18n.plural(language, "{count} text", "{count} texts", units)


def _data(units: int, language: str) -> str:
    number, step = units / _KILO, 0
    while number >= _KILO and step < len(_STEPS) - 1:
        number, step = number / _KILO, step + 1
    digits = 0 if step == 0 else 1 if step == 1 else 2
    shown = round(number, digits) if digits else max(round(number), 1 if units else 0)
    return i18n.translate(language, _STEPS[step], n=i18n.number(shown, language))


def _time(seconds: int, language: str) -> str:
    minutes, rest = divmod(seconds, _MINUTE)
    if not rest:
        return i18n.plural(language, "{count} minute", "{count} minutes", minutes)
    if not minutes:
        return i18n.translate(language, N_("{n} s"), n=i18n.number(rest, language))
    places = {"m": i18n.number(minutes, language), "s": i18n.number(rest, language)}
    return i18n.translate(language, N_("{m} min {s} s"), **places)


def name_of(texts: Texts, kind: UsageKind, language: str) -> str:
    """Return the name of an allowance, or what it is of."""
    return texts.get(language) or texts.get("en", "") or i18n.translate(language, KINDS[kind])


def used_text(meter: Meter, language: str) -> str:
    """Say how much was used: "3.2 GB of 10 GB used"."""
    used = amount(meter.kind, meter.used, language)
    if meter.units < 0:
        return i18n.translate(language, N_("{used} used"), used=used)
    whole = amount(meter.kind, meter.units, language)
    return i18n.translate(language, N_("{used} of {whole} used"), used=used, whole=whole)


def left_text(meter: Meter, language: str) -> str:
    """Say how much is left: "6.8 GB left", "No limit", "All used"."""
    if meter.units < 0:
        return i18n.translate(language, N_("No limit"))
    if not meter.left:
        return i18n.translate(language, N_("All used"))
    return i18n.translate(language, N_("{n} left"), n=amount(meter.kind, meter.left, language))


def zones_text(zones: Collection[str], language: str) -> str:
    """Say where an allowance holds; "" when that is home, which goes without saying."""
    known = [zone for zone in UsageZone if zone.value in zones]
    if known == [UsageZone.HOME]:
        return ""
    return i18n.listed([i18n.translate(language, ZONES[zone]) for zone in known], language)


def micro_text(micro: int, currency: str, language: str) -> str:
    """Write millionths of a main unit: as money where they are whole, else with their digits."""
    locale = i18n.LANGUAGES[language].locale
    exact = Decimal(micro).scaleb(-_MICRO_DIGITS)
    sum_ = Money.of(exact, currency)
    if sum_.amount == exact:
        return sum_.display(locale)
    pattern = Locale.parse(locale).currency_formats["standard"].pattern
    longer = pattern.replace("0.00", "0.00" + "#" * (_MICRO_DIGITS - 2))
    return format_currency(exact, currency, format=longer, locale=locale, currency_digits=False)


def steps(found: Explanation, kind: UsageKind, language: str) -> list[str]:
    """Tell step by step how a record was rated."""
    if found.incoming:
        return [i18n.translate(language, N_("It came in: that costs nothing, uses nothing up."))]
    told = [_covered_text(one, kind, language) for one in found.covered]
    rated = found.charged
    if rated is None:
        return [*told, i18n.translate(language, N_("All of it was included. It costs nothing."))]
    over = amount(kind, rated.units, language)
    if not rated.name:
        text = N_("{n} was not included, and has no price. It costs nothing.")
        return [*told, i18n.translate(language, text, n=over)]
    counted = amount(kind, rated.billed, language)
    text = N_("{n} was not included; counted in whole steps that is {counted}.")
    same = N_("{n} was not included.")
    told.append(
        i18n.translate(language, same if over == counted else text, n=over, counted=counted)
    )
    price = micro_text(rated.price_micro, found.currency, language)
    each = amount(kind, rated.per, language)
    total = micro_text(rated.micro, found.currency, language)
    name = rated.name.get(language) or rated.name.get("en", "")
    text = N_("{name}: {price} for each {unit}, in all {sum}.")
    told.append(i18n.translate(language, text, name=name, price=price, unit=each, sum=total))
    return told


def _covered_text(found: Covered, kind: UsageKind, language: str) -> str:
    pot, taken = name_of(found.name, kind, language), amount(kind, found.units, language)
    if found.group:
        text = N_("{n} came from the group {group}.")
        return i18n.translate(language, text, n=taken, group=found.group)
    if found.left < 0:
        text = N_("{n} came out of {pot}, which has no limit.")
        return i18n.translate(language, text, n=taken, pot=pot)
    rest = amount(kind, found.left, language)
    text = N_("{n} came out of {pot}; {left} was left in it.")
    return i18n.translate(language, text, n=taken, pot=pot, left=rest)
