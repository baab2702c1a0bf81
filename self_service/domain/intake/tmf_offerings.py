"""TMF620 ProductOffering as a draft: what it is, when it holds, how it looks, its stock."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from self_service.domain.catalog.view import PAYMENT, variant_key
from self_service.domain.errors import N_
from self_service.domain.intake import tmf_prices
from self_service.domain.intake.drafts import (
    OfferingDraft,
    PriceDraft,
    SpecificationDraft,
)
from self_service.domain.intake.facets import facets
from self_service.domain.intake.json_element import LARGEST, Element, plain, slug
from self_service.domain.intake.tmf_links import links
from self_service.models.base import Texts
from self_service.models.catalog import (
    LifecycleStatus,
    OfferingKind,
    PeriodUnit,
)

_SHAPES = {
    OfferingKind.DEVICE: "phone",
    OfferingKind.PLAN: "plan",
    OfferingKind.BROADBAND: "fibre",
    OfferingKind.TV: "tv",
    OfferingKind.BUNDLE: "bundle",
}
_HIGHLIGHTS = 4


def offering(
    element: Element,
    specifications: Mapping[str, SpecificationDraft],
    resources: Mapping[str, Mapping[str, Any]],
    currency: str,
) -> OfferingDraft:
    """Return the draft of one offering; it is usable unless the element has fatal notes.

    Args:
        element: the ProductOffering.
        specifications: those of the same file, by id.
        resources: the file's ProductOfferingPrice resources by id.
        currency: the only currency accepted.
    """
    named = slug(element, "id")
    kind = _kind(element)
    specification = _specification(element, specifications)
    properties = specification.characteristics if specification else ()
    prices = tuple(tmf_prices.prices(element, resources, currency))
    sellable = element.flag("isSellable", default=True)
    if sellable and kind is not OfferingKind.BUNDLE and not prices:
        element.fault("productOfferingPrice", N_("What is sold on its own needs a price."))
    _check_conditions(element, prices, properties)
    return OfferingDraft(
        slug=named,
        kind=kind,
        name=element.texts("name", limit=160, required=True),
        description=element.texts("description"),
        category=_category(element),
        specification=specification.key if specification else "",
        is_bundle=element.flag("isBundle"),
        is_sellable=sellable,
        new_customers_only=element.flag("x_newCustomersOnly"),
        prepaid=element.flag("x_prepaid"),
        term_months=_term_months(element),
        picture=_picture(element, kind, named),
        highlights=tuple(_highlights(element)),
        popularity=element.whole("x_popularity"),
        lifecycle_status=element.one_of(
            "lifecycleStatus", LifecycleStatus, default=LifecycleStatus.ACTIVE
        ),
        facets=facets(properties),
        prices=prices,
        links=tuple(links(element, named)),
        stock=dict(_stock(element, properties)),
        place=element.path,
        **tmf_prices.validity(element),
    )


def _kind(element: Element) -> OfferingKind:
    if "x_kind" not in element.raw and element.raw.get("isBundle") is not True:
        element.fault("x_kind", N_("Say what this is: device, plan, broadband, tv, addon, ..."))
    return element.one_of("x_kind", OfferingKind, default=OfferingKind.BUNDLE)


def _specification(
    element: Element, specifications: Mapping[str, SpecificationDraft]
) -> SpecificationDraft | None:
    reference = element.child("productSpecification")
    if reference is None:
        return None
    found = specifications.get(reference.text("id", required=True))
    if found is None:
        reference.fault("id", N_("No usable productSpecification of this file has this id."))
    return found


def _category(element: Element) -> str:
    references = list(element.each("category"))
    if not references:
        element.fault("category", N_("This is missing."))
        return ""
    if len(references) > 1:
        element.fault("category", N_("Only the first one is used."), value="…", fatal=False)
    return slug(references[0], "id", 64)


def _term_months(element: Element) -> int:
    terms = list(element.each("productOfferingTerm"))
    if len(terms) > 1:
        element.fault(
            "productOfferingTerm", N_("Make one offering of each term."), value=len(terms)
        )
    duration = tmf_prices.period(terms[0], "duration") if terms else None
    if duration is None:
        return 0
    unit, length = duration
    if unit is PeriodUnit.DAY:
        terms[0].fault("duration", N_("A term is counted in months or years."))
    return length * 12 if unit is PeriodUnit.YEAR else length


def _picture(element: Element, kind: OfferingKind, named: str) -> dict[str, Any]:
    """Return the illustration's parameters; what is not said follows from kind and slug."""
    picture: dict[str, Any] = {
        "shape": _SHAPES.get(kind, kind.value),
        "variant": zlib.crc32(named.encode()) % 24,
    }
    wanted = element.child("x_picture")
    for name, value in (wanted.raw if wanted else {}).items():
        expected = _PICTURE.get(name)
        scalar = plain(value)
        if expected and isinstance(scalar, expected) and not isinstance(scalar, bool):
            picture[name] = scalar
        elif wanted:
            wanted.fault(name, N_("This is no part of a picture."), fatal=False)
    return picture


_PICTURE: dict[str, tuple[type, ...]] = {
    "shape": (str,),
    "colour": (str,),
    "cameras": (int,),
    "variant": (int,),
    "ratio": (int, float),
}


def _highlights(element: Element) -> Iterator[Texts]:
    for index, line in enumerate(element.each("x_highlights")):
        if index >= _HIGHLIGHTS:
            line.fault("", N_("At most four lines are shown."), fatal=False)
            return
        texts = {language: line.text(language, limit=120) for language in line.raw}
        if texts.get("en"):
            yield {language: text for language, text in texts.items() if text}
        else:
            line.fault("en", N_("This is missing."), fatal=False)


def _check_conditions(
    element: Element, prices: Sequence[PriceDraft], properties: Sequence[Mapping[str, Any]]
) -> None:
    """Refuse a price that hangs on a value which nobody can choose."""
    known = {item["name"]: item["values"] for item in properties}
    for price in prices:
        for name, value in price.condition.items():
            if name in known and value not in known[name]:
                element.fault("productOfferingPrice", _NO_SUCH_VALUE, value=f"{name}: {value}")


def _stock(element: Element, properties: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, int]]:
    choices = {
        item["name"]: item["values"]
        for item in properties
        if item["configurable"] and item["name"] != PAYMENT  # it makes no other thing
    }
    for item in element.each("x_stock"):
        configuration = item.child("configuration")
        chosen = configuration.raw if configuration else {}
        if set(chosen) != set(choices) or any(chosen[n] not in choices[n] for n in chosen):
            item.fault("configuration", _NO_SUCH_VALUE)
            continue
        yield variant_key(chosen), item.whole("available", most=LARGEST)


_NO_SUCH_VALUE = N_("The buyer cannot choose these values.")
