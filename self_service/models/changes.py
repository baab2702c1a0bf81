"""What customers change about what they have: each change is an order (TMF622) with a date."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from self_service.models.base import enum_field, id_field, json_field


class ChangeKind(StrEnum):
    """What is changed."""

    ADD = "add"  # an extra comes to a service
    CANCEL = "cancel"  # an extra ends
    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    BOOST = "boost"  # a one-time extra
    PAUSE = "pause"
    RESUME = "resume"
    LEAVE = "leave"  # the whole subscription ends
    WITHDRAW = "withdraw"  # from the contract, within the legal time


class ChangeStatus(StrEnum):
    """How a change stands; the last three are final."""

    PENDING = "pending"  # its day has not come: can be called off
    PERFORMING = "performing"  # the network was asked
    DONE = "done"
    FAILED = "failed"  # the network refused: all is as it was before
    REVOKED = "revoked"


_OPEN = text("status IN ('pending', 'performing')")


class ProductChange(SQLModel, table=True):
    """A change of a subscription. Those that are done also say which price held when."""

    __tablename__ = "product_change"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until > effective_at", name="change_in_order"),
        Index("one_open_change", "slot", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_change_due", "status", "effective_at"),
    )

    id: UUID = id_field()
    order_id: UUID = Field(foreign_key="product_order.id", unique=True)
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    root_id: UUID = Field(foreign_key="product.id", index=True)  # the subscription
    product_id: UUID = Field(foreign_key="product.id", index=True)  # what is acted on
    #: what only one open change may be about: the product, or what comes to it.
    slot: str = Field(max_length=80)
    kind: ChangeKind = enum_field(ChangeKind, ChangeKind.ADD)
    from_offering_id: UUID | None = Field(default=None, foreign_key="product_offering.id")
    to_offering_id: UUID | None = Field(default=None, foreign_key="product_offering.id")
    from_item_id: UUID | None = Field(default=None, foreign_key="product_order_item.id")
    to_item_id: UUID | None = Field(default=None, foreign_key="product_order_item.id")
    made_id: UUID | None = Field(default=None, foreign_key="product.id")  # what it brought
    effective_at: datetime
    until: datetime | None = None  # end of a pause
    status: ChangeStatus = enum_field(ChangeStatus, ChangeStatus.PENDING)
    status_changed_at: datetime
    quoted: dict[str, Any] = json_field()  # what was said before it was asked for
    wanted: dict[str, str] = json_field()  # reason of leaving, who withdraws
    failure: str = Field(default="", max_length=60)
    asked_by: UUID | None = Field(default=None, foreign_key="digital_identity.id")
    asked_at: datetime
    revoked_at: datetime | None = None


class GoodsWish(StrEnum):
    """What somebody wants done about a piece of goods."""

    SWAP = "swap"
    RETURN = "return"


class GoodsStatus(StrEnum):
    """How a request about goods stands."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DONE = "done"
    WITHDRAWN = "withdrawn"


_WAITING = text("status IN ('asked', 'accepted')")


class GoodsRequest(SQLModel, table=True):
    """A piece of goods is to be swapped or taken back; one open request for each."""

    __tablename__ = "goods_request"
    __table_args__ = (
        Index(
            "one_open_goods_request",
            "product_id",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    id: UUID = id_field()
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    product_id: UUID = Field(foreign_key="product.id")
    wish: GoodsWish = enum_field(GoodsWish, GoodsWish.SWAP)
    reason: str = Field(default="", max_length=1_000)
    status: GoodsStatus = enum_field(GoodsStatus, GoodsStatus.ASKED)
    status_changed_at: datetime
    asked_by: UUID | None = Field(default=None, foreign_key="digital_identity.id")
    created_at: datetime
