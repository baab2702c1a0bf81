"""Who may pay what.

- A customer in person pays whatever is theirs, by a card on the provider's screen or a saved one.
- Somebody with the scope "pay" for all of a customer's subscriptions pays any of that customer's
  bills; with it for single subscriptions, those bills on which nothing else is charged. They pay
  by a card of their own on the provider's screen: never with a saved card, and none is saved.
- Who acts for a customer pays nothing here. The customer gets a link and pays in person, on their
  own screen: so no dealer needs a card number, and none can use a card that is not theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.access import Actor, NotAllowed, SignInNeeded, grants
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.models.access import Scope
from self_service.models.bills import AppliedBillingRate
from self_service.models.subscriptions import Product


class PayByLink(DomainError):
    """Somebody who acts for a customer wants to pay for them."""

    code = "pay_by_link"
    message = N_("You cannot pay for somebody else here. Send the customer a link to pay.")


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, found to be allowed to.

    Attributes:
        customer_id: whose bills, wallet or vouchers these are.
        in_person: that customer; only they use and save cards.
        identity_id: who is signed in, None for whoever holds a link.
    """

    customer_id: UUID
    in_person: bool
    identity_id: UUID | None


def of_own(actor: Actor) -> Payer:
    """Return the payer of what is the actor's own.

    Raises:
        SignInNeeded, NotAllowed: not a customer.
        PayByLink: the actor acts for one.
    """
    if actor.acting:
        raise PayByLink
    return Payer(actor.customer(), True, actor.identity_id)


def of_bills(
    session: Session, actor: Actor, customer_id: UUID, bill_ids: Iterable[UUID], *, now: datetime
) -> Payer:
    """Return the payer of bills.

    Args:
        session: open transaction.
        actor: who wants to pay.
        customer_id: whose bills.
        bill_ids: which.
        now: instant at which grants are judged.

    Raises:
        SignInNeeded: nobody is signed in.
        PayByLink: the actor acts for the customer.
        NotFound: the bills are not for this person to pay: as if there were none.
    """
    if not actor.signed_in:
        raise SignInNeeded
    if actor.customer_id == customer_id:
        return of_own(actor)
    shares = [
        share
        for share in grants.held(session, actor, now=now)
        if share.customer_id == customer_id and share.scope in grants.BY[Scope.PAY]
    ]
    products = {share.product_id for share in shares}
    if not shares or not (None in products or _only(session, bill_ids, products)):
        raise NotFound
    return Payer(customer_id, False, actor.identity_id)


def in_person(payer: Payer) -> None:
    """Demand that the customer pays in person.

    Raises:
        NotAllowed: it is somebody else.
    """
    if not payer.in_person:
        raise NotAllowed


def _only(session: Session, bill_ids: Iterable[UUID], products: set[UUID | None]) -> bool:
    """Say whether nothing is charged on the bills but for these subscriptions."""
    lines = select(AppliedBillingRate.product_id).where(
        AppliedBillingRate.bill_id.in_(list(bill_ids))
    )
    charged = set(session.exec(lines.distinct()))
    if not charged or None in charged:
        return False
    roots = (grants.root_of(session, session.get_one(Product, one)).id for one in charged)
    return all(root in products for root in roots)
