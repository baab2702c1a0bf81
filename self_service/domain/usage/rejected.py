"""Rows that were set aside: listed with their reasons, and taken again after a repair."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.usage import intake
from self_service.domain.usage.intake import Line, Taken
from self_service.models.access import Role
from self_service.models.usage import UsageRejected, UsageStatus


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that waits for a repair.

    Attributes:
        reason: code of `shape.REASONS`.
        content: the row as it came, as JSON where it could be read.
    """

    id: int
    source: str
    import_id: int
    line: int
    reason: str
    field: str
    content: str
    since: datetime


def set_aside(
    session: Session, actor: Actor, *, after: int = 0, limit: int = 50
) -> tuple[SetAside, ...]:
    """List rows that wait for a repair, by number.

    Raises:
        SignInNeeded, NotAllowed: not an administrator.
    """
    actor.one_of(Role.ADMINISTRATOR)
    rows = session.exec(
        select(UsageRejected)
        .where(UsageRejected.status == UsageStatus.REJECTED, col(UsageRejected.id) > after)
        .order_by(col(UsageRejected.id))
        .limit(limit)
    )
    return tuple(
        SetAside(
            row.id or 0,
            row.source,
            row.import_id,
            row.line,
            row.reason,
            row.field,
            row.content,
            row.created_at,
        )
        for row in rows
    )


def recycle(
    session: Session, actor: Actor, *, now: datetime, ids: Sequence[int] = (), limit: int = 5_000
) -> Taken:
    """Take rows again that were set aside: whatever was at fault may be right now.

    A number that nobody had may have been assigned since. Rows that are still no good stay.

    Args:
        session: open transaction.
        actor: an administrator.
        now: instant of taking.
        ids: only these, all when empty.
        limit: at most so many.

    Raises:
        SignInNeeded, NotAllowed: not an administrator.
    """
    actor.one_of(Role.ADMINISTRATOR)
    wanted = select(UsageRejected).where(UsageRejected.status == UsageStatus.REJECTED)
    if ids:
        wanted = wanted.where(col(UsageRejected.id).in_(ids))
    rows = session.exec(wanted.order_by(col(UsageRejected.id)).limit(limit)).all()
    total = Taken()
    for source in sorted({row.source for row in rows}):
        lines = [Line(row.line, _read(row.content)) for row in rows if row.source == source]
        import_id = intake.begin(session, source, name="recycled", now=now)
        total = total.plus(intake.take(session, import_id, source, lines, now=now), limit)
    counts = {"read": total.read, "taken": total.taken}
    audit.record(session, actor, "usage.recycled", now=now, subject="usage", after=counts)
    return total


def _read(content: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content
