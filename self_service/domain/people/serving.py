"""Serving customers: finding those whom somebody reaches, and turning to one of them.

Names are found by the beginnings of their words, in capitals or not, with accents or not; e-mail
addresses, telephone and order numbers by their beginning.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import SERVING, Actor, acting, sessions
from self_service.domain.ids import as_id
from self_service.domain.people import typed_text
from self_service.models.access import Role
from self_service.models.orders import ProductOrder
from self_service.models.people import Customer, Individual

#: Customers that one search shows.
MOST = 20
#: Whoever reaches every customer types so much before anything is shown: no leafing through.
LEAST = 2
#: Characters and words of a search that are read.
_LONGEST, _WORDS = 80, 6

#: Letters that are found without their accents, as accented ones are by them.
_LETTERS = {
    "a": "áàâäãåą",
    "c": "çćč",
    "e": "éèêëęě",
    "i": "íìîïı",
    "l": "ł",
    "n": "ñńň",
    "o": "óòôöõøő",
    "s": "śšş",
    "u": "úùûüůű",
    "y": "ýÿ",
    "z": "źżž",
}
_PLAIN = {letter: plain for plain, letters in _LETTERS.items() for letter in letters}
_FOLD = str.maketrans(_PLAIN)


@dataclass(frozen=True, slots=True)
class ServedCustomer:
    """A customer, enough to tell one from another.

    Attributes:
        contact: who is there, where the customer is a company; else the name again.
        since: when the account was made.
    """

    id: UUID
    name: str
    contact: str
    email: str
    mobile: str
    since: datetime


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
        statement = statement.where(or_(*_conditions(session, text)))
    rows = session.exec(statement).all()
    found = tuple(_served(customer, person) for customer, person in rows[:MOST])
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


def _conditions(session: Session, text: str) -> list[ColumnElement[bool]]:
    """Return what makes a customer one that is looked for: any of these."""
    words = text.lower().translate(_FOLD).split()[:_WORDS]
    numbered = select(ProductOrder.customer_id).where(
        col(ProductOrder.number).startswith(text.upper(), autoescape=True)
    )
    found: list[ColumnElement[bool]] = [
        _all([_named(session, word) for word in words]),
        func.lower(Individual.email).startswith(text.lower(), autoescape=True),
        col(Customer.id).in_(numbered),
    ]
    digits = "".join(sign for sign in typed_text.plain(text) if sign.isdigit())
    if len(digits) > 3 and not any(sign.isalpha() for sign in text):
        found.append(_phoned(text, digits))
    return found


def _all(conditions: list[Any]) -> ColumnElement[bool]:
    whole: ColumnElement[bool] = conditions[0]
    for condition in conditions[1:]:
        whole = whole & condition
    return whole


def _phoned(text: str, digits: str) -> ColumnElement[bool]:
    """Find a number however it is typed: +49 171, 0049 171, 49171 or 0171."""
    mobile = col(Individual.mobile)
    if digits.startswith("0") and not digits.startswith("00") and "+" not in text:
        rest = digits[1:]  # after a country code of one to three digits
        return or_(*(mobile.like(f"+{'_' * code}{rest}%") for code in (1, 2, 3)))
    return mobile.startswith("+" + digits.lstrip("0"))


def _names() -> ColumnElement[str]:
    none = ""
    return (
        col(Customer.name)
        + " "
        + func.coalesce(Individual.given_name, none)
        + " "
        + func.coalesce(Individual.family_name, none)
    )


def _named(session: Session, word: str) -> ColumnElement[bool]:
    """Find a name of which one word begins so; `word` is in small letters without accents."""
    names = " " + _names()
    if session.get_bind().dialect.name == "postgresql":
        folded = func.translate(func.lower(names), "".join(_PLAIN), "".join(_PLAIN.values()))
        return folded.contains(f" {word}", autoescape=True)
    # SQLite knows capitals of a to z only, but patterns in which one letter may be any of several
    return names.op("GLOB", is_comparison=True)(f"* {''.join(map(_any_of, word))}*")


def _any_of(letter: str) -> str:
    small = letter + _LETTERS.get(letter, "")
    forms = "".join(dict.fromkeys(small + "".join(c for c in small.upper() if c.isalpha())))
    return f"[{forms}]" if len(forms) > 1 or letter in "*?[" else letter


def _served(customer: Customer, person: Individual | None) -> ServedCustomer:
    contact = f"{person.given_name} {person.family_name}" if person else customer.name
    return ServedCustomer(
        id=customer.id,
        name=customer.name,
        contact=contact,
        email=person.email if person else "",
        mobile=person.mobile if person else "",
        since=customer.created_at,
    )
