"""Who somebody is (TMF632), as a customer (TMF629), and where (TMF674)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, String, text
from sqlmodel import Field, SQLModel

from self_service.models.base import enum_field, id_field, json_field


class CustomerStatus(StrEnum):
    """TMF629 customer `status`."""

    PROSPECTIVE = "prospective"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Channel(StrEnum):
    """How somebody wants to be told (TMF632 preferred contact medium)."""

    EMAIL = "email"
    SMS = "sms"
    POST = "post"


class Individual(SQLModel, table=True):
    """TMF632 Individual."""

    id: UUID = id_field()
    given_name: str = Field(max_length=80)
    family_name: str = Field(max_length=80)
    birth_date: date | None = None
    email: str = Field(default="", max_length=254)
    mobile: str = Field(default="", max_length=20)  # E.164
    language: str = Field(default="en", max_length=8)
    channel: Channel = enum_field(Channel, Channel.EMAIL)  # by which news should come
    gender: str = Field(default="", max_length=20)
    occupation: str = Field(default="", max_length=80)
    created_at: datetime


class Organization(SQLModel, table=True):
    """TMF632 Organization."""

    id: UUID = id_field()
    trading_name: str = Field(max_length=160)
    created_at: datetime


class Customer(SQLModel, table=True):
    """TMF629 Customer: the party whose money, services and orders these are."""

    id: UUID = id_field()
    name: str = Field(max_length=160)
    individual_id: UUID | None = Field(default=None, foreign_key="individual.id")
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    status: CustomerStatus = enum_field(CustomerStatus, CustomerStatus.ACTIVE)
    gateway_customer: str = Field(default="", max_length=80)  # the payment provider's id
    created_at: datetime


class WordKind(StrEnum):
    """What a word by which a customer is found was taken from."""

    NAME = "name"
    EMAIL = "email"
    MOBILE = "mobile"


class CustomerWord(SQLModel, table=True):
    """A word by which a customer is found, folded."""

    __tablename__ = "customer_word"
    __table_args__ = (Index("ix_customer_word_word", "kind", "word", "customer_id"),)

    customer_id: UUID = Field(foreign_key="customer.id", primary_key=True)
    kind: WordKind = enum_field(WordKind, WordKind.NAME, primary_key=True)
    #: ordered by code points on both databases, so that an index finds beginnings
    word: str = Field(
        sa_column=Column(
            String(254).with_variant(String(254, collation="C"), "postgresql"), primary_key=True
        )
    )


class Site(SQLModel, table=True):
    """TMF674 GeographicSite with its TMF673 address: a customer's place."""

    id: UUID = id_field()
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    label: str = Field(default="home", max_length=40)
    #: country, street_address, city, postal_code, country_area, sorting_code
    address: dict[str, Any] = json_field()
    closed_at: datetime | None = None  # moved away; what was delivered there stays known
    created_at: datetime


class PlannedMove(SQLModel, table=True):
    """A customer moves from a place on a day; open until it was called off or done."""

    __tablename__ = "planned_move"
    __table_args__ = (
        Index(
            "one_open_move_per_site",
            "site_id",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL AND done_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL AND done_at IS NULL"),
        ),
    )

    id: UUID = id_field()
    site_id: UUID = Field(foreign_key="site.id", index=True)
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    address: dict[str, Any] = json_field()  # the new one, as `Site.address`
    move_on: date  # in the operator's zone
    created_at: datetime
    cancelled_at: datetime | None = None
    done_at: datetime | None = None


class ContactMedium(SQLModel, table=True):
    """TMF632 ContactMedium: somebody to reach about a customer, besides the customer."""

    __tablename__ = "contact_medium"

    id: UUID = id_field()
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    name: str = Field(max_length=160)
    relation: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=254)
    mobile: str = Field(default="", max_length=20)  # E.164
    shown: bool = True  # to staff; three at most
    created_at: datetime


class Consent(SQLModel, table=True):
    """What somebody agreed to or withdrew, and when: a new row each time."""

    id: UUID = id_field()
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    kind: str = Field(max_length=40)
    given: bool
    version: str = Field(max_length=20)  # of the text that was shown
    created_at: datetime
