"""Prices of TMF620 offerings (ProductOfferingPrice, by reference or inline) as drafts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from self_service.domain.errors import N_
from self_service.domain.intake.drafts import PriceDraft
from self_service.domain.intake.json_element import LARGEST, Element
from self_service.models.catalog import PeriodUnit, PriceType
from self_service.models.usage import UsageZone
from self_service.money import exponent

_TYPES = {
    "onetime": PriceType.ONE_TIME,
    "nonrecurring": PriceType.ONE_TIME,
    "recurring": PriceType.RECURRING,
    "usage": PriceType.USAGE,
    "discount": PriceType.DISCOUNT,
    "allowance": PriceType.ALLOWANCE,
}
_PERIODS = {
    word: period
    for words, period in {
        "day days daily": (PeriodUnit.DAY, 1),
        "week weeks weekly": (PeriodUnit.DAY, 7),
        "month months monthly": (PeriodUnit.MONTH, 1),
        "year years yearly": (PeriodUnit.YEAR, 1),
    }.items()
    for word in words.split()
}
#: Unit in a file -> unit that is stored, and how many of it (1 GB = 1024 MB).
_UNITS = {
    "mb": ("MB", 1),
    "gb": ("MB", 1024),
    "min": ("min", 1),
    "minute": ("min", 1),
    "minutes": ("min", 1),
    "sms": ("SMS", 1),
}
#: Whole numbers of `x_tariff`, and the least of each.
_TARIFF_WHOLE = {"block": 1, "first": 1, "priority": 0, "days": 1}


def prices(
    offering: Element, resources: Mapping[str, Mapping[str, Any]], currency: str
) -> Iterator[PriceDraft]:
    """Give the price components of an offering, alterations among them as discounts.

    Args:
        offering: the ProductOffering.
        resources: the file's own ProductOfferingPrice resources by id.
        currency: the only currency accepted.
    """
    for entry in offering.each("productOfferingPrice"):
        element = _resolved(entry, resources)
        if element is None:
            continue
        yield from _checked(element, currency)
        for alteration in element.each("priceAlteration"):
            yield from _checked(alteration, currency, PriceType.DISCOUNT)
        for related in element.each("popRelationship"):
            if altering := _resolved(related, resources):
                yield from _checked(altering, currency, PriceType.DISCOUNT)


def period(element: Element, name: str) -> tuple[PeriodUnit, int] | None:
    """Return the Duration or Quantity {amount, units} in field `name` as unit and length."""
    duration = element.child(name)
    if duration is None:
        return None
    length = duration.whole("amount", default=1, least=1, most=1200)
    unit, factor = _period_unit(duration, "units")
    return unit, length * factor


def _resolved(entry: Element, resources: Mapping[str, Mapping[str, Any]]) -> Element | None:
    """Return the price itself: the entry, or what it refers to by its id alone."""
    if "priceType" in entry.raw:
        return entry
    found = resources.get(entry.text("id"))
    if found is None:
        entry.fault("id", N_("No productOfferingPrice of this file has this id."))
        return None
    return Element(found, entry.path, entry.notes)


def _checked(
    element: Element, currency: str, as_type: PriceType | None = None
) -> Iterator[PriceDraft]:
    price_type = as_type or _price_type(element)
    if price_type is None:
        return
    draft = PriceDraft(
        price_type=price_type,
        name=element.texts("name", limit=120),
        currency=currency,
        new_customers_only=element.flag("x_newCustomersOnly"),
        condition=_condition(element),
        **validity(element),
    )
    yield {
        PriceType.ONE_TIME: _one_time,
        PriceType.RECURRING: _recurring,
        PriceType.USAGE: _usage,
        PriceType.DISCOUNT: _discount,
        PriceType.ALLOWANCE: _allowance,
    }[price_type](element, draft)


def _one_time(element: Element, draft: PriceDraft) -> PriceDraft:
    return replace(draft, amount_minor=_amount(element, draft.currency))


def _recurring(element: Element, draft: PriceDraft) -> PriceDraft:
    name = "recurringChargePeriodType"
    if name not in element.raw:
        name = "recurringChargePeriod"
    unit, factor = _period_unit(element, name)
    length = element.whole("recurringChargePeriodLength", default=1, most=120) or 1
    amount = _amount(element, draft.currency)
    lasting = period(element, "applicationDuration")  # goods by instalments: charges with an end
    if lasting:
        draft = replace(draft, duration_unit=lasting[0], duration_length=lasting[1])
    return replace(draft, amount_minor=amount, period_unit=unit, period_length=length * factor)


def _usage(element: Element, draft: PriceDraft) -> PriceDraft:
    unit, units = _measure(element, least=1)
    amount, tariff = _amount(element, draft.currency), _tariff(element)
    return replace(draft, amount_minor=amount, unit=unit, units=units, tariff=tariff)


def _allowance(element: Element, draft: PriceDraft) -> PriceDraft:
    unit, units = _measure(element, least=-1)
    return replace(draft, unit=unit, units=units, tariff=_tariff(element))


def _discount(element: Element, draft: PriceDraft) -> PriceDraft:
    inner = element.child("price")
    holder = inner if inner and "percentage" in inner.raw else element
    share = holder.raw.get("percentage")
    if share is not None:
        draft = replace(draft, percent_bp=_basis_points(holder))
    elif amount := _amount(element, draft.currency, least=-LARGEST):
        draft = replace(draft, amount_minor=-abs(amount))
    lasting = period(element, "applicationDuration")
    if lasting:
        draft = replace(draft, duration_unit=lasting[0], duration_length=lasting[1])
    return draft


def _basis_points(element: Element) -> int:
    value = element.raw.get("percentage")
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool) and 0 < value <= 100:
        points = Decimal(value) * 100
        if points == int(points):
            return int(points)
    element.fault("percentage", N_("This must be above 0 and at most 100, with two decimals."))
    return 0


def _amount(element: Element, currency: str, *, least: int = 0) -> int:
    """Return the amount in minor units: `price` is Money, or holds `taxIncludedAmount`."""
    price = element.child("price")
    money = price.child("taxIncludedAmount") if price and "unit" not in price.raw else price
    if money is None:
        element.fault("price", N_("A price with its tax and its currency is missing."))
        return 0
    if money.text("unit") != currency:
        money.fault("unit", N_("This catalogue has another currency."))
    value = money.raw.get("value")
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool) and abs(value) <= LARGEST:
        minor = Decimal(value).scaleb(exponent(currency))
        if minor == int(minor) and least <= minor <= LARGEST:
            return int(minor)
    money.fault("value", N_("This is no amount of this currency."))
    return 0


def _price_type(element: Element) -> PriceType | None:
    typed = re.sub(r"[^a-z]", "", element.text("priceType").casefold())
    if typed not in _TYPES:
        element.fault("priceType", N_("This value is not known here."))
    return _TYPES.get(typed)


def _period_unit(element: Element, name: str) -> tuple[PeriodUnit, int]:
    found = _PERIODS.get(element.text(name).casefold())
    if found is None:
        element.fault(name, N_("This must be day, week, month or year."))
    return found or _PERIODS["month"]


def _measure(element: Element, *, least: int) -> tuple[str, int]:
    """Return unit and number of `unitOfMeasure`; an amount of -1 means without limit."""
    quantity = element.child("unitOfMeasure")
    if quantity is None:
        element.fault("unitOfMeasure", N_("This is missing."))
        return "", 0
    found = _UNITS.get(quantity.text("units").casefold())
    if found is None:
        quantity.fault("units", N_("This must be MB, GB, minutes or SMS."))
        return "", 0
    amount = quantity.whole("amount", default=1, least=least, most=LARGEST // 1024)
    return found[0], amount if amount < 0 else amount * found[1]


def _tariff(element: Element) -> dict[str, Any]:
    """Return how usage is counted (`x_tariff`): what `domain.usage.tariffs` reads."""
    said = element.child("x_tariff")
    if said is None:
        return {}
    found: dict[str, Any] = {}
    for name in said.raw:
        if name == "zones":
            zones = said.raw[name]
            known = isinstance(zones, list) and zones and set(zones) <= set(UsageZone)
            if known:
                found[name] = list(zones)
            else:
                said.fault(name, N_("This value is not known here."))
        elif name in _TARIFF_WHOLE:
            found[name] = said.whole(name, least=_TARIFF_WHOLE[name])
        elif name == "carries":
            found[name] = said.flag(name)
        else:
            said.fault(name, N_("This value is not known here."))
    return found


def _condition(element: Element) -> dict[str, str]:
    """Return the values that must be chosen for this price to hold (`prodSpecCharValueUse`)."""
    condition = {}
    for use in element.each("prodSpecCharValueUse"):
        values = [item.text("value") for item in use.each("productSpecCharacteristicValue")]
        if len(values) == 1 and values[0]:
            condition[use.text("name", required=True)] = values[0]
        else:
            use.fault("productSpecCharacteristicValue", N_("This must hold one value."))
    return condition


def validity(element: Element) -> dict[str, Any]:
    """Return `valid_from` and `valid_to` of `validFor`."""
    valid = element.child("validFor")
    if valid is None:
        return {}
    start, end = valid.moment("startDateTime"), valid.moment("endDateTime")
    if start and end and end <= start:
        valid.fault("endDateTime", N_("The end lies before the start."))
    return {"valid_from": start, "valid_to": end}
