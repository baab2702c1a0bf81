"""Placing an order: the one moment at which a basket becomes binding, once, whatever happens.

The basket is claimed by one conditional UPDATE. Who comes second, be it a double click or another
device, gets the order that the first one made. Everything else happens in the winner's transaction:
if anything is refused, the basket is open again and nothing has changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain import access
from self_service.domain.access import Actor
from self_service.domain.basket.handover import claim_for_order
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.orders import checkout, ways
from self_service.domain.orders import writing as order_writing
from self_service.domain.orders.cancellation import AlreadyCancelled, BeingChecked
from self_service.domain.orders.checkout import NothingToOrder, Review
from self_service.domain.orders.contract import SummaryOutdated
from self_service.domain.orders.ways import NEW_CARD, OrderWay
from self_service.domain.orders.writing import Buyer, OrderTerms, Placed
from self_service.domain.payments import pending as open_payments
from self_service.domain.people import accounts
from self_service.domain.people.own import require_open
from self_service.domain.people.person_fields import PersonDetails
from self_service.domain.promotions import using
from self_service.domain.promotions.refusals import CodeLost
from self_service.domain.rows import lock_order
from self_service.models.access import DigitalIdentity
from self_service.models.orders import OrderState, ProductOrder
from self_service.models.people import Site
from self_service.money import Money

#: For so long a visitor's second click is the same act as the first.
REPEAT_WITHIN = timedelta(minutes=2)


class AlreadyOrdered(DomainError):
    """A visitor's basket became an order some time ago."""

    code = "already_ordered"
    message = N_("This basket was ordered already. Sign in to follow your order.")


class AlreadyPaid(DomainError):
    """Another payment was asked for, but the order is paid."""

    code = "already_paid"
    message = N_("This order is paid. There is nothing more to pay.")


def place(
    session: Session,
    actor: Actor,
    *,
    cart_id: UUID,
    accepted: str,
    terms: OrderTerms,
    way: OrderWay = NEW_CARD,
    now: datetime,
) -> Placed:
    """Order the basket of a customer.

    Args:
        session: open transaction.
        actor: the customer, or somebody who acts for them.
        cart_id: the basket.
        accepted: fingerprint of the summary that the buyer agreed to.
        terms: how orders are taken.
        way: how it is paid, if there is something to pay.
        now: instant of the order.

    Raises:
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in.
        NotFound: it is not a basket of the actor's.
        AccountClosed: the customer was erased meanwhile, from another tab.
        NothingToOrder, DetailsNeeded, SummaryOutdated, Impossible, SoldOut, CodeLost,
        CardNotUsable, CardOfAnother: nothing was changed once the transaction is given up.
    """
    customer_id = actor.customer()
    own = select(ProductOrder).where(
        ProductOrder.cart_id == cart_id, ProductOrder.customer_id == customer_id
    )
    placed = session.exec(own).one_or_none()
    if placed is not None:  # also by the visitor who became this customer with it
        return _same(session, placed)
    require_open(session, customer_id)
    if not claim_for_order(session, actor, cart_id, now=now):
        return _same(session, _order_of(session, cart_id))
    review, document_id = _agreed(session, actor, cart_id, accepted, now)
    buyer = Buyer(
        customer_id, _site(session, customer_id, review.details, now), review.details.language
    )
    return _written(session, review, buyer, document_id, terms, ways.allowed(actor, way), now)


def place_as_new(
    session: Session,
    visitor: Actor,
    *,
    cart_id: UUID,
    accepted: str,
    password_hash: str,
    cookie: str,
    terms: OrderTerms,
    now: datetime,
    device: str = "",
    network: str = "",
) -> Placed:
    """Order the basket of a visitor, who becomes a customer by it and is signed in.

    The details are those kept by `checkout.save_details`. A second click shortly after gets the
    same order, and its own cookie is signed in too.

    Args:
        session: open transaction.
        visitor: whose basket.
        cart_id: the basket.
        accepted: fingerprint of the summary that the buyer agreed to.
        password_hash: made before the transaction.
        cookie: the fresh value that the browser gets.
        terms: how orders are taken.
        now: instant of the order.
        device: "Firefox on Linux".
        network: address of the browser.

    Raises:
        LoginTaken: the e-mail address has an account; the basket is kept.
        AlreadyOrdered: the basket was ordered earlier; sign in to see the order.
        NotFound, NothingToOrder, DetailsNeeded, SummaryOutdated, Impossible, SoldOut, CodeLost: as
            `place`.
    """
    if visitor.signed_in:
        return place(session, visitor, cart_id=cart_id, accepted=accepted, terms=terms, now=now)
    enter = partial(
        access.open_session, session, cookie=cookie, now=now, device=device, network=network
    )
    if not claim_for_order(session, visitor, cart_id, now=now):
        return _same_for_visitor(session, _order_of(session, cart_id), enter, now)
    review, document_id = _agreed(session, visitor, cart_id, accepted, now)
    new = accounts.register(session, details=review.details, password_hash=password_hash, now=now)
    enter(new.identity_id)
    buyer = Buyer(new.customer_id, new.site_id, review.details.language)
    placed = _written(session, review, buyer, document_id, terms, NEW_CARD, now)
    return replace(placed, identity_id=new.identity_id)


def retry_payment(
    session: Session,
    actor: Actor,
    order_id: UUID,
    *,
    terms: OrderTerms,
    way: OrderWay | None = None,
    now: datetime,
) -> Placed:
    """Ask once more for the money of an unpaid order.

    Args:
        session: open transaction.
        actor: the customer, or somebody who acts for them.
        order_id: which.
        terms: how orders are taken.
        way: how it is paid; a payment that is open for another way is given up. None returns an
            open payment as it is.
        now: instant of asking.

    Raises:
        NotFound: there is no such order, or it is somebody else's.
        AlreadyPaid, AlreadyCancelled, BeingChecked: there is nothing to pay.
        BeingPaid, CardNotUsable, CardOfAnother: not in this way, or not now.
    """
    order = lock_order(session, order_id)
    if order is None or order.customer_id != actor.customer():
        raise NotFound
    if order.state is OrderState.CANCELLED:
        raise AlreadyCancelled
    if order.state is OrderState.PENDING:
        raise BeingChecked
    if order.state is not OrderState.ACKNOWLEDGED:
        raise AlreadyPaid
    wanted = None if way is None else ways.allowed(actor, way)
    if ways.make_room(session, order, wanted, now=now):
        ways.ask(session, order, wanted or NEW_CARD, provider=terms.provider, now=now)
        order.reserved_until = min(now + terms.hold, order.ordered_at + terms.hold_at_most)
        session.flush()
    return _same(session, order)


def _agreed(
    session: Session, actor: Actor, cart_id: UUID, accepted: str, now: datetime
) -> tuple[Review, UUID | None]:
    """Return what is ordered, if it is what the buyer was shown and agreed to.

    Raises:
        CodeLost: the buyer has to be asked first whether to go on without a code.
        SummaryOutdated: it is not.
        NotCovered: something in it does not reach the address.
    """
    review = checkout.review(session, actor, now=now, cart_id=cart_id)
    if review.basket.lost_codes:
        raise CodeLost
    shown, document_id = checkout.shown_summary(session, cart_id)
    if not review.fingerprint == shown == accepted:
        raise SummaryOutdated
    checkout.require_reach(session, review.basket, review.details, now=now)
    return review, document_id


def _written(
    session: Session,
    review: Review,
    buyer: Buyer,
    document_id: UUID | None,
    terms: OrderTerms,
    way: OrderWay,
    now: datetime,
) -> Placed:
    """Write the order and use its promotion codes up; raises CodeLost as `using.consume`."""
    basket = review.basket
    placed = order_writing.write(session, basket, buyer, document_id, terms, way=way, now=now)
    using.consume(
        session,
        [code.id for code in basket.codes if code.applied],
        customer_id=buyer.customer_id,
        order_id=placed.order_id,
        now=now,
    )
    return placed


def _site(session: Session, customer_id: UUID, details: PersonDetails, now: datetime) -> UUID:
    own = select(Site.id).where(Site.customer_id == customer_id, Site.closed_at.is_(None))
    found = session.exec(own.order_by(Site.created_at)).first()
    return found or accounts.add_site(session, customer_id, details.address, now=now)


def _order_of(session: Session, cart_id: UUID) -> ProductOrder:
    order = session.exec(select(ProductOrder).where(ProductOrder.cart_id == cart_id)).one_or_none()
    if order is None:  # merged into another basket meanwhile
        raise NothingToOrder
    return order


def _same(session: Session, order: ProductOrder) -> Placed:
    return Placed(
        order_id=order.id,
        number=order.number,
        payment_id=open_payments.of_order(session, order.id),
        amount=Money(order.due_now_minor, order.currency),
    )


def _same_for_visitor(
    session: Session, order: ProductOrder, enter: Callable[[UUID], None], now: datetime
) -> Placed:
    if order.ordered_at + REPEAT_WITHIN <= now:
        raise AlreadyOrdered
    identity_id = session.exec(
        select(DigitalIdentity.id).where(DigitalIdentity.customer_id == order.customer_id)
    ).one()
    enter(identity_id)
    return replace(_same(session, order), identity_id=identity_id)
