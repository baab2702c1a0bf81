"""The outbox: what has to happen after a transaction is written inside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain.rows import add_once, changed
from self_service.models.messages import OutboxEvent


class EventKind(StrEnum):
    """What may have happened. The key of each of these is the order's id unless said."""

    ORDER_PLACED = "order_placed"
    ORDER_PAID = "order_paid"
    ORDER_RESUMED = "order_resumed"  # key: order id and which time
    ORDER_COMPLETED = "order_completed"
    ORDER_CANCELLED = "order_cancelled"


@dataclass(frozen=True, slots=True)
class OpenEvent:
    """Something that happened and has not been acted on."""

    id: int
    kind: str
    key: str
    payload: dict[str, str]


def emit(session: Session, kind: EventKind, key: str, *, now: datetime, **payload: str) -> bool:
    """Write an event with the change that it tells of; a second time changes nothing.

    Returns:
        True when the event was not there before.
    """
    event = OutboxEvent(kind=kind, key=key, payload=payload, created_at=now)
    return add_once(session, event)


def open_events(session: Session, limit: int = 100) -> tuple[OpenEvent, ...]:
    """Return what is to be acted on, the oldest first."""
    rows = session.exec(
        select(OutboxEvent)
        .where(OutboxEvent.done_at.is_(None))
        .order_by(OutboxEvent.id)
        .limit(limit)
    )
    return tuple(OpenEvent(row.id, row.kind, row.key, row.payload) for row in rows if row.id)


def finish(session: Session, event_id: int, *, now: datetime) -> bool:
    """Say that an event was acted on; False when somebody else said so first."""
    done = (
        update(OutboxEvent)
        .where(OutboxEvent.id == event_id, OutboxEvent.done_at.is_(None))
        .values(done_at=now)
    )
    return changed(session, done) == 1
