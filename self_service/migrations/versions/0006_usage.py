"""Usage: deliveries, records, charging months, allowances, daily totals; tariffs of prices."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from self_service.models.base import BIG_TYPE, JSON_TYPE

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "usage_import",
        sa.Column("id", BIG_TYPE, nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_taken", sa.Integer(), nullable=False),
        sa.Column("rows_repeated", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "usage_partner",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("key_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key_hash"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "usage_rejected",
        sa.Column("id", BIG_TYPE, nullable=False),
        sa.Column("import_id", BIG_TYPE, nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("mark", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "received",
                "rejected",
                "recycled",
                "guided",
                "rated",
                "rerated",
                "billed",
                name="usagestatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("recycled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["usage_import.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "mark", name="rejected_once"),
    )
    with op.batch_alter_table("usage_rejected", schema=None) as batch_op:
        batch_op.create_index("ix_rejected_open", ["status", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_usage_rejected_import_id"), ["import_id"], unique=False
        )

    op.create_table(
        "usage_period",
        sa.Column("id", BIG_TYPE, nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("rated_to", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("stale_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("rerated", sa.Boolean(), nullable=False),
        sa.Column("amount_micro", BIG_TYPE, nullable=False),
        sa.Column("taken_minor", BIG_TYPE, nullable=False),
        sa.Column("to_hand_over", sa.Boolean(), nullable=False),
        sa.Column("records_deleted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name="usage_period_in_order"),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("product_id", "starts_at", name="usage_period_once"),
    )
    with op.batch_alter_table("usage_period", schema=None) as batch_op:
        batch_op.create_index("ix_usage_period_end", ["product_id", "ends_at"], unique=False)
        batch_op.create_index(
            "ix_usage_period_kept",
            ["ends_at"],
            unique=False,
            sqlite_where=sa.text("records_deleted_at IS NULL"),
            postgresql_where=sa.text("records_deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_usage_period_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text("to_hand_over"),
            postgresql_where=sa.text("to_hand_over"),
        )
        batch_op.create_index(
            "ix_usage_period_stale",
            ["id"],
            unique=False,
            sqlite_where=sa.text("stale_from IS NOT NULL"),
            postgresql_where=sa.text("stale_from IS NOT NULL"),
        )

    op.create_table(
        "allowance",
        sa.Column("id", BIG_TYPE, nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", BIG_TYPE, nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("price_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("name", JSON_TYPE, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("data", "voice", "message", name="usagekind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("zones", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("units", BIG_TYPE, nullable=False),
        sa.Column("used_units", BIG_TYPE, nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("carries", sa.Boolean(), nullable=False),
        sa.Column("from_last", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("valid_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("units >= -1", name="allowance_units"),
        sa.CheckConstraint(
            "used_units >= 0 AND (units = -1 OR used_units <= units)", name="allowance_within"
        ),
        sa.CheckConstraint("valid_until > valid_from", name="allowance_in_order"),
        sa.ForeignKeyConstraint(
            ["origin_id"],
            ["product.id"],
        ),
        sa.ForeignKeyConstraint(
            ["period_id"],
            ["usage_period.id"],
        ),
        sa.ForeignKeyConstraint(
            ["price_id"],
            ["order_item_price.id"],
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("period_id", "price_id", "from_last", name="allowance_once"),
    )
    with op.batch_alter_table("allowance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allowance_group_id"), ["group_id"], unique=False)
        batch_op.create_index("ix_allowance_product", ["product_id", "valid_until"], unique=False)

    op.create_table(
        "usage",
        sa.Column("period_id", BIG_TYPE, nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("record_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("data", "voice", "message", name="usagekind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "zone",
            sa.Enum(
                "home",
                "roaming",
                "international",
                "premium",
                name="usagezone",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "direction",
            sa.Enum("out", "in", name="usagedirection", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("units", BIG_TYPE, nullable=False),
        sa.Column("other", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("charged_units", BIG_TYPE, nullable=False),
        sa.Column("amount_micro", BIG_TYPE, nullable=False),
        sa.Column("price_id", sa.Uuid(), nullable=True),
        sa.Column("import_id", BIG_TYPE, nullable=False),
        sa.CheckConstraint("amount_micro >= 0", name="usage_amount_not_negative"),
        sa.CheckConstraint(
            "charged_units >= 0 AND charged_units <= units", name="usage_charged_within"
        ),
        sa.CheckConstraint("units >= 0", name="usage_not_negative"),
        sa.ForeignKeyConstraint(
            ["period_id"],
            ["usage_period.id"],
        ),
        sa.PrimaryKeyConstraint("period_id", "started_at", "source", "record_id"),
        sa.UniqueConstraint("source", "record_id", name="usage_once"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "usage_charge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bucket_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", BIG_TYPE, nullable=False),
        sa.Column("name", JSON_TYPE, nullable=False),
        sa.Column("tax_bp", sa.Integer(), nullable=False),
        sa.Column("net_minor", BIG_TYPE, nullable=False),
        sa.Column("tax_minor", BIG_TYPE, nullable=False),
        sa.Column("gross_minor", BIG_TYPE, nullable=False),
        sa.Column("charged_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("gross_minor <> 0", name="usage_charge_something"),
        sa.CheckConstraint("gross_minor = net_minor + tax_minor", name="usage_charge_adds_up"),
        sa.ForeignKeyConstraint(
            ["bucket_id"],
            ["bucket.id"],
        ),
        sa.ForeignKeyConstraint(
            ["period_id"],
            ["usage_period.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("usage_charge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_usage_charge_bucket_id"), ["bucket_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_usage_charge_period_id"), ["period_id"], unique=False)

    op.create_table(
        "usage_day",
        sa.Column("period_id", BIG_TYPE, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("data", "voice", "message", name="usagekind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "zone",
            sa.Enum(
                "home",
                "roaming",
                "international",
                "premium",
                name="usagezone",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("units", BIG_TYPE, nullable=False),
        sa.Column("charged_units", BIG_TYPE, nullable=False),
        sa.Column("amount_micro", BIG_TYPE, nullable=False),
        sa.CheckConstraint(
            "charged_units >= 0 AND charged_units <= units", name="usage_day_within"
        ),
        sa.CheckConstraint("units >= 0", name="usage_day_not_negative"),
        sa.ForeignKeyConstraint(
            ["period_id"],
            ["usage_period.id"],
        ),
        sa.PrimaryKeyConstraint("period_id", "day", "kind", "zone"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "usage_handover",
        sa.Column("period_id", BIG_TYPE, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("data", "voice", "message", name="usagekind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "zone",
            sa.Enum(
                "home",
                "roaming",
                "international",
                "premium",
                name="usagezone",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("billed_micro", BIG_TYPE, nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id"],
            ["usage_period.id"],
        ),
        sa.PrimaryKeyConstraint("period_id", "kind", "zone"),
    )
    with op.batch_alter_table("order_item_price", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tariff", JSON_TYPE, nullable=False, server_default="{}"))

    with op.batch_alter_table("product_offering_price", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tariff", JSON_TYPE, nullable=False, server_default="{}"))

    op.create_index("ix_product_parent_id", "product", ["parent_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_product_parent_id", "product")
    with op.batch_alter_table("product_offering_price", schema=None) as batch_op:
        batch_op.drop_column("tariff")

    with op.batch_alter_table("order_item_price", schema=None) as batch_op:
        batch_op.drop_column("tariff")

    op.drop_table("usage_handover")
    op.drop_table("usage_day")
    with op.batch_alter_table("usage_charge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_usage_charge_period_id"))
        batch_op.drop_index(batch_op.f("ix_usage_charge_bucket_id"))

    op.drop_table("usage_charge")
    op.drop_table("usage")
    with op.batch_alter_table("allowance", schema=None) as batch_op:
        batch_op.drop_index("ix_allowance_product")
        batch_op.drop_index(batch_op.f("ix_allowance_group_id"))

    op.drop_table("allowance")
    with op.batch_alter_table("usage_period", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_usage_period_stale",
            sqlite_where=sa.text("stale_from IS NOT NULL"),
            postgresql_where=sa.text("stale_from IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_usage_period_open",
            sqlite_where=sa.text("to_hand_over"),
            postgresql_where=sa.text("to_hand_over"),
        )
        batch_op.drop_index(
            "ix_usage_period_kept",
            sqlite_where=sa.text("records_deleted_at IS NULL"),
            postgresql_where=sa.text("records_deleted_at IS NULL"),
        )
        batch_op.drop_index("ix_usage_period_end")

    op.drop_table("usage_period")
    with op.batch_alter_table("usage_rejected", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_usage_rejected_import_id"))
        batch_op.drop_index("ix_rejected_open")

    op.drop_table("usage_rejected")
    op.drop_table("usage_partner")
    op.drop_table("usage_import")
