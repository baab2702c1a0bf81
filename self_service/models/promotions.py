"""Promotion codes (TMF671)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from self_service.models.base import (
    Texts,
    enum_field,
    id_field,
    json_field,
    minor_field,
)
from self_service.models.catalog import OfferingKind


class PromotionEffect(StrEnum):
    """What a promotion lowers."""

    RECURRING_PERCENT = "recurringPercent"
    RECURRING_AMOUNT = "recurringAmount"
    ONE_TIME_PERCENT = "oneTimePercent"
    ONE_TIME_AMOUNT = "oneTimeAmount"


class Promotion(SQLModel, table=True):
    """TMF671 Promotion: a code that lowers prices, for whom, on what, how often and until when."""

    __table_args__ = (
        CheckConstraint("percent_bp BETWEEN 0 AND 10000", name="promotion_within_whole"),
        CheckConstraint("amount_minor >= 0", name="promotion_not_negative"),
        CheckConstraint("uses <= most_uses OR most_uses = 0", name="promotion_not_overused"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="promotion_in_order"),
    )

    id: UUID = id_field()
    code: str = Field(unique=True, max_length=40)  # folded: capitals do not matter
    name: Texts = json_field()
    effect: PromotionEffect = enum_field(PromotionEffect, PromotionEffect.RECURRING_PERCENT)
    percent_bp: int = 0
    amount_minor: int = minor_field()
    currency: str = Field(max_length=3)
    months: int = 0  # how long it lowers a recurring charge, 0 = always
    kinds: list[OfferingKind] = json_field(list)  # which lines; all when empty
    offering_ids: list[str] = json_field(list)  # which offerings; all when empty
    new_customers_only: bool = False
    alone: bool = False  # not together with another code
    most_uses: int = 0  # by everybody together, 0 = without end
    uses: int = 0
    valid_from: datetime
    valid_to: datetime | None = None
    created_at: datetime


class CartPromotion(SQLModel, table=True):
    """A code that was typed into a basket."""

    __tablename__ = "cart_promotion"

    cart_id: UUID = Field(foreign_key="shopping_cart.id", primary_key=True)
    promotion_id: UUID = Field(foreign_key="promotion.id", primary_key=True)
    added_at: datetime


class PromotionUse(SQLModel, table=True):
    """A code that an order used up: once per customer."""

    __tablename__ = "promotion_use"
    __table_args__ = (UniqueConstraint("promotion_id", "customer_id", name="used_once"),)

    id: UUID = id_field()
    promotion_id: UUID = Field(foreign_key="promotion.id")
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    order_id: UUID = Field(foreign_key="product_order.id", index=True)
    at: datetime
