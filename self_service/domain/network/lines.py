"""Help with a line: restart the router, look at the line; what came of it is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError
from self_service.domain.network import own, requests
from self_service.domain.network.requests import Asked, Outcome
from self_service.models.access import Scope
from self_service.models.catalog import OfferingKind
from self_service.models.network import NetworkAct

PURPOSE = "line"
#: Kinds that have a router or box at the customer's.
LINES = frozenset({OfferingKind.BROADBAND, OfferingKind.TV})
#: So many results are shown.
MOST = 5


class LineBusy(DomainError):
    """Something of this kind is under way."""

    code = "line_busy"
    message = N_("We are still working on your last wish. It takes a minute or two.")


def restart(session: Session, actor: Actor, product_id: object, *, now: datetime) -> UUID:
    """Restart the router of a service; returns the request's id.

    Raises:
        NotFound, NotAllowed, SignInNeeded: not for this actor.
        NotRunning: the service is not active.
        LineBusy: a restart or a look is under way.
    """
    return _ask(session, actor, product_id, NetworkAct.RESTART, now)


def check(session: Session, actor: Actor, product_id: object, *, now: datetime) -> UUID:
    """Look at the line of a service; returns the request's id. Raises as `restart`."""
    return _ask(session, actor, product_id, NetworkAct.CHECK_LINE, now)


def results(
    session: Session, actor: Actor, product_id: object, *, now: datetime
) -> tuple[Asked, ...]:
    """List what was done and found lately, the newest first: for the page and for a ticket.

    Raises:
        NotFound, SignInNeeded: not for this actor.
    """
    product = own.service(session, actor, product_id, Scope.VIEW, now=now)
    return requests.history(session, product.id, PURPOSE, most=MOST)


@requests.follow(PURPOSE)
def _settled(session: Session, asked: Asked, outcome: Outcome, now: datetime) -> None:
    """Do nothing: what the network told is kept in the request."""


def _ask(
    session: Session, actor: Actor, product_id: object, act: NetworkAct, now: datetime
) -> UUID:
    product = own.service(session, actor, product_id, Scope.MANAGE, now=now)
    own.running(product, LINES)
    if requests.is_open(session, product.id, PURPOSE):
        raise LineBusy
    asked = requests.ask(
        session, product.id, act, {}, purpose=PURPOSE, key=f"line {uuid4()}", now=now
    )
    audit.record(
        session,
        actor,
        f"line.{act.value}",
        now=now,
        subject=f"service {product.id}",
        customer_id=product.customer_id,
    )
    return asked
