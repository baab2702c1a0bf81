"""A charge-back was contested and won: its money goes again to where it was taken from.

Bills that it had paid are paid again as far as they are open, and what they do not need is credit.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from self_service.domain import audit, ledger
from self_service.domain.bills import allocating, writing
from self_service.domain.bills.allocating import Share
from self_service.domain.debts import dunning
from self_service.domain.debts.notices import NoticeKind, tell
from self_service.domain.payments import booking
from self_service.domain.payments.charged_back import line_of, source_of, taken_of, voucher_of
from self_service.domain.payments.taking_back import PORTAL, place_of
from self_service.domain.rows import changed
from self_service.domain.transitions import advance
from self_service.domain.wallet import buckets, renewals
from self_service.models.bills import AppliedBillingRate, BillingAccount, CustomerBill
from self_service.models.ledger import AccountKind, EntryKind
from self_service.models.payments import BillAllocation, ChargeBack, Payment
from self_service.models.vouchers import Voucher, VoucherStatus
from self_service.models.wallet import TopupBalance
from self_service.money import Money

#: A voucher that became void by a charge-back is good again; no other one ever is.
_BACK = {VoucherStatus.VOID: frozenset({VoucherStatus.ISSUED})}


def give_again(
    session: Session,
    row: ChargeBack,
    payment: Payment,
    account: BillingAccount,
    *,
    now: datetime,
) -> None:
    """Book that a payment's money is ours again, and tell whoever paid.

    Args:
        session: open transaction that holds the locks of order, account, cards and payment.
        row: the charge-back, just moved to RETURNED.
        payment: its payment, as it is now.
        account: the payer's.
        now: instant of booking.
    """
    parts = taken_of(session, row)
    total = sum(parts.values())
    targets = {place: _target(session, row, payment, place, now) for place in parts}
    source = booking.clearing(session, payment)
    moves = [
        ledger.Movement(
            EntryKind.CHARGE_BACK_RETURNED,
            row.id,
            source,
            place_of(session, targets[place], payment, account, now),
            Money(part, payment.currency),
            line_of(row, place),
        )
        for place, part in parts.items()
    ]
    ledger.post(session, moves, now=now)
    less = Payment.taken_back_minor - total
    changed(session, update(Payment).where(Payment.id == payment.id).values(taken_back_minor=less))
    came = sum(part for place, part in parts.items() if targets[place] is AccountKind.RECEIVABLE)
    meant = _meant(session, row, payment)
    allocating.give_again(session, account.id, payment, meant, came, now=now)
    if AccountKind.WALLET in parts:
        _wallet(session, payment, now)
    writing.use_credit(session, account.id, account.customer_id, now=now)
    dunning.on_paid(session, account.id, now)
    about = f"{row.id} {row.rounds}"
    tell(session, NoticeKind.CHARGE_BACK_WON, account.id, about, now=now, minor=total)
    after, whose = {"minor": total, "currency": payment.currency}, payment.customer_id
    act = "payment.charge_back_won"
    audit.record(session, PORTAL, act, now=now, after=after, customer_id=whose)


def _target(
    session: Session, row: ChargeBack, payment: Payment, place: AccountKind, now: datetime
) -> AccountKind:
    """Return where the sum that was taken from a place goes: there, unless that is over."""
    if place is AccountKind.VOUCHERS:
        voucher = voucher_of(session, payment.id)
        to = VoucherStatus.ISSUED
        good = voucher is not None and advance(
            session, Voucher, voucher.id, to, allowed=_BACK, now=now
        )
        return place if good else AccountKind.RECEIVABLE
    if place is AccountKind.REVENUE:
        claim = delete(AppliedBillingRate).where(
            AppliedBillingRate.source == source_of(row), col(AppliedBillingRate.bill_id).is_(None)
        )
        # on a bill already: the money pays that bill
        return place if changed(session, claim) else AccountKind.RECEIVABLE
    return place


def _meant(session: Session, row: ChargeBack, payment: Payment) -> list[Share]:
    """Return the bills that the money is for, the first due first: as much as they are open."""
    was_paid = select(BillAllocation.bill_id).where(
        BillAllocation.payment_id == payment.id, BillAllocation.amount_minor < 0
    )
    claimed = select(AppliedBillingRate.bill_id).where(AppliedBillingRate.source == source_of(row))
    either = [col(CustomerBill.id).in_(was_paid), col(CustomerBill.id).in_(claimed)]
    if payment.order_id is not None:
        either.append(col(CustomerBill.order_id) == payment.order_id)
    rows: list[tuple[UUID, int]] = list(
        session.exec(
            select(CustomerBill.id, CustomerBill.remaining_minor)
            .where(or_(*either), CustomerBill.remaining_minor > 0)
            .order_by(CustomerBill.due_at, CustomerBill.sequence)
        ).all()
    )
    return [Share(bill_id, remaining) for bill_id, remaining in rows]


def _wallet(session: Session, payment: Payment, now: datetime) -> None:
    """Credit came into a wallet: it lasts, and what waited for it runs again."""
    topup = session.exec(select(TopupBalance).where(TopupBalance.payment_id == payment.id)).one()
    row = buckets.lock(session, topup.bucket_id)
    buckets.credited(session, row, valid_days=topup.valid_days, now=now)
    renewals.retry(session, row.customer_id, now=now)
