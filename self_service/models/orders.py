"""TMF622 ProductOrder: a binding request to sell."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from self_service.models.base import JSON_TYPE, Texts, enum_field, id_field, json_field
from self_service.models.catalog import OfferingKind, PeriodUnit, PriceType


class OrderState(StrEnum):
    """TMF622 v4 ProductOrderStateType."""

    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    PENDING = "pending"
    HELD = "held"
    IN_PROGRESS = "inProgress"
    ASSESSING_CANCELLATION = "assessingCancellation"
    PENDING_CANCELLATION = "pendingCancellation"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    FAILED = "failed"
    PARTIAL = "partial"


class ProductOrder(SQLModel, table=True):
    """An order. `cart_id` is unique: one basket makes one order, however often it is placed.

    A change of a subscription is an order without a basket (`models.changes.ProductChange`).
    """

    __tablename__ = "product_order"
    __table_args__ = (
        CheckConstraint("due_now_minor >= 0", name="order_due_not_negative"),
        UniqueConstraint("cart_id", name="one_order_per_cart"),
    )

    id: UUID = id_field()
    number: str = Field(unique=True, max_length=20)  # what people read and say
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    cart_id: UUID | None = Field(default=None, foreign_key="shopping_cart.id")
    state: OrderState = enum_field(OrderState, OrderState.ACKNOWLEDGED, index=True)
    status_changed_at: datetime
    currency: str = Field(max_length=3)
    due_now_minor: int
    monthly_minor: int
    language: str = Field(default="en", max_length=8)
    site_id: UUID | None = Field(default=None, foreign_key="site.id")
    contract_document_id: UUID | None = Field(default=None, foreign_key="document.id")
    ordered_at: datetime
    reserved_until: datetime | None = None  # stock is given back when nobody paid by then


class ProductOrderItem(SQLModel, table=True):
    """One line of an order, with what it was called and cost on that day."""

    __tablename__ = "product_order_item"

    id: UUID = id_field()
    order_id: UUID = Field(foreign_key="product_order.id", index=True)
    parent_id: UUID | None = Field(default=None, foreign_key="product_order_item.id")
    offering_id: UUID = Field(foreign_key="product_offering.id")
    kind: OfferingKind = enum_field(OfferingKind, OfferingKind.DEVICE)
    action: str = Field(default="add", max_length=16)  # TMF622 OrderItemActionType
    state: OrderState = enum_field(OrderState, OrderState.ACKNOWLEDGED)
    status_changed_at: datetime
    name: Texts = json_field()
    configuration: dict[str, str] = json_field()
    picture: dict[str, Any] = json_field()
    quantity: int = 1
    reserved: int = 0  # pieces taken from counted stock: so many go back when it is cancelled
    term_months: int = 0
    prepaid: bool = False
    position: int = 0


class OrderItemPrice(SQLModel, table=True):
    """A price component as it was sold: copied, so no later price change can reach it."""

    __tablename__ = "order_item_price"

    id: UUID = id_field()
    item_id: UUID = Field(foreign_key="product_order_item.id", index=True)
    price_id: UUID | None = Field(default=None, foreign_key="product_offering_price.id")
    price_type: PriceType = enum_field(PriceType, PriceType.ONE_TIME)
    name: Texts = json_field()
    amount_minor: int = 0
    percent_bp: int = 0
    period_unit: PeriodUnit = enum_field(PeriodUnit, PeriodUnit.MONTH)
    period_length: int = 1
    duration_unit: PeriodUnit = enum_field(PeriodUnit, PeriodUnit.MONTH)
    duration_length: int = 0
    unit: str = Field(default="", max_length=16)
    units: int = 0
    tariff: dict[str, Any] = json_field()  # usage and allowance: how they are counted
    once: bool = False  # one-time only: for the whole line, however many pieces
    position: int = 0


class OrderMilestone(SQLModel, table=True):
    """TMF622 milestone: one entry of the timeline. Append-only."""

    __tablename__ = "order_milestone"
    __table_args__ = (UniqueConstraint("order_id", "code", "subject", name="milestone_once"),)

    id: UUID = id_field()
    order_id: UUID = Field(foreign_key="product_order.id", index=True)
    #: placed, payment_failed, paid, number_allocated, sim_allocated, goods_allocated,
    #: activated, completed, cancellation_asked, cancelled, refunded, held
    code: str = Field(max_length=32)
    subject: str = Field(default="", max_length=64)  # what it is about, when it may come twice
    detail: dict[str, str] = Field(default_factory=dict, sa_type=JSON_TYPE)
    at: datetime
