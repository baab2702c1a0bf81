"""Orders whose work stopped: those that wait for stock, and those that were left behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain import outbox
from self_service.domain.fulfilment import resources
from self_service.domain.fulfilment.work import Need, needs, products_of
from self_service.domain.rows import lock_order
from self_service.domain.transitions import ORDER, advance
from self_service.models.orders import OrderState, ProductOrder
from self_service.models.subscriptions import ResourceKind

#: Work on an order that took longer than this is started again.
STALLED_AFTER = timedelta(minutes=15)


def resume(session: Session, order_id: UUID, *, now: datetime) -> bool:
    """Let an order that waits for stock go on, if all that it lacks is there now."""
    order = lock_order(session, order_id)
    if order is None or order.state is not OrderState.HELD:
        return False
    if not _all_there(session, needs(products_of(session, order_id))):
        return False
    to = OrderState.IN_PROGRESS
    advance(session, ProductOrder, order_id, to, allowed=ORDER, now=now, column="state")
    return _start_again(session, order_id, now.isoformat(), now)


def held(session: Session, *, limit: int = 50) -> tuple[UUID, ...]:
    """Return the orders that wait for stock, the longest waiting first."""
    return _in_state(session, OrderState.HELD, limit)


def restart_stalled(session: Session, *, now: datetime, limit: int = 50) -> tuple[UUID, ...]:
    """Start the work on orders again that should have been done long ago.

    A process that died for good, or a step that failed for another reason than stock, leaves an
    order behind; as every step may run twice, starting again is safe.
    """
    # one start in each stretch of time, however many janitors ask
    stretch = str(int(now.timestamp() // STALLED_AFTER.total_seconds()))
    return tuple(
        order_id
        for order_id in _in_state(session, OrderState.IN_PROGRESS, limit, now - STALLED_AFTER)
        if _start_again(session, order_id, stretch, now)
    )


def _all_there(session: Session, wanted: Iterable[Need]) -> bool:
    lacking = Counter(
        (need.kind, need.pool)
        for need in wanted
        if not resources.held_by(session, need.kind, need.product.id)
        and (need.kind is not ResourceKind.SERIAL or resources.tracked(session, need.pool))
    )
    return all(resources.free(session, *what) >= pieces for what, pieces in lacking.items())


def _in_state(
    session: Session, state: OrderState, limit: int, before: datetime | None = None
) -> tuple[UUID, ...]:
    statement = select(ProductOrder.id).where(
        ProductOrder.state == state, col(ProductOrder.cart_id).is_not(None)
    )  # changes of subscriptions are performed by `domain.changes`
    if before is not None:
        statement = statement.where(ProductOrder.status_changed_at <= before)
    ordered = statement.order_by(ProductOrder.status_changed_at).limit(limit)
    return tuple(session.exec(ordered).all())


def _start_again(session: Session, order_id: UUID, time: str, now: datetime) -> bool:
    key = f"{order_id}:{time}"
    return outbox.emit(session, outbox.EventKind.ORDER_RESUMED, key, now=now, order=str(order_id))
