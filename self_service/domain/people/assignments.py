"""Whom a dealer serves: assigned and taken away by administrators."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, or_, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.ids import as_id
from self_service.domain.people import accounts
from self_service.domain.people.staff_checks import administrator, member_of
from self_service.domain.rows import add_once, changed
from self_service.models.access import Assignment, DigitalIdentity, Role
from self_service.models.orders import ProductOrder
from self_service.models.people import Customer


class NoDealer(DomainError):
    """Only dealers have customers of their own to serve."""

    code = "no_dealer"
    message = N_("Only a dealer can be given customers.")


class UnknownCustomer(DomainError):
    """No customer signs in with this address, or has such an order."""

    code = "unknown_customer"
    message = N_("No customer has this e-mail address or order number.")


def assign(
    session: Session, actor: Actor, *, member_id: object, customer: object, now: datetime
) -> str:
    """Let a dealer serve a customer; a second time changes nothing.

    Args:
        session: open transaction.
        actor: an administrator.
        member_id: the dealer.
        customer: e-mail address by which the customer signs in, or one of their order numbers.
        now: instant of assigning.

    Returns:
        The customer's name.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not an administrator who is there now.
        NotFound: nobody who works here.
        NoDealer: somebody else who works here.
        UnknownCustomer: there is none.
    """
    administrator(actor, now)
    dealer = member_of(session, member_id)
    if dealer.role is not Role.DEALER:
        raise NoDealer
    found = _customer(session, customer if isinstance(customer, str) else "")
    row = Assignment(dealer_id=dealer.id, customer_id=found.id, created_at=now)
    if add_once(session, row):
        audit.record(
            session,
            actor,
            "assignment.added",
            now=now,
            subject=dealer.login,
            after={"customer": found.name},
            customer_id=found.id,
        )
    return found.name


def unassign(
    session: Session, actor: Actor, *, member_id: object, customer_id: object, now: datetime
) -> None:
    """Take a customer away from a dealer, who acts for them no longer; twice does nothing.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not an administrator who is there now.
        NotFound: nobody who works here, or no customer.
    """
    administrator(actor, now)
    dealer = member_of(session, member_id)
    customer = session.get(Customer, as_id(customer_id))
    if customer is None:
        raise NotFound
    gone = delete(Assignment).where(
        Assignment.dealer_id == dealer.id, Assignment.customer_id == customer.id
    )
    if changed(session, gone):
        audit.record(
            session,
            actor,
            "assignment.removed",
            now=now,
            subject=dealer.login,
            before={"customer": customer.name},
            customer_id=customer.id,
        )


def _customer(session: Session, said: str) -> Customer:
    ordered = select(ProductOrder.customer_id).where(ProductOrder.number == said.strip().upper())
    owned = select(DigitalIdentity.customer_id).where(
        DigitalIdentity.login == accounts.normalise(said), DigitalIdentity.role == Role.CUSTOMER
    )
    found = session.exec(
        select(Customer).where(or_(col(Customer.id).in_(ordered), col(Customer.id).in_(owned)))
    ).first()
    if found is None:
        raise UnknownCustomer
    return found
