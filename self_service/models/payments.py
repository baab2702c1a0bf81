"""TMF676 Payment and Refund, and the provider's messages about them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from self_service.models.base import enum_field, id_field, minor_field, number_field


class PaymentStatus(StrEnum):
    """TMF676 v4 PaymentStatusType."""

    PENDING_AUTHORIZATION = "pendingAuthorization"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    DONE = "done"
    FAILED = "failed"
    DENIED = "denied"
    CANCELED = "canceled"


class PaymentPurpose(StrEnum):
    """What is paid for: decides what happens when the money is there."""

    ORDER = "order"
    BILLS = "bills"
    TOPUP = "topup"
    VOUCHER = "voucher"


class ChargeBackStatus(StrEnum):
    """Where the money of a charge-back lies."""

    REPORTED = "reported"  # heard of, and nothing moved yet
    TAKEN = "taken"  # with the payer's bank
    RETURNED = "returned"  # ours again: it was contested, and won


class MethodStatus(StrEnum):
    """TMF670 payment method `status` (free text there)."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REMOVED = "removed"


class Payment(SQLModel, table=True):
    """Money asked for. Written before the provider is called; our id is the idempotency key.

    At most one payment of an order is open and at most one is done: two partial unique indexes
    make a second charge for one order impossible, whatever the code does.
    """

    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="payment_positive"),
        Index(
            "one_open_payment_per_order",
            "order_id",
            unique=True,
            sqlite_where=text("status = 'pendingAuthorization'"),
            postgresql_where=text("status = 'pendingAuthorization'"),
        ),
        Index(
            "one_done_payment_per_order",
            "order_id",
            unique=True,
            sqlite_where=text("status = 'done'"),
            postgresql_where=text("status = 'done'"),
        ),
        Index("ix_payment_due_check", "status", "check_at"),
        CheckConstraint(
            "allocated_minor BETWEEN 0 AND amount_minor", name="payment_allocated_at_most_once"
        ),
        CheckConstraint(
            "taken_back_minor BETWEEN 0 AND amount_minor - allocated_minor",
            name="payment_taken_back_at_most_once",
        ),
    )

    id: UUID = id_field()
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    order_id: UUID | None = Field(default=None, foreign_key="product_order.id")
    purpose: PaymentPurpose = enum_field(PaymentPurpose, PaymentPurpose.ORDER)
    method_id: UUID | None = Field(default=None, foreign_key="payment_method.id")
    off_session: bool = False  # the person is away: a mandate allows it
    allocated_minor: int = minor_field()  # of it, put against bills
    taken_back_minor: int = minor_field()  # of it, with the payer's bank again
    amount_minor: int
    currency: str = Field(max_length=3)
    status: PaymentStatus = enum_field(PaymentStatus, PaymentStatus.PENDING_AUTHORIZATION)
    status_changed_at: datetime
    provider: str = Field(max_length=32)
    reference: str = Field(default="", max_length=120, index=True)  # the provider's id
    pay_path: str = Field(default="", max_length=300)  # screen where the person completes it
    back_path: str = Field(default="", max_length=300)  # page where the person goes on afterwards
    language: str = Field(default="", max_length=8)  # of that page
    payer_id: UUID | None = None  # sign-in of who pays, None for a link without one
    keep_method: bool = False  # the card is to be saved once this is done
    processing: bool = False  # the provider has it in hand: it cannot be given up
    give_up_at: datetime | None = None  # when it is not awaited any more; orders say it themselves
    failure_code: str = Field(default="", max_length=64)  # of the last refusal
    check_at: datetime | None = None  # when the janitor asks the provider again
    checks: int = 0
    told_at: datetime | None = None  # off session: when the payer was told what is missing
    created_at: datetime


class PaymentMethod(SQLModel, table=True):
    """TMF670 TokenizedCard: a card kept by the provider, known here by its token alone."""

    __tablename__ = "payment_method"
    __table_args__ = (
        UniqueConstraint("provider", "token", name="method_once"),
        Index(
            "one_row_per_card",
            "customer_id",
            "provider",
            "fingerprint",
            unique=True,
            sqlite_where=text("fingerprint <> '' AND status <> 'removed'"),
            postgresql_where=text("fingerprint <> '' AND status <> 'removed'"),
        ),
        Index(
            "one_default_method",
            "customer_id",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    id: UUID = id_field()
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    provider: str = Field(max_length=32)
    token: str = Field(max_length=120)
    # the provider's name for the card itself, "" when it has none: says nothing about its number
    fingerprint: str = Field(default="", max_length=120)
    brand: str = Field(default="", max_length=24)
    last4: str = Field(default="", max_length=4)
    exp_month: int = 0
    exp_year: int = 0
    is_default: bool = False
    status: MethodStatus = enum_field(MethodStatus, MethodStatus.ACTIVE)
    status_changed_at: datetime
    mandate_at: datetime | None = None  # when charging it in absence was agreed to
    told_expiry_at: datetime | None = None
    forgotten_at: datetime | None = None  # removed: when the provider had forgotten it too
    created_at: datetime


class PaymentItem(SQLModel, table=True):
    """TMF676 paymentItem: the bill that a payment is meant for. One open payment a bill."""

    __tablename__ = "payment_item"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="payment_item_positive"),
        Index(
            "one_open_payment_per_bill",
            "bill_id",
            unique=True,
            sqlite_where=text("is_open"),
            postgresql_where=text("is_open"),
        ),
        UniqueConstraint("bill_id", "attempt", name="one_autopay_per_attempt"),
    )

    payment_id: UUID = Field(foreign_key="payment.id", primary_key=True)
    bill_id: UUID = Field(foreign_key="customer_bill.id", primary_key=True)
    amount_minor: int = minor_field()
    is_open: bool = True
    attempt: int | None = None  # of autopay at this bill, from 1; None when a person pays


class BillAllocation(SQLModel, table=True):
    """Money put against a bill: a payment's, or (without one) the account's credit.

    Below zero when it was taken back. Append-only.
    """

    __tablename__ = "bill_allocation"
    __table_args__ = (CheckConstraint("amount_minor <> 0", name="allocation_moves"),)

    id: int | None = number_field()
    bill_id: UUID = Field(foreign_key="customer_bill.id", index=True)
    payment_id: UUID | None = Field(default=None, foreign_key="payment.id", index=True)
    amount_minor: int = minor_field()
    at: datetime


class Refund(SQLModel, table=True):
    """TMF676 Refund: pending first, like a payment."""

    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="refund_positive"),
        UniqueConstraint("payment_id", "reason", name="one_refund_per_reason"),
    )

    id: UUID = id_field()
    payment_id: UUID = Field(foreign_key="payment.id", index=True)
    amount_minor: int
    currency: str = Field(max_length=3)
    reason: str = Field(default="", max_length=64)
    status: PaymentStatus = enum_field(PaymentStatus, PaymentStatus.PENDING_AUTHORIZATION)
    status_changed_at: datetime
    reference: str = Field(default="", max_length=120)
    created_at: datetime


class ChargeBack(SQLModel, table=True):
    """Money of a payment that the payer's bank took back, and may give again.

    The provider tells of one several times, in any order: `heard_at` is of what it told last.
    """

    __tablename__ = "charge_back"
    __table_args__ = (
        UniqueConstraint("provider", "reference", name="charge_back_once"),
        CheckConstraint("amount_minor >= 0", name="charge_back_not_negative"),
    )

    id: UUID = id_field()
    payment_id: UUID = Field(foreign_key="payment.id", index=True)
    provider: str = Field(max_length=32)
    reference: str = Field(max_length=120)  # the provider's id
    amount_minor: int = minor_field()  # that it took from our books, the last time
    currency: str = Field(max_length=3)
    rounds: int = 0  # how often it was taken: lines of the ledger tell by it
    status: ChargeBackStatus = enum_field(ChargeBackStatus, ChargeBackStatus.REPORTED)
    status_changed_at: datetime
    heard_at: datetime
    created_at: datetime


class InboundEvent(SQLModel, table=True):
    """A message from a provider: stored once, whatever number of times it is delivered."""

    __tablename__ = "inbound_event"
    __table_args__ = (UniqueConstraint("source", "external_id", name="event_once"),)

    id: UUID = id_field()
    source: str = Field(max_length=32)
    external_id: str = Field(max_length=120)
    kind: str = Field(max_length=64)
    received_at: datetime
