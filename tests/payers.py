"""Paying in tests: customers with bills and cards, and what the provider says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.bills.allocating import Share
from self_service.domain.payments import paying, settling
from self_service.domain.payments.paying import Way
from self_service.models.access import Role
from self_service.models.bills import BillingAccount, CustomerBill
from self_service.models.payments import Payment, PaymentItem, PaymentMethod, PaymentPurpose
from self_service.money import Money
from self_service.ports import Charge, ChargeStatus
from tests.books import make_account, make_bill
from tests.conftest import NOW

SCREEN = Way("sandbox", back="/en/bills")
#: All that paying writes.
WRITTEN = (Payment, PaymentItem, PaymentMethod, CustomerBill, BillingAccount)


def actor_of(customer_id: UUID, *, now: datetime = NOW, **more: Any) -> Actor:
    """The customer in person, proven just now."""
    known = {"identity_id": uuid4(), "full_name": "Ada Quell", "confirmed_at": now}
    return Actor(role=Role.CUSTOMER, customer_id=customer_id, **{**known, **more})


def owing(session: Session, *sums: int, now: datetime = NOW) -> tuple[Actor, list[CustomerBill]]:
    """A customer with bills of these sums."""
    account = make_account(session, now=now)
    bills = [make_bill(session, account, gross=gross, tax=0, now=now) for gross in sums]
    session.flush()
    return actor_of(account.customer_id, now=now), bills


def make_card(
    session: Session, customer_id: UUID, *, now: datetime = NOW, **more: Any
) -> PaymentMethod:
    """A saved card that is valid for years."""
    values = {
        "provider": "sandbox",
        "token": f"tok-{uuid4()}",
        "brand": "visa",
        "last4": "4242",
        "exp_month": 12,
        "exp_year": now.year + 3,
        "mandate_at": now,
    }
    row = PaymentMethod(
        customer_id=customer_id, status_changed_at=now, created_at=now, **{**values, **more}
    )
    session.add(row)
    session.flush()
    return row


def start(
    session: Session,
    actor: Actor,
    bills: list[CustomerBill],
    minor: int | None = None,
    *,
    now: datetime = NOW,
    **way: Any,
) -> UUID:
    """Start to pay bills, or a sum of them."""
    items = paying.shares(session, [bill.id for bill in bills], minor)
    return start_items(session, actor, items, now=now, **way)


def start_items(
    session: Session,
    actor: Actor,
    items: tuple[Share, ...],
    *,
    amount: Money | None = None,
    now: datetime = NOW,
    **way: Any,
) -> UUID:
    """Start to pay exactly these shares."""
    total = amount or paying.total(items, "EUR")
    return paying.start(
        session,
        actor,
        purpose=PaymentPurpose.BILLS,
        amount=total,
        items=items,
        way=replace(SCREEN, **way),
        now=now,
    )


def charge_of(
    session: Session, payment_id: UUID, status: ChargeStatus = ChargeStatus.SUCCEEDED, **more: Any
) -> Charge:
    """What the provider says about a payment."""
    payment = session.get_one(Payment, payment_id)
    amount = Money(payment.amount_minor, payment.currency)
    values = {"reference": f"ch_{payment_id}", "amount": amount, "refunded": Money(0, "EUR")}
    return Charge(payment_id=str(payment_id), status=status, **{**values, **more})


def settle(
    session: Session,
    payment_id: UUID,
    status: ChargeStatus = ChargeStatus.SUCCEEDED,
    *,
    now: datetime = NOW,
    **more: Any,
) -> settling.Outcome:
    """Let the provider say how a payment stands."""
    charge = charge_of(session, payment_id, status, **more)
    return settling.settle(session, charge=charge, now=now).outcome
