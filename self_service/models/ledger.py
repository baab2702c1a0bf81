"""The double-entry ledger (TMF666 FinancialAccount): append-only, balanced by its shape.

Each entry names the account it takes from and the account it gives to, so it cannot be
unbalanced. One sign for all: an account's balance is what it was given less what was taken. A
wallet's balance is the customer's credit; a receivable's is below zero while something is owed.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    DDL,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    event,
)
from sqlmodel import Field, SQLModel

from self_service.models.base import (
    NOBODY,
    enum_field,
    id_field,
    minor_field,
    number_field,
)


class AccountKind(StrEnum):
    """What an account holds, and whose it is."""

    WALLET = "wallet"  # a customer's prepaid credit
    RECEIVABLE = "receivable"  # a billing account's debt (below zero) or credit (above)
    GIFTS = "gifts"  # sums on their way from one wallet to another, the operator's
    CLEARING = "clearing"  # at a payment provider, by its name
    REVENUE = "revenue"  # net sales
    TAX = "tax"  # owed to the state, by category
    VOUCHERS = "vouchers"  # sold or issued, not yet redeemed
    GOODWILL = "goodwill"  # given away: credits, vouchers handed out free
    EXPIRED = "expired"  # credit and vouchers that nobody used in time
    WRITTEN_OFF = "writtenOff"  # debts given up


class EntryKind(StrEnum):
    """Why money moved. With `source_id` and `line` it names an entry for good."""

    PAYMENT = "payment"
    REFUND = "refund"
    CHARGE_BACK = "chargeBack"  # a payer's bank took a payment back
    CHARGE_BACK_RETURNED = "chargeBackReturned"
    BILL = "bill"  # net of a bill; its source is the bill
    BILL_TAX = "billTax"
    CREDIT_NOTE = "creditNote"
    CREDIT_NOTE_TAX = "creditNoteTax"
    TOPUP = "topup"
    VOUCHER_ISSUED = "voucherIssued"
    VOUCHER_SOLD = "voucherSold"
    VOUCHER_REDEEMED = "voucherRedeemed"
    VOUCHER_ENDED = "voucherEnded"  # void or expired
    GIFT_SENT = "giftSent"
    GIFT_RECEIVED = "giftReceived"
    GIFT_UNDONE = "giftUndone"
    CHARGE = "charge"  # a prepaid service, net
    CHARGE_TAX = "chargeTax"
    CHARGE_RETURNED = "chargeReturned"
    CHARGE_RETURNED_TAX = "chargeReturnedTax"
    ADJUSTMENT = "adjustment"
    EXPIRY = "expiry"
    TRANSFER = "transfer"  # between a customer's own wallet and receivable
    WRITE_OFF = "writeOff"


class LedgerAccount(SQLModel, table=True):
    """TMF666 FinancialAccount. The operator's accounts belong to `NOBODY` and keep no balance:

    theirs is the sum of their entries, so that bills made side by side do not queue for one row.
    """

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("kind", "owner_id", "name", "currency", name="one_account_each"),
        UniqueConstraint("id", "currency", name="account_in_one_currency"),
        CheckConstraint("kind <> 'wallet' OR balance_minor >= 0", name="wallet_not_overdrawn"),
    )

    id: UUID = id_field()
    kind: AccountKind = enum_field(AccountKind, AccountKind.REVENUE)
    owner_id: UUID = Field(default=NOBODY, index=True)  # customer or billing account
    name: str = Field(default="", max_length=40)  # provider, tax category
    currency: str = Field(max_length=3)
    balance_minor: int = minor_field()


class LedgerEntry(SQLModel, table=True):
    """One movement of money; never changed, never deleted: a correction is a new entry."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("source_id", "kind", "line", name="entry_once"),
        CheckConstraint("amount_minor > 0", name="entry_positive"),
        CheckConstraint("debit_id <> credit_id", name="entry_moves"),
        ForeignKeyConstraint(
            ["debit_id", "currency"], ["ledger_account.id", "ledger_account.currency"]
        ),
        ForeignKeyConstraint(
            ["credit_id", "currency"], ["ledger_account.id", "ledger_account.currency"]
        ),
        Index("ix_entry_debit", "debit_id", "id"),
        Index("ix_entry_credit", "credit_id", "id"),
    )

    id: int | None = number_field()
    kind: EntryKind = enum_field(EntryKind, EntryKind.PAYMENT)
    source_id: UUID  # payment, bill, voucher, gift ... that it is about
    line: int = 0  # where one source moves several sums of one kind
    debit_id: UUID  # taken from
    credit_id: UUID  # given to
    amount_minor: int = minor_field()
    currency: str = Field(max_length=3)
    debit_after_minor: int | None = minor_field(None)  # of customers' accounts: balance after it
    credit_after_minor: int | None = minor_field(None)
    posted_at: datetime


#: The database itself refuses to change what was booked.
_SQLITE = """
CREATE TRIGGER ledger_entry_kept_{verb} BEFORE {verb} ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger entries are never changed'); END
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION ledger_entry_kept() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'ledger entries are never changed'; END $$ LANGUAGE plpgsql
"""
_POSTGRES = """
CREATE TRIGGER ledger_entry_kept BEFORE UPDATE OR DELETE ON ledger_entry
FOR EACH ROW EXECUTE FUNCTION ledger_entry_kept()
"""
#: For `create_all` and the migration alike, by the database's kind.
KEPT = {
    "sqlite": tuple(_SQLITE.format(verb=verb) for verb in ("UPDATE", "DELETE")),
    "postgresql": (_FUNCTION, _POSTGRES),
}
for _dialect, _statements in KEPT.items():
    for _statement in _statements:
        event.listen(
            SQLModel.metadata.tables["ledger_entry"],
            "after_create",
            DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )
