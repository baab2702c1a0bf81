"""Giving up what somebody shares: a member leaves a household or a company by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor, NotAllowed, grants
from self_service.domain.errors import NotFound
from self_service.domain.ids import as_id
from self_service.domain.messages import Words
from self_service.domain.people import mailbox
from self_service.domain.rows import changed
from self_service.models.access import DigitalIdentity, Grant
from self_service.models.people import Customer


@dataclass(frozen=True, slots=True)
class Sharer:
    """A customer who shares something with somebody."""

    id: UUID
    name: str


def sharers(session: Session, actor: Actor, *, now: datetime) -> tuple[Sharer, ...]:
    """List who shares something with whoever is signed in, by name.

    Raises:
        SignInNeeded: nobody is signed in.
    """
    actor.identity()
    ids = {share.customer_id for share in grants.held(session, actor, now=now)}
    rows = session.exec(
        select(Customer.id, Customer.name)
        .where(col(Customer.id).in_(ids))
        .order_by(Customer.name, Customer.id)
    )
    return tuple(Sharer(*row) for row in rows)


def leave(
    session: Session, actor: Actor, customer_id: object, *, words: Words, now: datetime
) -> str:
    """Give up all that a customer shares with whoever is signed in, at once; the account stays.

    Args:
        session: open transaction.
        actor: the member in person.
        customer_id: `Sharer.id`, from anybody.
        words: of the mail to the customer, about the member's login.
        now: instant of leaving.

    Returns:
        The customer's name.

    Raises:
        SignInNeeded: nobody is signed in.
        NotAllowed: somebody who acts for a customer.
        NotFound: this customer shares nothing with them (any more).
    """
    mine = actor.identity()
    if actor.acting:
        raise NotAllowed
    gone = delete(Grant).where(
        col(Grant.identity_id) == mine, col(Grant.customer_id) == as_id(customer_id)
    )
    if not changed(session, gone):
        raise NotFound
    customer = session.get_one(Customer, as_id(customer_id))
    login = session.get_one(DigitalIdentity, mine).login
    for holder in session.exec(
        select(DigitalIdentity).where(
            DigitalIdentity.customer_id == customer.id, col(DigitalIdentity.disabled_at).is_(None)
        )
    ).all():
        mailbox.write(session, holder, "member_left", words, login, now=now)
    session.flush()
    audit.record(session, actor, "member.left", now=now, subject=login, customer_id=customer.id)
    return customer.name
