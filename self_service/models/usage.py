"""What was used (TMF635 Usage, TMF677 UsageConsumption), rated and counted.

Screens read `allowance` and `usage_day` only: their size does not grow with the number of records.
Instants of records, and the order in which they are rated, are those of the primary key.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from self_service.models.base import (
    BIG_TYPE,
    Texts,
    enum_field,
    id_field,
    json_field,
    minor_field,
    number_field,
)


class UsageKind(StrEnum):
    """What is counted, each in units of its own."""

    DATA = "data"  # bytes
    VOICE = "voice"  # seconds
    MESSAGE = "message"  # pieces


class UsageZone(StrEnum):
    """Where, or to whom."""

    HOME = "home"
    ROAMING = "roaming"
    INTERNATIONAL = "international"
    PREMIUM = "premium"


class UsageDirection(StrEnum):
    """Who began it. What comes in costs nothing and uses nothing up."""

    OUT = "out"
    IN = "in"


class UsageStatus(StrEnum):
    """TMF635 UsageStatusType. Of a good record it follows from its period; see `records`."""

    RECEIVED = "received"
    REJECTED = "rejected"
    RECYCLED = "recycled"
    GUIDED = "guided"
    RATED = "rated"
    RERATED = "rerated"
    BILLED = "billed"


class UsagePartner(SQLModel, table=True):
    """A system that sends records: known by its key, of which we keep the fingerprint."""

    __tablename__ = "usage_partner"

    id: UUID = id_field()
    name: str = Field(unique=True, max_length=30)  # the source of its records
    key_hash: str = Field(unique=True, max_length=64)
    closed_at: datetime | None = None
    created_at: datetime


class UsageImport(SQLModel, table=True):
    """One delivery of records, a file or a request, and what became of its rows."""

    __tablename__ = "usage_import"

    id: int | None = number_field()
    source: str = Field(max_length=30)
    name: str = Field(default="", max_length=120)  # of the file
    rows_read: int = 0
    rows_taken: int = 0
    rows_repeated: int = 0  # were there before
    rows_rejected: int = 0
    started_at: datetime
    finished_at: datetime | None = None


class UsagePeriod(SQLModel, table=True):
    """A charging month of a product, in which its allowances hold and its usage is rated.

    `rated_to` is the last instant that was rated; `stale_from` the earliest that waits for it. What
    is later than all that was rated goes on from the counters; what is not rates the period anew.
    """

    __tablename__ = "usage_period"
    __table_args__ = (
        UniqueConstraint("product_id", "starts_at", name="usage_period_once"),
        CheckConstraint("ends_at > starts_at", name="usage_period_in_order"),
        Index("ix_usage_period_end", "product_id", "ends_at"),
        Index(
            "ix_usage_period_stale",
            "id",
            sqlite_where=text("stale_from IS NOT NULL"),
            postgresql_where=text("stale_from IS NOT NULL"),
        ),
        Index(
            "ix_usage_period_open",
            "id",
            sqlite_where=text("to_hand_over"),
            postgresql_where=text("to_hand_over"),
        ),
        Index(
            "ix_usage_period_check",
            "id",
            sqlite_where=text("to_check"),
            postgresql_where=text("to_check"),
        ),
        Index(
            "ix_usage_period_kept",
            "ends_at",
            sqlite_where=text("records_deleted_at IS NULL"),
            postgresql_where=text("records_deleted_at IS NULL"),
        ),
    )

    id: int | None = number_field()
    product_id: UUID = Field(foreign_key="product.id")
    starts_at: datetime
    ends_at: datetime
    rated_to: datetime | None = None
    stale_from: datetime | None = None
    rerated: bool = False  # something that had been rated was rated anew
    amount_micro: int = minor_field()  # of all its records, tax included
    taken_minor: int = minor_field()  # prepaid: taken from the wallet so far
    to_hand_over: bool = False  # the amount changed since bills or wallet were told
    #: something was counted since limits and alerts were looked at
    to_check: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    records_deleted_at: datetime | None = None


class Usage(SQLModel, table=True):
    """TMF635 Usage. Without `charged_units` all of it was covered by allowances, or came in.

    Rows lie in the order in which they are rated and read (SQLite: no row id), so that a product's
    period is one piece of the file however its records arrived.
    """

    __table_args__ = (
        UniqueConstraint("source", "record_id", name="usage_once"),
        CheckConstraint("units >= 0", name="usage_not_negative"),
        CheckConstraint(
            "charged_units >= 0 AND charged_units <= units", name="usage_charged_within"
        ),
        CheckConstraint("amount_micro >= 0", name="usage_amount_not_negative"),
        {"sqlite_with_rowid": False},
    )

    period_id: int = Field(foreign_key="usage_period.id", primary_key=True, sa_type=BIG_TYPE)
    started_at: datetime = Field(primary_key=True)
    source: str = Field(max_length=30, primary_key=True)
    record_id: str = Field(max_length=64, primary_key=True)
    kind: UsageKind = enum_field(UsageKind, UsageKind.DATA)
    zone: UsageZone = enum_field(UsageZone, UsageZone.HOME)
    direction: UsageDirection = enum_field(UsageDirection, UsageDirection.OUT)
    units: int = minor_field()
    other: str = Field(default="", max_length=24)  # the other party, its last digits masked
    charged_units: int = minor_field()  # beyond all allowances
    amount_micro: int = minor_field()
    price_id: UUID | None = Field(default=None)  # the sold price; no key: rows are many
    import_id: int = minor_field()  # which delivery brought it


class Allowance(SQLModel, table=True):
    """What may be used in a period without charge, and how much of it was: one of TMF677's buckets.

    `from_last`: what was left of the period before. One that holds beyond its period's end
    (`valid_until`) goes on in the next; one that `carries` gives its rest to the next period once.
    """

    __table_args__ = (
        UniqueConstraint("period_id", "price_id", "from_last", name="allowance_once"),
        CheckConstraint("units >= -1", name="allowance_units"),
        CheckConstraint(
            "used_units >= 0 AND (units = -1 OR used_units <= units)", name="allowance_within"
        ),
        CheckConstraint("valid_until > valid_from", name="allowance_in_order"),
        Index("ix_allowance_product", "product_id", "valid_until"),
    )

    id: int | None = number_field()
    product_id: UUID = Field(foreign_key="product.id")  # whose usage it covers
    period_id: int = Field(foreign_key="usage_period.id", sa_type=BIG_TYPE)
    origin_id: UUID = Field(foreign_key="product.id")  # plan, extra or booster that brought it
    price_id: UUID = Field(foreign_key="order_item_price.id")
    name: Texts = json_field()
    kind: UsageKind = enum_field(UsageKind, UsageKind.DATA)
    zones: str = Field(default="home", max_length=60)  # with commas between
    units: int = minor_field()  # -1: without limit
    used_units: int = minor_field()
    priority: int = 50  # the lowest is used first, then the one that ends first
    carries: bool = False
    from_last: bool = False
    valid_from: datetime
    valid_until: datetime
    made_at: datetime


class UsageDay(SQLModel, table=True):
    """Totals of a product's day, kind and zone: what charts and totals are made of."""

    __tablename__ = "usage_day"
    __table_args__ = (
        CheckConstraint("units >= 0", name="usage_day_not_negative"),
        CheckConstraint("charged_units >= 0 AND charged_units <= units", name="usage_day_within"),
        {"sqlite_with_rowid": False},
    )

    period_id: int = Field(foreign_key="usage_period.id", primary_key=True, sa_type=BIG_TYPE)
    day: date = Field(primary_key=True)  # of the operator's calendar
    kind: UsageKind = enum_field(UsageKind, UsageKind.DATA, primary_key=True)
    zone: UsageZone = enum_field(UsageZone, UsageZone.HOME, primary_key=True)
    records: int = 0
    units: int = minor_field()
    charged_units: int = minor_field()
    amount_micro: int = minor_field()


class UsageHandover(SQLModel, table=True):
    """What bills were told of a period, by kind and zone: one waiting charge, kept up to date."""

    __tablename__ = "usage_handover"

    period_id: int = Field(foreign_key="usage_period.id", primary_key=True, sa_type=BIG_TYPE)
    kind: UsageKind = enum_field(UsageKind, UsageKind.DATA, primary_key=True)
    zone: UsageZone = enum_field(UsageZone, UsageZone.HOME, primary_key=True)
    number: int = 0  # of the charge; a later one is a difference
    billed_micro: int = minor_field()  # in charges before it


class UsageCharge(SQLModel, table=True):
    """Usage of a prepaid service, taken from a wallet (below zero: given back). Append-only."""

    __tablename__ = "usage_charge"
    __table_args__ = (
        CheckConstraint("gross_minor <> 0", name="usage_charge_something"),
        CheckConstraint("gross_minor = net_minor + tax_minor", name="usage_charge_adds_up"),
    )

    id: UUID = id_field()
    bucket_id: UUID = Field(foreign_key="bucket.id", index=True)
    period_id: int = Field(foreign_key="usage_period.id", index=True, sa_type=BIG_TYPE)
    name: Texts = json_field()  # of the service
    tax_bp: int = 0
    net_minor: int = minor_field()
    tax_minor: int = minor_field()
    gross_minor: int = minor_field()
    charged_at: datetime


class UsageRejected(SQLModel, table=True):
    """A row that could not be taken: set aside as it came, to be repaired and sent round again."""

    __tablename__ = "usage_rejected"
    __table_args__ = (
        UniqueConstraint("source", "mark", name="rejected_once"),
        Index("ix_rejected_open", "status", "id"),
    )

    id: int | None = number_field()
    import_id: int = Field(foreign_key="usage_import.id", index=True, sa_type=BIG_TYPE)
    source: str = Field(max_length=30)
    mark: str = Field(max_length=80)  # its record id, or the fingerprint of the row
    line: int = 0
    content: str = Field(default="", max_length=2_000)
    reason: str = Field(default="", max_length=40)  # code; see domain.usage.shape.REASONS
    field: str = Field(default="", max_length=40)
    status: UsageStatus = enum_field(UsageStatus, UsageStatus.REJECTED)
    created_at: datetime
    recycled_at: datetime | None = None
