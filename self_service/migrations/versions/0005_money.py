"""Money: ledger, bills, wallet, vouchers, cards, debts, promotions.

What was paid before there were books is booked here, so that `self-service ledger verify` finds
nothing: every payment that came from its provider's account to the operator's revenue, every
refund the other way. Orders that are still under way are left out: their payments become credit of
the customer's billing account, which pays the order's bill or goes back. Making accounts, and
working out up to when running products are paid, takes the domain's rules, so that is done after
the newest schema stands, by `self_service.upgrading` (`self-service bills adopt`).
"""

from uuid import uuid4

import sqlalchemy as sa
import sqlmodel
from alembic import op

from self_service.models.base import JSON_TYPE, NOBODY
from self_service.models.ledger import KEPT

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: States from which an order moves no more, as of this revision.
_ENDED = ("cancelled", "rejected", "completed", "failed")
#: New columns of payments that rows of before need a value for.
_DEFAULTS = {
    "purpose": "order",
    "off_session": sa.false(),
    "allocated_minor": "0",
    "taken_back_minor": "0",
    "back_path": "",
    "language": "",
    "keep_method": sa.false(),
    "processing": sa.false(),
}
#: Columns of an entry, in the order in which they are selected.
_MOVED = (
    "kind",
    "source_id",
    "line",
    "debit_id",
    "credit_id",
    "amount_minor",
    "currency",
    "posted_at",
)
_ALLOCATED = "payment_allocated_at_most_once"
_TAKEN_BACK = "payment_taken_back_at_most_once"


def upgrade() -> None:
    op.create_table(
        "billing_cycle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column(
            "timing",
            sa.Enum("advance", "arrears", name="chargetiming", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("day BETWEEN 1 AND 28", name="cycle_day"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "due_relief",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("down_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("down_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("moved_by_seconds", sa.Integer(), nullable=False),
        sa.Column("bills", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("down_from"),
    )
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "wallet",
                "receivable",
                "gifts",
                "clearing",
                "revenue",
                "tax",
                "vouchers",
                "goodwill",
                "expired",
                "writtenOff",
                name="accountkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column(
            "balance_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint("kind <> 'wallet' OR balance_minor >= 0", name="wallet_not_overdrawn"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id", "currency", name="account_in_one_currency"),
        sa.UniqueConstraint("kind", "owner_id", "name", "currency", name="one_account_each"),
    )
    with op.batch_alter_table("ledger_account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_account_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "portal_heartbeat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "promotion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("name", JSON_TYPE, nullable=False),
        sa.Column(
            "effect",
            sa.Enum(
                "recurringPercent",
                "recurringAmount",
                "oneTimePercent",
                "oneTimeAmount",
                name="promotioneffect",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("percent_bp", sa.Integer(), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("kinds", JSON_TYPE, nullable=False),
        sa.Column("offering_ids", JSON_TYPE, nullable=False),
        sa.Column("new_customers_only", sa.Boolean(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("valid_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("valid_to", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name="promotion_not_negative"),
        sa.CheckConstraint("percent_bp BETWEEN 0 AND 10000", name="promotion_within_whole"),
        sa.CheckConstraint("uses <= most_uses OR most_uses = 0", name="promotion_not_overused"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="promotion_in_order"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "tax_rate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("country", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column(
            "category",
            sa.Enum("S", "Z", "E", "AE", "O", name="taxcategory", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("rate_bp BETWEEN 0 AND 10000", name="tax_within_whole"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("country", "category", "valid_from", name="one_rate_a_day"),
    )
    op.create_table(
        "voucher_partner",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("key_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key_hash"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "bill_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("running", "done", name="billrunstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("bills", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cycle_id"],
            ["billing_cycle.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cycle_id", "as_of", name="one_run_each"),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "payment",
                "refund",
                "chargeBack",
                "chargeBackReturned",
                "bill",
                "billTax",
                "creditNote",
                "creditNoteTax",
                "topup",
                "voucherIssued",
                "voucherSold",
                "voucherRedeemed",
                "voucherEnded",
                "giftSent",
                "giftReceived",
                "giftUndone",
                "charge",
                "chargeTax",
                "chargeReturned",
                "chargeReturnedTax",
                "adjustment",
                "expiry",
                "transfer",
                "writeOff",
                name="entrykind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("debit_id", sa.Uuid(), nullable=False),
        sa.Column("credit_id", sa.Uuid(), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column(
            "debit_after_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "credit_after_minor",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("posted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="entry_positive"),
        sa.CheckConstraint("debit_id <> credit_id", name="entry_moves"),
        sa.ForeignKeyConstraint(
            ["credit_id", "currency"],
            ["ledger_account.id", "ledger_account.currency"],
        ),
        sa.ForeignKeyConstraint(
            ["debit_id", "currency"],
            ["ledger_account.id", "ledger_account.currency"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source_id", "kind", "line", name="entry_once"),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index("ix_entry_credit", ["credit_id", "id"], unique=False)
        batch_op.create_index("ix_entry_debit", ["debit_id", "id"], unique=False)

    op.create_table(
        "bucket",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active", "suspended", "expired", name="bucketstatus", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("status_changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("valid_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column(
            "low_below_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("told_low_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("told_expiry_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id"),
        sa.UniqueConstraint("customer_id", "currency", name="one_wallet_each"),
    )
    with op.batch_alter_table("bucket", schema=None) as batch_op:
        batch_op.create_index("ix_bucket_valid", ["status", "valid_until"], unique=False)

    op.create_table(
        "payment_method",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("token", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("fingerprint", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("brand", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("last4", sqlmodel.sql.sqltypes.AutoString(length=4), nullable=False),
        sa.Column("exp_month", sa.Integer(), nullable=False),
        sa.Column("exp_year", sa.Integer(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active", "expired", "removed", name="methodstatus", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("status_changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("mandate_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("told_expiry_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("forgotten_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider", "token", name="method_once"),
    )
    with op.batch_alter_table("payment_method", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_method_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(
            "one_row_per_card",
            ["customer_id", "provider", "fingerprint"],
            unique=True,
            sqlite_where=sa.text("fingerprint <> '' AND status <> 'removed'"),
            postgresql_where=sa.text("fingerprint <> '' AND status <> 'removed'"),
        )
        batch_op.create_index(
            "one_default_method",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )

    op.create_table(
        "auto_topup",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bucket_id", sa.Uuid(), nullable=False),
        sa.Column("method_id", sa.Uuid(), nullable=False),
        sa.Column(
            "trigger",
            sa.Enum("threshold", "date", name="autotopuptrigger", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "threshold_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "ceiling_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column(
            "spent_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("paused_reason", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("told_paused_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("next_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="auto_topup_positive"),
        sa.CheckConstraint("day BETWEEN 1 AND 28", name="auto_topup_day"),
        sa.CheckConstraint("spent_minor <= ceiling_minor", name="auto_topup_within_ceiling"),
        sa.ForeignKeyConstraint(
            ["bucket_id"],
            ["bucket.id"],
        ),
        sa.ForeignKeyConstraint(
            ["method_id"],
            ["payment_method.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("bucket_id"),
    )
    with op.batch_alter_table("auto_topup", schema=None) as batch_op:
        batch_op.create_index("ix_auto_topup_next", ["active", "next_at"], unique=False)

    op.create_table(
        "billing_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("ledger_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active", "suspended", "closed", name="accountstatus", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("status_changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column(
            "credit_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.Column("billed_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("next_bill_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column(
            "tax_category",
            sa.Enum("S", "Z", "E", "AE", "O", name="taxcategory", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("tax_country", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("tax_number", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("buyer_reference", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("e_invoice", sa.Boolean(), nullable=False),
        sa.Column("autopay", sa.Boolean(), nullable=False),
        sa.Column("method_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("credit_minor >= 0", name="account_credit_not_negative"),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"],
            ["billing_cycle.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id"],
            ["ledger_account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["method_id"],
            ["payment_method.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("customer_id"),
        sa.UniqueConstraint("ledger_id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("billing_account", schema=None) as batch_op:
        batch_op.create_index(
            "ix_account_next_bill", ["cycle_id", "next_bill_at", "id"], unique=False
        )

    op.create_table(
        "cart_promotion",
        sa.Column("cart_id", sa.Uuid(), nullable=False),
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cart_id"],
            ["shopping_cart.id"],
        ),
        sa.ForeignKeyConstraint(
            ["promotion_id"],
            ["promotion.id"],
        ),
        sa.PrimaryKeyConstraint("cart_id", "promotion_id"),
    )
    op.create_table(
        "transfer_balance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=140), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending", "done", "undone", name="transferstatus", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("status_changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("undo_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="transfer_positive"),
        sa.CheckConstraint("sender_id <> receiver_id", name="transfer_to_another"),
        sa.ForeignKeyConstraint(
            ["receiver_id"],
            ["bucket.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"],
            ["bucket.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("transfer_balance", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_transfer_balance_receiver_id"), ["receiver_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_transfer_balance_sender_id"), ["sender_id"], unique=False
        )
        batch_op.create_index(
            "ix_transfer_pending",
            ["undo_until"],
            unique=False,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )

    op.create_table(
        "voucher_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("print", "online", name="voucherkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("on_demand", sa.Boolean(), nullable=False),
        sa.Column("dealer_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("active", "void", name="batchstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("status_changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sealed_key", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("exported_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("exports", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="voucher_worth_something"),
        sa.CheckConstraint("count > 0 OR on_demand", name="batch_not_empty"),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["digital_identity.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dealer_id"],
            ["digital_identity.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("voucher_batch", schema=None) as batch_op:
        batch_op.create_index(
            "one_batch_on_demand",
            ["amount_minor", "currency"],
            unique=True,
            sqlite_where=sa.text("on_demand AND status = 'active'"),
            postgresql_where=sa.text("on_demand AND status = 'active'"),
        )

    op.create_table(
        "dunning_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("next_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("suspended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column(
            "least_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["billing_account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("dunning_case", schema=None) as batch_op:
        batch_op.create_index("ix_dunning_next", ["next_at"], unique=False)
        batch_op.create_index(
            "one_open_case",
            ["account_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "payment_agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active", "kept", "broken", name="agreementstatus", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("status_changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column(
            "total_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column("steps_taken", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("total_minor > 0", name="agreement_positive"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["billing_account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("payment_agreement", schema=None) as batch_op:
        batch_op.create_index(
            "one_active_agreement",
            ["account_id"],
            unique=True,
            sqlite_where=sa.text("status = 'active'"),
            postgresql_where=sa.text("status = 'active'"),
        )

    op.create_table(
        "voucher",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("code_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "stock",
                "issued",
                "redeemed",
                "void",
                "expired",
                name="voucherstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("redeemed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("redeemed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(status = 'redeemed') = (redeemed_at IS NOT NULL)", name="voucher_redeemed_when"
        ),
        sa.CheckConstraint(
            "code_hash IS NOT NULL OR status NOT IN ('issued', 'redeemed')", name="voucher_has_code"
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["voucher_batch.id"],
        ),
        sa.ForeignKeyConstraint(
            ["redeemed_by"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("batch_id", "serial", name="voucher_serial_once"),
        sa.UniqueConstraint("code_hash"),
    )
    with op.batch_alter_table("voucher", schema=None) as batch_op:
        batch_op.create_index("ix_voucher_batch_status", ["batch_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_voucher_redeemed_by"), ["redeemed_by"], unique=False)
        batch_op.create_index("ix_voucher_status_expires", ["status", "expires_at"], unique=False)

    op.create_table(
        "agreed_instalment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("reminded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["payment_agreement.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agreement_id", "number", name="agreed_instalment_once"),
    )
    op.create_table(
        "customer_bill",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("buyer_name", sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
        sa.Column("buyer_address", JSON_TYPE, nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "normal", "last", "creditNote", name="billcategory", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "run_type",
            sa.Enum("onCycle", "offCycle", name="runtype", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("credited_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "onHold",
                "validated",
                "sent",
                "partiallyPaid",
                "settled",
                name="billstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("billed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("period_start", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("period_end", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column(
            "net_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "tax_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "gross_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "remaining_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "disputed_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("disputed_minor >= 0", name="bill_dispute_not_negative"),
        sa.CheckConstraint("gross_minor = net_minor + tax_minor", name="bill_adds_up"),
        sa.CheckConstraint(
            "remaining_minor <= gross_minor OR remaining_minor = 0", name="bill_remains_within"
        ),
        sa.CheckConstraint("remaining_minor >= 0", name="bill_not_overpaid"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["billing_account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["credited_id"],
            ["customer_bill.id"],
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["product_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["bill_run.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "sequence", name="bill_sequence_once"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("order_id"),
    )
    with op.batch_alter_table("customer_bill", schema=None) as batch_op:
        batch_op.create_index("ix_bill_due", ["state", "due_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_customer_bill_credited_id"), ["credited_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_customer_bill_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_customer_bill_run_id"), ["run_id"], unique=False)
        batch_op.create_index(
            "one_bill_per_period",
            ["account_id", "period_end"],
            unique=True,
            sqlite_where=sa.text("run_type = 'onCycle'"),
            postgresql_where=sa.text("run_type = 'onCycle'"),
        )

    op.create_table(
        "dunning_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["dunning_case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "step", name="step_once"),
    )
    op.create_table(
        "promotion_use",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["product_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["promotion_id"],
            ["promotion.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("promotion_id", "customer_id", name="used_once"),
    )
    with op.batch_alter_table("promotion_use", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_promotion_use_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_promotion_use_order_id"), ["order_id"], unique=False)

    op.create_table(
        "agreed_bill",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "beyond_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["payment_agreement.id"],
        ),
        sa.ForeignKeyConstraint(
            ["bill_id"],
            ["customer_bill.id"],
        ),
        sa.PrimaryKeyConstraint("agreement_id", "bill_id"),
    )
    op.create_table(
        "bill_allocation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name="allocation_moves"),
        sa.ForeignKeyConstraint(
            ["bill_id"],
            ["customer_bill.id"],
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("bill_allocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bill_allocation_bill_id"), ["bill_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_bill_allocation_payment_id"), ["payment_id"], unique=False
        )

    op.create_table(
        "bill_tax",
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column(
            "category",
            sa.Enum("S", "Z", "E", "AE", "O", name="taxcategory", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column(
            "net_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "tax_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["bill_id"],
            ["customer_bill.id"],
        ),
        sa.PrimaryKeyConstraint("bill_id", "category", "rate_bp"),
    )
    op.create_table(
        "moved_bill",
        sa.Column("relief_id", sa.Uuid(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column("due_before", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bill_id"],
            ["customer_bill.id"],
        ),
        sa.ForeignKeyConstraint(
            ["relief_id"],
            ["due_relief.id"],
        ),
        sa.PrimaryKeyConstraint("relief_id", "bill_id"),
    )
    with op.batch_alter_table("moved_bill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moved_bill_bill_id"), ["bill_id"], unique=False)

    op.create_table(
        "payment_item",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name="payment_item_positive"),
        sa.ForeignKeyConstraint(
            ["bill_id"],
            ["customer_bill.id"],
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.id"],
        ),
        sa.PrimaryKeyConstraint("payment_id", "bill_id"),
        sa.UniqueConstraint("bill_id", "attempt", name="one_autopay_per_attempt"),
    )
    with op.batch_alter_table("payment_item", schema=None) as batch_op:
        batch_op.create_index(
            "one_open_payment_per_bill",
            ["bill_id"],
            unique=True,
            sqlite_where=sa.text("is_open"),
            postgresql_where=sa.text("is_open"),
        )

    op.create_table(
        "topup_balance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bucket_id", sa.Uuid(), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("voucher_id", sa.Uuid(), nullable=True),
        sa.Column("is_auto", sa.Boolean(), nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("pending", "done", "failed", name="topupstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("status_changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "(payment_id IS NULL) <> (voucher_id IS NULL)", name="topup_by_card_or_voucher"
        ),
        sa.CheckConstraint("amount_minor > 0", name="topup_positive"),
        sa.ForeignKeyConstraint(
            ["bucket_id"],
            ["bucket.id"],
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"],
            ["voucher.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("payment_id"),
        sa.UniqueConstraint("voucher_id"),
    )
    with op.batch_alter_table("topup_balance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_topup_balance_bucket_id"), ["bucket_id"], unique=False)
        batch_op.create_index(
            "one_open_auto_topup",
            ["bucket_id"],
            unique=True,
            sqlite_where=sa.text("is_auto AND status = 'pending'"),
            postgresql_where=sa.text("is_auto AND status = 'pending'"),
        )

    op.create_table(
        "voucher_sale",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("voucher_id", sa.Uuid(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("partner", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("external_key", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column("receiver", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("greeting", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("code_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("sealed_code", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("sold_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("sendings", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="voucher_sale_positive"),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"],
            ["voucher.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("partner", "external_key", name="one_sale_per_key"),
        sa.UniqueConstraint("payment_id"),
        sa.UniqueConstraint("voucher_id"),
    )
    with op.batch_alter_table("voucher_sale", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_voucher_sale_customer_id"), ["customer_id"], unique=False
        )

    op.create_table(
        "applied_billing_rate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "recurringCharge",
                "oneTimeCharge",
                "usageCharge",
                "discount",
                "credit",
                "instalment",
                "fee",
                name="chargekind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", JSON_TYPE, nullable=False),
        sa.Column("detail", JSON_TYPE, nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("charged_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("period_start", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("period_end", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column(
            "amount_micro", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "tax_category",
            sa.Enum("S", "Z", "E", "AE", "O", name="taxcategory", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("tax_bp", sa.Integer(), nullable=False),
        sa.Column(
            "net_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "tax_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "gross_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("gross_minor = net_minor + tax_minor", name="line_adds_up"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["billing_account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["bill_id"],
            ["customer_bill.id"],
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", name="charge_once"),
    )
    with op.batch_alter_table("applied_billing_rate", schema=None) as batch_op:
        batch_op.create_index("ix_rate_bill", ["bill_id"], unique=False)
        batch_op.create_index(
            "ix_rate_open",
            ["account_id", "charged_at"],
            unique=False,
            sqlite_where=sa.text("bill_id IS NULL"),
            postgresql_where=sa.text("bill_id IS NULL"),
        )

    op.create_table(
        "instalment_purchase",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column(
            "total_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("billed", sa.Integer(), nullable=False),
        sa.Column("next_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("anchor_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column(
            "quote_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("quote_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "settled",
                "cancelled",
                name="purchasestatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("billed BETWEEN 0 AND count", name="instalments_within_count"),
        sa.CheckConstraint("total_minor > 0", name="purchase_positive"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["billing_account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"],
            ["customer_bill.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("product_id"),
    )
    with op.batch_alter_table("instalment_purchase", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_instalment_purchase_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "product_charging",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("order_item_id", sa.Uuid(), nullable=False),
        sa.Column("anchor_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("charged_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("bills_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("end_settled", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("by_wallet", sa.Boolean(), nullable=False),
        sa.Column("next_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("short_since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["billing_account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_item_id"],
            ["product_order_item.id"],
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
        ),
        sa.PrimaryKeyConstraint("product_id"),
    )
    with op.batch_alter_table("product_charging", schema=None) as batch_op:
        batch_op.create_index("ix_charging_account", ["account_id"], unique=False)
        batch_op.create_index(
            "ix_charging_wallet_due",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("by_wallet"),
            postgresql_where=sa.text("by_wallet"),
        )

    op.create_table(
        "product_pause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("credited_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="pause_in_order"),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("product_pause", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_product_pause_product_id"), ["product_id"], unique=False
        )

    op.create_table(
        "suspended_product",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("restored_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["dunning_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "product_id"),
    )
    op.create_table(
        "wallet_charge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bucket_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("name", JSON_TYPE, nullable=False),
        sa.Column("period_start", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("period_end", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("tax_bp", sa.Integer(), nullable=False),
        sa.Column(
            "net_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "tax_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "gross_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("charged_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("gross_minor = net_minor + tax_minor", name="wallet_charge_adds_up"),
        sa.CheckConstraint("gross_minor > 0", name="wallet_charge_positive"),
        sa.ForeignKeyConstraint(
            ["bucket_id"],
            ["bucket.id"],
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("product_id", "period_start", name="wallet_charge_once"),
    )
    with op.batch_alter_table("wallet_charge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wallet_charge_bucket_id"), ["bucket_id"], unique=False)

    op.create_table(
        "bill_dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=False),
        sa.Column("rate_id", sa.Integer(), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "accepted",
                "rejected",
                "withdrawn",
                name="disputestatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("credit_bill_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="dispute_positive"),
        sa.ForeignKeyConstraint(
            ["bill_id"],
            ["customer_bill.id"],
        ),
        sa.ForeignKeyConstraint(
            ["credit_bill_id"],
            ["customer_bill.id"],
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["digital_identity.id"],
        ),
        sa.ForeignKeyConstraint(
            ["rate_id"],
            ["applied_billing_rate.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("bill_dispute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bill_dispute_bill_id"), ["bill_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bill_dispute_status"), ["status"], unique=False)
        batch_op.create_index(
            "one_open_dispute",
            ["rate_id"],
            unique=True,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )

    op.create_table(
        "charge_back",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column(
            "amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "reported",
                "taken",
                "returned",
                name="chargebackstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("heard_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name="charge_back_not_negative"),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider", "reference", name="charge_back_once"),
    )
    with op.batch_alter_table("charge_back", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_charge_back_payment_id"), ["payment_id"], unique=False)

    with op.batch_alter_table("order_item_price", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("once", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("order_item_price", schema=None) as batch_op:
        batch_op.alter_column("once", server_default=None)
    _widen_payments()
    for statement in KEPT[op.get_bind().dialect.name]:
        op.execute(statement)
    _book_the_past()


def downgrade() -> None:
    with op.batch_alter_table("charge_back", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_charge_back_payment_id"))

    op.drop_table("charge_back")
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.drop_constraint(_TAKEN_BACK, type_="check")
        batch_op.drop_constraint(_ALLOCATED, type_="check")
        batch_op.drop_constraint("fk_payment_method", type_="foreignkey")
        for name in (*_DEFAULTS, "method_id", "payer_id", "give_up_at", "told_at"):
            batch_op.drop_column(name)

    with op.batch_alter_table("order_item_price", schema=None) as batch_op:
        batch_op.drop_column("once")

    with op.batch_alter_table("bill_dispute", schema=None) as batch_op:
        batch_op.drop_index(
            "one_open_dispute",
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_bill_dispute_status"))
        batch_op.drop_index(batch_op.f("ix_bill_dispute_bill_id"))

    op.drop_table("bill_dispute")
    with op.batch_alter_table("wallet_charge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wallet_charge_bucket_id"))

    op.drop_table("wallet_charge")
    op.drop_table("suspended_product")
    with op.batch_alter_table("product_pause", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_pause_product_id"))

    op.drop_table("product_pause")
    with op.batch_alter_table("product_charging", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_charging_wallet_due",
            sqlite_where=sa.text("by_wallet"),
            postgresql_where=sa.text("by_wallet"),
        )
        batch_op.drop_index("ix_charging_account")

    op.drop_table("product_charging")
    with op.batch_alter_table("instalment_purchase", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instalment_purchase_account_id"))

    op.drop_table("instalment_purchase")
    with op.batch_alter_table("applied_billing_rate", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_rate_open",
            sqlite_where=sa.text("bill_id IS NULL"),
            postgresql_where=sa.text("bill_id IS NULL"),
        )
        batch_op.drop_index("ix_rate_bill")

    op.drop_table("applied_billing_rate")
    with op.batch_alter_table("voucher_sale", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voucher_sale_customer_id"))

    op.drop_table("voucher_sale")
    with op.batch_alter_table("topup_balance", schema=None) as batch_op:
        batch_op.drop_index(
            "one_open_auto_topup",
            sqlite_where=sa.text("is_auto AND status = 'pending'"),
            postgresql_where=sa.text("is_auto AND status = 'pending'"),
        )
        batch_op.drop_index(batch_op.f("ix_topup_balance_bucket_id"))

    op.drop_table("topup_balance")
    with op.batch_alter_table("payment_item", schema=None) as batch_op:
        batch_op.drop_index(
            "one_open_payment_per_bill",
            sqlite_where=sa.text("is_open"),
            postgresql_where=sa.text("is_open"),
        )

    op.drop_table("payment_item")
    with op.batch_alter_table("moved_bill", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moved_bill_bill_id"))

    op.drop_table("moved_bill")
    op.drop_table("bill_tax")
    with op.batch_alter_table("bill_allocation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bill_allocation_payment_id"))
        batch_op.drop_index(batch_op.f("ix_bill_allocation_bill_id"))

    op.drop_table("bill_allocation")
    op.drop_table("agreed_bill")
    with op.batch_alter_table("promotion_use", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promotion_use_order_id"))
        batch_op.drop_index(batch_op.f("ix_promotion_use_customer_id"))

    op.drop_table("promotion_use")
    op.drop_table("dunning_step")
    with op.batch_alter_table("customer_bill", schema=None) as batch_op:
        batch_op.drop_index(
            "one_bill_per_period",
            sqlite_where=sa.text("run_type = 'onCycle'"),
            postgresql_where=sa.text("run_type = 'onCycle'"),
        )
        batch_op.drop_index(batch_op.f("ix_customer_bill_run_id"))
        batch_op.drop_index(batch_op.f("ix_customer_bill_customer_id"))
        batch_op.drop_index(batch_op.f("ix_customer_bill_credited_id"))
        batch_op.drop_index("ix_bill_due")

    op.drop_table("customer_bill")
    op.drop_table("agreed_instalment")
    with op.batch_alter_table("voucher", schema=None) as batch_op:
        batch_op.drop_index("ix_voucher_status_expires")
        batch_op.drop_index(batch_op.f("ix_voucher_redeemed_by"))
        batch_op.drop_index("ix_voucher_batch_status")

    op.drop_table("voucher")
    with op.batch_alter_table("payment_agreement", schema=None) as batch_op:
        batch_op.drop_index(
            "one_active_agreement",
            sqlite_where=sa.text("status = 'active'"),
            postgresql_where=sa.text("status = 'active'"),
        )

    op.drop_table("payment_agreement")
    with op.batch_alter_table("dunning_case", schema=None) as batch_op:
        batch_op.drop_index(
            "one_open_case",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index("ix_dunning_next")

    op.drop_table("dunning_case")
    with op.batch_alter_table("voucher_batch", schema=None) as batch_op:
        batch_op.drop_index(
            "one_batch_on_demand",
            sqlite_where=sa.text("on_demand AND status = 'active'"),
            postgresql_where=sa.text("on_demand AND status = 'active'"),
        )

    op.drop_table("voucher_batch")
    with op.batch_alter_table("transfer_balance", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_transfer_pending",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.drop_index(batch_op.f("ix_transfer_balance_sender_id"))
        batch_op.drop_index(batch_op.f("ix_transfer_balance_receiver_id"))

    op.drop_table("transfer_balance")
    op.drop_table("cart_promotion")
    with op.batch_alter_table("billing_account", schema=None) as batch_op:
        batch_op.drop_index("ix_account_next_bill")

    op.drop_table("billing_account")
    with op.batch_alter_table("auto_topup", schema=None) as batch_op:
        batch_op.drop_index("ix_auto_topup_next")

    op.drop_table("auto_topup")
    with op.batch_alter_table("payment_method", schema=None) as batch_op:
        batch_op.drop_index(
            "one_row_per_card",
            sqlite_where=sa.text("fingerprint <> '' AND status <> 'removed'"),
            postgresql_where=sa.text("fingerprint <> '' AND status <> 'removed'"),
        )
        batch_op.drop_index(
            "one_default_method",
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )
        batch_op.drop_index(batch_op.f("ix_payment_method_customer_id"))

    op.drop_table("payment_method")
    with op.batch_alter_table("bucket", schema=None) as batch_op:
        batch_op.drop_index("ix_bucket_valid")

    op.drop_table("bucket")
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_entry_debit")
        batch_op.drop_index("ix_entry_credit")

    op.drop_table("ledger_entry")
    op.drop_table("bill_run")
    op.drop_table("voucher_partner")
    op.drop_table("tax_rate")
    op.drop_table("promotion")
    op.drop_table("portal_heartbeat")
    with op.batch_alter_table("ledger_account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_account_owner_id"))

    op.drop_table("ledger_account")
    op.drop_table("due_relief")
    op.drop_table("billing_cycle")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_entry_kept()")


def _widen_payments() -> None:
    purposes = sa.Enum(
        "order",
        "bills",
        "topup",
        "voucher",
        name="paymentpurpose",
        native_enum=False,
        length=32,
    )
    text = sqlmodel.sql.sqltypes.AutoString
    kinds = {
        "purpose": purposes,
        "off_session": sa.Boolean(),
        "allocated_minor": sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        "taken_back_minor": sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        "back_path": text(length=300),
        "language": text(length=8),
        "keep_method": sa.Boolean(),
        "processing": sa.Boolean(),
    }
    instant = sqlmodel.sql.sqltypes.UTCDateTime
    with op.batch_alter_table("payment", schema=None) as batch_op:
        for name, default in _DEFAULTS.items():
            batch_op.add_column(
                sa.Column(name, kinds[name], nullable=False, server_default=default)
            )
        batch_op.add_column(sa.Column("method_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("payer_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("give_up_at", instant(), nullable=True))
        batch_op.add_column(sa.Column("told_at", instant(), nullable=True))
    with op.batch_alter_table("payment", schema=None) as batch_op:
        for name in _DEFAULTS:
            batch_op.alter_column(name, server_default=None)
        batch_op.create_foreign_key("fk_payment_method", "payment_method", ["method_id"], ["id"])
        batch_op.create_check_constraint(_ALLOCATED, "allocated_minor BETWEEN 0 AND amount_minor")
        batch_op.create_check_constraint(
            _TAKEN_BACK, "taken_back_minor BETWEEN 0 AND amount_minor - allocated_minor"
        )


def _book_the_past() -> None:
    """Book what came and what went back, but for orders that are under way."""
    bind = op.get_bind()
    account = _table("ledger_account", "id owner_id", "kind name currency", "balance_minor")
    entry = _table(
        "ledger_entry",
        "source_id debit_id credit_id",
        "kind currency",
        "line amount_minor",
        "posted_at",
    )
    payment = _table(
        "payment",
        "id order_id",
        "currency provider status",
        "amount_minor",
        "status_changed_at created_at",
    )
    refund = _table(
        "refund",
        "id payment_id",
        "currency",
        "amount_minor",
        "status_changed_at created_at",
    )
    order = _table("product_order", "id", "state")
    back = sa.exists().where(refund.c.payment_id == payment.c.id).correlate(payment)
    under_way = (
        sa.exists()
        .where(order.c.id == payment.c.order_id, order.c.state.not_in(_ENDED))
        .correlate(payment)
    )
    past = sa.or_(back, sa.and_(payment.c.status == "done", ~under_way))
    came = sa.select(payment.c.currency, payment.c.provider).where(past).distinct()
    for currency, provider in bind.execute(came).all():
        clearing, revenue = uuid4(), _revenue(account, currency)
        _add_account(account, clearing, "clearing", provider, currency)
        mine = sa.and_(past, payment.c.currency == currency, payment.c.provider == provider)
        for kind, row, debit, credit in (
            ("payment", payment, clearing, revenue),
            ("refund", refund, revenue, clearing),
        ):
            sides = [sa.literal(side, sa.Uuid()) for side in (debit, credit)]
            moved = sa.select(
                sa.literal(kind),
                row.c.id,
                sa.literal(0),
                *sides,
                row.c.amount_minor,
                row.c.currency,
                row.c.status_changed_at,
            ).where(mine)
            if row is refund:
                moved = moved.join_from(refund, payment, refund.c.payment_id == payment.c.id)
            moved = moved.order_by(row.c.created_at, row.c.id)
            bind.execute(entry.insert().from_select(_MOVED, moved, include_defaults=False))


def _table(
    name: str, ids: str, texts: str, numbers: str = "", instants: str = ""
) -> sa.TableClause:
    """Return the columns of a table that are needed here, as they are in this revision."""
    kinds = (
        (ids, sa.Uuid()),
        (texts, sa.String()),
        (numbers, sa.BigInteger()),
        (instants, sqlmodel.sql.sqltypes.UTCDateTime()),
    )
    return sa.table(name, *(sa.column(one, kind) for names, kind in kinds for one in names.split()))


def _revenue(account: sa.TableClause, currency: str) -> object:
    """Return the revenue account of a currency, made for its first provider."""
    named = sa.select(account.c.id).where(
        account.c.kind == "revenue", account.c.currency == currency
    )
    found = op.get_bind().execute(named).scalar()
    if found is None:
        found = uuid4()
        _add_account(account, found, "revenue", "", currency)
    return found


def _add_account(
    account: sa.TableClause, account_id: object, kind: str, name: str, currency: str
) -> None:
    row = {"id": account_id, "kind": kind, "owner_id": NOBODY, "name": name}
    row |= {"currency": currency, "balance_minor": 0}
    op.get_bind().execute(account.insert().values(row))
