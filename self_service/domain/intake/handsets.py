"""Handsets of a CSV file as drafts: a specification, an offering and its prices for each.

Rules, ours and the same on every run:

* The listed price is that of the smallest storage. Each doubling of the storage begun costs 8 %
  more, compounded and rounded half up to whole units of the currency (euros).
* Several colours or storages are the buyer's choice; a single one is a fact.
* What was cancelled is kept as retired, so it is never shown or sold; all else is for sale.
* Newer is more popular: months since January 1990.
* No stock is counted: these goods come from a supplier when they are ordered.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from self_service.domain.handsets.reading import Handset, RowFault
from self_service.domain.intake.drafts import (
    CategoryDraft,
    Drafts,
    Fault,
    OfferingDraft,
    PriceDraft,
    SpecificationDraft,
)
from self_service.domain.intake.facets import facets
from self_service.domain.intake.handset_facts import characteristics, size_label
from self_service.models.base import Texts
from self_service.models.catalog import LifecycleStatus, OfferingKind, PriceType
from self_service.money import exponent

#: Added to the price of the next smaller storage.
DOUBLING = Decimal("1.08")
_FIRST_YEAR = 1990
_VARIANTS = 24

#: product kind -> shelf; made when the operator has none of this name.
SHELVES = {
    "phone": CategoryDraft(
        "phones",
        {"en": "Phones", "es": "Móviles", "ar": "الهواتف"},
        icon="phone",
        only_if_missing=True,
    ),
    "tablet": CategoryDraft(
        "tablets",
        {"en": "Tablets", "es": "Tabletas", "ar": "الأجهزة اللوحية"},
        icon="phone",
        only_if_missing=True,
        position=1,
    ),
    "watch": CategoryDraft(
        "watches",
        {"en": "Watches", "es": "Relojes", "ar": "الساعات"},
        icon="clock",
        only_if_missing=True,
        position=2,
    ),
}
_PRICE: Texts = {"en": "Device", "es": "Dispositivo", "ar": "الجهاز"}
_HIGHLIGHTS: dict[str, Texts] = {
    "display": {"en": "{}″ display", "es": "Pantalla de {}″", "ar": "شاشة {} بوصة"},
    "camera": {"en": "{} MP camera", "es": "Cámara de {} MP", "ar": "كاميرا {} ميغابكسل"},
    "battery": {"en": "{} mAh battery", "es": "Batería de {} mAh", "ar": "بطارية {} مللي أمبير"},
}


def read(rows: Iterable[Handset | RowFault], *, currency: str) -> Drafts:
    """Return what the rows of a handset file ask for.

    Args:
        rows: from `handsets.read_handsets`.
        currency: ISO 4217 code of their prices.
    """
    drafts = Drafts()
    handsets: list[Handset] = []
    for row in rows:
        if isinstance(row, Handset):
            handsets.append(row)
        else:
            place = f"line {row.line}"
            drafts.faults.append(
                Fault(place, row.field, row.reason, row.value, row.fatal, row.data)
            )
    for named, handset in _named(handsets):
        specification = _specification(handset)
        drafts.specifications.append(specification)
        drafts.offerings.append(_offering(named, handset, specification, currency))
    kinds = {handset.product_kind for handset in handsets}
    drafts.categories.extend(shelf for kind, shelf in SHELVES.items() if kind in kinds)
    return drafts


def variant_prices(price_minor: int, storage_mb: Iterable[int], currency: str) -> dict[int, int]:
    """Return storage in MB -> price in minor units, by the rule of this module."""
    sizes = sorted(storage_mb)
    unit = 10 ** exponent(currency)
    found: dict[int, int] = {}
    for size in sizes:
        doublings = (-(-size // sizes[0]) - 1).bit_length()
        units = Decimal(price_minor) * DOUBLING**doublings / unit
        found[size] = (
            int(units.to_integral_value(ROUND_HALF_UP)) * unit if doublings else price_minor
        )
    return found


def _named(handsets: Iterable[Handset]) -> Iterator[tuple[str, Handset]]:
    """Give each handset its slug; names that differ only in signs get a number of their own."""
    groups: dict[str, list[Handset]] = defaultdict(list)
    for handset in handsets:
        groups[_slug(f"{handset.brand} {handset.model}")].append(handset)
    for named, group in groups.items():
        for handset in group:
            own = f"{zlib.crc32(_key(handset).encode()):08x}"
            plain = bool(named) and len(group) == 1
            yield (named if plain else f"{named}-{own}".strip("-")), handset


def _slug(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("+", " plus ")).casefold()
    ascii_only = folded.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.replace("'", "")).strip("-")[:140].strip("-")


def _key(handset: Handset) -> str:
    return unicodedata.normalize("NFKC", f"{handset.brand}|{handset.model}").casefold()[:160]


def _specification(handset: Handset) -> SpecificationDraft:
    return SpecificationDraft(
        key=_key(handset),
        name=f"{handset.brand} {handset.model}"[:160],
        brand=handset.brand[:80],
        characteristics=tuple(characteristics(handset)),
        place=f"line {handset.line}",
    )


def _offering(
    named: str, handset: Handset, specification: SpecificationDraft, currency: str
) -> OfferingDraft:
    cancelled = handset.status == "cancelled"
    return OfferingDraft(
        slug=named,
        kind=OfferingKind.DEVICE,
        name={"en": specification.name},
        category=SHELVES[handset.product_kind].slug,
        specification=specification.key,
        is_sellable=not cancelled,
        facets=facets(specification.characteristics),
        picture=_picture(handset),
        highlights=tuple(_highlights(specification)),
        popularity=_popularity(handset.released),
        lifecycle_status=LifecycleStatus.RETIRED if cancelled else LifecycleStatus.ACTIVE,
        prices=tuple(_prices(handset, currency)),
        place=specification.place,
    )


def _highlights(specification: SpecificationDraft) -> Iterator[Texts]:
    properties = {item["name"]: str(item["values"][0]) for item in specification.characteristics}
    for name, texts in _HIGHLIGHTS.items():
        if value := properties.get(name):
            comma = {**dict.fromkeys(texts, value), "es": value.replace(".", ",")}
            yield {language: text.format(comma[language]) for language, text in texts.items()}


def _prices(handset: Handset, currency: str) -> Iterator[PriceDraft]:
    if len(handset.storage_mb) < 2:
        yield PriceDraft(PriceType.ONE_TIME, _PRICE, currency, handset.price_minor)
        return
    for size, minor in variant_prices(handset.price_minor, handset.storage_mb, currency).items():
        condition = {"storage": size_label(size)}
        yield PriceDraft(PriceType.ONE_TIME, _PRICE, currency, minor, condition=condition)


def _popularity(released: tuple[int, int | None] | None) -> int:
    if released is None:
        return 0
    year, month = released
    return max((year - _FIRST_YEAR) * 12 + (month or 1), 0)


def _picture(handset: Handset) -> dict[str, Any]:
    folds = handset.product_kind == "phone" and "fold" in handset.model.casefold()
    picture: dict[str, Any] = {
        "shape": "foldable" if folds else handset.product_kind,
        "colour": handset.colours[0] if handset.colours else "",
        "cameras": _cameras(handset),
        "variant": zlib.crc32(_key(handset).encode()) % _VARIANTS,
    }
    if handset.dimensions_tenth_mm and handset.product_kind != "watch":
        height, width, _ = handset.dimensions_tenth_mm
        picture["ratio"] = round(height / width, 2)
    return picture


def _cameras(handset: Handset) -> int:
    """Guess the lenses on the back: none where none is stated, else by the year's fashion."""
    if not handset.camera_mp_tenths:
        return 0
    year = handset.released[0] if handset.released else 0
    return 1 + (year >= 2017) + (year >= 2019)
