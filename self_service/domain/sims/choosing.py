"""Another number for a service: chosen from a few that are kept for ten minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlmodel import Session, col

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError
from self_service.domain.network import notices, own, requests
from self_service.domain.network.notices import NoticeKind
from self_service.domain.network.requests import Asked, Outcome
from self_service.domain.rows import changed
from self_service.domain.sims import stock
from self_service.models.catalog import OfferingKind
from self_service.models.network import NetworkAct
from self_service.models.subscriptions import Product, Resource, ResourceKind

PURPOSE = "number"
#: So many numbers are offered, and kept for so long.
OFFERED, KEPT_FOR = 6, timedelta(minutes=10)


class NumberGone(DomainError):
    """It is not kept for this service any more, or never was."""

    code = "number_gone"
    message = N_("This number is not kept for you any more. Choose one of the new ones.")


class NumberBusy(DomainError):
    """One change of number at a time."""

    code = "number_busy"
    message = N_("A change of your number is under way. Wait for it or call it off first.")


@dataclass(frozen=True, slots=True)
class NumberOffer:
    """Numbers that are kept for a service; `until` is when they go back."""

    numbers: tuple[str, ...]
    until: datetime


def offer(session: Session, actor: Actor, product_id: object, *, now: datetime) -> NumberOffer:
    """Keep some free numbers for a service; those that are kept already are shown again.

    Raises:
        SignInNeeded, NotFound, NotAllowed: not for this actor.
        NotRunning: the service is not active.
        NumberBusy: a change of number is under way.
        NumberGone: no number is free.
    """
    product = _phone(session, actor, product_id, now)
    found = _offered(session, product.id, now)
    if found is None:
        until = now + KEPT_FOR
        stock.hold(session, product.id, ResourceKind.MSISDN, "", most=OFFERED, until=until, now=now)
        session.expire_all()
        found = _offered(session, product.id, now)
    if found is None:
        raise NumberGone
    return found


def offered(
    session: Session, actor: Actor, product_id: object, *, now: datetime
) -> NumberOffer | None:
    """Return the numbers that are kept for a service, None when there are none.

    Raises:
        SignInNeeded, NotFound, NotAllowed: not for this actor.
    """
    product = own.owned(session, actor, product_id, now=now)
    if requests.is_open(session, product.id, PURPOSE):
        return None
    return _offered(session, product.id, now)


def is_open(session: Session, product_id: UUID) -> bool:
    """Say whether a number is being set up for a service; the caller asked whose it is."""
    return requests.is_open(session, product_id, PURPOSE, "porting")


def choose(
    session: Session, actor: Actor, product_id: object, *, number: object, now: datetime
) -> UUID:
    """Ask the network for one of the kept numbers; returns the request's id.

    Raises:
        NumberGone: it is not kept for this service.
        ConfirmationNeeded: no fresh proof.
        SignInNeeded, NotFound, NotAllowed, NotRunning, NumberBusy: as `offer`.
    """
    product = _phone(session, actor, product_id, now)
    actor.fresh(now)
    kept = stock.held(session, product.id, ResourceKind.MSISDN, now=now)
    chosen = next((one for one in kept if one.value == number and one.pool == ""), None)
    if chosen is None:
        raise NumberGone
    mine = update(Resource).where(col(Resource.id) == chosen.id)
    changed(session, mine.values(held_until=now + stock.UNDER_WAY))
    for other in kept:
        if other.id != chosen.id and other.pool == "":
            stock.release(session, other.id, product.id)
    wanted = {"setting": "number", "number": chosen.value, "resource": str(chosen.id)}
    asked = requests.ask(
        session,
        product.id,
        NetworkAct.SET_NUMBER,
        wanted,
        purpose=PURPOSE,
        key=f"number {uuid4()}",
        now=now,
    )
    audit.record(
        session,
        actor,
        "number.chosen",
        now=now,
        subject=f"service {product.id}",
        after={"number": chosen.value},
        customer_id=product.customer_id,
    )
    return asked


@requests.follow(PURPOSE)
def _settled(session: Session, asked: Asked, outcome: Outcome, now: datetime) -> None:
    resource_id = UUID(asked.wanted["resource"])
    product = session.get_one(Product, asked.product_id)
    if not outcome.done:
        stock.release(session, resource_id, product.id)
        return
    stock.take_over(session, product.id, resource_id, old_pool=stock.RESTING, now=now)
    notices.tell(
        session,
        NoticeKind.NUMBER_CHANGED,
        product.customer_id,
        asked.id,
        service=product.id,
        about=asked.wanted["number"],
        now=now,
    )


def _phone(session: Session, actor: Actor, product_id: object, now: datetime) -> Product:
    product = own.owned(session, actor, product_id, now=now)
    own.running(product, {OfferingKind.PLAN})
    requests.lock(session, product.id)
    if is_open(session, product.id):
        raise NumberBusy
    return product


def _offered(session: Session, product_id: UUID, now: datetime) -> NumberOffer | None:
    rows = stock.held(session, product_id, ResourceKind.MSISDN, now=now)
    free = [(row.value, row.held_until) for row in rows if row.pool == "" and row.held_until]
    if not free:
        return None
    return NumberOffer(tuple(value for value, _ in free), min(until for _, until in free))
