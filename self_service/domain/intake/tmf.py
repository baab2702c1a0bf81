"""TMF620 v4 catalogues in JSON, read into drafts.

A file is an object with any of the arrays `category`, `productSpecification`, `productOffering`
and `productOfferingPrice`, or an array of such resources that each say their `@type`. Ids are
natural keys: of a category or an offering they become its slug (lower case, hyphens), of a
specification its key. An offering goes in whole or not at all: it must never be sold without one
of its prices, parts or conditions because that one could not be read.

Read as TMF620 has it: name, description, lifecycleStatus, validFor, parentId; brand,
productNumber, productSpecCharacteristic; isBundle, isSellable, category, productSpecification,
productOfferingTerm, productOfferingPrice (inline or by id) with priceAlteration and popRelationship
as discounts, prodSpecCharValueUse as condition of a price; bundledProductOffering, and
bundledGroupProductOffering (of TMF620 v5) for "choose some of these"; productOfferingRelationship
(requires, excludes, addonOf or optionalFor). Not in TMF620, hence with a prefix of ours:

======================  ===========================================================================
x_kind                  offering: device, plan, broadband, tv, addon, booster, accessory, bundle;
                        needed unless isBundle is true
x_translations          anything with a name: {"es": {"name": "…", "description": "…"}, "ar": {…}}
x_highlights            offering: up to four short lines [{"en": "…", "es": "…", "ar": "…"}]
x_picture               offering: {"shape", "colour", "cameras", "variant", "ratio"}
x_popularity            offering: a whole number, higher comes first
x_prepaid               offering: paid from a wallet, without a bill
x_newCustomersOnly      offering or price
x_stock                 offering: [{"configuration": {"colour": "Black"}, "available": 5}]; opening
                        stock, not counted at all when left out
x_group                 productOfferingRelationship: "requires" of one group are alternatives
x_icon, x_position      category
======================  ===========================================================================

A discount lasts for its `applicationDuration` {amount, units}; a `percentage` of 100 over 30 days
is "30 days free". An allowance without limit has a `unitOfMeasure` of amount -1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from self_service.domain.errors import N_
from self_service.domain.intake.drafts import (
    CategoryDraft,
    Drafts,
    Fault,
    SpecificationDraft,
)
from self_service.domain.intake.json_element import Element, Notes, plain, slug
from self_service.domain.intake.tmf_offerings import offering
from self_service.models.catalog import LifecycleStatus

ARRAYS = ("category", "productSpecification", "productOffering", "productOfferingPrice")
_ARRAY_OF_TYPE = {name[0].upper() + name[1:]: name for name in ARRAYS}


def read_tmf(content: Any, *, currency: str) -> Drafts | None:
    """Return what a parsed JSON file asks for, None when nothing in it is a catalogue.

    Args:
        content: parsed JSON, fractions as Decimal.
        currency: ISO 4217 code that all prices must have.
    """
    drafts = Drafts()
    entries = list(_entries(content, drafts.faults))
    if not entries:
        return None
    prices = {
        element.raw["id"]: element.raw
        for array, element in entries
        if array == "productOfferingPrice" and isinstance(element.raw.get("id"), str)
    }
    specifications: dict[str, SpecificationDraft] = {}
    seen: set[tuple[str, str]] = set()
    for wanted in ARRAYS[:3]:
        for array, element in entries:
            if array != wanted:
                continue
            draft: Any = None
            if array == "category":
                draft = _category(element)
            elif array == "productSpecification":
                draft = _specification(element)
            else:
                draft = offering(element, specifications, prices, currency)
            _keep(draft, array, element, seen, drafts, specifications)
    return drafts


def _keep(
    draft: Any,
    array: str,
    element: Element,
    seen: set[tuple[str, str]],
    drafts: Drafts,
    specifications: dict[str, SpecificationDraft],
) -> None:
    """Take over an entry, unless it cannot be used or its id was there before."""
    key = draft.key if array == "productSpecification" else draft.slug
    if key and (array, key) in seen:
        element.fault("id", N_("This id was there before."))
    drafts.faults.extend(element.notes.faults)
    if element.notes.fatal:
        return
    seen.add((array, key))
    if array == "category":
        drafts.categories.append(draft)
    elif array == "productSpecification":
        specifications[key] = draft
        drafts.specifications.append(draft)
    else:
        drafts.offerings.append(draft)


def _entries(content: Any, faults: list[Fault]) -> Iterator[tuple[str, Element]]:
    """Give the resources of a file with the name of the array that each belongs to."""
    if isinstance(content, dict):
        for array in ARRAYS:
            items = content.get(array)
            if isinstance(items, list):
                yield from ((array, element) for element in _elements(items, array, faults))
            elif items is not None:
                faults.append(Fault("", array, N_("This must be an array.")))
    elif isinstance(content, list):
        for element in _elements(content, "", faults):
            typed = element.raw.get("@type")
            if isinstance(typed, str) and typed in _ARRAY_OF_TYPE:
                yield _ARRAY_OF_TYPE[typed], element
            else:
                element.fault("@type", N_("This is no part of a product catalogue."))
                faults.extend(element.notes.faults)


def _elements(items: list[Any], array: str, faults: list[Fault]) -> Iterator[Element]:
    for index, item in enumerate(items):
        path = f"{array}[{index}]"
        if isinstance(item, dict):
            yield Element(item, path, Notes())
        else:
            faults.append(Fault(path, "", N_("This must be an object.")))


def _category(element: Element) -> CategoryDraft:
    return CategoryDraft(
        slug=slug(element, "id", 64),
        name=element.texts("name", limit=80, required=True),
        parent=slug(element, "parentId", 64) if element.raw.get("parentId") else "",
        icon=element.text("x_icon", limit=32) or "tag",
        position=element.whole("x_position"),
        place=element.path,
    )


def _specification(element: Element) -> SpecificationDraft:
    return SpecificationDraft(
        key=element.text("id", limit=160, required=True),
        name=element.text("name", limit=160, required=True),
        brand=element.text("brand", limit=80),
        product_number=element.text("productNumber", limit=80),
        characteristics=tuple(_characteristics(element)),
        lifecycle_status=element.one_of(
            "lifecycleStatus", LifecycleStatus, default=LifecycleStatus.ACTIVE
        ),
        place=element.path,
    )


def _characteristics(element: Element) -> Iterator[Mapping[str, Any]]:
    """Give the characteristics in the short form of our tables."""
    names: set[str] = set()
    for characteristic in element.each("productSpecCharacteristic"):
        name = characteristic.text("name", limit=64, required=True)
        if name in names:
            characteristic.fault("name", N_("This name was there before."))
        names.add(name)
        found: list[str | int | bool] = []
        unit = ""
        for item in characteristic.each("productSpecCharacteristicValue"):
            value = plain(item.raw.get("value"))
            if value is None or value == "":
                item.fault("value", N_("This must be text, a whole number, true or false."))
                continue
            found.append(value if isinstance(value, (str, int)) else f"{value:g}")
            unit = item.text("unitOfMeasure", limit=16) or unit
        if not found:
            characteristic.fault("productSpecCharacteristicValue", N_("This is missing."))
        configurable = characteristic.flag("configurable")
        if configurable and not all(isinstance(value, str) for value in found):
            characteristic.fault("configurable", N_("Only text can be chosen by the buyer."))
        yield {"name": name, "values": found, "unit": unit, "configurable": configurable}
