"""What the demo's customers chose as limits, and the alerts of what they used."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain import outbox
from self_service.domain.limits import bars, telling, watching
from self_service.domain.network import followers, requests
from self_service.domain.network.requests import Outcome
from self_service.domain.policy import LimitPolicy
from self_service.models.access import DigitalIdentity, Role
from self_service.models.catalog import OfferingKind
from self_service.models.limits import LimitKind, SpendLimit, UsageAlert, UsageAlertTold
from self_service.models.network import RequestStatus, ServiceRequest
from self_service.models.subscriptions import Product
from self_service.seed.sign_ins import HYBRID, POSTPAID

#: Imported so that every purpose has its follower.
FOLLOWERS = followers
#: Whose first plan, which limit in minor units, and whether it stops what costs.
_LIMITS = ((POSTPAID.login, 2_000, True), (HYBRID.login, 500, False))


def seed_limits(session: Session, *, now: datetime) -> None:
    """Choose limits and note what was reached, unless limits were chosen before."""
    if session.exec(select(SpendLimit.product_id).limit(1)).first() is not None:
        return
    for login, minor, hard in _LIMITS:
        product_id = session.exec(
            select(Product.id)
            .join(DigitalIdentity, col(DigitalIdentity.customer_id) == Product.customer_id)
            .where(DigitalIdentity.login == login, Product.kind == OfferingKind.PLAN)
            .order_by(col(Product.started_at), col(Product.id))
        ).first()
        if product_id is not None:
            row = SpendLimit(product_id=product_id, kind=LimitKind.ALL, set_at=now)
            row.amount_minor, row.hard = minor, hard
            session.add(row)
    session.flush()
    policy, after = LimitPolicy(), 0
    waits: list[UUID] = []
    while (seen := watching.look(session, policy=policy, now=now, after=after)).last is not None:
        after = seen.last
        for product_id in seen.to_settle:
            bars.settle(session, product_id, policy=policy, now=now)
            waits.append(product_id)
    while waits and watching.look(session, policy=policy, now=now).last is not None:
        continue
    _told(session, now)
    _answered(session, now)


def _told(session: Session, now: datetime) -> None:
    """Nobody is written to about the demo's past: it counts as done."""
    loud = session.execute(
        select(UsageAlert.id, UsageAlert.noticed_at, DigitalIdentity.id)
        .join(Product, col(Product.id) == UsageAlert.product_id)
        .join(DigitalIdentity, col(DigitalIdentity.customer_id) == Product.customer_id)
        .where(col(UsageAlert.told), DigitalIdentity.role == Role.CUSTOMER)
    )
    for alert_id, at, identity_id in loud:
        session.add(UsageAlertTold(alert_id=alert_id, identity_id=identity_id, told_at=at))
    for event in telling.waiting(session):
        outbox.finish(session, event.id, now=now)


def _answered(session: Session, now: datetime) -> None:
    """Let the network have stopped what limits stop."""
    asked = select(ServiceRequest.id).where(
        ServiceRequest.purpose == bars.PURPOSE, ServiceRequest.status == RequestStatus.PENDING
    )
    for request_id in session.exec(asked).all():
        requests.answered(session, request_id, Outcome(done=True), now)
    for event in outbox.open_events(session, of=(outbox.EventKind.NETWORK_ASKED,)):
        outbox.finish(session, event.id, now=now)
