"""What a file asks the catalogue to hold: plain values, with natural keys instead of ids.

Both readers (TMF620 JSON, handset CSV) make these; `catalog_writer` compares them with the tables.
Field names are the column names of `models.catalog`, so a draft is a row without its ids.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from self_service.models.base import Texts
from self_service.models.catalog import (
    LifecycleStatus,
    OfferingKind,
    PeriodUnit,
    PriceType,
    Relation,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a file that could not be used.

    Attributes:
        place: where: "line 12" of a CSV file, "productOffering[3].category[0]" of a JSON file.
        field: the name of the field at fault, as the file spells it.
        reason: what is wrong with it and what would be right, in English (translatable).
        value: the beginning of what stood there.
        fatal: True when the whole entry was left out; False when only this value was.
        data: values for the {places} of `reason`.
    """

    place: str
    field: str
    reason: str
    value: str = ""
    fatal: bool = True
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class CategoryDraft:
    """A shelf. With `only_if_missing` the operator's own shelf of that name is left as it is."""

    slug: str
    name: Texts
    parent: str = ""  # slug
    icon: str = "tag"
    position: int = 0
    only_if_missing: bool = False
    place: str = ""


@dataclass(frozen=True, slots=True)
class SpecificationDraft:
    """What a thing is."""

    key: str
    name: str
    brand: str = ""
    product_number: str = ""
    characteristics: tuple[Mapping[str, Any], ...] = ()
    lifecycle_status: LifecycleStatus = LifecycleStatus.ACTIVE
    place: str = ""


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """A price component. Without `valid_from` it holds from the import on."""

    price_type: PriceType
    name: Texts
    currency: str
    amount_minor: int = 0
    percent_bp: int = 0
    period_unit: PeriodUnit = PeriodUnit.MONTH
    period_length: int = 1
    duration_unit: PeriodUnit = PeriodUnit.MONTH
    duration_length: int = 0
    new_customers_only: bool = False
    condition: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    units: int = 0
    tariff: Mapping[str, Any] = field(default_factory=dict)
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class LinkDraft:
    """A relationship; the target is a slug."""

    relation: Relation
    target: str
    group: str = ""
    minimum: int = 1
    maximum: int = 1
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class OfferingDraft:
    """Something to sell, with its prices, relationships and opening stock.

    `stock` names variants by `catalog_view.variant_key`. It is an opening stock: a variant that
    already has a row keeps the number that sales have left there.
    """

    slug: str
    kind: OfferingKind
    name: Texts
    category: str  # slug
    description: Texts = field(default_factory=dict)
    specification: str = ""  # key
    is_bundle: bool = False
    is_sellable: bool = True
    new_customers_only: bool = False
    prepaid: bool = False
    term_months: int = 0
    facets: Mapping[str, Any] = field(default_factory=dict)
    picture: Mapping[str, Any] = field(default_factory=dict)
    highlights: tuple[Texts, ...] = ()
    popularity: int = 0
    lifecycle_status: LifecycleStatus = LifecycleStatus.ACTIVE
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    prices: tuple[PriceDraft, ...] = ()
    links: tuple[LinkDraft, ...] = ()
    stock: Mapping[str, int] = field(default_factory=dict)
    place: str = ""


@dataclass(slots=True)
class Drafts:
    """All that one file asks for, and what in it could not be used."""

    categories: list[CategoryDraft] = field(default_factory=list)
    specifications: list[SpecificationDraft] = field(default_factory=list)
    offerings: list[OfferingDraft] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def values(draft: Any) -> dict[str, Any]:
    """Return a draft's fields by name, without its place in the file."""
    return {f.name: getattr(draft, f.name) for f in fields(draft) if f.name != "place"}


def digest(draft: SpecificationDraft | OfferingDraft) -> str:
    """Return the SHA-256 (hex) of everything a draft asks for: equal digests, equal wishes."""
    content = json.dumps(values(draft), sort_keys=True, default=_plain)
    return hashlib.sha256(content.encode()).hexdigest()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else values(value)
