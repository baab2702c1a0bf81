"""Changes of SIM and number: what is under way, and what was."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from self_service.models.base import enum_field, id_field


class SwapStatus(StrEnum):
    """How a change of SIM stands."""

    PENDING = "pending"  # the network has not confirmed the new one: the old one works
    DONE = "done"
    FAILED = "failed"


class PortingStatus(StrEnum):
    """How the move of a number to us stands."""

    CHECKING = "checking"  # the other operator is asked
    SCHEDULED = "scheduled"  # agreed for a day
    MOVING = "moving"  # its day has come
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class SimSwap(SQLModel, table=True):
    """A SIM takes over from another; one at a time for a product."""

    __tablename__ = "sim_swap"
    __table_args__ = (
        Index(
            "one_swap_at_a_time",
            "product_id",
            unique=True,
            sqlite_where=text("status = 'pending'"),
            postgresql_where=text("status = 'pending'"),
        ),
    )

    id: UUID = id_field()
    product_id: UUID = Field(foreign_key="product.id", index=True)
    old_resource_id: UUID | None = Field(default=None, foreign_key="resource.id")
    new_resource_id: UUID = Field(foreign_key="resource.id")
    esim: bool = True
    status: SwapStatus = enum_field(SwapStatus, SwapStatus.PENDING)
    status_changed_at: datetime
    reason: str = Field(default="", max_length=60)
    asked_at: datetime


class NumberPorting(SQLModel, table=True):
    """A number comes from another operator; one at a time for a product."""

    __tablename__ = "number_porting"
    __table_args__ = (
        Index(
            "one_porting_at_a_time",
            "product_id",
            unique=True,
            sqlite_where=text("status IN ('checking', 'scheduled', 'moving')"),
            postgresql_where=text("status IN ('checking', 'scheduled', 'moving')"),
        ),
        Index("ix_number_porting_due", "status", "port_on"),
    )

    id: UUID = id_field()
    product_id: UUID = Field(foreign_key="product.id", index=True)
    number: str = Field(max_length=40)  # E.164
    donor: str = Field(max_length=60)  # name of the other operator
    #: what the person is known by there; sealed, and gone when it is over.
    sealed_code: str = Field(default="", max_length=400)
    port_on: date  # in the operator's zone
    status: PortingStatus = enum_field(PortingStatus, PortingStatus.CHECKING)
    status_changed_at: datetime
    reason: str = Field(default="", max_length=60)
    asked_at: datetime


class PortOutCode(SQLModel, table=True):
    """By this code another operator proves that the customer wants to take the number there."""

    __tablename__ = "port_out_code"

    product_id: UUID = Field(foreign_key="product.id", primary_key=True)
    sealed_code: str = Field(max_length=400)
    request_id: UUID = Field(foreign_key="service_request.id")
    confirmed_at: datetime | None = None
    refused: str = Field(default="", max_length=60)
    expires_at: datetime
