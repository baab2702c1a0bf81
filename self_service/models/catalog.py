"""What is on sale (TMF620): categories, specifications, offerings and their dated prices."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from self_service.models.base import Texts, enum_field, id_field, json_field


class LifecycleStatus(StrEnum):
    """TMF620 `lifecycleStatus` (free text there; these are the values we use)."""

    IN_DESIGN = "inDesign"
    ACTIVE = "active"
    LAUNCHED = "launched"
    RETIRED = "retired"


class OfferingKind(StrEnum):
    """Which step of a sale an offering belongs to."""

    DEVICE = "device"
    PLAN = "plan"  # mobile: needs a SIM and a number
    BROADBAND = "broadband"
    TV = "tv"
    ADDON = "addon"  # recurring extra on a plan
    BOOSTER = "booster"  # one-time extra on a plan
    ACCESSORY = "accessory"
    BUNDLE = "bundle"


class PriceType(StrEnum):
    """TMF620 `priceType`."""

    ONE_TIME = "oneTime"
    RECURRING = "recurring"
    USAGE = "usage"
    DISCOUNT = "discount"
    ALLOWANCE = "allowance"


class PeriodUnit(StrEnum):
    """Unit of a charge period or of an introductory period."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Relation(StrEnum):
    """How one offering stands to another."""

    BUNDLES = "bundles"  # source is the bundle, target a part; `group` is one choice
    ADDON_OF = "addonOf"  # source may be added to target
    REQUIRES = "requires"  # source needs target in the same sale or already owned
    EXCLUDES = "excludes"  # never together


class Category(SQLModel, table=True):
    """TMF620 Category."""

    id: UUID = id_field()
    slug: str = Field(unique=True, max_length=64)
    name: Texts = json_field()
    parent_id: UUID | None = Field(default=None, foreign_key="category.id")
    icon: str = Field(default="tag", max_length=32)
    position: int = 0


class ProductSpecification(SQLModel, table=True):
    """TMF620 ProductSpecification: what a thing is, whoever sells it at whatever price.

    `characteristics` is a list of TMF620 productSpecCharacteristic objects in short form:
    {name, values: [...], unit, configurable: bool}. Values are str, int or bool.
    """

    __tablename__ = "product_specification"

    id: UUID = id_field()
    key: str = Field(unique=True, max_length=160)  # natural key of the import
    name: str = Field(max_length=160)
    brand: str = Field(default="", max_length=80, index=True)
    product_number: str = Field(default="", max_length=80)
    characteristics: list[dict[str, Any]] = json_field(list)
    source_hash: str = Field(default="", max_length=64)  # so a second import changes nothing
    lifecycle_status: LifecycleStatus = enum_field(LifecycleStatus, LifecycleStatus.ACTIVE)
    last_update: datetime


class ProductOffering(SQLModel, table=True):
    """TMF620 ProductOffering: what is sold, to whom, from when to when."""

    __tablename__ = "product_offering"

    id: UUID = id_field()
    slug: str = Field(unique=True, max_length=160)
    kind: OfferingKind = enum_field(OfferingKind, OfferingKind.DEVICE, index=True)
    name: Texts = json_field()
    description: Texts = json_field()
    specification_id: UUID | None = Field(default=None, foreign_key="product_specification.id")
    category_id: UUID = Field(foreign_key="category.id", index=True)
    is_bundle: bool = False
    is_sellable: bool = True
    new_customers_only: bool = False
    prepaid: bool = False  # plans: paid from a wallet, no bill
    term_months: int = 0  # minimum term (TMF620 productOfferingTerm), 0 = none
    #: facet name -> value or values, as the store filters them; derived from the specification.
    facets: dict[str, Any] = json_field()
    #: parameters of the illustration: shape, colour, cameras, variant.
    picture: dict[str, Any] = json_field()
    highlights: list[Texts] = json_field(list)  # at most four short lines for the card
    popularity: int = 0
    source_hash: str = Field(default="", max_length=64)  # so a second import changes nothing
    lifecycle_status: LifecycleStatus = enum_field(LifecycleStatus, LifecycleStatus.ACTIVE)
    valid_from: datetime
    valid_to: datetime | None = None
    last_update: datetime


class ProductOfferingPrice(SQLModel, table=True):
    """TMF620 ProductOfferingPrice: one dated component of an offering's price.

    A price change ends this row (`valid_to`) and adds another, so what was sold keeps its row.
    `condition` limits a price to configured values, for example {"storage": "256 GB"}.
    A DISCOUNT has either `amount_minor` (negative) or `percent_bp` on the recurring charge and
    lasts `duration_length` x `duration_unit` from activation; free months are percent_bp=10000.
    An ALLOWANCE has `units` of `unit` (data in MB, voice in minutes; -1 = unlimited).
    `tariff` of a USAGE or ALLOWANCE: zones, block, first, priority, carries, days; see
    domain.usage.tariffs.
    """

    __tablename__ = "product_offering_price"
    __table_args__ = (
        CheckConstraint("percent_bp BETWEEN 0 AND 10000", name="percent_within_whole"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="price_valid_in_order"),
        Index("ix_price_offering_valid", "offering_id", "valid_from"),
    )

    id: UUID = id_field()
    offering_id: UUID = Field(foreign_key="product_offering.id")
    price_type: PriceType = enum_field(PriceType, PriceType.ONE_TIME)
    name: Texts = json_field()
    amount_minor: int = 0
    currency: str = Field(max_length=3)
    percent_bp: int = 0
    period_unit: PeriodUnit = enum_field(PeriodUnit, PeriodUnit.MONTH)  # recurring charge period
    period_length: int = 1
    duration_unit: PeriodUnit = enum_field(
        PeriodUnit, PeriodUnit.MONTH
    )  # how long a discount lasts
    duration_length: int = 0
    new_customers_only: bool = False
    condition: dict[str, str] = json_field()
    unit: str = Field(default="", max_length=16)  # usage and allowance: MB, min, SMS
    units: int = 0
    tariff: dict[str, Any] = json_field()
    position: int = 0
    valid_from: datetime
    valid_to: datetime | None = None


class OfferingRelationship(SQLModel, table=True):
    """TMF620 bundledProductOffering and productOfferingRelationship, as data for one rule engine.

    For BUNDLES: targets of one `group` are alternatives; `minimum`..`maximum` of them are chosen.
    """

    __tablename__ = "offering_relationship"
    __table_args__ = (
        UniqueConstraint("source_id", "target_id", "relation", name="one_relation_each"),
    )

    id: UUID = id_field()
    source_id: UUID = Field(foreign_key="product_offering.id", index=True)
    target_id: UUID = Field(foreign_key="product_offering.id", index=True)
    relation: Relation = enum_field(Relation, Relation.REQUIRES)
    group: str = Field(default="", max_length=32)
    minimum: int = 1
    maximum: int = 1
    is_default: bool = False
    position: int = 0


class ProductStock(SQLModel, table=True):
    """TMF687 ProductStock: pieces of one configured offering that can still be sold."""

    __tablename__ = "product_stock"
    __table_args__ = (
        UniqueConstraint("offering_id", "variant", name="one_stock_each"),
        CheckConstraint("available >= 0", name="stock_not_negative"),
    )

    id: UUID = id_field()
    offering_id: UUID = Field(foreign_key="product_offering.id")
    variant: str = Field(default="", max_length=160)  # domain.catalog.variant_key()
    available: int = 0


class CatalogVersion(SQLModel, table=True):
    """One row: raised by every change to the catalogue, so workers know when to reread."""

    __tablename__ = "catalog_version"

    id: int = Field(default=1, primary_key=True)
    version: int = 0
