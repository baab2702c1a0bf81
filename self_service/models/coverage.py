"""Where which technology reaches, and who waits for it (TMF645)."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from self_service.models.base import enum_field, id_field, number_field


class Technology(StrEnum):
    """What reaches an address."""

    FIBRE = "fibre"
    CABLE = "cable"
    DSL = "dsl"
    FIXED_WIRELESS = "fixed_wireless"
    TV = "tv"
    MOBILE_4G = "4g"
    MOBILE_5G = "5g"


class CoverageArea(SQLModel, table=True):
    """A technology reaches an area: a start of postcodes, perhaps only some houses of a street."""

    __tablename__ = "coverage_area"
    __table_args__ = (
        CheckConstraint("down_mbps >= 0 AND up_mbps >= 0", name="coverage_speed_not_negative"),
        CheckConstraint("house_from <= house_to", name="coverage_houses_in_order"),
        UniqueConstraint(
            "country",
            "postcode_prefix",
            "street",
            "house_from",
            "house_to",
            "technology",
            name="coverage_said_once",
        ),
    )

    id: int | None = number_field()
    country: str = Field(max_length=2)
    postcode_prefix: str = Field(max_length=12)  # capitals, no blanks; "" for all
    street: str = Field(default="", max_length=120)  # folded; "" for all
    house_from: int = 0
    house_to: int = 999_999
    technology: Technology = enum_field(Technology, Technology.FIBRE)
    down_mbps: int = 0
    up_mbps: int = 0
    available_from: date | None = None  # None: already


class CoverageWait(SQLModel, table=True):
    """Somebody wants to know when a technology reaches an address."""

    __tablename__ = "coverage_wait"
    __table_args__ = (
        UniqueConstraint("customer_id", "kind", "place_key", name="waits_once"),
        Index("ix_coverage_wait_open", "told_at", "country"),
    )

    id: UUID = id_field()
    customer_id: UUID = Field(foreign_key="customer.id")
    kind: str = Field(max_length=20)  # "broadband", "tv", "mobile"
    country: str = Field(max_length=2)
    postcode: str = Field(max_length=12)
    street: str = Field(max_length=120)
    house: str = Field(default="", max_length=20)
    place: str = Field(max_length=200)  # as the customer wrote it
    place_key: str = Field(max_length=200)
    joined_at: datetime
    told_at: datetime | None = None
