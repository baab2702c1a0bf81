"""Rules of wallets, gifts and vouchers: each selects the rows that break it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, case, func, union_all
from sqlmodel import select

from self_service.domain.ledger.rules_bills import both_sides
from self_service.models.ledger import AccountKind, EntryKind, LedgerAccount, LedgerEntry
from self_service.models.usage import UsageCharge
from self_service.models.vouchers import Voucher, VoucherSale, VoucherStatus
from self_service.models.wallet import (
    Bucket,
    TopupBalance,
    TopupStatus,
    TransferBalance,
    TransferStatus,
    WalletCharge,
)


def voucher_is_redeemed_once() -> Select[Any]:
    """A redeemed voucher moved its value once, any other none."""
    moved = (
        select(LedgerEntry.source_id, func.sum(LedgerEntry.amount_minor).label("total"))
        .where(LedgerEntry.kind == EntryKind.VOUCHER_REDEEMED)
        .group_by(LedgerEntry.source_id)
        .subquery()
    )
    due = case((Voucher.status == VoucherStatus.REDEEMED, Voucher.amount_minor), else_=0)
    return (
        select(Voucher.id)
        .outerjoin(moved, moved.c.source_id == Voucher.id)
        .where(func.coalesce(moved.c.total, 0) != due)
    )


def vouchers_are_worth_their_account() -> Select[Any]:
    """What lies on the accounts of vouchers is the worth of all that can still be redeemed."""
    sides = both_sides()
    lying = (
        select(LedgerAccount.currency, sides.c.amount.label("amount"))
        .join(sides, sides.c.account_id == LedgerAccount.id)
        .where(LedgerAccount.kind == AccountKind.VOUCHERS)
    )
    good = select(Voucher.currency, -Voucher.amount_minor).where(
        Voucher.status == VoucherStatus.ISSUED
    )
    both = union_all(lying, good).subquery()
    return select(both.c.currency).group_by(both.c.currency).having(func.sum(both.c.amount) != 0)


def voucher_sale_is_booked_once() -> Select[Any]:
    """A sold voucher brought its worth once: by its payment, or from the partner who sold it."""
    source = func.coalesce(VoucherSale.payment_id, VoucherSale.id)
    vouchers = select(LedgerAccount.id).where(LedgerAccount.kind == AccountKind.VOUCHERS)
    entry = and_(
        LedgerEntry.source_id == source,
        LedgerEntry.kind.in_((EntryKind.PAYMENT, EntryKind.VOUCHER_SOLD)),
        LedgerEntry.credit_id.in_(vouchers),
        LedgerEntry.amount_minor == VoucherSale.amount_minor,
    )
    wanted = case((VoucherSale.voucher_id.is_not(None), 1), else_=0)
    return (
        select(VoucherSale.id)
        .outerjoin(LedgerEntry, entry)
        .group_by(VoucherSale.id, VoucherSale.voucher_id)
        .having(func.count(LedgerEntry.id) != wanted)
    )


def topup_is_booked_once() -> Select[Any]:
    """Credit came with its payment or its voucher: a top-up that is done has exactly one."""
    source = func.coalesce(TopupBalance.payment_id, TopupBalance.voucher_id)
    entry = and_(
        LedgerEntry.source_id == source,
        LedgerEntry.kind.in_((EntryKind.PAYMENT, EntryKind.VOUCHER_REDEEMED)),
        LedgerEntry.credit_id == Bucket.account_id,
        LedgerEntry.amount_minor == TopupBalance.amount_minor,
    )
    wanted = case((TopupBalance.status == TopupStatus.DONE, 1), else_=0)
    return (
        select(TopupBalance.id)
        .join(Bucket, Bucket.id == TopupBalance.bucket_id)
        .outerjoin(LedgerEntry, entry)
        .group_by(TopupBalance.id, TopupBalance.status)
        .having(func.count(LedgerEntry.id) != wanted)
    )


def gift_waits_or_arrived() -> Select[Any]:
    """Gifts that wait are all that lies on the accounts between wallets."""
    sides = both_sides()
    lying = (
        select(LedgerAccount.currency, sides.c.amount.label("amount"))
        .join(sides, sides.c.account_id == LedgerAccount.id)
        .where(LedgerAccount.kind == AccountKind.GIFTS)
    )
    waiting = (
        select(Bucket.currency, -TransferBalance.amount_minor)
        .join(Bucket, Bucket.id == TransferBalance.sender_id)
        .where(TransferBalance.status == TransferStatus.PENDING)
    )
    both = union_all(lying, waiting).subquery()  # a gift that never reached an account counts too
    return select(both.c.currency).group_by(both.c.currency).having(func.sum(both.c.amount) != 0)


def wallet_charge_is_booked_once() -> Select[Any]:
    """A prepaid service's charge moved exactly its net and its tax."""
    moved = (
        select(LedgerEntry.source_id, func.sum(LedgerEntry.amount_minor).label("total"))
        .where(LedgerEntry.kind.in_((EntryKind.CHARGE, EntryKind.CHARGE_TAX)))
        .group_by(LedgerEntry.source_id)
        .subquery()
    )
    return (
        select(WalletCharge.id)
        .outerjoin(moved, moved.c.source_id == WalletCharge.id)
        .where(func.coalesce(moved.c.total, 0) != WalletCharge.gross_minor)
    )


def usage_charge_is_booked_once() -> Select[Any]:
    """Usage taken from a wallet, or given back to it, moved exactly its net and its tax."""
    back = (EntryKind.CHARGE_RETURNED, EntryKind.CHARGE_RETURNED_TAX)
    signed = case(
        (LedgerEntry.kind.in_(back), -LedgerEntry.amount_minor), else_=LedgerEntry.amount_minor
    )
    moved = (
        select(LedgerEntry.source_id, func.sum(signed).label("total"))
        .where(LedgerEntry.kind.in_((EntryKind.CHARGE, EntryKind.CHARGE_TAX, *back)))
        .group_by(LedgerEntry.source_id)
        .subquery()
    )
    return (
        select(UsageCharge.id)
        .outerjoin(moved, moved.c.source_id == UsageCharge.id)
        .where(func.coalesce(moved.c.total, 0) != UsageCharge.gross_minor)
    )
