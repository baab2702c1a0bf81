"""TMF663 ShoppingCart: what somebody means to buy."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from self_service.models.base import enum_field, id_field, json_field


class CartStatus(StrEnum):
    """A basket is open until it became an order or was merged into another."""

    OPEN = "open"
    ORDERED = "ordered"
    MERGED = "merged"


class ShoppingCart(SQLModel, table=True):
    """One open basket per visitor (`visitor_key`) or per customer, never both owners at once.

    `checkout` holds what was typed on the way to the order (no password, no card), so that a
    reload or another device continues there. `undo` holds the lines before the last change.
    """

    __tablename__ = "shopping_cart"
    __table_args__ = (
        CheckConstraint(
            "(visitor_key IS NULL) <> (customer_id IS NULL)", name="cart_has_one_owner"
        ),
        Index(
            "one_open_cart_per_visitor",
            "visitor_key",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        Index(
            "one_open_cart_per_customer",
            "customer_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
    )

    id: UUID = id_field()
    visitor_key: str | None = Field(default=None, max_length=64)
    customer_id: UUID | None = Field(default=None, foreign_key="customer.id")
    status: CartStatus = enum_field(CartStatus, CartStatus.OPEN)
    status_changed_at: datetime
    currency: str = Field(max_length=3)
    checkout: dict[str, Any] = json_field()
    undo: list[dict[str, Any]] = json_field(list)
    updated_at: datetime


class CartItem(SQLModel, table=True):
    """TMF663 CartItem. A plan chosen for a phone, an add-on on a plan, and a part of a bundle
    are children (`parent_id`) of the line that they were chosen for.
    """

    __tablename__ = "cart_item"
    __table_args__ = (CheckConstraint("quantity BETWEEN 1 AND 9", name="cart_quantity"),)

    id: UUID = id_field()
    cart_id: UUID = Field(foreign_key="shopping_cart.id", index=True)
    parent_id: UUID | None = Field(default=None, foreign_key="cart_item.id")
    offering_id: UUID = Field(foreign_key="product_offering.id")
    #: chosen values of configurable characteristics, {"colour": "Black", "storage": "128 GB"}.
    configuration: dict[str, str] = json_field()
    group: str = Field(default="", max_length=32)  # which choice of the bundle this part answers
    quantity: int = 1
    position: int = 0
    #: price of one piece when it was put in or last changed, so that a new price is noticed.
    seen_minor: int | None = None
