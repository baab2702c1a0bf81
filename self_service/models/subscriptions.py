"""What a customer owns (TMF637 Product) and what makes it work (TMF639 Resource)."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from self_service.models.base import Texts, enum_field, id_field, json_field
from self_service.models.catalog import OfferingKind


class ProductStatus(StrEnum):
    """TMF637 v4 ProductStatusType (the swagger spells `aborted` with a trailing blank)."""

    CREATED = "created"
    PENDING_ACTIVE = "pendingActive"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    PENDING_TERMINATE = "pendingTerminate"
    TERMINATED = "terminated"
    CANCELLED = "cancelled"
    ABORTED = "aborted"


class ResourceKind(StrEnum):
    """What kind of thing a resource is."""

    MSISDN = "msisdn"  # telephone number, E.164
    ICCID = "iccid"  # SIM card or eSIM profile
    SERIAL = "serial"  # serial number of a piece of goods (IMEI for phones)


class Product(SQLModel, table=True):
    """TMF637 Product; screens call a root product with a term or a plan a subscription.

    One order line and piece makes one product: `order_item_id` with `piece` is unique, so
    fulfilment may run twice and makes nothing twice.
    """

    __table_args__ = (UniqueConstraint("order_item_id", "piece", name="one_product_per_piece"),)

    id: UUID = id_field()
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    order_id: UUID = Field(foreign_key="product_order.id", index=True)
    order_item_id: UUID = Field(foreign_key="product_order_item.id")
    piece: int = 0
    parent_id: UUID | None = Field(default=None, foreign_key="product.id", index=True)
    offering_id: UUID = Field(foreign_key="product_offering.id")
    kind: OfferingKind = enum_field(OfferingKind, OfferingKind.DEVICE)
    name: Texts = json_field()
    configuration: dict[str, str] = json_field()
    picture: dict[str, Any] = json_field()
    status: ProductStatus = enum_field(ProductStatus, ProductStatus.CREATED)
    status_changed_at: datetime
    started_at: datetime | None = None  # activation
    term_ends_at: datetime | None = None
    next_charge_at: datetime | None = None
    prepaid: bool = False
    currency: str = Field(max_length=3)


class Resource(SQLModel, table=True):
    """TMF639 Resource. Allocated to one product at most; `kind` and `value` name it for good."""

    __table_args__ = (
        UniqueConstraint("kind", "value", name="resource_named_once"),
        CheckConstraint("length(value) > 0", name="resource_has_value"),
        Index("ix_resource_free", "kind", "pool", "product_id"),
    )

    id: UUID = id_field()
    kind: ResourceKind = enum_field(ResourceKind, ResourceKind.SERIAL)
    #: which stock it comes from: "" for numbers, "sim" or "esim" for SIMs, the variant's stock
    #: key for goods (domain.resources.goods_pool).
    pool: str = Field(default="", max_length=200)
    value: str = Field(max_length=40)
    detail: dict[str, str] = json_field()  # SIM: form factor; eSIM: activation code
    product_id: UUID | None = Field(default=None, foreign_key="product.id", index=True)
    assigned_at: datetime | None = None
    #: kept for a product until then: a number that was offered, a SIM that is to take over.
    held_for: UUID | None = None
    held_until: datetime | None = None
