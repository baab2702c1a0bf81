"""Writing to whoever has an account, and saying in the record who came by a link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.messages import Words
from self_service.domain.notices import telling
from self_service.models.access import DigitalIdentity, Role
from self_service.models.people import Individual


def write(
    session: Session,
    identity: DigitalIdentity,
    kind: str,
    words: Words,
    about: str = "",
    *,
    now: datetime,
    receiver: str = "",
) -> None:
    """Write a letter to somebody, by the channels that they chose, and into their history.

    Args:
        session: open transaction.
        identity: to whom.
        kind: "reset_password"; `notices.topics` says to which topic it belongs.
        words: of the letter.
        about: secret of its link, or address that it tells of.
        now: instant of writing.
        receiver: another address than the one that the person is known by.
    """
    person = session.get_one(Individual, identity.individual_id)
    letter = words(person.language, about)
    address = receiver or person.email or identity.login
    telling.tell(session, person, identity.id, kind, letter, receiver=address, now=now)


def of_customer(session: Session, customer_id: UUID) -> Sequence[DigitalIdentity]:
    """Return the sign-ins that read a customer's letters: their own, as long as none was shut."""
    return session.exec(
        select(DigitalIdentity).where(
            DigitalIdentity.customer_id == customer_id,
            DigitalIdentity.role == Role.CUSTOMER,
            DigitalIdentity.disabled_at.is_(None),
        )
    ).all()


def holder(session: Session, identity: DigitalIdentity, visitor: Actor) -> Actor:
    """Return the actor for the record: a link that only this person's mailbox held was used."""
    person = session.get_one(Individual, identity.individual_id)
    return replace(
        visitor,
        role=identity.role,
        identity_id=identity.id,
        customer_id=identity.customer_id,
        full_name=f"{person.given_name} {person.family_name}",
    )


def usable(session: Session, identity_id: UUID | None) -> DigitalIdentity | None:
    """Return a sign-in that was not shut, kept from changing until the commit; else None."""
    return session.exec(
        select(DigitalIdentity)
        .where(DigitalIdentity.id == identity_id, DigitalIdentity.disabled_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
