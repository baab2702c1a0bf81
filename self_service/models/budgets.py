"""What people mean to spend at most, and how a company parts its lines among its cost centres."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from self_service.models.base import id_field, minor_field


class SpendBudget(SQLModel, table=True):
    """What a customer means to spend in a month: in all, or for one subscription."""

    __tablename__ = "spend_budget"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="budget_is_something"),
        UniqueConstraint("product_id", name="one_budget_per_subscription"),
        Index(
            "one_budget_in_all",
            "customer_id",
            unique=True,
            sqlite_where=text("product_id IS NULL"),
            postgresql_where=text("product_id IS NULL"),
        ),
    )

    id: UUID = id_field()
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    product_id: UUID | None = Field(default=None, foreign_key="product.id")  # None: in all
    amount_minor: int = minor_field()
    currency: str = Field(max_length=3)
    set_at: datetime


class CostCentre(SQLModel, table=True):
    """Something that a company reckons its costs by; one level of centres stands below others."""

    __tablename__ = "cost_centre"
    __table_args__ = (
        UniqueConstraint("customer_id", "name", name="cost_centre_named_once"),
        CheckConstraint("budget_minor IS NULL OR budget_minor > 0", name="cost_centre_budget"),
    )

    id: UUID = id_field()
    customer_id: UUID = Field(foreign_key="customer.id")
    parent_id: UUID | None = Field(default=None, foreign_key="cost_centre.id", index=True)
    name: str = Field(max_length=60)
    budget_minor: int | None = minor_field(None)  # of a month
    created_at: datetime


class CostCentreLine(SQLModel, table=True):
    """Which centre a line (a root product) is reckoned to; without a row: to none."""

    __tablename__ = "cost_centre_line"

    product_id: UUID = Field(foreign_key="product.id", primary_key=True)
    centre_id: UUID = Field(foreign_key="cost_centre.id", index=True)
    moved_at: datetime
