"""Quiet hours: when SMS and web push wait. Mail does not, security never does."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlmodel import Session

from self_service import clock
from self_service.domain.errors import N_, DomainError
from self_service.domain.notices.topics import topic_of
from self_service.models.messages import CommunicationMessage, MessageChannel
from self_service.models.notices import NoticeSettings, Topic

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class QuietHoursUnclear(DomainError):
    """A beginning without an end, no times, or a whole day."""

    code = "quiet_hours_unclear"
    message = N_(
        "Give both times of your quiet hours, and two different ones; or leave both empty."
    )


def read(begins: object, ends: object) -> tuple[int, int] | None:
    """Read the two times of a form ("22:00", "07:30"); None when both are empty.

    Returns:
        Minutes of the day in the operator's zone.

    Raises:
        QuietHoursUnclear: they are no two different times.
    """
    if not begins and not ends:
        return None
    first, last = _minute(begins, "quiet_from"), _minute(ends, "quiet_until")
    if first == last:
        raise QuietHoursUnclear("quiet_until")
    return first, last


def over_at(first: int, last: int, *, now: datetime) -> datetime | None:
    """Return when the quiet hours end that hold now, None when none do.

    Args:
        first: minute of the day at which they begin, in the operator's zone.
        last: minute at which they are over; a smaller one is on the next day.
        now: instant that is asked about.
    """
    local = now.astimezone(clock.zone())
    minute = 60 * local.hour + local.minute
    quiet = first <= minute < last if first < last else minute >= first or minute < last
    if not quiet:
        return None
    day = local.date() + timedelta(days=minute >= last)
    end = datetime.combine(day, time(last // 60, last % 60), clock.zone())
    if end.astimezone(UTC) <= now:  # in the hour that is there twice when summer ends
        end = end.replace(fold=1)
    return end.astimezone(UTC)


def waits_until(session: Session, row: CommunicationMessage, *, now: datetime) -> datetime | None:
    """Return until when a message waits for its receiver's quiet hours, None for not at all."""
    if row.channel is MessageChannel.EMAIL or topic_of(row.kind) is Topic.SECURITY:
        return None
    hours = of(session, row.identity_id)
    return over_at(*hours, now=now) if hours else None


def of(session: Session, identity_id: UUID | None) -> tuple[int, int] | None:
    """Return somebody's quiet hours in minutes of the day, None without."""
    found = session.get(NoticeSettings, identity_id) if identity_id else None
    if found is None or found.quiet_from is None or found.quiet_until is None:
        return None
    return found.quiet_from, found.quiet_until


def _minute(value: object, name: str) -> int:
    found = _TIME.fullmatch(value[:5]) if isinstance(value, str) and len(value) < 9 else None
    if found is None:
        raise QuietHoursUnclear(name)
    return 60 * int(found[1]) + int(found[2])
