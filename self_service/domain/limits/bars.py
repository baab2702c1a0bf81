"""Stopping what costs, once a hard limit is reached, and letting it go again.

The network is asked by a request that it confirms (`network.requests`); until then it counts as
being stopped. What was used before the network stopped it is charged, however late it is told.
Whoever comes to decide holds the product's lock, so two workers ask once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import Session, col, select

from self_service.domain.limits import telling
from self_service.domain.limits.standing import Month, Standing, months, standings
from self_service.domain.network import requests
from self_service.domain.network.requests import Asked, Outcome
from self_service.domain.policy import LimitPolicy
from self_service.domain.rows import add_once, changed
from self_service.models.limits import LimitKind, SpendBar
from self_service.models.network import NetworkAct, ServiceRequest
from self_service.models.subscriptions import Product, ProductStatus

PURPOSE = "spend_limit"
#: What the network knows it by: setting = PREFIX and the kind of limit.
PREFIX = "limit_"
#: Products that the network can be asked about.
RUNNING = frozenset(
    {ProductStatus.ACTIVE, ProductStatus.SUSPENDED, ProductStatus.PENDING_TERMINATE}
)


def settle(session: Session, product_id: UUID, *, policy: LimitPolicy, now: datetime) -> int:
    """Ask the network for what the limits of a product want now, where it stands otherwise.

    Args:
        session: open transaction; the product is locked until its commit.
        product_id: whose limits.
        policy: the operator's rules.
        now: instant of deciding.

    Returns:
        How many requests were written.
    """
    requests.lock(session, product_id)
    product = session.get(Product, product_id, populate_existing=True)
    if product is None or product.status not in RUNNING:
        return 0
    month = months(session, [product], now)[product_id]
    found = standings(session, [month], policy)[month.id or product_id]
    rows = bars(session, [product_id])
    asked = 0
    for one in found:
        row = rows.get((product_id, one.kind))
        if differs(one, row, policy, now):
            _ask(session, product_id, one, month, now)
            asked += 1
        elif row is not None and (row.refused or one.stops):
            _keep(session, row, one, month)
    return asked


def bars(session: Session, product_ids: list[UUID]) -> Mapping[tuple[UUID, LimitKind], SpendBar]:
    """Return what was ever stopped of products, as it stands."""
    rows = select(SpendBar).where(col(SpendBar.product_id).in_(product_ids))
    found = session.exec(rows.execution_options(populate_existing=True))
    return {(row.product_id, row.kind): row for row in found}


def differs(one: Standing, row: SpendBar | None, policy: LimitPolicy, now: datetime) -> bool:
    """Say whether the network is to be asked; not again right after it refused the same."""
    if one.stops == stopped(row):
        return False
    if row is None or not row.refused or row.refused_at is None:
        return True
    return now >= row.refused_at + timedelta(minutes=policy.ask_again_minutes)


def stopped(row: SpendBar | None) -> bool:
    """Say whether something is stopped, once all is answered."""
    return row is not None and (row.wish == "on" if row.wish else row.barred)


def due(
    session: Session,
    *,
    policy: LimitPolicy,
    now: datetime,
    after: UUID | None = None,
    limit: int = 500,
) -> list[UUID]:
    """List products whose month of a stop is over, or about which the network is asked again."""
    again = now - timedelta(minutes=policy.ask_again_minutes)
    open_ = or_(col(SpendBar.barred), SpendBar.wish == "on", SpendBar.refused != "")
    over = (col(SpendBar.until) <= now) & (
        col(SpendBar.refused_at).is_(None) | (col(SpendBar.refused_at) <= again)
    )
    refused = (col(SpendBar.refused) != "") & (col(SpendBar.refused_at) <= again)
    rows = (
        select(SpendBar.product_id)
        .join(Product, Product.id == SpendBar.product_id)
        .where(open_, or_(over, refused), col(Product.status).in_(RUNNING))
    )
    if after is not None:
        rows = rows.where(SpendBar.product_id > after)
    return list(session.exec(rows.distinct().order_by(SpendBar.product_id).limit(limit)))


@requests.follow(PURPOSE)
def _settled(session: Session, asked: Asked, outcome: Outcome, now: datetime) -> None:
    """Take note of what the network made of it; answers may come in any order."""
    named = _named(asked.product_id, LimitKind(asked.wanted["setting"].removeprefix(PREFIX)))
    on = asked.wanted["value"] == "on"
    if outcome.done:
        changed(
            session,
            update(SpendBar)
            .where(*named, col(SpendBar.barred_sequence) < asked.sequence)
            .values(barred=on, barred_sequence=asked.sequence, confirmed_at=now),
        )
    refused = {} if outcome.done else {"refused": outcome.reason or "refused", "refused_at": now}
    last = changed(
        session,
        update(SpendBar)
        .where(*named, SpendBar.wish_sequence == asked.sequence)
        .values(wish=None, **refused),
    )
    if last and on and not outcome.done:
        row = session.exec(select(SpendBar).where(*named)).one()
        telling.not_stopped(session, row, now=now)


def _ask(session: Session, product_id: UUID, one: Standing, month: Month, now: datetime) -> None:
    value = "on" if one.stops else "off"
    request_id = requests.ask(
        session,
        product_id,
        NetworkAct.SET,
        {"setting": PREFIX + one.kind.value, "profile": "", "value": value},
        purpose=PURPOSE,
        key=f"limit {uuid4()}",
        now=now,
    )
    add_once(session, SpendBar(product_id=product_id, kind=one.kind, until=month.ends_at))
    sequence = session.get_one(ServiceRequest, request_id).sequence
    asked = {"wish": value, "wish_sequence": sequence, "wished_at": now}
    changed(
        session,
        update(SpendBar)
        .where(*_named(product_id, one.kind))
        .values(**asked, until=month.ends_at, refused="", refused_at=None),
    )


def _keep(session: Session, row: SpendBar, one: Standing, month: Month) -> None:
    """Note until when a stop holds; what was refused and is not wanted any more is forgotten."""
    if one.stops == stopped(row):
        row.refused, row.refused_at = "", None
    if one.stops:
        row.until = month.ends_at
    session.add(row)
    session.flush()


def _named(product_id: UUID, kind: LimitKind) -> tuple[ColumnElement[bool], ...]:
    return col(SpendBar.product_id) == product_id, col(SpendBar.kind) == kind
