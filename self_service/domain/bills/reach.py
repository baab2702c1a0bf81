"""Whose bills somebody sees, and may pay.

A bill is about everything that a customer has, so a grant for a single subscription shows none:
its lines would tell of the others. Whoever was granted all of somebody's subscriptions sees the
bills; paying them takes the scope for that. Whoever acts for a customer sees what that one sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.access import Actor, grants
from self_service.domain.errors import NotFound
from self_service.models.access import Scope
from self_service.models.bills import BillingAccount, CustomerBill
from self_service.models.people import Customer


@dataclass(frozen=True, slots=True)
class Reach:
    """A customer whose bills somebody sees.

    Attributes:
        owner: the customer's name.
        own: the person's own, or those of the customer acted for.
        can_pay: may put money against them.
    """

    customer_id: UUID
    owner: str
    own: bool
    can_pay: bool


def reaches(session: Session, actor: Actor, *, now: datetime) -> tuple[Reach, ...]:
    """List whose bills somebody sees: their own first, then by name.

    Raises:
        SignInNeeded: nobody is signed in.
    """
    actor.identity()
    granted: dict[UUID, set[Scope]] = {}
    for share in grants.held(session, actor, now=now):
        if share.product_id is None and share.customer_id != actor.customer_id:
            granted.setdefault(share.customer_id, set()).add(share.scope)
    wanted = [*granted, *([actor.customer_id] if actor.customer_id else [])]
    rows = session.exec(
        select(Customer.id, Customer.name)
        .where(col(Customer.id).in_(wanted))
        .order_by(Customer.name, Customer.id)
    )
    found = [
        Reach(
            customer_id=customer_id,
            owner=name,
            own=customer_id == actor.customer_id,
            can_pay=customer_id == actor.customer_id or Scope.PAY in granted[customer_id],
        )
        for customer_id, name in rows
    ]
    return tuple(sorted(found, key=lambda one: not one.own))


def account_of(
    session: Session, actor: Actor, number: str, *, now: datetime
) -> tuple[BillingAccount | None, Reach]:
    """Find a billing account by its number; without one, the first that somebody sees.

    Returns:
        The account, None while nothing was ever billed; and whose it is.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: there is no such account, or none whose bills this person sees.
    """
    seen = {one.customer_id: one for one in reaches(session, actor, now=now)}
    if not seen:
        raise NotFound
    first = next(iter(seen))
    wanted = BillingAccount.number == number if number else BillingAccount.customer_id == first
    account = session.exec(select(BillingAccount).where(wanted)).first()
    if account is None and not number:
        return None, seen[first]
    if account is None or account.customer_id not in seen:
        raise NotFound
    return account, seen[account.customer_id]


def bill_of(
    session: Session, actor: Actor, number: str, *, now: datetime
) -> tuple[CustomerBill, Reach]:
    """Find a bill by its number.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: there is none, or it is none that this person sees.
    """
    seen = {one.customer_id: one for one in reaches(session, actor, now=now)}
    bill = session.exec(select(CustomerBill).where(CustomerBill.number == number)).first()
    if bill is None or bill.customer_id not in seen:
        raise NotFound
    return bill, seen[bill.customer_id]
