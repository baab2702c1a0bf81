"""What is rated together: months that wait, those that give to them, and those they may move."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, func, select

from self_service.domain.bills.bulk import instant
from self_service.domain.bills.reading import moment
from self_service.domain.usage import allowances, spans, ties
from self_service.domain.usage.course import Month
from self_service.domain.usage.rating import EVER
from self_service.domain.usage.ties import Tie, Ties
from self_service.models.sharing import SharedDraw
from self_service.models.usage import Usage, UsagePeriod


@dataclass(slots=True)
class Circle:
    """Months that are rated as one set.

    Attributes:
        last: number of the last month that waited, 0 when none did.
        locked: nobody else is at any of them.
        members: months that wait, of products that do not give.
        giving: months that give; those in `waiting` wait for their own records.
        others: months of members that may get more or less, and do not wait.
        forgotten: months whose single records are deleted.
        starts, rated_to: of giving months, as sortable text.
    """

    last: int = 0
    locked: bool = False
    ties: Ties = field(default_factory=lambda: Ties({}, frozenset(), {}))
    members: dict[int, Month] = field(default_factory=dict)
    giving: dict[int, Month] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    others: dict[int, Month] = field(default_factory=dict)
    forgotten: set[int] = field(default_factory=set)
    starts: dict[int, str] = field(default_factory=dict)
    rated_to: dict[int, str] = field(default_factory=dict)


def claim(session: Session, *, now: datetime, limit: int, after: int) -> Circle:
    """Lock months that wait and all that rating them may change; make those that are missing."""
    wanted = (
        select(UsagePeriod)
        .where(
            col(UsagePeriod.stale_from).is_not(None),
            col(UsagePeriod.id) > after,
            col(UsagePeriod.records_deleted_at).is_(None),
            ties.tied(),
        )
        .order_by(col(UsagePeriod.id))
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    waiting = session.exec(wanted).all()
    if not waiting:
        return Circle()
    ids = {month.id or 0 for month in waiting}
    found = Circle(last=max(ids), ties=_ties(session, waiting, now))
    needed = ids | _overlapping(found.ties, waiting) | _drawn_from(session, ids)
    first = _lock(session, needed)
    if len(first) < len(needed):
        return found
    givers = {one.id or 0 for one in first if one.product_id in found.ties.givers}
    more = _drawing_on(session, givers) - needed
    others = _lock(session, more)
    if len(others) < len(more):
        return found
    found.locked = True
    _sort(found, first, others, ids)
    return found


def _ties(session: Session, waiting: Iterable[UsagePeriod], now: datetime) -> Ties:
    """Read who belongs to whom, once the giving products have the months that are asked."""
    months = list(waiting)
    found = ties.read(session, {month.product_id for month in months})
    ends = _ends(session, months, now)
    calendar = spans.calendar(session, found.givers)
    wanted = {
        (tie.giver, at)
        for month in months
        for tie in found.by_product.get(month.product_id, ())
        for at in _missing(calendar, tie, month.starts_at, ends[month.id])
    }
    if not wanted:
        return found
    allowances.begin(session, sorted(wanted, key=lambda one: (str(one[0]), one[1])), now=now)
    return ties.read(session, {month.product_id for month in months})


def _ends(
    session: Session, months: Iterable[UsagePeriod], now: datetime
) -> dict[int | None, datetime]:
    """Return up to when each month is looked at: now, or its last record."""
    found = {month.id: min(month.ends_at, now) for month in months}
    lasts = session.execute(
        select(Usage.period_id, func.max(Usage.started_at))
        .where(col(Usage.period_id).in_(list(found)))
        .group_by(col(Usage.period_id))
    )
    for period, last in lasts:
        found[period] = max(found[period], last + timedelta(microseconds=1))
    return found


def _missing(
    calendar: spans.Calendar, tie: Tie, start: datetime, end: datetime
) -> Iterator[datetime]:
    at = max(start, moment(tie.since))
    end = end if tie.until == EVER else min(end, moment(tie.until))
    while at < end and tie.giver in calendar.anchors:
        span = calendar.at(tie.giver, at)
        if span is None:
            yield at
        at = span.ends_at if span else max(calendar.bounds(tie.giver, at)[1], at + timedelta(1))


def _overlapping(found: Ties, months: Iterable[UsagePeriod]) -> set[int]:
    ids = set()
    for month in months:
        start, end = instant(month.starts_at), instant(month.ends_at)
        for tie in found.by_product.get(month.product_id, ()):
            since, until = max(start, tie.since), min(end, tie.until)
            for place in found.places.get(tie.giver, ()):
                if place.start < until and place.end > since:
                    ids.add(place.id)
    return ids


def _drawn_from(session: Session, periods: Collection[int]) -> set[int]:
    asked = select(SharedDraw.period_id).where(col(SharedDraw.member_period_id).in_(periods))
    return set(session.exec(asked.distinct()))


def _drawing_on(session: Session, periods: Collection[int]) -> set[int]:
    asked = select(SharedDraw.member_period_id).where(col(SharedDraw.period_id).in_(periods))
    return set(session.exec(asked.distinct()))


def _lock(session: Session, ids: Collection[int]) -> list[UsagePeriod]:
    if not ids:
        return []
    wanted = select(UsagePeriod).where(col(UsagePeriod.id).in_(ids)).order_by(col(UsagePeriod.id))
    locked = wanted.with_for_update(skip_locked=True, key_share=True)
    return list(session.exec(locked.execution_options(populate_existing=True)))


def _sort(
    found: Circle,
    first: Iterable[UsagePeriod],
    others: Iterable[UsagePeriod],
    ids: Collection[int],
) -> None:
    givers: frozenset[UUID] = found.ties.givers
    for row in first:
        key = row.id or 0
        if row.records_deleted_at is not None:
            found.forgotten.add(key)
        elif row.product_id in givers:
            found.giving[key] = _month(row)
            found.starts[key] = instant(row.starts_at)
            found.rated_to[key] = instant(row.rated_to) if row.rated_to else ""
            if row.stale_from is not None:
                found.waiting.add(key)
        elif key in ids and row.stale_from is not None:  # nobody rated it meanwhile
            found.members[key] = _month(row)
        else:
            found.others[key] = _month(row, moved=True)
    for row in others:
        if row.records_deleted_at is not None:
            found.forgotten.add(row.id or 0)
        else:
            found.others[row.id or 0] = _month(row, moved=True)


def _month(row: UsagePeriod, *, moved: bool = False) -> Month:
    """Take a month as it waits; `moved`: what it has stays, only differences come."""
    stale, upto = row.stale_from, row.rated_to
    anew = not moved and (upto is None or (stale is not None and stale <= upto))
    return Month(
        id=row.id or 0,
        product_id=row.product_id,
        anew=anew,
        had=row.amount_micro,
        amount=0 if anew else row.amount_micro,
        rated_to="" if anew or upto is None else instant(upto),
        was_rated=upto is not None,
    )
