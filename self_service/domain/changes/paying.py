"""Prepaid changes: taken from the wallet before the network is asked, given back if it refuses."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain import ledger
from self_service.domain.bills.taxes import Split
from self_service.domain.changes.refusals import NotEnoughCredit
from self_service.domain.rows import add_rows
from self_service.domain.wallet import buckets
from self_service.models.base import Texts, new_id
from self_service.models.ledger import AccountKind, EntryKind, LedgerAccount, LedgerEntry
from self_service.models.subscriptions import Product
from self_service.models.wallet import Bucket, WalletCharge
from self_service.money import Money

_TAKEN = (EntryKind.CHARGE_TAX, EntryKind.CHARGE)
_RETURNED = (EntryKind.CHARGE_RETURNED_TAX, EntryKind.CHARGE_RETURNED)


def take(
    session: Session,
    product: Product,
    name: Texts,
    sums: Split,
    *,
    since: datetime,
    until: datetime,
    now: datetime,
) -> UUID | None:
    """Take a sum from the wallet.

    Args:
        session: open transaction.
        product: what it is for.
        name: of the charge.
        sums: net, tax and gross in minor units.
        since: first instant that it pays for.
        until: first instant that it does not.
        now: instant of taking.

    Returns:
        The charge's id, None for nothing.

    Raises:
        NotEnoughCredit: names what lacks.
    """
    if sums.gross <= 0:
        return None
    found = buckets.bucket(session, product.customer_id, product.currency, now)
    row = buckets.lock(session, found.id)
    wanted = Money(sums.gross, product.currency)
    held = buckets.held(session, row)
    if held < wanted:
        raise NotEnoughCredit(amount=wanted - held)
    charge = WalletCharge(
        id=new_id(),
        bucket_id=row.id,
        product_id=product.id,
        name=name,
        period_start=since,
        period_end=until,
        tax_bp=sums.rate_bp,
        net_minor=sums.net,
        tax_minor=sums.tax,
        gross_minor=sums.gross,
        charged_at=now,
    )
    add_rows(session, [charge])
    _post(session, row, charge, sums.category.value, returned=False, now=now)
    return charge.id


def give_back(session: Session, charge_id: UUID, *, now: datetime) -> bool:
    """Give back what was taken, once."""
    charge = session.get(WalletCharge, charge_id)
    done = select(LedgerEntry.id).where(
        LedgerEntry.source_id == charge_id, LedgerEntry.kind == EntryKind.CHARGE_RETURNED
    )
    if charge is None or session.exec(done).first() is not None:
        return False
    row = buckets.lock(session, charge.bucket_id)
    _post(session, row, charge, _category(session, charge), returned=True, now=now)
    return True


def _post(
    session: Session,
    row: Bucket,
    charge: WalletCharge,
    category: str,
    *,
    returned: bool,
    now: datetime,
) -> None:
    wallet = buckets.account(row)
    sold = ledger.house(session, AccountKind.REVENUE, row.currency)
    owed = ledger.house(session, AccountKind.TAX, row.currency, category)
    tax, net = _RETURNED if returned else _TAKEN
    moves = []
    for kind, other, minor in ((tax, owed, charge.tax_minor), (net, sold, charge.net_minor)):
        if minor:
            source, target = (other, wallet) if returned else (wallet, other)
            amount = Money(minor, row.currency)
            moves.append(ledger.Movement(kind, charge.id, source, target, amount))
    ledger.post(session, moves, now=now)


def _category(session: Session, charge: WalletCharge) -> str:
    """Return the tax category in which a charge was booked."""
    booked = (
        select(LedgerAccount.name)
        .join(LedgerEntry, LedgerEntry.credit_id == LedgerAccount.id)
        .where(LedgerEntry.source_id == charge.id, LedgerEntry.kind == EntryKind.CHARGE_TAX)
    )
    return session.exec(booked).first() or "S"
