"""Debts: reminders, agreements to pay in instalments, purchases by instalments, disputes."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from self_service.models.base import enum_field, id_field, minor_field


class AgreementStatus(StrEnum):
    """Where a payment agreement stands (TMF651 names, ours for the end)."""

    ACTIVE = "active"
    KEPT = "kept"
    BROKEN = "broken"


class DisputeStatus(StrEnum):
    """Where a dispute stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class PurchaseStatus(StrEnum):
    """Where a purchase by instalments stands."""

    ACTIVE = "active"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class DunningCase(SQLModel, table=True):
    """An account that is behind, and the step it has come to. One open case per account."""

    __tablename__ = "dunning_case"
    __table_args__ = (
        Index(
            "one_open_case",
            "account_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_dunning_next", "next_at"),
    )

    id: UUID = id_field()
    account_id: UUID = Field(foreign_key="billing_account.id")
    since: datetime  # the due date that was missed
    step: int = 0  # steps of the policy that were taken
    next_at: datetime | None = None  # when the next one is
    suspended_at: datetime | None = None
    least_minor: int = minor_field()  # the operator's limit then: a smaller debt closes the case
    opened_at: datetime
    closed_at: datetime | None = None


class SuspendedProduct(SQLModel, table=True):
    """A product that dunning suspended: exactly these come back when the debt is paid."""

    __tablename__ = "suspended_product"

    case_id: UUID = Field(foreign_key="dunning_case.id", primary_key=True)
    product_id: UUID = Field(foreign_key="product.id", primary_key=True)
    restored_at: datetime | None = None


class DunningStep(SQLModel, table=True):
    """A step that was taken. Append-only."""

    __tablename__ = "dunning_step"
    __table_args__ = (UniqueConstraint("case_id", "step", name="step_once"),)

    id: UUID = id_field()
    case_id: UUID = Field(foreign_key="dunning_case.id")
    step: int
    action: str = Field(max_length=24)  # remind, fee, warn, suspend
    amount_minor: int = minor_field()  # overdue at that instant
    at: datetime


class DueRelief(SQLModel, table=True):
    """Days by which due dates were moved on because the portal was not there."""

    __tablename__ = "due_relief"

    id: UUID = id_field()
    down_from: datetime = Field(unique=True)
    down_until: datetime
    moved_by_seconds: int
    bills: int = 0
    at: datetime


class MovedBill(SQLModel, table=True):
    """A bill whose due date was moved on, and where it was before."""

    __tablename__ = "moved_bill"

    relief_id: UUID = Field(foreign_key="due_relief.id", primary_key=True)
    bill_id: UUID = Field(foreign_key="customer_bill.id", primary_key=True, index=True)
    due_before: datetime


class PortalHeartbeat(SQLModel, table=True):
    """One row: when the portal was last known to be there."""

    __tablename__ = "portal_heartbeat"

    id: int = Field(default=1, primary_key=True)
    seen_at: datetime


class PaymentAgreement(SQLModel, table=True):
    """TMF666 paymentPlan: a debt paid in instalments; while it is kept, dunning waits."""

    __tablename__ = "payment_agreement"
    __table_args__ = (
        Index(
            "one_active_agreement",
            "account_id",
            unique=True,
            sqlite_where=text("status = 'active'"),
            postgresql_where=text("status = 'active'"),
        ),
        CheckConstraint("total_minor > 0", name="agreement_positive"),
    )

    id: UUID = id_field()
    account_id: UUID = Field(foreign_key="billing_account.id")
    status: AgreementStatus = enum_field(AgreementStatus, AgreementStatus.ACTIVE)
    status_changed_at: datetime
    total_minor: int = minor_field()
    currency: str = Field(max_length=3)
    steps_taken: int = 0  # of dunning when it was made: a broken one goes on from there
    created_at: datetime


class AgreedBill(SQLModel, table=True):
    """A bill that is part of an agreement, with what was open of it.

    What was disputed of it at that time is beyond the agreement until it is given back.
    """

    __tablename__ = "agreed_bill"

    agreement_id: UUID = Field(foreign_key="payment_agreement.id", primary_key=True)
    bill_id: UUID = Field(foreign_key="customer_bill.id", primary_key=True)
    amount_minor: int = minor_field()
    beyond_minor: int = minor_field()


class AgreedInstalment(SQLModel, table=True):
    """One instalment of an agreement: how much of the debt is to be paid by when."""

    __tablename__ = "agreed_instalment"
    __table_args__ = (UniqueConstraint("agreement_id", "number", name="agreed_instalment_once"),)

    id: UUID = id_field()
    agreement_id: UUID = Field(foreign_key="payment_agreement.id")
    number: int
    due_at: datetime
    amount_minor: int = minor_field()
    reminded_at: datetime | None = None


class InstalmentPurchase(SQLModel, table=True):
    """Goods that are paid over months: one charge on each bill until nothing remains."""

    __tablename__ = "instalment_purchase"
    __table_args__ = (
        CheckConstraint("billed BETWEEN 0 AND count", name="instalments_within_count"),
        CheckConstraint("total_minor > 0", name="purchase_positive"),
    )

    id: UUID = id_field()
    account_id: UUID = Field(foreign_key="billing_account.id", index=True)
    product_id: UUID = Field(foreign_key="product.id", unique=True)
    total_minor: int = minor_field()  # all instalments together
    currency: str = Field(max_length=3)
    count: int
    billed: int = 0  # instalments charged so far
    next_at: datetime | None = None  # when the next one is charged
    anchor_at: datetime
    quote_minor: int = minor_field()  # asked for when everything is paid at once
    quote_until: datetime | None = None  # so long that holds
    settled_by: UUID | None = Field(default=None, foreign_key="customer_bill.id")
    status: PurchaseStatus = enum_field(PurchaseStatus, PurchaseStatus.ACTIVE)
    status_changed_at: datetime


class BillDispute(SQLModel, table=True):
    """A line that the customer does not accept: its sum waits outside dunning.

    A bill's `disputed_minor` is the sum of its open disputes, at most what remains of it.
    """

    __tablename__ = "bill_dispute"
    __table_args__ = (
        Index(
            "one_open_dispute",
            "rate_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        CheckConstraint("amount_minor > 0", name="dispute_positive"),
    )

    id: UUID = id_field()
    bill_id: UUID = Field(foreign_key="customer_bill.id", index=True)
    rate_id: int = Field(foreign_key="applied_billing_rate.id")
    amount_minor: int = minor_field()
    reason: str = Field(max_length=1000)
    status: DisputeStatus = enum_field(DisputeStatus, DisputeStatus.OPEN, index=True)
    status_changed_at: datetime
    answer: str = Field(default="", max_length=1000)
    decided_by: UUID | None = Field(default=None, foreign_key="digital_identity.id")
    credit_bill_id: UUID | None = Field(default=None, foreign_key="customer_bill.id")
    created_at: datetime
