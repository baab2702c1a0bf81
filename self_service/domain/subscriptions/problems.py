"""What is wrong with a customer's services just now, as far as the network told us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import and_, case, or_
from sqlmodel import Session, col, func, select

from self_service.domain.access import Actor
from self_service.domain.sims import blocking
from self_service.models.base import Texts
from self_service.models.limits import SpendBar
from self_service.models.network import NetworkAct, RequestStatus, ServiceRequest
from self_service.models.service_settings import ServiceSetting
from self_service.models.subscriptions import Product, ProductStatus

#: A refusal of the network is told for so long, the state of a line for so long after a look.
REFUSALS_FOR, LINES_FOR = timedelta(days=3), timedelta(days=1)
_THERE = (ProductStatus.ACTIVE, ProductStatus.PENDING_TERMINATE)


class ProblemKind(StrEnum):
    """What is wrong."""

    DOWN = "down"  # the line, when it was looked at last
    SLOW = "slow"
    STOPPED = "stopped"  # what costs extra, by a limit that was reached
    BLOCKED = "blocked"  # the SIM, by its owner
    REFUSED = "refused"  # the network did not accept the last change of a setting


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a service.

    Attributes:
        at: since when it is known.
    """

    kind: ProblemKind
    product_id: UUID
    name: Texts
    at: datetime


def problems(session: Session, actor: Actor, *, now: datetime) -> tuple[Problem, ...]:
    """List what is wrong with the actor's customer's services, the worst first.

    By three statements, however many services there are. What is suspended for a debt is no problem
    of the line, and said elsewhere.
    """
    if actor.customer_id is None:
        return ()
    whose = actor.customer_id
    found = [
        *_lines(session, whose, now),
        *_stopped(session, whose, now),
        *_settings(session, whose, now),
    ]
    each = {(one.kind, one.product_id): one for one in found}  # several settings are one problem
    order = list(ProblemKind)
    return tuple(
        sorted(each.values(), key=lambda one: (order.index(one.kind), one.at, one.product_id))
    )


def _settings(session: Session, customer_id: UUID, now: datetime) -> list[Problem]:
    blocked = and_(
        ServiceSetting.name == blocking.KEY,
        func.coalesce(ServiceSetting.wish, ServiceSetting.value) == "on",
    )
    refused = and_(
        ServiceSetting.refused != "",
        col(ServiceSetting.wish).is_(None),
        col(ServiceSetting.refused_at) > now - REFUSALS_FOR,
    )
    rows = session.execute(
        select(Product.id, Product.name, blocked, ServiceSetting)
        .join(ServiceSetting, col(ServiceSetting.product_id) == Product.id)
        .where(
            Product.customer_id == customer_id,
            col(Product.status).in_(_THERE),
            or_(blocked, refused),
        )
    )
    return [
        Problem(
            ProblemKind.BLOCKED if is_blocked else ProblemKind.REFUSED,
            product_id,
            name,
            (row.wished_at if is_blocked else row.refused_at) or now,
        )
        for product_id, name, is_blocked, row in rows
    ]


def _stopped(session: Session, customer_id: UUID, now: datetime) -> list[Problem]:
    """Return the lines on which a limit stops what costs, or is about to."""
    stops = func.coalesce(SpendBar.wish, case((col(SpendBar.barred), "on"), else_="off"))
    rows = session.execute(
        select(Product.id, Product.name, SpendBar.wished_at)
        .join(SpendBar, col(SpendBar.product_id) == Product.id)
        .where(Product.customer_id == customer_id, col(Product.status).in_(_THERE), stops == "on")
    )
    return [Problem(ProblemKind.STOPPED, key, name, at or now) for key, name, at in rows]


def _lines(session: Session, customer_id: UUID, now: datetime) -> list[Problem]:
    """Return the lines that did not work when they were looked at last."""
    rows = session.execute(
        select(Product.id, Product.name, ServiceRequest)
        .join(ServiceRequest, col(ServiceRequest.product_id) == Product.id)
        .where(
            Product.customer_id == customer_id,
            col(Product.status).in_(_THERE),
            ServiceRequest.act == NetworkAct.CHECK_LINE,
            ServiceRequest.status == RequestStatus.DONE,
            col(ServiceRequest.settled_at) > now - LINES_FOR,
        )
        .order_by(Product.id, ServiceRequest.sequence)
    )
    last = {product_id: (name, row) for product_id, name, row in rows}
    return [
        Problem(ProblemKind(row.told["state"]), product_id, name, row.settled_at or now)
        for product_id, (name, row) in last.items()
        if row.told.get("state") in (ProblemKind.DOWN, ProblemKind.SLOW)
    ]
