"""Whose service it is: asked before anything about it is shown or changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.access.grants import allowed
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.ids import as_id
from self_service.models.access import Scope
from self_service.models.catalog import OfferingKind
from self_service.models.subscriptions import Product, ProductStatus

#: What runs in the network, one way or another.
KINDS = frozenset({OfferingKind.PLAN, OfferingKind.BROADBAND, OfferingKind.TV})
_THERE = frozenset({ProductStatus.ACTIVE, ProductStatus.SUSPENDED, ProductStatus.PENDING_TERMINATE})


class NotRunning(DomainError):
    """The service is paused, suspended or about to end."""

    code = "service_not_running"
    message = N_("This service is not running at the moment, so nothing can be changed on it.")


def service(
    session: Session, actor: Actor, product_id: object, scope: Scope, *, now: datetime
) -> Product:
    """Return a service that the actor may see, or manage.

    Args:
        session: open transaction.
        actor: who asks.
        product_id: from anybody.
        scope: what is to be done with it.
        now: instant of the act.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: there is no such service, or the actor may not even see it.
        NotAllowed: the actor may see it, no more.
    """
    found = as_id(product_id)
    if not actor.signed_in:
        raise SignInNeeded
    product = session.get(Product, found)
    if product is None or product.kind not in KINDS or product.status not in _THERE:
        raise NotFound
    if not allowed(session, actor, found, scope, now=now):
        if not allowed(session, actor, found, Scope.VIEW, now=now):
            raise NotFound
        raise NotAllowed
    return product


def owned(session: Session, actor: Actor, product_id: object, *, now: datetime) -> Product:
    """Return a service of the actor's own customer, for what nobody may do by a grant.

    Raises:
        SignInNeeded, NotFound: as `service`.
        NotAllowed: it is another customer's, who granted something to this person.
    """
    product = service(session, actor, product_id, Scope.VIEW, now=now)
    if actor.customer_id != product.customer_id:
        raise NotAllowed
    return product


def running(product: Product, kinds: Collection[OfferingKind] = KINDS) -> None:
    """Demand that a service is active and of one of these kinds.

    Raises:
        NotFound: it is of another kind.
        NotRunning: it is not active.
    """
    if product.kind not in kinds:
        raise NotFound
    if product.status is not ProductStatus.ACTIVE:
        raise NotRunning
