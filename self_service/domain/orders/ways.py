"""How an order is paid: by a new card on the provider's screen, or by a saved one.

The rule is that of bills (`payments.payers`): only the customer in person uses and saves cards.
Who acts for a customer orders for them, but the card is typed on the provider's screen.

No lock is taken on the cards. One that is removed at this moment is not charged: the payment then
fails (`jobs.payments.charge_saved`), and the order's page offers the other ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError
from self_service.domain.payments import methods
from self_service.domain.payments import pending as open_payments
from self_service.domain.payments.paying import CHARGING, BeingPaid, CardNotUsable
from self_service.models.orders import ProductOrder
from self_service.models.payments import MethodStatus, Payment, PaymentMethod


class CardOfAnother(DomainError):
    """Somebody who acts for a customer wants to charge that one's saved card."""

    code = "card_of_another"
    message = N_("Only the customer can pay with a saved card. Choose another way to pay.")


@dataclass(frozen=True, slots=True)
class OrderWay:
    """How an order is paid.

    Attributes:
        method_id: the saved card, None to pay on the provider's screen.
        keep: save the card of that screen; the person agreed to the mandate.
    """

    method_id: UUID | None = None
    keep: bool = False


NEW_CARD = OrderWay()


def allowed(actor: Actor, way: OrderWay) -> OrderWay:
    """Return the way as this person may use it: nobody saves a card for somebody else.

    Raises:
        CardOfAnother: a saved card, and not the customer in person.
    """
    if actor.acting and way.method_id is not None:
        raise CardOfAnother
    return NEW_CARD if actor.acting else way


def ask(
    session: Session, order: ProductOrder, way: OrderWay, *, provider: str, now: datetime
) -> UUID:
    """Write down that an order is to be paid in a way that `allowed` returned.

    Args:
        session: open transaction.
        order: new, or locked.
        way: how.
        provider: name of the one that is asked; a saved card of another cannot be charged.
        now: instant of asking.

    Returns:
        The payment's id.

    Raises:
        CardNotUsable: no card of this customer's, or one that ended; nothing was changed.
    """
    if way.method_id is not None:
        _require_usable(session, order.customer_id, way.method_id, provider, now)
    keep = way.keep and way.method_id is None
    return open_payments.ask(
        session, order, provider=provider, now=now, method_id=way.method_id, keep=keep
    )


def make_room(
    session: Session, order: ProductOrder, way: OrderWay | None, *, now: datetime
) -> bool:
    """Say whether an order's money is to be asked for anew.

    A payment that is open for another way is given up. Should its money come after all, it goes
    back: at most one payment of an order is ever done.

    Args:
        session: open transaction.
        order: locked.
        way: how, None for however it was asked for before.
        now: instant of asking.

    Raises:
        BeingPaid: a saved card is being charged, or the provider has the payment in hand.
    """
    open_id = open_payments.of_order(session, order.id)
    if open_id is None:
        return True
    payment = session.get_one(Payment, open_id, populate_existing=True)
    asked_for = OrderWay(payment.method_id, payment.keep_method)
    if way is None or way == asked_for:
        return False
    charging = payment.method_id is not None and not payment.pay_path
    if payment.processing or (charging and payment.created_at + CHARGING > now):
        raise BeingPaid
    open_payments.give_up(session, open_id, now=now)
    return True


def _require_usable(
    session: Session, customer_id: UUID, method_id: UUID, provider: str, now: datetime
) -> None:
    card = session.get(PaymentMethod, method_id, populate_existing=True)
    usable = (
        card is not None
        and card.customer_id == customer_id
        and card.provider == provider
        and card.status is MethodStatus.ACTIVE
        and methods.ends_at(card.exp_month, card.exp_year) > now
    )
    if not usable:  # one answer, so that nobody learns of somebody else's cards
        raise CardNotUsable
