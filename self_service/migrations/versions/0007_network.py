"""The network: requests to it, settings, SIMs and numbers that change, and what it covers."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from self_service.models.base import JSON_TYPE

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "coverage_area",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("country", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("postcode_prefix", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("street", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("house_from", sa.Integer(), nullable=False),
        sa.Column("house_to", sa.Integer(), nullable=False),
        sa.Column(
            "technology",
            sa.Enum(
                "fibre",
                "cable",
                "dsl",
                "fixed_wireless",
                "tv",
                "4g",
                "5g",
                name="technology",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("down_mbps", sa.Integer(), nullable=False),
        sa.Column("up_mbps", sa.Integer(), nullable=False),
        sa.Column("available_from", sa.Date(), nullable=True),
        sa.CheckConstraint("down_mbps >= 0 AND up_mbps >= 0", name="coverage_speed_not_negative"),
        sa.CheckConstraint("house_from <= house_to", name="coverage_houses_in_order"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "country",
            "postcode_prefix",
            "street",
            "house_from",
            "house_to",
            "technology",
            name="coverage_said_once",
        ),
    )
    op.create_table(
        "coverage_wait",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("country", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("postcode", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("street", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("house", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("place_key", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("joined_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("told_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("customer_id", "kind", "place_key", name="waits_once"),
    )
    with op.batch_alter_table("coverage_wait", schema=None) as batch_op:
        batch_op.create_index("ix_coverage_wait_open", ["told_at", "country"], unique=False)

    op.create_table(
        "content_pin",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("pin_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("set_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.PrimaryKeyConstraint("product_id"),
    )
    op.create_table(
        "number_porting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("donor", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("sealed_code", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("port_on", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "checking",
                "scheduled",
                "moving",
                "done",
                "refused",
                "cancelled",
                name="portingstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("number_porting", schema=None) as batch_op:
        batch_op.create_index("ix_number_porting_due", ["status", "port_on"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_number_porting_product_id"), ["product_id"], unique=False
        )
        batch_op.create_index(
            "one_porting_at_a_time",
            ["product_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('checking', 'scheduled', 'moving')"),
            postgresql_where=sa.text("status IN ('checking', 'scheduled', 'moving')"),
        )

    op.create_table(
        "service_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "activate",
                "change_profile",
                "suspend",
                "resume",
                "terminate",
                "set",
                "swap_sim",
                "block_sim",
                "unblock_sim",
                "set_number",
                "restart",
                "check_line",
                name="networkact",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("wanted", JSON_TYPE, nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "inProgress",
                "done",
                "failed",
                name="requeststatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("told", JSON_TYPE, nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("settled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("sequence > 0", name="request_has_number"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("product_id", "sequence", name="request_numbered_once"),
    )
    with op.batch_alter_table("service_request", schema=None) as batch_op:
        batch_op.create_index("ix_service_request_due", ["status", "next_try_at"], unique=False)

    op.create_table(
        "service_setting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("profile", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("value", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=True),
        sa.Column("value_sequence", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("wish", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=True),
        sa.Column("wish_sequence", sa.Integer(), nullable=False),
        sa.Column("wished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("refused", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("refused_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("value_sequence >= 0 AND wish_sequence >= 0", name="setting_counted"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("product_id", "profile", "name", name="setting_stands_once"),
    )
    op.create_table(
        "port_out_code",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_code", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("refused", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.ForeignKeyConstraint(["request_id"], ["service_request.id"]),
        sa.PrimaryKeyConstraint("product_id"),
    )
    op.create_table(
        "sim_swap",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("old_resource_id", sa.Uuid(), nullable=True),
        sa.Column("new_resource_id", sa.Uuid(), nullable=False),
        sa.Column("esim", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("pending", "done", "failed", name="swapstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("status_changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["new_resource_id"], ["resource.id"]),
        sa.ForeignKeyConstraint(["old_resource_id"], ["resource.id"]),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("sim_swap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sim_swap_product_id"), ["product_id"], unique=False)
        batch_op.create_index(
            "one_swap_at_a_time",
            ["product_id"],
            unique=True,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )

    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_for", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column("held_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)
        )


def downgrade() -> None:
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.drop_column("held_until")
        batch_op.drop_column("held_for")

    with op.batch_alter_table("sim_swap", schema=None) as batch_op:
        batch_op.drop_index(
            "one_swap_at_a_time",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.drop_index(batch_op.f("ix_sim_swap_product_id"))

    op.drop_table("sim_swap")
    op.drop_table("port_out_code")
    op.drop_table("service_setting")
    with op.batch_alter_table("service_request", schema=None) as batch_op:
        batch_op.drop_index("ix_service_request_due")

    op.drop_table("service_request")
    with op.batch_alter_table("number_porting", schema=None) as batch_op:
        batch_op.drop_index(
            "one_porting_at_a_time",
            sqlite_where=sa.text("status IN ('checking', 'scheduled', 'moving')"),
            postgresql_where=sa.text("status IN ('checking', 'scheduled', 'moving')"),
        )
        batch_op.drop_index(batch_op.f("ix_number_porting_product_id"))
        batch_op.drop_index("ix_number_porting_due")

    op.drop_table("number_porting")
    op.drop_table("content_pin")
    with op.batch_alter_table("coverage_wait", schema=None) as batch_op:
        batch_op.drop_index("ix_coverage_wait_open")

    op.drop_table("coverage_wait")
    op.drop_table("coverage_area")
