"""Writing to a customer about money, in the customer's language."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.messages import Words
from self_service.domain.notices import telling
from self_service.models.access import DigitalIdentity
from self_service.models.people import Customer, CustomerStatus, Individual


def write(
    session: Session, customer_id: UUID, kind: str, words: Words, about: str, *, now: datetime
) -> bool:
    """Write a letter to a customer.

    Args:
        session: open transaction.
        customer_id: to whom; of a company, to its first sign-in.
        kind: "autopay_declined".
        words: of the letter.
        about: what they are given.
        now: instant of writing.

    Returns:
        False when there is no address to write to.
    """
    customer = session.get(Customer, customer_id)
    if customer is None or customer.status is CustomerStatus.CLOSED:
        return False
    identity = session.exec(
        select(DigitalIdentity)
        .where(DigitalIdentity.customer_id == customer_id)
        .order_by(DigitalIdentity.created_at, DigitalIdentity.id)
        .limit(1)
    ).first()
    whose = customer.individual_id or (identity.individual_id if identity else None)
    person = session.get(Individual, whose) if whose else None
    receiver = (person.email if person else "") or (identity.login if identity else "")
    if person is None or "@" not in receiver:
        return False
    letter = words(person.language, about)
    whom = identity.id if identity else None
    telling.tell(session, person, whom, kind, letter, receiver=receiver, now=now)
    return True
