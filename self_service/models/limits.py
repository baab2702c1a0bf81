"""Spend limits, what the network stopped for them, and the history of what people were told."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from self_service.models.base import BIG_TYPE, enum_field, id_field, minor_field, number_field

_OPEN = "barred OR wish = 'on' OR refused <> ''"


class LimitKind(StrEnum):
    """Which charges of usage a limit is about."""

    ALL = "all"  # beyond what is included, wherever
    ROAMING = "roaming"  # those abroad alone


class AlertAbout(StrEnum):
    """What an alert is about."""

    ALLOWANCE = "allowance"
    ALL = "all"
    ROAMING = "roaming"


class SpendLimit(SQLModel, table=True):
    """TMF has no name for it: the most that usage of a product may cost in a charging month.

    Without a row the operator's rule holds (`domain.limits.standing`); a row without an amount says
    that there is to be no limit.
    """

    __tablename__ = "spend_limit"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="limit_above_zero"),)

    product_id: UUID = Field(foreign_key="product.id", primary_key=True)
    kind: LimitKind = enum_field(LimitKind, LimitKind.ALL, primary_key=True)
    amount_minor: int | None = minor_field(None)  # tax included
    hard: bool = True  # stops what costs; else people are told only
    set_by: UUID | None = Field(default=None, foreign_key="digital_identity.id")
    set_at: datetime


class SpendLift(SQLModel, table=True):
    """More than the limit, once, in one charging month. Append-only."""

    __tablename__ = "spend_lift"
    __table_args__ = (
        # who presses twice has seen the same limit twice: it is lifted once
        UniqueConstraint("product_id", "kind", "starts_at", "from_minor", name="lifted_once"),
        CheckConstraint("amount_minor > 0 AND from_minor > 0", name="lift_above_zero"),
    )

    id: UUID = id_field()
    product_id: UUID = Field(foreign_key="product.id")
    kind: LimitKind = enum_field(LimitKind, LimitKind.ALL)
    starts_at: datetime  # of the charging month for which it holds
    from_minor: int = minor_field()  # what held before
    amount_minor: int = minor_field()
    lifted_by: UUID | None = Field(default=None, foreign_key="digital_identity.id")
    lifted_at: datetime


class SpendBar(SQLModel, table=True):
    """What a hard limit stops: as the network confirmed it last, and as it is asked for.

    The sequences are those of `ServiceRequest`; see `ServiceSetting`.
    """

    __tablename__ = "spend_bar"
    __table_args__ = (
        CheckConstraint("barred_sequence >= 0 AND wish_sequence >= 0", name="bar_counted"),
        Index(
            "ix_spend_bar_open",
            "until",
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
    )

    product_id: UUID = Field(foreign_key="product.id", primary_key=True)
    kind: LimitKind = enum_field(LimitKind, LimitKind.ALL, primary_key=True)
    barred: bool = False
    barred_sequence: int = 0
    confirmed_at: datetime | None = None
    wish: str | None = Field(default=None, max_length=3)  # "on", "off", None: nothing under way
    wish_sequence: int = 0
    wished_at: datetime | None = None
    until: datetime  # end of the charging month for which it was stopped
    refused: str = Field(default="", max_length=60)  # why the last wish was refused, "" if not
    refused_at: datetime | None = None


class AlertChoice(SQLModel, table=True):
    """At how many percent somebody wants to be told; without a row the operator's rule holds."""

    __tablename__ = "usage_alert_choice"

    product_id: UUID = Field(foreign_key="product.id", primary_key=True)
    thresholds: str = Field(default="", max_length=20)  # "50,80,100"
    set_by: UUID | None = Field(default=None, foreign_key="digital_identity.id")
    set_at: datetime


class UsageAlert(SQLModel, table=True):
    """A threshold that was reached: once in a charging month for each size. Append-only.

    `size` is what was full: units of what was sold as included, or the limit in minor units. A
    booster or a higher limit makes another size, of which people are told anew.
    """

    __tablename__ = "usage_alert"
    __table_args__ = (
        UniqueConstraint(
            "period_id", "about", "usage_kind", "zones", "size", "threshold", name="alert_once"
        ),
        CheckConstraint("threshold > 0 AND size >= 0 AND used >= 0", name="alert_in_bounds"),
        Index("ix_usage_alert_product", "product_id", "id"),
    )

    id: int | None = number_field()
    product_id: UUID = Field(foreign_key="product.id")
    period_id: int = Field(foreign_key="usage_period.id", sa_type=BIG_TYPE)
    about: AlertAbout = enum_field(AlertAbout, AlertAbout.ALLOWANCE)
    usage_kind: str = Field(default="", max_length=20)  # of an allowance
    zones: str = Field(default="", max_length=60)  # of an allowance, with commas between
    size: int = minor_field()
    threshold: int  # percent
    used: int = minor_field()  # when it was noticed: units, or minor units
    hard: bool = False  # of a limit: it stops what costs
    reached_at: datetime  # the last usage that was counted then
    noticed_at: datetime
    told: bool = False  # it was to be told: wanted, and the highest of those reached together


class UsageAlertTold(SQLModel, table=True):
    """Who was written to about an alert."""

    __tablename__ = "usage_alert_told"

    alert_id: int = Field(foreign_key="usage_alert.id", primary_key=True, sa_type=BIG_TYPE)
    identity_id: UUID = Field(foreign_key="digital_identity.id", primary_key=True)
    told_at: datetime
