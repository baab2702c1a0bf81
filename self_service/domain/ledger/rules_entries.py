"""Rules of single entries: each selects the rows that break it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, and_, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import select

from self_service.models.bills import CustomerBill
from self_service.models.ledger import AccountKind, EntryKind, LedgerAccount, LedgerEntry

_K = AccountKind
#: Kind of entry -> from which kind of account it takes, and to which it gives. Others are free.
SIDES: Mapping[EntryKind, tuple[AccountKind, AccountKind]] = {
    EntryKind.BILL: (_K.RECEIVABLE, _K.REVENUE),
    EntryKind.BILL_TAX: (_K.RECEIVABLE, _K.TAX),
    EntryKind.CREDIT_NOTE: (_K.REVENUE, _K.RECEIVABLE),
    EntryKind.CREDIT_NOTE_TAX: (_K.TAX, _K.RECEIVABLE),
    EntryKind.CHARGE: (_K.WALLET, _K.REVENUE),
    EntryKind.CHARGE_TAX: (_K.WALLET, _K.TAX),
    EntryKind.GIFT_SENT: (_K.WALLET, _K.GIFTS),
    EntryKind.GIFT_RECEIVED: (_K.GIFTS, _K.WALLET),
    EntryKind.GIFT_UNDONE: (_K.GIFTS, _K.WALLET),
    EntryKind.VOUCHER_REDEEMED: (_K.VOUCHERS, _K.WALLET),
}


def entry_moves_between_its_accounts() -> Select[Any]:
    """What was sold, what is the state's and what is on its way lie apart."""
    taken, given = aliased(LedgerAccount), aliased(LedgerAccount)
    wrong = [
        and_(LedgerEntry.kind == kind, or_(taken.kind != debit, given.kind != credit))
        for kind, (debit, credit) in SIDES.items()
    ]
    return (
        select(LedgerEntry.id)
        .join(taken, taken.id == LedgerEntry.debit_id)
        .join(given, given.id == LedgerEntry.credit_id)
        .where(or_(*wrong))
    )


def bill_tax_is_booked_apart() -> Select[Any]:
    """The tax of a bill, and no more or less of its sum, was booked as tax."""
    kinds = (EntryKind.BILL_TAX, EntryKind.CREDIT_NOTE_TAX)
    booked = (
        select(LedgerEntry.source_id, func.sum(LedgerEntry.amount_minor).label("total"))
        .where(LedgerEntry.kind.in_(kinds))
        .group_by(LedgerEntry.source_id)
        .subquery()
    )
    return (
        select(CustomerBill.id)
        .outerjoin(booked, booked.c.source_id == CustomerBill.id)
        .where(func.abs(CustomerBill.tax_minor) != func.coalesce(booked.c.total, 0))
    )
