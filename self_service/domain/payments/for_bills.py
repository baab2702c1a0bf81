"""Payments of bills: what happens when the money came, did not come, or is not wanted any more."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain.bills import allocating
from self_service.domain.bills.allocating import Share
from self_service.domain.payments import booking
from self_service.domain.rows import changed
from self_service.models.bills import CustomerBill
from self_service.models.payments import Payment, PaymentItem

#: Told when bills were paid: closes reminders and opens again what was suspended.
_DUNNING = "self_service.domain.debts.dunning"


def paid(session: Session, payment: Payment, *, now: datetime) -> None:
    """Book a payment that is done and put it against the bills it was meant for.

    What a bill no longer needs, since it was paid meanwhile, is credit of the account.
    """
    account = booking.account_of(session, payment, now=now)
    booking.to_account(session, payment, booking.receivable(session, account), now=now)
    allocating.use_payment(session, account.id, payment, meant_for(session, payment.id), now=now)
    free(session, payment.id)
    _tell_dunning(session, account.id, now)


def failed(session: Session, payment: Payment, *, now: datetime) -> None:
    """Let the bills of a payment that came to nothing be paid in another way."""
    del now
    free(session, payment.id)


def wanted(session: Session, payment: Payment, *, now: datetime) -> bool:
    """Say whether one of the bills still needs the money."""
    del now
    open_bills = (
        select(CustomerBill.id)
        .join(PaymentItem, PaymentItem.bill_id == CustomerBill.id)
        .where(
            PaymentItem.payment_id == payment.id,
            PaymentItem.is_open,
            CustomerBill.remaining_minor > 0,
        )
    )
    return session.exec(open_bills).first() is not None


def meant_for(session: Session, payment_id: UUID) -> tuple[Share, ...]:
    """Return the bills that a payment is meant for, the first due first."""
    rows = session.exec(
        select(PaymentItem.bill_id, PaymentItem.amount_minor)
        .join(CustomerBill, CustomerBill.id == PaymentItem.bill_id)
        .where(PaymentItem.payment_id == payment_id)
        .order_by(CustomerBill.due_at, CustomerBill.sequence)
    )
    return tuple(Share(bill_id, minor) for bill_id, minor in rows)


def free(session: Session, payment_id: UUID) -> None:
    """Let other payments be meant for the same bills."""
    statement = update(PaymentItem).where(PaymentItem.payment_id == payment_id, PaymentItem.is_open)
    changed(session, statement.values(is_open=False))


def _tell_dunning(session: Session, account_id: UUID, now: datetime) -> None:
    # imported when it is needed: reminders know about payments, not only the other way round
    if find_spec(_DUNNING.rpartition(".")[0]) and find_spec(_DUNNING):
        on_paid = getattr(import_module(_DUNNING), "on_paid", None)
        if on_paid is not None:
            on_paid(session, account_id, now=now)
