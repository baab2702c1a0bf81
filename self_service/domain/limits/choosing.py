"""Choosing when to be told, and what choosing limits shares with it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import NotFound
from self_service.domain.limits import using, watching
from self_service.domain.network import own, requests
from self_service.domain.policy import LimitPolicy
from self_service.domain.usage.allowances import METERED
from self_service.models.access import Scope
from self_service.models.limits import AlertChoice
from self_service.models.subscriptions import Product


def choose_alerts(
    session: Session,
    actor: Actor,
    product_id: object,
    *,
    thresholds: Collection[str],
    policy: LimitPolicy,
    now: datetime,
) -> None:
    """Choose at how many percent to be told; what is no threshold of ours is left out.

    Raises:
        SignInNeeded, NotAllowed, NotFound: not for this actor.
    """
    product = managed(session, actor, product_id, now)
    before = session.get(AlertChoice, product.id, populate_existing=True)
    wanted = frozenset(one for one in using.THRESHOLDS if str(one) in thresholds)
    had = watching.wants(before, policy)
    if before is not None and wanted == had:
        return
    row = before or AlertChoice(product_id=product.id, set_at=now)
    row.thresholds = ",".join(str(one) for one in sorted(wanted))
    row.set_by, row.set_at = actor.identity_id, now
    session.add(row)
    session.flush()
    said = {"percent": sorted(had)}, {"percent": sorted(wanted)}
    record(session, actor, product, "limit.alerts", said, now)


def managed(session: Session, actor: Actor, product_id: object, now: datetime) -> Product:
    """Return a metered service that the actor manages, locked until the commit.

    Raises:
        SignInNeeded, NotAllowed, NotFound: not for this actor, or nothing is counted there.
    """
    product = own.service(session, actor, product_id, Scope.MANAGE, now=now)
    if product.kind not in METERED or product.started_at is None:
        raise NotFound
    requests.lock(session, product.id)
    return product


def record(
    session: Session,
    actor: Actor,
    product: Product,
    act: str,
    said: tuple[dict[str, object], dict[str, object]],
    now: datetime,
) -> None:
    """Write into the record what was before and what is now."""
    audit.record(
        session,
        actor,
        act,
        now=now,
        subject=f"service {product.id}",
        before=said[0],
        after=said[1],
        customer_id=product.customer_id,
    )
