"""Where the money of a charge-back is taken from, and how its entries in the ledger are told apart.

A charge-back moves at most one sum from each place, each time that it is taken: the entry's line
says which time and which place, so that what is given again goes back to where it was.
"""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, select

from self_service.models.base import Texts
from self_service.models.ledger import AccountKind, EntryKind, LedgerAccount, LedgerEntry
from self_service.models.payments import ChargeBack
from self_service.models.vouchers import Voucher, VoucherSale

#: Places in the order in which they are asked for money: REVENUE is what is claimed instead.
PLACES = (
    AccountKind.RECEIVABLE,
    AccountKind.WALLET,
    AccountKind.VOUCHERS,
    AccountKind.EXPIRED,
    AccountKind.REVENUE,
)
_STEP = 8
#: What the claim is called on a bill.
CARRIED: Texts = {
    "en": "Payment that your bank took back",
    "es": "Pago que su banco devolvió",
    "ar": "دفعة استردّها مصرفك",
}


def line_of(row: ChargeBack, place: AccountKind) -> int:
    """Return the line of the entry that takes from a place, this time."""
    return row.rounds * _STEP + PLACES.index(place)


def taken_of(session: Session, row: ChargeBack) -> dict[AccountKind, int]:
    """Return what was taken the last time, by place, in minor units."""
    first = row.rounds * _STEP
    wanted = select(LedgerEntry.line, LedgerEntry.amount_minor).where(
        LedgerEntry.source_id == row.id,
        LedgerEntry.kind == EntryKind.CHARGE_BACK,
        LedgerEntry.line >= first,
        LedgerEntry.line < first + _STEP,
    )
    return {PLACES[line - first]: minor for line, minor in session.exec(wanted)}


def went_to(session: Session, payment_id: UUID) -> AccountKind:
    """Return the kind of account to which a payment was booked."""
    wanted = (
        select(LedgerAccount.kind)
        .join(LedgerEntry, LedgerEntry.credit_id == LedgerAccount.id)
        .where(LedgerEntry.source_id == payment_id, LedgerEntry.kind == EntryKind.PAYMENT)
    )
    return AccountKind(session.exec(wanted).one())


def source_of(row: ChargeBack) -> str:
    """Return by what the claim on the next bill is known; once for each time it was taken."""
    return f"charge back {row.id} {row.rounds}"


def voucher_of(session: Session, payment_id: UUID) -> Voucher | None:
    """Return the voucher that a payment bought, locked."""
    wanted = (
        select(Voucher)
        .join(VoucherSale, VoucherSale.voucher_id == Voucher.id)
        .where(VoucherSale.payment_id == payment_id)
        .with_for_update(of=Voucher)
    )
    return session.exec(wanted.execution_options(populate_existing=True)).first()
