"""Budgets of people, and cost centres of companies."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _time(name: str) -> sa.Column:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False)


def _sum(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "spend_budget",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        _sum("amount_minor"),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        _time("set_at"),
        sa.CheckConstraint("amount_minor > 0", name="budget_is_something"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("product_id", name="one_budget_per_subscription"),
    )
    op.create_index("ix_spend_budget_customer_id", "spend_budget", ["customer_id"])
    op.create_index(
        "one_budget_in_all",
        "spend_budget",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("product_id IS NULL"),
        postgresql_where=sa.text("product_id IS NULL"),
    )
    op.create_table(
        "cost_centre",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        _sum("budget_minor", nullable=True),
        _time("created_at"),
        sa.CheckConstraint("budget_minor IS NULL OR budget_minor > 0", name="cost_centre_budget"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["parent_id"], ["cost_centre.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("customer_id", "name", name="cost_centre_named_once"),
    )
    op.create_index("ix_cost_centre_parent_id", "cost_centre", ["parent_id"])
    op.create_table(
        "cost_centre_line",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("centre_id", sa.Uuid(), nullable=False),
        _time("moved_at"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["cost_centre.id"]),
        sa.PrimaryKeyConstraint("product_id"),
    )
    op.create_index("ix_cost_centre_line_centre_id", "cost_centre_line", ["centre_id"])


def downgrade() -> None:
    op.drop_table("cost_centre_line")
    op.drop_table("cost_centre")
    op.drop_table("spend_budget")
