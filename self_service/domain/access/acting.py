"""Acting for a customer: who may, and which customers somebody reaches.

A dealer reaches the customers assigned to that dealer, a supervisor those of the dealers under
them, customer service and administrators all. That is asked again at every act, so taking an
assignment away ends the acting at once.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import Session, col, select

from self_service.domain.errors import NotFound
from self_service.domain.rows import changed
from self_service.models.access import Assignment, DigitalIdentity, Role, WebSession
from self_service.models.people import Customer

#: Roles that reach every customer.
_ALL = frozenset({Role.REPRESENTATIVE, Role.ADMINISTRATOR})


def reached(identity_id: UUID, role: Role) -> ColumnElement[bool]:
    """Return the condition on `Customer` that says whom somebody reaches."""
    if role in _ALL:
        return col(Customer.id).is_not(None)
    if role not in (Role.DEALER, Role.DEALER_SUPERVISOR):
        return col(Customer.id).is_(None)
    theirs = [DigitalIdentity.id == identity_id]
    if role is Role.DEALER_SUPERVISOR:
        theirs.append(DigitalIdentity.supervisor_id == identity_id)
    dealers = select(DigitalIdentity.id).where(or_(*theirs), DigitalIdentity.disabled_at.is_(None))
    assigned = select(Assignment.customer_id).where(col(Assignment.dealer_id).in_(dealers))
    return col(Customer.id).in_(assigned)


def served(
    session: Session, identity: DigitalIdentity, customer_id: UUID | None
) -> Customer | None:
    """Return the customer whom somebody acts for, None when not (any more) allowed."""
    if customer_id is None:
        return None
    return session.exec(
        select(Customer).where(Customer.id == customer_id, reached(identity.id, identity.role))
    ).first()


def turn_to(
    session: Session, identity_id: UUID, session_id: UUID | None, customer_id: UUID | None
) -> Customer | None:
    """Make a session act for a customer, or for nobody.

    Raises:
        NotFound: there is no such customer, or not for this person.
    """
    identity = session.get_one(DigitalIdentity, identity_id)
    customer = served(session, identity, customer_id)
    if customer_id is not None and customer is None:
        raise NotFound
    changed(
        session,
        update(WebSession).where(WebSession.id == session_id).values(acting_for=customer_id),
    )
    return customer
