"""The catalogue as the rest of the domain sees it: frozen, in memory, one object per version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from self_service.models.base import Texts
from self_service.models.catalog import OfferingKind, PeriodUnit, PriceType, Relation


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One property of a thing (TMF620 productSpecCharacteristic)."""

    name: str
    values: tuple[str | int | bool, ...]
    unit: str = ""
    configurable: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """One dated price component; see models.catalog.ProductOfferingPrice for the meanings."""

    id: UUID
    price_type: PriceType
    name: Texts
    amount_minor: int
    currency: str
    valid_from: datetime
    valid_to: datetime | None = None
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
    once: bool = False  # one-time only: for the whole line, however many pieces
    promotion: str = ""  # the code that brought it; such a component is in no catalogue


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship to another offering, seen from the source."""

    relation: Relation
    target: UUID
    group: str = ""
    minimum: int = 1
    maximum: int = 1
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class CategoryView:
    """A shelf of the store."""

    id: UUID
    slug: str
    name: Texts
    icon: str
    parent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Offering:
    """Something on sale, with everything needed to show, price and check it."""

    id: UUID
    slug: str
    kind: OfferingKind
    name: Texts
    description: Texts
    category: str  # slug
    brand: str = ""
    is_bundle: bool = False
    is_sellable: bool = True
    new_customers_only: bool = False
    prepaid: bool = False
    term_months: int = 0
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    popularity: int = 0
    highlights: tuple[Texts, ...] = ()
    characteristics: tuple[Characteristic, ...] = ()
    facets: Mapping[str, Any] = field(default_factory=dict)
    picture: Mapping[str, Any] = field(default_factory=dict)
    prices: tuple[Price, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def choices(self) -> tuple[Characteristic, ...]:
        """Return the characteristics that the buyer chooses (colour, storage)."""
        return tuple(c for c in self.characteristics if c.configurable)

    def on_sale(self, at: datetime) -> bool:
        """Say whether this can be bought on its own or as part of something at `at`."""
        started = self.valid_from is None or self.valid_from <= at
        return started and (self.valid_to is None or at < self.valid_to)


#: Name of the choice how goods are paid: at once or by instalments.
PAYMENT = "payment"


def variant_key(configuration: Mapping[str, str]) -> str:
    """Name a configured variant in a stable way: "colour=Black;storage=128 GB".

    How it is paid makes no other thing of it: the stock is the same.
    """
    names = sorted(configuration.keys() - {PAYMENT})
    return ";".join(f"{name}={configuration[name]}" for name in names)


def text(texts: Texts, language: str) -> str:
    """Pick the text of `language`, else the English one."""
    return texts.get(language) or texts.get("en", "")
