"""TMF676 Payment and Refund, and the provider's messages about them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from self_service.models.base import enum_field, id_field


class PaymentStatus(StrEnum):
    """TMF676 v4 PaymentStatusType."""

    PENDING_AUTHORIZATION = "pendingAuthorization"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    DONE = "done"
    FAILED = "failed"
    DENIED = "denied"
    CANCELED = "canceled"


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
    )

    id: UUID = id_field()
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    order_id: UUID | None = Field(default=None, foreign_key="product_order.id")
    amount_minor: int
    currency: str = Field(max_length=3)
    status: PaymentStatus = enum_field(PaymentStatus, PaymentStatus.PENDING_AUTHORIZATION)
    status_changed_at: datetime
    provider: str = Field(max_length=32)
    reference: str = Field(default="", max_length=120, index=True)  # the provider's id
    pay_path: str = Field(default="", max_length=300)  # screen where the person completes it
    failure_code: str = Field(default="", max_length=64)  # of the last refusal
    check_at: datetime | None = None  # when the janitor asks the provider again
    checks: int = 0
    created_at: datetime


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


class InboundEvent(SQLModel, table=True):
    """A message from a provider: stored once, whatever number of times it is delivered."""

    __tablename__ = "inbound_event"
    __table_args__ = (UniqueConstraint("source", "external_id", name="event_once"),)

    id: UUID = id_field()
    source: str = Field(max_length=32)
    external_id: str = Field(max_length=120)
    kind: str = Field(max_length=64)
    received_at: datetime
