"""Letters about groups: to the sign-ins of the customer who did not do it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.messages import Words
from self_service.domain.people import mailbox
from self_service.models.subscriptions import Product, Resource, ResourceKind


def tell(
    session: Session,
    actor: Actor,
    customer_id: UUID,
    kind: str,
    words: Words,
    about: str = "",
    *,
    now: datetime,
) -> None:
    """Write to a customer what somebody else did; nobody gets a letter about their own act.

    Args:
        session: open transaction.
        actor: who did it.
        customer_id: who is told.
        kind: "group_joined".
        words: of the letter.
        about: a telephone number.
        now: instant of the act.
    """
    if actor.customer_id == customer_id and not actor.acting:
        return
    receivers = mailbox.of_customer(session, customer_id)
    for identity in receivers:
        mailbox.write(session, identity, kind, words, about, now=now)


def line(session: Session, product: Product) -> str:
    """Return by what a line is known in a letter: its number, else what it is called."""
    number = session.exec(
        select(Resource.value).where(
            Resource.product_id == product.id, Resource.kind == ResourceKind.MSISDN
        )
    ).first()
    return number or product.name.get("en", "")
