"""What somebody was told, how they want to be told, and browsers that show it."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from self_service.models.base import JSON_TYPE

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TOPICS = (
    "money",
    "payments",
    "services",
    "changes",
    "usage",
    "vouchers",
    "security",
    "news",
)
_CHANNEL = sa.Enum("email", "sms", "push", name="messagechannel", native_enum=False, length=32)
_UNREAD = sa.text("read_at IS NULL")


def _time(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=nullable)


def _word(name: str, length: int) -> sa.Column:
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(length=length), nullable=False)


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column(
            "topic",
            sa.Enum(*_TOPICS, name="topic", native_enum=False, length=32),
            nullable=False,
        ),
        _word("kind", 40),
        _word("language", 8),
        _word("subject", 200),
        _word("text", 400),
        _word("path", 200),
        _time("created_at"),
        _time("read_at", nullable=True),
        sa.ForeignKeyConstraint(["identity_id"], ["digital_identity.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notice_history", "notice", ["identity_id", "created_at"])
    op.create_index("ix_notice_age", "notice", ["created_at"])
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["identity_id"],
        sqlite_where=_UNREAD,
        postgresql_where=_UNREAD,
    )
    op.create_table(
        "notice_settings",
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("choices", JSON_TYPE, nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        _time("changed_at"),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_hours_both_or_none"
        ),
        sa.CheckConstraint(
            "quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439 "
            "AND quiet_from <> quiet_until",
            name="quiet_hours_of_a_day",
        ),
        sa.ForeignKeyConstraint(["identity_id"], ["digital_identity.id"]),
        sa.PrimaryKeyConstraint("identity_id"),
    )
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        _word("endpoint", 800),
        _word("receiver_key", 100),
        _word("auth_secret", 40),
        _word("device", 80),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        _time("created_at"),
        sa.ForeignKeyConstraint(["identity_id"], ["digital_identity.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("endpoint"),
    )
    op.create_index("ix_push_subscription_identity_id", "push_subscription", ["identity_id"])
    with op.batch_alter_table("communication_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channel", _CHANNEL, nullable=False, server_default="email"))
    with op.batch_alter_table("communication_message", schema=None) as batch_op:
        batch_op.alter_column("channel", server_default=None)


def downgrade() -> None:
    # what was to go by other ways must not become mail
    op.execute("DELETE FROM communication_message WHERE channel <> 'email'")
    with op.batch_alter_table("communication_message", schema=None) as batch_op:
        batch_op.drop_column("channel")
    for table in ("push_subscription", "notice_settings", "notice"):
        op.drop_table(table)
