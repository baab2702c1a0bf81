"""Spend limits, what the network stops for them, and alerts about usage."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_OPEN = sa.text("barred OR wish = 'on' OR refused <> ''")
_TO_CHECK = sa.text("to_check")
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _time(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=nullable)


def _word(name: str, length: int, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(length=length), nullable=nullable)


def _sum(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, _BIG, nullable=nullable)


def _kind() -> sa.Column:
    values = sa.Enum("all", "roaming", name="limitkind", native_enum=False, length=32)
    return sa.Column("kind", values, nullable=False)


def upgrade() -> None:
    op.add_column(
        "usage_period",
        sa.Column("to_check", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index(
        "ix_usage_period_check",
        "usage_period",
        ["id"],
        sqlite_where=_TO_CHECK,
        postgresql_where=_TO_CHECK,
    )
    op.create_table(
        "spend_limit",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        _kind(),
        _sum("amount_minor", nullable=True),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        _time("set_at"),
        sa.CheckConstraint("amount_minor > 0", name="limit_above_zero"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.ForeignKeyConstraint(["set_by"], ["digital_identity.id"]),
        sa.PrimaryKeyConstraint("product_id", "kind"),
    )
    op.create_table(
        "spend_lift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        _kind(),
        _time("starts_at"),
        _sum("from_minor"),
        _sum("amount_minor"),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        _time("lifted_at"),
        sa.CheckConstraint("amount_minor > 0 AND from_minor > 0", name="lift_above_zero"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.ForeignKeyConstraint(["lifted_by"], ["digital_identity.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("product_id", "kind", "starts_at", "from_minor", name="lifted_once"),
    )
    op.create_table(
        "spend_bar",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        _kind(),
        sa.Column("barred", sa.Boolean(), nullable=False),
        sa.Column("barred_sequence", sa.Integer(), nullable=False),
        _time("confirmed_at", nullable=True),
        _word("wish", 3, nullable=True),
        sa.Column("wish_sequence", sa.Integer(), nullable=False),
        _time("wished_at", nullable=True),
        _time("until"),
        _word("refused", 60),
        _time("refused_at", nullable=True),
        sa.CheckConstraint("barred_sequence >= 0 AND wish_sequence >= 0", name="bar_counted"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.PrimaryKeyConstraint("product_id", "kind"),
    )
    op.create_index(
        "ix_spend_bar_open",
        "spend_bar",
        ["until"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "usage_alert_choice",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        _word("thresholds", 20),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        _time("set_at"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.ForeignKeyConstraint(["set_by"], ["digital_identity.id"]),
        sa.PrimaryKeyConstraint("product_id"),
    )
    _alerts()


def _alerts() -> None:
    about = sa.Enum("allowance", "all", "roaming", name="alertabout", native_enum=False, length=32)
    op.create_table(
        "usage_alert",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        _sum("period_id"),
        sa.Column("about", about, nullable=False),
        _word("usage_kind", 20),
        _word("zones", 60),
        _sum("size"),
        sa.Column("threshold", sa.Integer(), nullable=False),
        _sum("used"),
        sa.Column("hard", sa.Boolean(), nullable=False),
        _time("reached_at"),
        _time("noticed_at"),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.CheckConstraint("threshold > 0 AND size >= 0 AND used >= 0", name="alert_in_bounds"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.ForeignKeyConstraint(["period_id"], ["usage_period.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "period_id", "about", "usage_kind", "zones", "size", "threshold", name="alert_once"
        ),
    )
    op.create_index("ix_usage_alert_product", "usage_alert", ["product_id", "id"])
    op.create_table(
        "usage_alert_told",
        _sum("alert_id"),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        _time("told_at"),
        sa.ForeignKeyConstraint(["alert_id"], ["usage_alert.id"]),
        sa.ForeignKeyConstraint(["identity_id"], ["digital_identity.id"]),
        sa.PrimaryKeyConstraint("alert_id", "identity_id"),
    )


def downgrade() -> None:
    for table in (
        "usage_alert_told",
        "usage_alert",
        "usage_alert_choice",
        "spend_bar",
        "spend_lift",
        "spend_limit",
    ):
        op.drop_table(table)
    op.drop_index("ix_usage_period_check", "usage_period")
    with op.batch_alter_table("usage_period", schema=None) as batch_op:
        batch_op.drop_column("to_check")
