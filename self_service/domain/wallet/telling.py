"""What a customer is told by letter about the wallet: in the transaction of what it tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.messages import Letter
from self_service.domain.notices import telling
from self_service.models.access import DigitalIdentity, Role
from self_service.models.base import Texts
from self_service.models.people import Customer, Individual
from self_service.money import Money


@dataclass(frozen=True, slots=True)
class WalletLetters:
    """How each letter is worded; the first argument is the language.

    Attributes:
        low: little is left: how much.
        expiring: what is left, and when it expires.
        gift: a gift arrived: how much.
        gift_returned: a gift could not be delivered: how much came back.
        suspended: a service is paused for want of credit: its name, and what it costs.
        auto_paused: the automatic top-up stopped: how much it could not take.
    """

    low: Callable[[str, Money], Letter]
    expiring: Callable[[str, Money, datetime], Letter]
    gift: Callable[[str, Money], Letter]
    gift_returned: Callable[[str, Money], Letter]
    suspended: Callable[[str, Texts, Money], Letter]
    auto_paused: Callable[[str, Money], Letter]


def tell(
    session: Session,
    customer_id: UUID,
    kind: str,
    words: Callable[[str], Letter],
    *,
    now: datetime,
) -> bool:
    """Write a letter to a customer in their language; False when nobody can be written to.

    Args:
        session: open transaction.
        customer_id: to whom.
        kind: "wallet_low".
        words: of the letter, in the language given to it.
        now: instant of writing.
    """
    found = session.exec(
        select(Individual, DigitalIdentity)
        .join(Customer, Customer.individual_id == Individual.id)
        .outerjoin(
            DigitalIdentity,
            (DigitalIdentity.customer_id == Customer.id)
            & (DigitalIdentity.role == Role.CUSTOMER)
            & DigitalIdentity.disabled_at.is_(None),
        )
        .where(Customer.id == customer_id)
        .order_by(DigitalIdentity.created_at)
        .limit(1)
    ).first()
    if found is None:
        return False
    person, identity = found
    receiver = person.email or (identity.login if identity else "")
    if not receiver:
        return False
    letter = words(person.language)
    whom = identity.id if identity else None
    telling.tell(session, person, whom, kind, letter, receiver=receiver, now=now)
    return True
