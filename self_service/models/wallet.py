"""Prepaid credit (TMF654): the bucket, top-ups, the orders to top up, and gifts."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from self_service.models.base import Texts, enum_field, id_field, json_field, minor_field


class BucketStatus(StrEnum):
    """TMF654 v4 bucket status."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXPIRED = "expired"


class TopupStatus(StrEnum):
    """Where a top-up by card stands; by voucher it is done at once."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class TransferStatus(StrEnum):
    """Where a gift stands."""

    PENDING = "pending"  # taken from the sender, who may still undo it
    DONE = "done"
    UNDONE = "undone"


class AutoTopupTrigger(StrEnum):
    """What starts an automatic top-up."""

    THRESHOLD = "threshold"  # credit falls below a sum
    DATE = "date"  # a day of each month


class Bucket(SQLModel, table=True):
    """TMF654 Bucket: one wallet per customer and currency; its sum stands in the ledger."""

    __table_args__ = (
        UniqueConstraint("customer_id", "currency", name="one_wallet_each"),
        Index("ix_bucket_valid", "status", "valid_until"),
    )

    id: UUID = id_field()
    customer_id: UUID = Field(foreign_key="customer.id")
    account_id: UUID = Field(foreign_key="ledger_account.id", unique=True)
    currency: str = Field(max_length=3)
    status: BucketStatus = enum_field(BucketStatus, BucketStatus.ACTIVE)
    status_changed_at: datetime
    valid_until: datetime | None = None  # when unused credit expires; each top-up moves it on
    low_below_minor: int = minor_field()  # warn when less is left; 0 = never
    told_low_at: datetime | None = None  # once per fall below
    told_expiry_at: datetime | None = None  # once per `valid_until`
    created_at: datetime


class TopupBalance(SQLModel, table=True):
    """TMF654 TopupBalance: credit added by card (a payment) or by voucher."""

    __tablename__ = "topup_balance"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="topup_positive"),
        CheckConstraint(
            "(payment_id IS NULL) <> (voucher_id IS NULL)", name="topup_by_card_or_voucher"
        ),
        Index(
            "one_open_auto_topup",
            "bucket_id",
            unique=True,
            sqlite_where=text("is_auto AND status = 'pending'"),
            postgresql_where=text("is_auto AND status = 'pending'"),
        ),
    )

    id: UUID = id_field()
    bucket_id: UUID = Field(foreign_key="bucket.id", index=True)
    amount_minor: int = minor_field()
    payment_id: UUID | None = Field(default=None, foreign_key="payment.id", unique=True)
    voucher_id: UUID | None = Field(default=None, foreign_key="voucher.id", unique=True)
    is_auto: bool = False
    valid_days: int = 365  # as the operator's policy said then: so long the credit lasts
    status: TopupStatus = enum_field(TopupStatus, TopupStatus.PENDING)
    status_changed_at: datetime
    created_at: datetime


class AutoTopup(SQLModel, table=True):
    """A standing order to top up. What was spent in a month never passes the ceiling."""

    __tablename__ = "auto_topup"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="auto_topup_positive"),
        CheckConstraint("spent_minor <= ceiling_minor", name="auto_topup_within_ceiling"),
        CheckConstraint("day BETWEEN 1 AND 28", name="auto_topup_day"),
        Index("ix_auto_topup_next", "active", "next_at"),
    )

    id: UUID = id_field()
    bucket_id: UUID = Field(foreign_key="bucket.id", unique=True)
    method_id: UUID = Field(foreign_key="payment_method.id")
    trigger: AutoTopupTrigger = enum_field(AutoTopupTrigger, AutoTopupTrigger.THRESHOLD)
    threshold_minor: int = minor_field()
    day: int = 1
    amount_minor: int = minor_field()
    ceiling_minor: int = minor_field()
    month: date  # the month that `spent_minor` counts, its first day
    spent_minor: int = minor_field()
    active: bool = True
    paused_reason: str = Field(default="", max_length=64)  # why it stopped: card_declined, ...
    told_paused_at: datetime | None = None  # once per pause
    next_at: datetime | None = None  # DATE: when it is next due
    created_at: datetime


class WalletCharge(SQLModel, table=True):
    """One period of a prepaid service, taken from a wallet. Append-only."""

    __tablename__ = "wallet_charge"
    __table_args__ = (
        UniqueConstraint("product_id", "period_start", name="wallet_charge_once"),
        CheckConstraint("gross_minor > 0", name="wallet_charge_positive"),
        CheckConstraint("gross_minor = net_minor + tax_minor", name="wallet_charge_adds_up"),
    )

    id: UUID = id_field()
    bucket_id: UUID = Field(foreign_key="bucket.id", index=True)
    product_id: UUID = Field(foreign_key="product.id")
    name: Texts = json_field()
    period_start: datetime
    period_end: datetime
    tax_bp: int = 0
    net_minor: int = minor_field()
    tax_minor: int = minor_field()
    gross_minor: int = minor_field()
    charged_at: datetime


class TransferBalance(SQLModel, table=True):
    """TMF654 TransferBalance: credit given to another customer, with a time to undo it.

    The sum leaves the sender at once and waits in an account of its own, so that undoing can
    never fail and nobody spends what may be taken back.
    """

    __tablename__ = "transfer_balance"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="transfer_positive"),
        CheckConstraint("sender_id <> receiver_id", name="transfer_to_another"),
        Index(
            "ix_transfer_pending",
            "undo_until",
            sqlite_where=text("status = 'pending'"),
            postgresql_where=text("status = 'pending'"),
        ),
    )

    id: UUID = id_field()
    sender_id: UUID = Field(foreign_key="bucket.id", index=True)
    receiver_id: UUID = Field(foreign_key="bucket.id", index=True)
    amount_minor: int = minor_field()
    note: str = Field(default="", max_length=140)
    status: TransferStatus = enum_field(TransferStatus, TransferStatus.PENDING)
    status_changed_at: datetime
    undo_until: datetime
    created_at: datetime
