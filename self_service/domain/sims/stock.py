"""Resources that change hands: kept for a product, taken over, and never handed out again."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from self_service.domain.fulfilment.resources import not_held
from self_service.domain.rows import add_once, changed
from self_service.models.subscriptions import Resource, ResourceKind

#: Pools of what is not handed out again: SIMs that were used, numbers that were somebody's.
RETIRED, RESTING = "retired", "resting"
#: Pool of numbers that came from other operators.
PORTED = "ported"
#: A change that the network has not answered keeps its resource for so long.
UNDER_WAY = timedelta(days=60)


def of_product(session: Session, product_id: UUID, kind: ResourceKind) -> Resource | None:
    """Return what a product has of a kind."""
    mine = select(Resource).where(Resource.product_id == product_id, Resource.kind == kind)
    return session.exec(mine.execution_options(populate_existing=True)).first()


def hold(
    session: Session,
    product_id: UUID,
    kind: ResourceKind,
    pool: str,
    *,
    most: int,
    until: datetime,
    now: datetime,
) -> int:
    """Keep free resources of a pool for a product; returns how many there were."""
    free = select(Resource.id).where(
        Resource.kind == kind,
        Resource.pool == pool,
        col(Resource.product_id).is_(None),
        not_held(now),
    )
    ids = session.exec(free.limit(most).with_for_update(skip_locked=True)).all()
    keeping = (
        update(Resource)
        .where(col(Resource.id).in_(ids), col(Resource.product_id).is_(None), not_held(now))
        .values(held_for=product_id, held_until=until)
        .execution_options(synchronize_session=False)
    )
    return changed(session, keeping)


def held(
    session: Session, product_id: UUID, kind: ResourceKind, *, now: datetime
) -> tuple[Resource, ...]:
    """List what is kept for a product."""
    kept = select(Resource).where(
        Resource.held_for == product_id,
        Resource.kind == kind,
        col(Resource.product_id).is_(None),
        col(Resource.held_until) > now,
    )
    rows = session.exec(kept.order_by(Resource.value).execution_options(populate_existing=True))
    return tuple(rows)


def release(session: Session, resource_id: UUID, product_id: UUID, *, pool: str = "") -> None:
    """Keep a resource no longer; with `pool`, it goes there instead of back on stock."""
    values = {"held_for": None, "held_until": None} | ({"pool": pool} if pool else {})
    let_go = update(Resource).where(
        col(Resource.id) == resource_id,
        col(Resource.held_for) == product_id,
        col(Resource.product_id).is_(None),
    )
    changed(session, let_go.values(**values))


def take_over(
    session: Session, product_id: UUID, resource_id: UUID, *, old_pool: str, now: datetime
) -> str:
    """Give a kept resource to its product in place of the one it has; returns the old value."""
    new = session.get_one(Resource, resource_id, populate_existing=True)
    old = of_product(session, product_id, new.kind)
    if old is not None and old.id != new.id:
        gone = {"product_id": None, "assigned_at": None, "pool": old_pool}
        changed(session, update(Resource).where(col(Resource.id) == old.id).values(**gone))
    given = {"product_id": product_id, "assigned_at": now, "held_for": None, "held_until": None}
    changed(session, update(Resource).where(col(Resource.id) == new.id).values(**given))
    session.expire_all()
    return old.value if old is not None else ""


def bring_in(session: Session, product_id: UUID, number: str, *, until: datetime) -> UUID:
    """Keep a number that comes from another operator for a product; returns the resource's id."""
    row = Resource(
        kind=ResourceKind.MSISDN,
        pool=PORTED,
        value=number,
        held_for=product_id,
        held_until=until,
    )
    if add_once(session, row):
        return row.id
    known = select(Resource.id).where(
        Resource.kind == ResourceKind.MSISDN, Resource.value == number
    )
    found = session.exec(known).one()
    kept = {"pool": PORTED, "held_for": product_id, "held_until": until}
    changed(
        session,
        update(Resource)
        .where(col(Resource.id) == found, col(Resource.product_id).is_(None))
        .values(**kept),
    )
    return found
