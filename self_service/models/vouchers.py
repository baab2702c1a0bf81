"""Vouchers (TMF670 Voucher): batches for a print house, single ones sold in the portal."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from self_service.models.base import enum_field, id_field, minor_field


class VoucherKind(StrEnum):
    """How a code reaches people."""

    PRINT = "print"  # on paper, by a print house
    ONLINE = "online"  # sold one by one, by mail or on the screen


class BatchStatus(StrEnum):
    """Where a batch stands."""

    ACTIVE = "active"
    VOID = "void"


class VoucherStatus(StrEnum):
    """Where a voucher stands. One past its date cannot be redeemed, booked as expired or not."""

    STOCK = "stock"  # online: made for sale, not sold yet
    ISSUED = "issued"  # can be redeemed
    REDEEMED = "redeemed"
    VOID = "void"
    EXPIRED = "expired"  # its date is over, and its worth was booked


class VoucherBatch(SQLModel, table=True):
    """Vouchers of one value. The codes of a print batch can be exported until its print is
    confirmed; `sealed_key` is what they are made from (sealed by the installation), so that they
    need not be kept. Online vouchers get their code when they are sold.
    """

    __tablename__ = "voucher_batch"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="voucher_worth_something"),
        CheckConstraint("count > 0 OR on_demand", name="batch_not_empty"),
        Index(
            "one_batch_on_demand",
            "amount_minor",
            "currency",
            unique=True,
            sqlite_where=text("on_demand AND status = 'active'"),
            postgresql_where=text("on_demand AND status = 'active'"),
        ),
    )

    id: UUID = id_field()
    number: str = Field(unique=True, max_length=20)
    kind: VoucherKind = enum_field(VoucherKind, VoucherKind.PRINT)
    name: str = Field(default="", max_length=80)
    amount_minor: int = minor_field()
    currency: str = Field(max_length=3)
    count: int
    on_demand: bool = False  # grows by one with each online voucher that no stock was there for
    dealer_id: UUID | None = Field(default=None, foreign_key="digital_identity.id")
    status: BatchStatus = enum_field(BatchStatus, BatchStatus.ACTIVE)
    status_changed_at: datetime
    sealed_key: str = Field(default="", max_length=400)
    exported_at: datetime | None = None
    exports: int = 0
    confirmed_at: datetime | None = None  # the print house has it all: the key is gone
    # print: when its vouchers expire; online: until when they are sold; None for always
    expires_at: datetime | None = None
    created_by: UUID | None = Field(default=None, foreign_key="digital_identity.id")
    created_at: datetime


class Voucher(SQLModel, table=True):
    """One voucher. The code itself is nowhere: `code_hash` is its keyed fingerprint."""

    __table_args__ = (
        UniqueConstraint("batch_id", "serial", name="voucher_serial_once"),
        CheckConstraint(
            "(status = 'redeemed') = (redeemed_at IS NOT NULL)", name="voucher_redeemed_when"
        ),
        CheckConstraint(
            "code_hash IS NOT NULL OR status NOT IN ('issued', 'redeemed')",
            name="voucher_has_code",
        ),
        Index("ix_voucher_batch_status", "batch_id", "status"),
        Index("ix_voucher_status_expires", "status", "expires_at"),
    )

    id: UUID = id_field()
    batch_id: UUID = Field(foreign_key="voucher_batch.id")
    serial: int  # printed beside the code; tells staff which one is meant
    # None: in stock, its code is made when it is sold
    code_hash: str | None = Field(default=None, unique=True, max_length=64)
    amount_minor: int = minor_field()
    currency: str = Field(max_length=3)
    status: VoucherStatus = enum_field(VoucherStatus, VoucherStatus.ISSUED)
    status_changed_at: datetime
    expires_at: datetime  # in stock: as its batch
    redeemed_at: datetime | None = None
    redeemed_by: UUID | None = Field(default=None, foreign_key="customer.id", index=True)


class VoucherSale(SQLModel, table=True):
    """An online voucher that somebody bought: in the portal, or on another web site.

    `external_key` is the buyer's own number for the sale, so that asking twice sells one. The code
    is made here, before the money comes; a voucher knows it once it is paid for.
    """

    __tablename__ = "voucher_sale"
    __table_args__ = (
        UniqueConstraint("partner", "external_key", name="one_sale_per_key"),
        CheckConstraint("amount_minor > 0", name="voucher_sale_positive"),
    )

    id: UUID = id_field()
    voucher_id: UUID | None = Field(default=None, foreign_key="voucher.id", unique=True)
    payment_id: UUID | None = Field(default=None, foreign_key="payment.id", unique=True)
    customer_id: UUID | None = Field(default=None, foreign_key="customer.id", index=True)
    partner: str = Field(default="", max_length=40)  # "" = bought here
    external_key: str = Field(max_length=80)
    amount_minor: int = minor_field()
    currency: str = Field(max_length=3)
    receiver: str = Field(default="", max_length=254)  # address of a gift, "" for oneself
    greeting: str = Field(default="", max_length=200)
    language: str = Field(default="", max_length=8)  # of the mail
    valid_days: int = 1_096  # as the operator's policy said then
    code_hash: str = Field(max_length=64)
    sealed_code: str = Field(default="", max_length=400)  # for the buyer alone, until redeemed
    sold_at: datetime | None = None  # paid for
    sent_at: datetime | None = None  # the last mail with the code
    sendings: int = 0
    created_at: datetime


class VoucherPartner(SQLModel, table=True):
    """A web site that may sell vouchers: known by its key, of which we keep the fingerprint."""

    __tablename__ = "voucher_partner"

    id: UUID = id_field()
    name: str = Field(unique=True, max_length=40)
    key_hash: str = Field(unique=True, max_length=64)
    closed_at: datetime | None = None
    created_at: datetime
