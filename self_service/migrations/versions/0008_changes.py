"""Changes of subscriptions, and requests about goods; an order need not come from a basket."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from self_service.models.base import JSON_TYPE

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KINDS = (
    "add",
    "cancel",
    "upgrade",
    "downgrade",
    "boost",
    "pause",
    "resume",
    "leave",
    "withdraw",
)
_STATES = ("pending", "performing", "done", "failed", "revoked")
_GOODS = ("asked", "accepted", "rejected", "done", "withdrawn")
_OPEN = sa.text("status IN ('pending', 'performing')")
_WAITING = sa.text("status IN ('asked', 'accepted')")


def _time(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=nullable)


def _word(name: str, length: int) -> sa.Column:
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(length=length), nullable=False)


def _enum(name: str, kind: str, *values: str) -> sa.Column:
    return sa.Column(
        name, sa.Enum(*values, name=kind, native_enum=False, length=32), nullable=False
    )


def upgrade() -> None:
    with op.batch_alter_table("product_order", schema=None) as batch_op:
        batch_op.alter_column("cart_id", existing_type=sa.Uuid(), nullable=True)
    op.create_table(
        "product_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        _word("slot", 80),
        _enum("kind", "changekind", *_KINDS),
        sa.Column("from_offering_id", sa.Uuid(), nullable=True),
        sa.Column("to_offering_id", sa.Uuid(), nullable=True),
        sa.Column("from_item_id", sa.Uuid(), nullable=True),
        sa.Column("to_item_id", sa.Uuid(), nullable=True),
        sa.Column("made_id", sa.Uuid(), nullable=True),
        _time("effective_at"),
        _time("until", nullable=True),
        _enum("status", "changestatus", *_STATES),
        _time("status_changed_at"),
        sa.Column("quoted", JSON_TYPE, nullable=False),
        sa.Column("wanted", JSON_TYPE, nullable=False),
        _word("failure", 60),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        _time("asked_at"),
        _time("revoked_at", nullable=True),
        sa.CheckConstraint("until IS NULL OR until > effective_at", name="change_in_order"),
        sa.ForeignKeyConstraint(["order_id"], ["product_order.id"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["root_id"], ["product.id"]),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.ForeignKeyConstraint(["from_offering_id"], ["product_offering.id"]),
        sa.ForeignKeyConstraint(["to_offering_id"], ["product_offering.id"]),
        sa.ForeignKeyConstraint(["from_item_id"], ["product_order_item.id"]),
        sa.ForeignKeyConstraint(["to_item_id"], ["product_order_item.id"]),
        sa.ForeignKeyConstraint(["made_id"], ["product.id"]),
        sa.ForeignKeyConstraint(["asked_by"], ["digital_identity.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("order_id"),
    )
    op.create_index("ix_product_change_customer_id", "product_change", ["customer_id"])
    op.create_index("ix_product_change_root_id", "product_change", ["root_id"])
    op.create_index("ix_product_change_product_id", "product_change", ["product_id"])
    op.create_index("ix_change_due", "product_change", ["status", "effective_at"])
    op.create_index(
        "one_open_change",
        "product_change",
        ["slot"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "goods_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        _enum("wish", "goodswish", "swap", "return"),
        _word("reason", 1_000),
        _enum("status", "goodsstatus", *_GOODS),
        _time("status_changed_at"),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        _time("created_at"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.ForeignKeyConstraint(["asked_by"], ["digital_identity.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_goods_request_customer_id", "goods_request", ["customer_id"])
    op.create_index(
        "one_open_goods_request",
        "goods_request",
        ["product_id"],
        unique=True,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )


def downgrade() -> None:
    op.drop_table("goods_request")
    op.drop_table("product_change")
    # orders without a basket cannot stay; going back is for tests and for an empty installation
    with op.batch_alter_table("product_order", schema=None) as batch_op:
        batch_op.alter_column("cart_id", existing_type=sa.Uuid(), nullable=False)
