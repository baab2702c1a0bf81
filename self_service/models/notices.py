"""What somebody was told, and how they want to be told (TMF681)."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from self_service.models.base import enum_field, id_field, json_field


class Topic(StrEnum):
    """What a notice is about, as people choose it."""

    MONEY = "money"  # bills and debts
    PAYMENTS = "payments"  # and cards and the wallet
    SERVICES = "services"  # and the network
    CHANGES = "changes"  # of subscriptions, and orders
    USAGE = "usage"  # and spending
    VOUCHERS = "vouchers"  # and gifts
    SECURITY = "security"
    NEWS = "news"


class Notice(SQLModel, table=True):
    """One thing that somebody was told, by whichever channels. It never holds a secret."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_history", "identity_id", "created_at"),
        Index(
            "ix_notice_unread",
            "identity_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
        Index("ix_notice_age", "created_at"),
    )

    id: UUID = id_field()
    identity_id: UUID = Field(foreign_key="digital_identity.id")
    topic: Topic = enum_field(Topic, Topic.SECURITY)
    kind: str = Field(max_length=40)
    language: str = Field(max_length=8)  # of subject and text
    subject: str = Field(max_length=200)
    text: str = Field(default="", max_length=400)  # "" where nothing of the letter is kept
    path: str = Field(default="", max_length=200)  # of its page, below the language; "" for none
    created_at: datetime
    read_at: datetime | None = None


class NoticeSettings(SQLModel, table=True):
    """How somebody wants to be told; without a row, as it is meant to be."""

    __tablename__ = "notice_settings"
    __table_args__ = (
        CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_hours_both_or_none"
        ),
        CheckConstraint(
            "quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439 "
            "AND quiet_from <> quiet_until",
            name="quiet_hours_of_a_day",
        ),
    )

    identity_id: UUID = Field(foreign_key="digital_identity.id", primary_key=True)
    choices: dict[str, Any] = json_field()  # topic -> {channel: wanted}; what is missing is usual
    quiet_from: int | None = None  # minute of the day in the operator's zone
    quiet_until: int | None = None
    changed_at: datetime


class PushSubscription(SQLModel, table=True):
    """A browser that shows notices (RFC 8030). Who knows all of it can write to that browser."""

    __tablename__ = "push_subscription"

    id: UUID = id_field()
    identity_id: UUID = Field(foreign_key="digital_identity.id", index=True)
    endpoint: str = Field(unique=True, max_length=800)  # at the browser's push service
    receiver_key: str = Field(max_length=100)  # of the browser (p256dh), base64url
    auth_secret: str = Field(max_length=40)  # base64url
    device: str = Field(default="", max_length=80)  # "Firefox on Linux"
    session_id: UUID | None = None  # in which it was switched on
    created_at: datetime
