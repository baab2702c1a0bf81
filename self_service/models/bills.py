"""Bills (TMF678) and the accounts that they are written for (TMF666)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from self_service.models.base import (
    Texts,
    enum_field,
    id_field,
    json_field,
    minor_field,
    number_field,
)


class AccountStatus(StrEnum):
    """TMF666 billing account `state` (free text there)."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class ChargeTiming(StrEnum):
    """When a recurring charge is billed."""

    ADVANCE = "advance"  # at the beginning of the period that it covers
    ARREARS = "arrears"  # when the period is over


class TaxCategory(StrEnum):
    """VAT category codes of EN 16931 (UNTDID 5305)."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    OUTSIDE = "O"


class ChargeKind(StrEnum):
    """TMF678 appliedBillingRateType, and ours."""

    RECURRING = "recurringCharge"
    ONE_TIME = "oneTimeCharge"
    USAGE = "usageCharge"
    DISCOUNT = "discount"
    CREDIT = "credit"  # given back: the unused part of a period, goodwill
    INSTALMENT = "instalment"
    FEE = "fee"  # reminder, early end


class BillState(StrEnum):
    """TMF678 v4 StateValue."""

    NEW = "new"
    ON_HOLD = "onHold"
    VALIDATED = "validated"
    SENT = "sent"
    PARTIALLY_PAID = "partiallyPaid"
    SETTLED = "settled"


class BillCategory(StrEnum):
    """TMF678 `category`."""

    NORMAL = "normal"
    LAST = "last"
    CREDIT_NOTE = "creditNote"


class RunType(StrEnum):
    """TMF678 `runType`."""

    ON_CYCLE = "onCycle"
    OFF_CYCLE = "offCycle"


class BillRunStatus(StrEnum):
    """Where a bill run stands."""

    RUNNING = "running"
    DONE = "done"


class BillingCycle(SQLModel, table=True):
    """TMF666 BillingCycleSpecification: on which day of the month bills are made."""

    __tablename__ = "billing_cycle"
    __table_args__ = (CheckConstraint("day BETWEEN 1 AND 28", name="cycle_day"),)

    id: UUID = id_field()
    name: str = Field(unique=True, max_length=40)  # what the command line calls it
    day: int = 1
    timing: ChargeTiming = enum_field(ChargeTiming, ChargeTiming.ADVANCE)
    due_days: int = 14


class BillingAccount(SQLModel, table=True):
    """TMF666 BillingAccount: for whom bills are made, and how they are paid."""

    __tablename__ = "billing_account"
    __table_args__ = (
        Index("ix_account_next_bill", "cycle_id", "next_bill_at", "id"),
        CheckConstraint("credit_minor >= 0", name="account_credit_not_negative"),
    )

    id: UUID = id_field()
    customer_id: UUID = Field(foreign_key="customer.id", unique=True)
    number: str = Field(unique=True, max_length=20)
    ledger_id: UUID = Field(foreign_key="ledger_account.id", unique=True)
    cycle_id: UUID = Field(foreign_key="billing_cycle.id")
    currency: str = Field(max_length=3)
    status: AccountStatus = enum_field(AccountStatus, AccountStatus.ACTIVE)
    status_changed_at: datetime
    credit_minor: int = minor_field()  # paid or given back, and not yet put against a bill
    last_sequence: int = 0  # bills made so far; the next one's number ends in the next figure
    billed_until: datetime | None = None  # end of the last period on cycle
    next_bill_at: datetime | None = None  # first instant at which the next one may be made
    tax_category: TaxCategory = enum_field(TaxCategory, TaxCategory.STANDARD)
    tax_country: str = Field(default="", max_length=2)  # whose rates hold; "": the operator's
    tax_number: str = Field(default="", max_length=32)  # VAT identification number
    buyer_reference: str = Field(default="", max_length=80)  # EN 16931 BT-10
    e_invoice: bool = False
    autopay: bool = False
    method_id: UUID | None = Field(default=None, foreign_key="payment_method.id")
    created_at: datetime


class ProductCharging(SQLModel, table=True):
    """What is charged for a product, and how far it has been: narrow, since each bill moves it.

    Periods are counted from `anchor_at`; a product that starts or ends inside one pays for its
    days in it.
    """

    __tablename__ = "product_charging"
    __table_args__ = (
        Index("ix_charging_account", "account_id"),
        Index(
            "ix_charging_wallet_due",
            "next_at",
            sqlite_where=text("by_wallet"),
            postgresql_where=text("by_wallet"),
        ),
    )

    product_id: UUID = Field(foreign_key="product.id", primary_key=True)
    account_id: UUID = Field(foreign_key="billing_account.id")
    order_item_id: UUID = Field(foreign_key="product_order_item.id")  # prices as they were sold
    anchor_at: datetime
    starts_at: datetime
    ends_at: datetime | None = None
    charged_until: datetime  # all before is on a bill, was paid with the order, or is free
    bills_from: datetime | None = None  # what fell due before it was paid with the order
    end_settled: bool = False  # the days after `ends_at` were given back
    closed_at: datetime | None = None  # it ended and all is settled: no bill looks at it again
    by_wallet: bool = False  # prepaid: taken from the wallet, on no bill
    next_at: datetime | None = None  # by_wallet: when the next charge is taken
    short_since: datetime | None = None  # by_wallet: suspended since then, for want of credit


class ProductPause(SQLModel, table=True):
    """A time in which a product is suspended and not charged."""

    __tablename__ = "product_pause"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="pause_in_order"),
    )

    id: UUID = id_field()
    product_id: UUID = Field(foreign_key="product.id", index=True)
    starts_at: datetime
    ends_at: datetime | None = None
    credited_until: datetime | None = None  # what had been charged before is given back so far


class TaxRate(SQLModel, table=True):
    """A rate of tax from a day on; a change ends the row and adds another."""

    __tablename__ = "tax_rate"
    __table_args__ = (
        UniqueConstraint("country", "category", "valid_from", name="one_rate_a_day"),
        CheckConstraint("rate_bp BETWEEN 0 AND 10000", name="tax_within_whole"),
    )

    id: UUID = id_field()
    country: str = Field(max_length=2)
    category: TaxCategory = enum_field(TaxCategory, TaxCategory.STANDARD)
    rate_bp: int  # hundredths of a percent
    valid_from: date
    valid_to: date | None = None  # first day on which it no longer holds


class BillRun(SQLModel, table=True):
    """One making of all bills of a cycle up to an instant. A second one finds nothing to do."""

    __tablename__ = "bill_run"
    __table_args__ = (UniqueConstraint("cycle_id", "as_of", name="one_run_each"),)

    id: UUID = id_field()
    cycle_id: UUID = Field(foreign_key="billing_cycle.id")
    as_of: datetime
    status: BillRunStatus = enum_field(BillRunStatus, BillRunStatus.RUNNING)
    bills: int = 0
    refused: int = 0  # accounts that were left out, each with a log line saying why
    started_at: datetime
    finished_at: datetime | None = None


class CustomerBill(SQLModel, table=True):
    """TMF678 CustomerBill; never changed but for its state and what remains to be paid.

    A credit note has negative sums and takes nothing back by itself: it is booked against its
    bill, then against the account.
    """

    __tablename__ = "customer_bill"
    __table_args__ = (
        UniqueConstraint("account_id", "sequence", name="bill_sequence_once"),
        Index(
            "one_bill_per_period",
            "account_id",
            "period_end",
            unique=True,
            sqlite_where=text("run_type = 'onCycle'"),
            postgresql_where=text("run_type = 'onCycle'"),
        ),
        Index("ix_bill_due", "state", "due_at"),
        CheckConstraint("gross_minor = net_minor + tax_minor", name="bill_adds_up"),
        CheckConstraint("remaining_minor >= 0", name="bill_not_overpaid"),
        CheckConstraint(
            "remaining_minor <= gross_minor OR remaining_minor = 0", name="bill_remains_within"
        ),
        CheckConstraint("disputed_minor >= 0", name="bill_dispute_not_negative"),
    )

    id: UUID = id_field()
    number: str = Field(unique=True, max_length=32)  # account number and sequence
    account_id: UUID = Field(foreign_key="billing_account.id")
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    sequence: int
    # to whom it is addressed, as it was when the bill was written: the file may be made much later
    buyer_name: str = Field(default="", max_length=160)
    buyer_address: dict[str, Any] = json_field()  # as `Site.address`; empty: none was known
    category: BillCategory = enum_field(BillCategory, BillCategory.NORMAL)
    run_type: RunType = enum_field(RunType, RunType.ON_CYCLE)
    run_id: UUID | None = Field(default=None, foreign_key="bill_run.id", index=True)
    order_id: UUID | None = Field(default=None, foreign_key="product_order.id", unique=True)
    credited_id: UUID | None = Field(default=None, foreign_key="customer_bill.id", index=True)
    state: BillState = enum_field(BillState, BillState.NEW)
    status_changed_at: datetime
    billed_at: datetime  # bill date
    period_start: datetime
    period_end: datetime
    due_at: datetime
    currency: str = Field(max_length=3)
    net_minor: int = minor_field()
    tax_minor: int = minor_field()
    gross_minor: int = minor_field()
    remaining_minor: int = minor_field()
    disputed_minor: int = minor_field()
    document_id: UUID | None = Field(default=None, foreign_key="document.id")


class BillTax(SQLModel, table=True):
    """TMF678 taxItem: net and tax of a bill in one category and at one rate."""

    __tablename__ = "bill_tax"

    bill_id: UUID = Field(foreign_key="customer_bill.id", primary_key=True)
    category: TaxCategory = enum_field(TaxCategory, TaxCategory.STANDARD, primary_key=True)
    rate_bp: int = Field(primary_key=True)
    net_minor: int = minor_field()
    tax_minor: int = minor_field()


class AppliedBillingRate(SQLModel, table=True):
    """TMF678 AppliedCustomerBillingRate: a charge; with a bill (`isBilled`), one of its lines.

    `amount_micro` is exact, in millionths of the currency's main unit, tax included; it is
    rounded once, when the charge goes on a bill, half up to the currency's minor unit. Below
    zero: in the customer's favour.
    """

    __tablename__ = "applied_billing_rate"
    __table_args__ = (
        CheckConstraint("gross_minor = net_minor + tax_minor", name="line_adds_up"),
        UniqueConstraint("source", name="charge_once"),
        Index("ix_rate_bill", "bill_id"),
        Index(
            "ix_rate_open",
            "account_id",
            "charged_at",
            sqlite_where=text("bill_id IS NULL"),
            postgresql_where=text("bill_id IS NULL"),
        ),
    )

    id: int | None = number_field()
    account_id: UUID = Field(foreign_key="billing_account.id")
    bill_id: UUID | None = Field(default=None, foreign_key="customer_bill.id")
    product_id: UUID | None = Field(default=None, foreign_key="product.id")
    kind: ChargeKind = enum_field(ChargeKind, ChargeKind.ONE_TIME)
    name: Texts = json_field()
    detail: dict[str, Any] = json_field()  # for the reader: quantity, unit, share of a period
    source: str | None = Field(default=None, max_length=80)  # what it is for: never charged twice
    charged_at: datetime  # on the first bill at or after this instant
    period_start: datetime | None = None
    period_end: datetime | None = None
    amount_micro: int = minor_field()
    tax_category: TaxCategory = enum_field(TaxCategory, TaxCategory.STANDARD)
    tax_bp: int = 0
    net_minor: int = minor_field()
    tax_minor: int = minor_field()
    gross_minor: int = minor_field()
    position: int = 0
