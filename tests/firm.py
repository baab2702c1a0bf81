"""A company with some lines, and bills of what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.models.access import Role
from self_service.models.base import new_id
from self_service.models.bills import AppliedBillingRate, BillingAccount, ChargeKind
from self_service.models.people import Customer, Organization
from self_service.models.subscriptions import Product, Resource, ResourceKind
from tests.bills import make_product
from tests.books import make_account, make_bill
from tests.conftest import NOW
from tests.factories import monthly


@dataclass(frozen=True)
class Firm:
    """A company with some lines, the last of which has an extra."""

    actor: Actor
    account: BillingAccount
    lines: list[UUID]
    extra: UUID


def found_firm(
    session: Session,
    count: int = 3,
    number: str = "+4915100000001",
    owner: Customer | None = None,
) -> Firm:
    """Make a company, or one of a customer that is there."""
    account = make_account(session, now=NOW - timedelta(days=90), customer=owner)
    company = Organization(trading_name="Pine", created_at=NOW)
    session.add(company)
    session.flush()
    session.get_one(Customer, account.customer_id).organization_id = company.id
    start = NOW - timedelta(days=80)
    made = [
        make_product(session, account, monthly(1_000), start=start, name=f"Line {n}").product_id
        for n in range(count)
    ]
    extra = make_product(session, account, monthly(100), start=start, name="Extra").product_id
    session.get_one(Product, extra).parent_id = made[-1]
    held = {"kind": ResourceKind.MSISDN, "value": number, "assigned_at": start}
    session.add(Resource(product_id=made[0], **held))
    session.flush()
    actor = Actor(Role.CUSTOMER, customer_id=account.customer_id, identity_id=new_id())
    return Firm(actor, account, made, extra)


def bill(session: Session, firm: Firm, *charges: tuple[Any, int], now: datetime = NOW) -> None:
    """A bill of these charges, by product."""
    whole = sum(minor for _, minor in charges)
    made = make_bill(session, firm.account, gross=whole, tax=0, now=now)
    row = session.exec(
        select(AppliedBillingRate).where(AppliedBillingRate.bill_id == made.id)
    ).one()
    session.delete(row)
    for place, (product_id, minor) in enumerate(charges):
        kind = ChargeKind.USAGE if place % 2 else ChargeKind.RECURRING
        sums = {"gross_minor": minor, "net_minor": minor, "amount_micro": minor * 10_000}
        session.add(
            AppliedBillingRate(
                account_id=firm.account.id,
                bill_id=made.id,
                product_id=product_id,
                kind=kind,
                name={"en": f"charge {place}"},
                charged_at=now,
                position=place,
                **sums,
            )
        )
    session.flush()
