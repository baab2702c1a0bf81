"""The outbox: what has to happen after a transaction is written inside it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import Session, col, select

from self_service.domain.rows import add_once, add_rows, changed
from self_service.models.messages import OutboxEvent


class EventKind(StrEnum):
    """What may have happened. The key of each of these is the order's id unless said."""

    ORDER_PLACED = "order_placed"
    ORDER_PAID = "order_paid"
    ORDER_RESUMED = "order_resumed"  # key: order id and which time
    ORDER_COMPLETED = "order_completed"
    ORDER_CANCELLED = "order_cancelled"
    CUSTOMER_ERASED = "customer_erased"  # key: the customer's id; payload: whom the provider knows
    DEBT_NOTICE = "debt_notice"  # key: what it tells of; payload: see domain.debts.notices
    BILL_MADE = "bill_made"  # key: the bill's id, also in the payload as "bill"
    BILL_SETTLED = "bill_settled"  # key: bill id and instant (a bill can be opened again)
    SERVICE_NOTICE = "service_notice"  # key: what it tells of; see domain.network.notices
    CHANGE_NOTICE = "change_notice"  # key: change id and what is told of it
    USAGE_ALERT = "usage_alert"  # key: what it tells of; see domain.limits.telling
    NETWORK_ASKED = "network_asked"  # key: the request's id; `jobs.network` reads the requests
    NEWS = "news"  # key: what changed and when; see domain.news


#: What the payment provider has to be asked for: acted on by the janitor, not by the relay.
BY_PROVIDER = frozenset({EventKind.CUSTOMER_ERASED})
#: What letters about debts tell of: acted on by `jobs.dunning`.
OF_DEBTS = frozenset({EventKind.DEBT_NOTICE})
#: What letters about changes of subscriptions tell of: acted on by `jobs.changes`.
OF_CHANGES = frozenset({EventKind.CHANGE_NOTICE})
#: What letters about bills tell of: acted on by `jobs.bill_letters`.
OF_BILLS = frozenset({EventKind.BILL_MADE})
#: What letters about services tell of: acted on by `jobs.network`.
OF_SERVICES = frozenset({EventKind.SERVICE_NOTICE})
#: What alerts about usage tell of: acted on by `jobs.limits`.
OF_ALERTS = frozenset({EventKind.USAGE_ALERT})


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


def note(session: Session, kind: EventKind, key: str, *, now: datetime, **payload: str) -> None:
    """Write an event that is only read: nobody has to act on it."""
    add_once(session, OutboxEvent(kind=kind, key=key, payload=payload, created_at=now, done_at=now))


def emit_all(
    session: Session, kind: EventKind, payloads: Mapping[str, dict[str, str]], *, now: datetime
) -> None:
    """Write many events that cannot have been written before, by key, by one statement."""
    events = [
        OutboxEvent(kind=kind, key=key, payload=payload, created_at=now)
        for key, payload in payloads.items()
    ]
    add_rows(session, events)


def open_events(
    session: Session,
    limit: int = 100,
    *,
    by_provider: bool = False,
    of: Collection[EventKind] = (),
) -> tuple[OpenEvent, ...]:
    """Return what is to be acted on, the oldest first.

    Args:
        session: open transaction.
        limit: at most so many.
        by_provider: those of `BY_PROVIDER`; else the others, which a provider that is away for
            long must not hold up.
        of: only these kinds, whoever acts on them.
    """
    kind = col(OutboxEvent.kind)
    waits = kind.in_(of or BY_PROVIDER)
    others = kind.not_in(BY_PROVIDER | OF_DEBTS | OF_BILLS | OF_SERVICES | OF_CHANGES | OF_ALERTS)
    rows = session.exec(
        select(OutboxEvent)
        .where(OutboxEvent.done_at.is_(None), waits if of or by_provider else others)
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
