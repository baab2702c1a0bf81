"""Whose settings an act is about, and what all forms of the settings are read with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.models.people import Customer, CustomerStatus, Individual


class AccountClosed(DomainError):
    """The customer's data were erased; nothing may come to them any more."""

    code = "account_closed"
    message = N_("This account is closed.")


@dataclass(frozen=True, slots=True)
class Place:
    """By what a form is judged.

    Attributes:
        languages: codes on offer.
        country: ISO 3166-1 alpha-2, used when a form names none.
    """

    languages: Collection[str]
    country: str

    def on(self, now: datetime) -> dict[str, Any]:
        """Return the arguments of `person_fields.read_field` at an instant."""
        today: date = now.date()
        return {"today": today, "languages": self.languages, "default_country": self.country}


def customer_row(session: Session, actor: Actor, *, in_person: bool = False) -> Customer:
    """Read the actor's customer and keep other acts on the settings waiting until the commit.

    Args:
        session: open transaction that may write.
        actor: the customer, or, unless `in_person`, somebody who acts for one.
        in_person: nobody else may do this for them.

    Raises:
        SignInNeeded, NotAllowed: not a customer, or not in person.
        AccountClosed: the data were erased.
    """
    customer_id = actor.own_customer() if in_person else actor.customer()
    statement = select(Customer).where(Customer.id == customer_id).with_for_update()
    row = session.exec(statement.execution_options(populate_existing=True)).first()
    if row is None or row.status is CustomerStatus.CLOSED:
        raise AccountClosed
    return row


def require_open(session: Session, customer_id: UUID, *, alone: bool = False) -> None:
    """Refuse what would come to a customer whose data were erased.

    The customer's row is held against `erasure.erase` until the commit, and against nothing else:
    of an act and an erasure at the same moment one comes first and the other sees it.

    Args:
        session: open transaction that may write.
        customer_id: to whom something comes.
        alone: acts that say so also wait for each other, one customer's at a time.

    Raises:
        AccountClosed: the data were erased.
    """
    statement = select(Customer.status).where(Customer.id == customer_id)
    held = statement.with_for_update(read=not alone, key_share=True)
    status = session.exec(held).first()
    if status is None or status is CustomerStatus.CLOSED:
        raise AccountClosed


def person_of(session: Session, customer: Customer) -> Individual:
    """Return the person behind a customer.

    Raises:
        NotFound: there is none: an organisation without a person to talk to.
    """
    row = session.get(Individual, customer.individual_id) if customer.individual_id else None
    if row is None:
        raise NotFound
    return row
