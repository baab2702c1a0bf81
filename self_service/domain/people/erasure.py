"""Forgetting a customer (GDPR 17), except for what the law wants kept about their orders.

What stays, the billing retention: orders with their lines, prices and steps, payments and refunds,
what was delivered and where, and the contract documents, for ten years after the last order
(commercial and tax law). The names in the audit record stay as well: it cannot be changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.basket.terms import OWNED
from self_service.domain.errors import N_, DomainError
from self_service.domain.people import consents, forgetting
from self_service.domain.people.own import AccountClosed, customer_row, person_of
from self_service.domain.pricing.periods import add_months
from self_service.domain.subscriptions.home import SERVICES
from self_service.models.access import DigitalIdentity
from self_service.models.orders import OrderState, ProductOrder
from self_service.models.people import Customer
from self_service.models.subscriptions import Product

KEPT_YEARS = 10
#: Orders that are over.
_OVER = (
    OrderState.REJECTED,
    OrderState.CANCELLED,
    OrderState.COMPLETED,
    OrderState.FAILED,
    OrderState.PARTIAL,
)


class StillSubscribed(DomainError):
    """A service runs and is charged."""

    code = "still_subscribed"
    message = N_(
        "You still have a running subscription. Once it has ended, you can delete your account."
    )


class OrderUnderWay(DomainError):
    """Something is on its way to the customer, or waits for a payment."""

    code = "order_under_way"
    message = N_(
        "An order of yours is under way. Cancel it or wait until it is complete, then delete your "
        "account."
    )


class CompanyAccount(DomainError):
    """The data of a company are not those of one person."""

    code = "company_account"
    message = N_(
        "This account belongs to a company. Ask customer service to put somebody else in charge "
        "first."
    )


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would come of it.

    Attributes:
        refused: translatable reason why it is not possible now, "" when it is.
        orders: how many orders have to be kept.
        kept_until: until when; None when nothing has to be kept.
    """

    refused: str
    orders: int
    kept_until: datetime | None


def outlook(session: Session, actor: Actor, *, now: datetime) -> Outlook:
    """Say what would stay and until when, or why erasing is not possible now.

    Raises:
        SignInNeeded, NotAllowed: not a customer in person.
    """
    del now
    customer = session.get_one(Customer, actor.own_customer())
    orders, last = session.exec(
        select(func.count(), func.max(ProductOrder.ordered_at)).where(
            ProductOrder.customer_id == customer.id
        )
    ).one()
    refused = _obstacle(session, customer)
    until = add_months(last, 12 * KEPT_YEARS) if last else None
    return Outlook(refused.message if refused else "", orders, until)


def erase(session: Session, actor: Actor, *, now: datetime) -> bool:
    """Erase the actor's own data; returns False when that was done before.

    Args:
        session: open transaction.
        actor: the customer in person, freshly confirmed.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed: not a customer in person.
        ConfirmationNeeded: the last proof of who this is is too old.
        StillSubscribed, OrderUnderWay, CompanyAccount: not now; nothing was changed.
    """
    actor.own_customer()
    actor.fresh(now)
    try:
        customer = customer_row(session, actor, in_person=True)
    except AccountClosed:
        return False
    obstacle = _obstacle(session, customer)
    if obstacle is not None:
        raise obstacle
    person = person_of(session, customer)
    identities = session.exec(
        select(DigitalIdentity).where(DigitalIdentity.individual_id == person.id)
    ).all()
    forgetting.forget_mail(session, person, identities)
    forgetting.forget_baskets(session, customer.id, person.email)
    forgetting.forget_sign_in(session, identities, now)
    forgetting.forget_others(session, customer.id, now)
    consents.withdraw_all(session, customer.id, now=now)
    forgetting.forget_person(customer, person)
    session.flush()
    nobody = Actor(role=actor.role, customer_id=customer.id, identity_id=actor.identity_id)
    audit.record(session, nobody, "account.erased", now=now, subject="account")
    return True


def _obstacle(session: Session, customer: Customer) -> DomainError | None:
    if customer.organization_id is not None:
        return CompanyAccount()
    running = select(Product.id).where(
        Product.customer_id == customer.id,
        col(Product.status).in_(OWNED),
        col(Product.kind).in_(SERVICES),
    )
    if session.exec(running.limit(1)).first() is not None:
        return StillSubscribed()
    under_way = select(ProductOrder.id).where(
        ProductOrder.customer_id == customer.id, col(ProductOrder.state).not_in(_OVER)
    )
    return OrderUnderWay() if session.exec(under_way.limit(1)).first() is not None else None
