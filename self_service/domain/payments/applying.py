"""What a payment brings about, by its purpose; orders go their own way in `settling`.

A purpose is a module with three functions, which book the money and move what was paid for:

    paid(session, payment, *, now)      the money came: book it, once
    failed(session, payment, *, now)    it will not come by this payment
    wanted(session, payment, *, now) -> bool      (may be left out: always) still to be asked for

They run in the transaction that ends the payment, which is locked; who comes second is not called.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

from sqlmodel import Session

from self_service.models.payments import Payment, PaymentPurpose

#: Purpose -> its module, imported when it is needed: top-ups and vouchers start payments, too.
APPLY: Mapping[PaymentPurpose, str] = {
    PaymentPurpose.BILLS: "self_service.domain.payments.for_bills",
    PaymentPurpose.TOPUP: "self_service.domain.wallet.topups",
    PaymentPurpose.VOUCHER: "self_service.domain.vouchers.sales",
}


def paid(session: Session, payment: Payment, *, now: datetime) -> None:
    """Book and apply a payment that is done, not one of an order."""
    _purpose(payment).paid(session, payment, now=now)


def failed(session: Session, payment: Payment, *, now: datetime) -> None:
    """Tell the purpose of a payment that failed, was denied or was given up."""
    if payment.purpose in APPLY:
        _purpose(payment).failed(session, payment, now=now)


def wanted(session: Session, payment: Payment, *, now: datetime) -> bool:
    """Say whether the money is still wanted; not for orders."""
    asked = getattr(_purpose(payment), "wanted", None)
    return True if asked is None else bool(asked(session, payment, now=now))


def _purpose(payment: Payment) -> Any:
    return import_module(APPLY[payment.purpose])
