"""Vouchers in the books.

What can be redeemed is a debt of the operator: the account VOUCHERS holds the worth of all such
vouchers (`ledger verify` proves it). A print batch is given away as it is made (GOODWILL); an
online voucher is paid for. What ends unused goes back to where it came from: GOODWILL for print,
EXPIRED, which is income, for what was paid for. `decisions/0011-vouchers.md` says why.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, select

from self_service.domain import ledger
from self_service.domain.ledger import Account, Movement
from self_service.models.ledger import AccountKind, EntryKind, LedgerEntry
from self_service.models.vouchers import Voucher, VoucherBatch, VoucherKind, VoucherSale
from self_service.money import Money


def vouchers(session: Session, currency: str) -> Account:
    """Return the account that holds the worth of what can be redeemed."""
    return ledger.house(session, AccountKind.VOUCHERS, currency)


def issued(session: Session, batch: VoucherBatch, *, now: datetime) -> None:
    """Book a print batch: one movement for all its vouchers."""
    source = ledger.house(session, AccountKind.GOODWILL, batch.currency)
    worth = Money(batch.amount_minor, batch.currency) * batch.count
    target = vouchers(session, batch.currency)
    move = Movement(EntryKind.VOUCHER_ISSUED, batch.id, source, target, worth)
    ledger.post(session, [move], now=now)


def sold_by(session: Session, sale: VoucherSale, *, now: datetime) -> None:
    """Book a voucher that another web site sold: that site owes us its worth."""
    owes = ledger.house(session, AccountKind.CLEARING, sale.currency, partner_account(sale.partner))
    worth = Money(sale.amount_minor, sale.currency)
    target = vouchers(session, sale.currency)
    ledger.post(session, [Movement(EntryKind.VOUCHER_SOLD, sale.id, owes, target, worth)], now=now)


def partner_account(name: str) -> str:
    """Return the name of the account of what a partner owes."""
    return f"partner:{name}"


def batch_ended(session: Session, batch: VoucherBatch, count: int, *, now: datetime) -> None:
    """Book that so many vouchers of a batch became void or expired; the batch is locked."""
    if count:
        worth = Money(batch.amount_minor, batch.currency) * count
        _end(session, batch, batch.id, worth, _next_line(session, batch.id), now)


def voucher_ended(
    session: Session, batch: VoucherBatch, voucher: Voucher, *, now: datetime
) -> None:
    """Book that one voucher became void."""
    _end(session, batch, voucher.id, Money(voucher.amount_minor, voucher.currency), 0, now)


def _end(
    session: Session, batch: VoucherBatch, source_id: UUID, worth: Money, line: int, now: datetime
) -> None:
    kind = AccountKind.GOODWILL if batch.kind is VoucherKind.PRINT else AccountKind.EXPIRED
    source, target = vouchers(session, worth.currency), ledger.house(session, kind, worth.currency)
    move = Movement(EntryKind.VOUCHER_ENDED, source_id, source, target, worth, line)
    ledger.post(session, [move], now=now)


def _next_line(session: Session, batch_id: UUID) -> int:
    ended = select(func.max(LedgerEntry.line)).where(
        LedgerEntry.source_id == batch_id, LedgerEntry.kind == EntryKind.VOUCHER_ENDED
    )
    last = session.exec(ended).one()
    return 0 if last is None else int(last) + 1
