"""Which status may follow which, and the one way to move.

Spellings and arrows: the life-cycle diagrams of TMF622 v4 (order), TMF637 v4 (product) and the
proposal for TMF676 (payment). Departures: an order may be cancelled straight from `acknowledged`
and `held` (nothing was paid yet), because the diagram's detour over `pending` tells nobody
anything; a product may go from `pendingActive` to `cancelled` as in the diagram.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult, update
from sqlmodel import Session, SQLModel

from self_service.models.orders import OrderState
from self_service.models.payments import PaymentStatus
from self_service.models.subscriptions import ProductStatus

ORDER: dict[OrderState, frozenset[OrderState]] = {
    OrderState.ACKNOWLEDGED: frozenset(
        {OrderState.IN_PROGRESS, OrderState.PENDING, OrderState.CANCELLED}
    ),
    OrderState.PENDING: frozenset(
        {OrderState.IN_PROGRESS, OrderState.ASSESSING_CANCELLATION, OrderState.CANCELLED}
    ),
    OrderState.IN_PROGRESS: frozenset(
        {
            OrderState.PENDING,
            OrderState.HELD,
            OrderState.ASSESSING_CANCELLATION,
            OrderState.COMPLETED,
            OrderState.FAILED,
            OrderState.PARTIAL,
        }
    ),
    OrderState.HELD: frozenset(
        {OrderState.IN_PROGRESS, OrderState.ASSESSING_CANCELLATION, OrderState.CANCELLED}
    ),
    OrderState.ASSESSING_CANCELLATION: frozenset(
        {
            OrderState.IN_PROGRESS,
            OrderState.PENDING,
            OrderState.HELD,
            OrderState.PENDING_CANCELLATION,
        }
    ),
    OrderState.PENDING_CANCELLATION: frozenset({OrderState.CANCELLED}),
}

PAYMENT: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    PaymentStatus.PENDING_AUTHORIZATION: frozenset(
        {
            PaymentStatus.AUTHORIZED,
            PaymentStatus.DONE,
            PaymentStatus.DENIED,
            PaymentStatus.FAILED,
            PaymentStatus.CANCELED,
        }
    ),
    PaymentStatus.AUTHORIZED: frozenset(
        {PaymentStatus.CAPTURED, PaymentStatus.CANCELED, PaymentStatus.FAILED}
    ),
    PaymentStatus.CAPTURED: frozenset({PaymentStatus.DONE, PaymentStatus.FAILED}),
}

PRODUCT: dict[ProductStatus, frozenset[ProductStatus]] = {
    ProductStatus.CREATED: frozenset({ProductStatus.PENDING_ACTIVE, ProductStatus.ACTIVE}),
    ProductStatus.PENDING_ACTIVE: frozenset(
        {ProductStatus.ACTIVE, ProductStatus.CANCELLED, ProductStatus.ABORTED}
    ),
    ProductStatus.ACTIVE: frozenset(
        {ProductStatus.SUSPENDED, ProductStatus.PENDING_TERMINATE, ProductStatus.TERMINATED}
    ),
    ProductStatus.SUSPENDED: frozenset({ProductStatus.ACTIVE}),
    ProductStatus.PENDING_TERMINATE: frozenset({ProductStatus.TERMINATED}),
}


def advance(
    session: Session,
    table: type[SQLModel],
    row_id: Any,
    to: StrEnum,
    *,
    allowed: dict[Any, frozenset[Any]],
    now: datetime,
    column: str = "status",
    **values: Any,
) -> bool:
    """Move one row to `to` if its present status allows it; the row count decides who won.

    One conditional UPDATE is the lock, on SQLite and PostgreSQL alike.

    Args:
        session: open transaction.
        table: a table with `id`, `column` and `status_changed_at`.
        row_id: primary key.
        to: the status wanted.
        allowed: one of the tables of this module.
        now: instant written as `status_changed_at`.
        column: name of the status column.
        **values: further columns written by the winner.

    Returns:
        True for the caller that moved the row, False when the row was elsewhere already.
    """
    sources = [source for source, targets in allowed.items() if to in targets]
    status = getattr(table, column)
    statement = (
        update(table)
        .where(table.id == row_id, status.in_(sources))
        .values({column: to, "status_changed_at": now, **values})
        .execution_options(synchronize_session="fetch")
    )
    result: CursorResult[Any] = session.execute(statement)  # type: ignore[assignment]
    return result.rowcount == 1
