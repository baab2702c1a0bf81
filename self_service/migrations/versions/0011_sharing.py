"""Shared allowances: groups, members, limits, requests, invitations, and what was drawn."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from self_service.models.base import BIG_TYPE

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KINDS = ("data", "voice", "message")
_STATES = ("asked", "granted", "refused", "withdrawn", "expired")


def _time(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=nullable)


def _word(name: str, length: int) -> sa.Column:
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(length=length), nullable=False)


def _kind() -> sa.Column:
    kinds = sa.Enum(*_KINDS, name="usagekind", native_enum=False, length=32)
    return sa.Column("kind", kinds, nullable=False)


def _id(name: str = "id", *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _units(name: str = "units", *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, BIG_TYPE, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "sharing_group",
        _id(),
        _id("product_id"),
        _word("name", 40),
        _word("kinds", 40),
        _time("created_at"),
        _time("closed_at", nullable=True),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sharing_group_product_id", "sharing_group", ["product_id"])
    _once("one_open_group", "sharing_group", ["product_id"], "closed_at IS NULL")
    op.create_table(
        "sharing_member",
        _id(),
        _id("group_id"),
        _id("product_id"),
        _time("joined_at"),
        _time("left_at", nullable=True),
        sa.CheckConstraint("left_at IS NULL OR left_at >= joined_at", name="member_in_order"),
        sa.ForeignKeyConstraint(["group_id"], ["sharing_group.id"]),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sharing_member_group_id", "sharing_member", ["group_id"])
    op.create_index("ix_sharing_member_product_id", "sharing_member", ["product_id"])
    _once("one_group_at_a_time", "sharing_member", ["product_id"], "left_at IS NULL")
    _wishes()
    _draws()
    # who shares an allowance follows from the group of its product: a copy in each month could lie
    op.drop_index("ix_allowance_group_id", table_name="allowance")
    op.execute("ALTER TABLE allowance DROP COLUMN group_id")


def _wishes() -> None:
    op.create_table(
        "sharing_limit",
        sa.Column("id", BIG_TYPE, nullable=False),
        _id("member_id"),
        _kind(),
        _units(nullable=True),
        sa.Column("extra", sa.Boolean(), nullable=False),
        _time("since"),
        sa.CheckConstraint("units >= 0", name="sharing_limit_not_negative"),
        sa.CheckConstraint("units IS NOT NULL OR NOT extra", name="sharing_extra_counted"),
        sa.ForeignKeyConstraint(["member_id"], ["sharing_member.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sharing_limit_member_id", "sharing_limit", ["member_id"])
    op.create_table(
        "sharing_request",
        _id(),
        _id("member_id"),
        _kind(),
        _units(),
        sa.Column(
            "status",
            sa.Enum(*_STATES, name="morestatus", native_enum=False, length=32),
            nullable=False,
        ),
        _time("asked_at"),
        _time("expires_at"),
        _time("answered_at", nullable=True),
        sa.CheckConstraint("units > 0", name="sharing_request_for_something"),
        sa.ForeignKeyConstraint(["member_id"], ["sharing_member.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sharing_request_member_id", "sharing_request", ["member_id"])
    _once("one_open_request", "sharing_request", ["member_id", "kind"], "status = 'asked'")
    op.create_table(
        "sharing_invitation",
        _id(),
        _id("group_id"),
        _word("code_hash", 64),
        _word("sealed_code", 400),
        _word("email", 254),
        _time("created_at"),
        _time("expires_at"),
        _time("closed_at", nullable=True),
        _id("member_id", nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["sharing_group.id"]),
        sa.ForeignKeyConstraint(["member_id"], ["sharing_member.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code_hash"),
    )
    op.create_index("ix_sharing_invitation_group_id", "sharing_invitation", ["group_id"])


def _draws() -> None:
    op.create_table(
        "shared_draw",
        _units("period_id"),
        _time("started_at"),
        _word("source", 30),
        _word("record_id", 64),
        _id("member_id"),
        _units("member_period_id"),
        _kind(),
        _word("zone", 32),
        _units("asked_units"),
        _units("given_units"),
        sa.CheckConstraint(
            "given_units >= 0 AND given_units <= asked_units", name="shared_draw_within"
        ),
        sa.ForeignKeyConstraint(["period_id"], ["usage_period.id"]),
        sa.ForeignKeyConstraint(["member_period_id"], ["usage_period.id"]),
        sa.ForeignKeyConstraint(["member_id"], ["sharing_member.id"]),
        sa.PrimaryKeyConstraint("period_id", "started_at", "source", "record_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_shared_draw_member_period", "shared_draw", ["member_period_id"])
    op.create_table(
        "shared_use",
        _units("period_id"),
        _id("member_id"),
        _kind(),
        _units(),
        sa.CheckConstraint("units >= 0", name="shared_use_not_negative"),
        sa.ForeignKeyConstraint(["period_id"], ["usage_period.id"]),
        sa.ForeignKeyConstraint(["member_id"], ["sharing_member.id"]),
        sa.PrimaryKeyConstraint("period_id", "member_id", "kind"),
        sqlite_with_rowid=False,
    )


def _once(name: str, table: str, columns: list[str], where: str) -> None:
    rows = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=rows, postgresql_where=rows)


def downgrade() -> None:
    op.add_column("allowance", sa.Column("group_id", sa.Uuid(), nullable=True))
    op.create_index("ix_allowance_group_id", "allowance", ["group_id"])
    for table in (
        "shared_use",
        "shared_draw",
        "sharing_invitation",
        "sharing_request",
        "sharing_limit",
        "sharing_member",
        "sharing_group",
    ):
        op.drop_table(table)
