"""The limits and alerts of one product, as its page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from self_service.domain.access import Actor
from self_service.domain.access.grants import allowed
from self_service.domain.limits import bars, telling, watching
from self_service.domain.limits.standing import Standing, months, standings
from self_service.domain.limits.telling import Alert
from self_service.domain.policy import LimitPolicy
from self_service.models.access import Scope
from self_service.models.limits import AlertChoice, SpendBar
from self_service.models.subscriptions import Product


@dataclass(frozen=True, slots=True)
class Stop:
    """How a stop stands.

    Attributes:
        on: what costs is stopped, as the network confirmed it.
        wish: "on" or "off" while that is asked for, "" when nothing is under way.
        refused: why the network refused, "" when it did not.
    """

    on: bool = False
    wish: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """What a page shows.

    Attributes:
        begun: the present charging month has begun, so its limits can be lifted.
        until: its end.
        as_of: last usage that was counted, None before the first.
        limits: each with how its stop stands.
        thresholds: percent at which people are told.
        manages: the reader may change all this.
    """

    begun: bool
    until: datetime
    as_of: datetime | None
    limits: tuple[tuple[Standing, Stop], ...]
    thresholds: frozenset[int]
    alerts: tuple[Alert, ...]
    manages: bool


def overview(
    session: Session, actor: Actor, product: Product, *, policy: LimitPolicy, now: datetime
) -> Overview:
    """Read how limits and alerts of a product stand, by a fixed number of statements.

    Args:
        session: open transaction.
        actor: who asks.
        product: metered; `usage.reach` found that the actor may see it.
        policy: the operator's rules.
        now: instant of looking.

    Raises:
        NotFound: nothing that this actor may see.
    """
    alerts = telling.history(session, actor, product.id, now=now)
    month = months(session, [product], now)[product.id]
    rows = bars.bars(session, [product.id])
    found = standings(session, [month], policy)[month.id or product.id]
    manages = allowed(session, actor, product.id, Scope.MANAGE, now=now)
    return Overview(
        begun=month.id != 0,
        until=month.ends_at,
        as_of=month.rated_to,
        limits=tuple((one, _stop(rows.get((product.id, one.kind)))) for one in found),
        thresholds=watching.wants(session.get(AlertChoice, product.id), policy),
        alerts=alerts,
        manages=manages and product.status in bars.RUNNING,
    )


def _stop(row: SpendBar | None) -> Stop:
    return Stop() if row is None else Stop(row.barred, row.wish or "", row.refused)
