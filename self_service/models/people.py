"""Who somebody is (TMF632), as a customer (TMF629), and where (TMF674)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from self_service.models.base import enum_field, id_field, json_field


class CustomerStatus(StrEnum):
    """TMF629 customer `status`."""

    PROSPECTIVE = "prospective"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Individual(SQLModel, table=True):
    """TMF632 Individual."""

    id: UUID = id_field()
    given_name: str = Field(max_length=80)
    family_name: str = Field(max_length=80)
    birth_date: date | None = None
    email: str = Field(default="", max_length=254)
    mobile: str = Field(default="", max_length=20)  # E.164
    language: str = Field(default="en", max_length=8)
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


class Site(SQLModel, table=True):
    """TMF674 GeographicSite with its TMF673 address: a customer's place."""

    id: UUID = id_field()
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    label: str = Field(default="home", max_length=40)
    #: country, street_address, city, postal_code, country_area, sorting_code
    address: dict[str, Any] = json_field()
    created_at: datetime
