"""What others share with somebody: exactly the subscriptions that were granted, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.access import Actor, Share, grants
from self_service.domain.subscriptions.home import subscriptions_of
from self_service.domain.subscriptions.view import ServiceView, SubscriptionView
from self_service.models.access import Scope
from self_service.models.people import Customer

#: Of a SIM, what everybody who sees a subscription may know; not what would put it on a phone.
_SHOWN_OF_SIM = ("form",)


@dataclass(frozen=True, slots=True)
class SharedView:
    """A subscription of somebody else's.

    Attributes:
        owner: name of the customer who shares it.
        scopes: what may be done with it.
    """

    owner: str
    subscription: SubscriptionView
    scopes: frozenset[Scope]


def shared(session: Session, actor: Actor, *, now: datetime) -> tuple[SharedView, ...]:
    """Show what is shared with whoever is signed in, now.

    Raises:
        SignInNeeded: nobody is signed in.
    """
    actor.identity()
    by_owner: dict[UUID, list[Share]] = {}
    for share in grants.held(session, actor, now=now):
        if share.customer_id != actor.customer_id:
            by_owner.setdefault(share.customer_id, []).append(share)
    found: list[SharedView] = []
    for customer_id, name in _names(session, by_owner).items():
        for subscription in subscriptions_of(session, customer_id, now=now):
            mine = [
                share.scope
                for share in by_owner[customer_id]
                if share.product_id in (None, subscription.id)
            ]
            if mine:
                found.append(_shared(name, subscription, grants.needed(mine)))
    return tuple(found)


def _shared(owner: str, view: SubscriptionView, scopes: frozenset[Scope]) -> SharedView:
    return SharedView(owner, view if Scope.MANAGE in scopes else without_keys(view), scopes)


def without_keys(view: SubscriptionView) -> SubscriptionView:
    """Return a subscription as who only sees it may know it."""
    return replace(view, services=tuple(map(_without_keys, view.services)))


def _without_keys(service: ServiceView) -> ServiceView:
    detail = {
        name: service.sim_detail[name] for name in _SHOWN_OF_SIM if name in service.sim_detail
    }
    return replace(service, sim_detail=detail)


def _names(session: Session, customers: Mapping[UUID, object]) -> dict[UUID, str]:
    if not customers:
        return {}
    rows = session.exec(
        select(Customer.id, Customer.name)
        .where(col(Customer.id).in_(list(customers)))
        .order_by(Customer.name, Customer.id)
    )
    return dict(rows.all())
