"""Shared allowances: a family or company uses what one of its lines includes.

What a record drew from a group follows from rows with instants (who belonged when, which limit held
when), so that one that comes late is rated by what held when it began.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from self_service.models.base import BIG_TYPE, enum_field, id_field, minor_field, number_field
from self_service.models.usage import UsageKind


class MoreStatus(StrEnum):
    """What became of a member's wish for more. Asked and not answered in time: it is over."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class SharingGroup(SQLModel, table=True):
    """Which product gives, and allowances of which kinds. Its customer owns the group."""

    __tablename__ = "sharing_group"
    __table_args__ = (
        Index(
            "one_open_group",
            "product_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: UUID = id_field()
    product_id: UUID = Field(foreign_key="product.id", index=True)  # gives its allowances
    name: str = Field(max_length=40)
    kinds: str = Field(default="data", max_length=40)  # with commas between
    created_at: datetime
    closed_at: datetime | None = None


class SharingMember(SQLModel, table=True):
    """A product that takes from a group, from an instant on and before another."""

    __tablename__ = "sharing_member"
    __table_args__ = (
        CheckConstraint("left_at IS NULL OR left_at >= joined_at", name="member_in_order"),
        Index(
            "one_group_at_a_time",
            "product_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    id: UUID = id_field()
    group_id: UUID = Field(foreign_key="sharing_group.id", index=True)
    product_id: UUID = Field(foreign_key="product.id", index=True)
    joined_at: datetime
    left_at: datetime | None = None


class SharingLimit(SQLModel, table=True):
    """How much of a kind a member may take in a month, from an instant on. Append-only.

    An `extra` adds to it, for the rest of the giving product's month in which it begins.
    """

    __tablename__ = "sharing_limit"
    __table_args__ = (
        CheckConstraint("units >= 0", name="sharing_limit_not_negative"),
        CheckConstraint("units IS NOT NULL OR NOT extra", name="sharing_extra_counted"),
    )

    id: int | None = number_field()
    member_id: UUID = Field(foreign_key="sharing_member.id", index=True)
    kind: UsageKind = enum_field(UsageKind, UsageKind.DATA)
    units: int | None = minor_field(None)  # None: no limit
    extra: bool = False
    since: datetime


class SharingRequest(SQLModel, table=True):
    """A member asks for more in this month."""

    __tablename__ = "sharing_request"
    __table_args__ = (
        CheckConstraint("units > 0", name="sharing_request_for_something"),
        Index(
            "one_open_request",
            "member_id",
            "kind",
            unique=True,
            sqlite_where=text("status = 'asked'"),
            postgresql_where=text("status = 'asked'"),
        ),
    )

    id: UUID = id_field()
    member_id: UUID = Field(foreign_key="sharing_member.id", index=True)
    kind: UsageKind = enum_field(UsageKind, UsageKind.DATA)
    units: int = minor_field()
    status: MoreStatus = enum_field(MoreStatus, MoreStatus.ASKED)
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None = None


class SharingInvitation(SQLModel, table=True):
    """A code by which one line of another customer joins. Kept sealed, to be shown again."""

    __tablename__ = "sharing_invitation"

    id: UUID = id_field()
    group_id: UUID = Field(foreign_key="sharing_group.id", index=True)
    code_hash: str = Field(unique=True, max_length=64)
    sealed_code: str = Field(max_length=400)
    email: str = Field(default="", max_length=254)  # to whom it was sent, "" for nobody
    created_at: datetime
    expires_at: datetime
    closed_at: datetime | None = None  # used or withdrawn
    member_id: UUID | None = Field(default=None, foreign_key="sharing_member.id")


class SharedDraw(SQLModel, table=True):
    """What one record of a member asked of the group, and what it got. Goes with single records."""

    __tablename__ = "shared_draw"
    __table_args__ = (
        CheckConstraint(
            "given_units >= 0 AND given_units <= asked_units", name="shared_draw_within"
        ),
        Index("ix_shared_draw_member_period", "member_period_id"),
        {"sqlite_with_rowid": False},
    )

    period_id: int = Field(foreign_key="usage_period.id", primary_key=True, sa_type=BIG_TYPE)
    started_at: datetime = Field(primary_key=True)
    source: str = Field(max_length=30, primary_key=True)
    record_id: str = Field(max_length=64, primary_key=True)
    member_id: UUID = Field(foreign_key="sharing_member.id")
    member_period_id: int = Field(foreign_key="usage_period.id", sa_type=BIG_TYPE)
    kind: UsageKind = enum_field(UsageKind, UsageKind.DATA)
    zone: str = Field(max_length=32)
    asked_units: int = minor_field()  # beyond the member's own allowances
    given_units: int = minor_field()


class SharedUse(SQLModel, table=True):
    """What a member took in a month of the giving product: the sum of its draws."""

    __tablename__ = "shared_use"
    __table_args__ = (
        CheckConstraint("units >= 0", name="shared_use_not_negative"),
        {"sqlite_with_rowid": False},
    )

    period_id: int = Field(foreign_key="usage_period.id", primary_key=True, sa_type=BIG_TYPE)
    member_id: UUID = Field(foreign_key="sharing_member.id", primary_key=True)
    kind: UsageKind = enum_field(UsageKind, UsageKind.DATA, primary_key=True)
    units: int = minor_field()
