"""Moves that customers plan: to which address, on which day."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from self_service.models.base import JSON_TYPE

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OPEN = sa.text("cancelled_at IS NULL AND done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "planned_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("address", JSON_TYPE, nullable=False),
        sa.Column("move_on", sa.Date(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("cancelled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("done_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_planned_move_customer_id", "planned_move", ["customer_id"], unique=False)
    op.create_index("ix_planned_move_site_id", "planned_move", ["site_id"], unique=False)
    op.create_index(
        "one_open_move_per_site",
        "planned_move",
        ["site_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade() -> None:
    op.drop_index("one_open_move_per_site", table_name="planned_move")
    op.drop_index("ix_planned_move_site_id", table_name="planned_move")
    op.drop_index("ix_planned_move_customer_id", table_name="planned_move")
    op.drop_table("planned_move")
