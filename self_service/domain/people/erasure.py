"""Forgetting a customer (GDPR 17), except for what the law wants kept about their orders.

What stays, the billing retention: orders with their lines, prices and steps, bills with the name
and address that they are addressed to, payments and refunds, what was delivered and where, and the
documents, until `retention` deletes them, years after the last of them (commercial and tax law).
The names in the audit record stay as well: it cannot be changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from self_service.domain import audit, messages, outbox
from self_service.domain.access import Actor
from self_service.domain.basket.terms import OWNED
from self_service.domain.errors import N_, DomainError
from self_service.domain.messages import Words
from self_service.domain.outbox import EventKind
from self_service.domain.people import (
    consents,
    forgetting,
    open_money,
    retention,
    search_words,
)
from self_service.domain.people.own import AccountClosed, customer_row, person_of
from self_service.domain.subscriptions.home import SERVICES
from self_service.models.access import DigitalIdentity
from self_service.models.bills import CustomerBill
from self_service.models.orders import OrderState, ProductOrder
from self_service.models.payments import Payment
from self_service.models.people import Customer, Individual
from self_service.models.subscriptions import Product
from self_service.models.wallet import Bucket, TopupBalance

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


def outlook(session: Session, actor: Actor, *, years: int, now: datetime) -> Outlook:
    """Say what would stay and until when, or why erasing is not possible now.

    Args:
        session: open transaction.
        actor: the customer in person.
        years: for so many the law wants documents kept.
        now: instant of asking.

    Raises:
        SignInNeeded, NotAllowed: not a customer in person.
    """
    customer = session.get_one(Customer, actor.own_customer())
    orders = session.exec(
        select(func.count()).select_from(ProductOrder).where(_ordered_by(customer))
    ).one()
    refused = _obstacle(session, customer, now)
    kept = orders or _has_books(session, customer)
    until = retention.kept_until(session, customer.id, years=years) if kept else None
    return Outlook(refused.message if refused else "", orders, until)


def erase(session: Session, actor: Actor, *, farewell: Words, years: int, now: datetime) -> bool:
    """Erase the actor's own data; returns False when that was done before.

    The last mail to the address is written, and the payment provider is to forget the person too.

    Args:
        session: open transaction.
        actor: the customer in person, freshly confirmed.
        farewell: words of the last mail, about `years`, "" when nothing is kept.
        years: for so many the law wants documents kept.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed: not a customer in person.
        ConfirmationNeeded: the last proof of who this is is too old.
        StillSubscribed, OrderUnderWay, CompanyAccount, and those of `open_money`: not now; nothing
            was changed.
    """
    actor.own_customer()
    actor.fresh(now)
    _hold_sign_ins(session, actor)
    try:
        customer = customer_row(session, actor, in_person=True)
    except AccountClosed:
        return False
    obstacle = _obstacle(session, customer, now)
    if obstacle is not None:
        raise obstacle
    person = person_of(session, customer)
    identities = session.exec(
        select(DigitalIdentity).where(DigitalIdentity.individual_id == person.id)
    ).all()
    forgetting.forget_mail(session, person, identities)
    _say_farewell(session, customer, person, farewell, str(years), now)
    _tell_provider(session, customer, now)
    forgetting.forget_baskets(session, customer.id, person.email)
    forgetting.forget_sign_in(session, identities, now)
    forgetting.forget_others(session, customer.id, now)
    forgetting.forget_money(session, customer.id, now)
    forgetting.forget_services(session, customer.id)
    consents.withdraw_all(session, customer.id, now=now)
    forgetting.forget_person(customer, person)
    search_words.note(session, customer.id)  # which is closed: nothing is found any more
    session.flush()
    nobody = Actor(role=actor.role, customer_id=customer.id, identity_id=actor.identity_id)
    audit.record(session, nobody, "account.erased", now=now, subject="account")
    return True


def _hold_sign_ins(session: Session, actor: Actor) -> None:
    """Keep the customer's sign-ins as they are, and first: signing in takes them in this order."""
    mine = DigitalIdentity.customer_id == actor.own_customer()
    session.exec(
        select(DigitalIdentity.id).where(mine).order_by(DigitalIdentity.id).with_for_update()
    ).all()


def _say_farewell(
    session: Session,
    customer: Customer,
    person: Individual,
    words: Words,
    years: str,
    now: datetime,
) -> None:
    if not person.email:
        return
    ordered = session.exec(select(ProductOrder.id).where(_ordered_by(customer)).limit(1)).first()
    kept = ordered or _has_books(session, customer)
    letter = words(person.language, years if kept else "")
    messages.write(
        session,
        messages.FAREWELL,
        receiver=person.email,
        language=person.language,
        subject=letter.subject,
        body=letter.body,
        now=now,
    )
    session.flush()


def _tell_provider(session: Session, customer: Customer, now: datetime) -> None:
    reference = customer.gateway_customer
    if reference:
        kind = EventKind.CUSTOMER_ERASED
        outbox.emit(session, kind, str(customer.id), now=now, customer=reference)


def _ordered_by(customer: Customer) -> ColumnElement[bool]:
    return col(ProductOrder.customer_id) == customer.id


def _has_books(session: Session, customer: Customer) -> bool:
    """Say whether there are bills, payments or credit that was topped up."""
    wallets = select(Bucket.id).where(Bucket.customer_id == customer.id)
    return any(
        session.exec(found.limit(1)).first() is not None
        for found in (
            select(CustomerBill.id).where(CustomerBill.customer_id == customer.id),
            select(Payment.id).where(Payment.customer_id == customer.id),
            select(TopupBalance.id).where(col(TopupBalance.bucket_id).in_(wallets)),
        )
    )


def _obstacle(session: Session, customer: Customer, now: datetime) -> DomainError | None:
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
    if session.exec(under_way.limit(1)).first() is not None:
        return OrderUnderWay()
    return open_money.obstacle(session, customer.id, now=now)
