"""Serving customers: finding those whom somebody reaches, and turning to one of them.

Names are found by the beginnings of their words, in capitals or not, with accents or not; e-mail
addresses, telephone and order numbers by their beginning.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, union
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from self_service.domain import audit
from self_service.domain.access import SERVING, Actor, acting, sessions
from self_service.domain.ids import as_id
from self_service.domain.people import search_words
from self_service.models.access import DigitalIdentity, Role
from self_service.models.orders import ProductOrder
from self_service.models.people import Customer, Individual

#: Customers that one search shows.
MOST = 20
#: Whoever reaches every customer types so much before anything is shown: no leafing through.
LEAST = 2
#: Characters and words of a search that are read.
_LONGEST, _WORDS = 80, 6


@dataclass(frozen=True, slots=True)
class ServedCustomer:
    """A customer, enough to tell one from another.

    Attributes:
        contact: who is there, where the customer is a company; else the name again.
        since: when the account was made.
        second_factor: has an authenticator app; said to administrators only.
    """

    id: UUID
    name: str
    contact: str
    email: str
    mobile: str
    since: datetime
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Served:
    """What a search found; `more` says that there are others."""

    customers: tuple[ServedCustomer, ...]
    more: bool = False


def search(session: Session, actor: Actor, *, words: str, now: datetime) -> Served:
    """Find customers among those whom the actor reaches, by name.

    Args:
        session: open transaction.
        actor: somebody who serves customers.
        words: beginnings of names, or of an e-mail address, telephone or order number. With
            nothing typed a dealer sees whom they serve; who reaches everybody sees nobody.
        now: instant of looking.

    Raises:
        SignInNeeded, NotAllowed: somebody else.
    """
    del now
    who = actor.one_of(*SERVING)
    text = " ".join(unicodedata.normalize("NFC", words[:_LONGEST]).split())
    if len(text) < LEAST and actor.role not in (Role.DEALER, Role.DEALER_SUPERVISOR):
        return Served(())
    statement = (
        select(Customer, Individual)
        .outerjoin(Individual, Individual.id == Customer.individual_id)
        .where(acting.reached(who, actor.role))
        .order_by(func.lower(Customer.name), Customer.id)
        .limit(MOST + 1)
    )
    if text:
        statement = statement.where(_matching(session, text))
    rows = session.exec(statement).all()
    apps = _with_app(session, actor, [customer.id for customer, _ in rows])
    found = tuple(_served(customer, person, apps) for customer, person in rows[:MOST])
    return Served(found, more=len(rows) > MOST)


def open_customer(
    session: Session, actor: Actor, customer_id: object, *, before: str, fresh: str, now: datetime
) -> None:
    """Let the actor act for a customer from now on, under a new cookie.

    Args:
        session: open transaction.
        actor: somebody who serves customers.
        customer_id: whatever the form held.
        before: the cookie until now.
        fresh: the cookie from now on.
        now: instant of turning.

    Raises:
        SignInNeeded, NotAllowed: somebody else.
        NotFound: there is no such customer, or none whom the actor reaches.
    """
    who = actor.one_of(*SERVING)
    customer = acting.turn_to(session, who, actor.session_id, as_id(customer_id))
    assert customer is not None  # an id was given
    sessions.renew(session, before, fresh=fresh, confirmed_at=None)
    if actor.acting and actor.customer_id != customer.id:
        audit.record(session, actor, "customer.left", now=now, subject=actor.behalf)
    audit.record(
        session,
        actor,
        "customer.opened",
        now=now,
        subject=customer.name,
        customer_id=customer.id,
    )


def leave_customer(
    session: Session, actor: Actor, *, before: str, fresh: str, now: datetime
) -> None:
    """Let the actor act for nobody any more, under a new cookie; twice does no harm.

    Raises:
        SignInNeeded: nobody is signed in.
    """
    acting.turn_to(session, actor.identity(), actor.session_id, None)
    sessions.renew(session, before, fresh=fresh, confirmed_at=None)
    if actor.acting:
        audit.record(session, actor, "customer.left", now=now, subject=actor.behalf)


def _matching(session: Session, text: str) -> ColumnElement[bool]:
    """Return the condition that a customer is looked for, by indexes: no table is read whole."""
    found = search_words.matching(text, _WORDS)
    if "-" in text and " " not in text and text.isascii():
        found.append(_numbered(session, text.upper()))
    return col(Customer.id).in_(union(*found))


def _numbered(session: Session, begun: str) -> SelectOfScalar[UUID]:
    number = col(ProductOrder.number)
    if session.get_bind().dialect.name == "postgresql":
        begins: ColumnElement[bool] = number.startswith(begun, autoescape=True)
    else:  # its LIKE knows no capitals and so uses no index
        begins = and_(number >= begun, number < begun + "\U0010ffff")
    return select(ProductOrder.customer_id).where(begins)


def _with_app(session: Session, actor: Actor, customers: list[UUID]) -> set[UUID | None]:
    """Return which customers have an authenticator app, where an administrator asks."""
    if actor.role is not Role.ADMINISTRATOR:
        return set()
    owner = col(DigitalIdentity.customer_id)
    with_app = select(owner).where(owner.in_(customers), DigitalIdentity.totp_secret != "")
    return set(session.exec(with_app).all())


def _served(
    customer: Customer, person: Individual | None, apps: set[UUID | None]
) -> ServedCustomer:
    contact = f"{person.given_name} {person.family_name}" if person else customer.name
    return ServedCustomer(
        id=customer.id,
        name=customer.name,
        contact=contact,
        email=person.email if person else "",
        mobile=person.mobile if person else "",
        since=customer.created_at,
        second_factor=customer.id in apps,
    )
