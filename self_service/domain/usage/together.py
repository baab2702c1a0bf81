"""Rating products that share: what members ask of a group, and what it gives them, as one set.

In one transaction, three ways. Each member's month goes through its own allowances, as any month
does (`course`). What is left is asked of the giving product, of its month in which the record is,
and noted (`shared_draw`). Each month that is asked goes through its own records and all that was
asked, in one order (`giving`). Where a giving month is rated anew, records of other members may get
more or less: their charges and sums are corrected by the difference.

Locks: months of members that wait and months that give, then months of other members; what somebody
else holds is never waited for, all of it is left for the next round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from self_service.domain import news
from self_service.domain.bills.bulk import instant, named
from self_service.domain.rows import changed
from self_service.domain.usage import allowances, course, ties, together_claim
from self_service.domain.usage.bulk import Rows, fetched
from self_service.domain.usage.course import Beyond, Done, Month
from self_service.domain.usage.giving import Giving
from self_service.domain.usage.together_claim import Circle
from self_service.models.sharing import SharedDraw, SharedUse
from self_service.models.usage import UsageDay, UsageDirection, UsagePeriod

#: Waiting months in one transaction: each brings those that it touches.
CHUNK = 200
_KEYS = named("period_id started_at source record_id")
_DAY = named("period_id day kind zone")
_NEW = (*_KEYS, *named("member_id member_period_id kind zone asked_units given_units"))
_DRAW = (
    "SELECT d.period_id, {at:d.started_at}, d.source, d.record_id, {key:d.member_id}, "
    "d.member_period_id, d.kind, d.zone, d.asked_units, d.given_units, u.charged_units, "
    "u.amount_micro FROM shared_draw d LEFT JOIN usage u ON u.period_id = d.member_period_id "
    "AND u.started_at = d.started_at AND u.source = d.source AND u.record_id = d.record_id "
)
_WHOLE = f"{_DRAW} WHERE d.period_id = {{ids}}"
_LATER = (
    f"{_DRAW} JOIN usage_period p ON p.id = d.period_id "
    "WHERE d.period_id = {ids} AND (p.rated_to IS NULL OR d.started_at > p.rated_to)"
)
_IN = UsageDirection.IN.value
_Key = tuple[int, str, str, str]
_Days = dict[tuple[int, str, str, str], list[int]]


class _Draw(NamedTuple):
    """What a record asked; `charged` and `amount` as its record says, None when that is gone."""

    period: int
    at: str
    source: str
    number: str
    member: str
    member_period: int
    kind: str
    zone: str
    asked: int
    given: int
    charged: int | None
    amount: int | None

    @property
    def record(self) -> _Key:
        """Return the key of the record."""
        return self.member_period, self.at, self.source, self.number


@dataclass(slots=True)
class _Work:
    """What comes together on the way.

    Attributes:
        days: sums of days, to be added.
        asked: record -> whether it asked in this round; with what it got.
        draws: those whose share is another than the one that is written, with the new one.
        taken: of each giving month that was gone through.
    """

    days: _Days = field(default_factory=dict)
    beyond: list[Beyond] = field(default_factory=list)
    cleared: list[tuple[Any, ...]] = field(default_factory=list)
    asked: dict[_Key, int] = field(default_factory=dict)
    draws: list[tuple[_Draw, int]] = field(default_factory=list)
    taken: dict[int, Mapping[tuple[str, str], int]] = field(default_factory=dict)
    count: int = 0


def rate(session: Session, *, now: datetime, limit: int = CHUNK, after: int = 0) -> Done:
    """Rate months that wait, of products that share, with all that this touches.

    Args:
        session: open transaction.
        now: instant of rating.
        limit: at most so many waiting months.
        after: only months with a higher number.

    Returns:
        How many months and records there were, and the last month's number: 0 when nothing waits;
        when somebody else is at it, no months and that number.
    """
    session.flush()
    circle = together_claim.claim(session, now=now, limit=min(limit, CHUNK), after=after)
    if not circle.last:
        return Done()
    if not circle.locked:
        return Done(last=circle.last)
    work = _Work()
    touched = _members(session, circle, work)
    giving = _giving_months(circle, touched)
    _give(session, circle, giving, work)
    _settle_members(work)
    others = _others(circle, work)
    _write(session, {**circle.members, **giving}, others, work)
    _write_shares(session, giving, work)
    done = {**circle.members, **giving}
    allowances.carry_on(session, sorted(done), now=now)
    seen = {month.product_id for month in (*done.values(), *others.months.values())}
    news.of_products(session, seen, now=now)
    return Done(len(done), work.count, circle.last)


def _members(session: Session, circle: Circle, work: _Work) -> dict[int, str]:
    """Go through the members' own allowances; return from when on which month is asked anew."""
    months = circle.members
    if not months:
        return {}
    course.pots(session, months)
    work.count = course.go(session, months, work.days, work.beyond, work.cleared)
    touched: dict[int, str] = {}
    anew = [key for key, month in months.items() if month.anew]
    if anew:
        before = select(SharedDraw.period_id, func.min(SharedDraw.started_at)).where(
            col(SharedDraw.member_period_id).in_(anew)
        )
        for period, at in session.execute(before.group_by(col(SharedDraw.period_id))):
            touched[period] = instant(at)
        changed(session, delete(SharedDraw).where(col(SharedDraw.member_period_id).in_(anew)))
    rows: list[tuple[Any, ...]] = []
    for row, month, rest in work.beyond:
        key, at, source, number, kind, zone, *_ = row
        asked = circle.ties.asked(month.product_id, kind, at)
        if asked is None or asked[1] not in circle.giving:
            continue
        member, period = asked
        work.asked[key, at, source, number] = 0
        rows.append((period, at, source, number, member, key, kind, zone, rest, 0))
        touched[period] = min(at, touched.get(period, at))
    Rows(session).insert_new(SharedDraw, _NEW, sorted(rows))
    return touched


def _giving_months(circle: Circle, touched: Mapping[int, str]) -> dict[int, Month]:
    """Return the giving months that wait or are asked; anew where that is in the midst."""
    found = {}
    for key, month in circle.giving.items():
        at = touched.get(key)
        if at is None and key not in circle.waiting:
            continue
        if at is not None and month.was_rated and at <= circle.rated_to[key]:
            month.anew = True
        if month.anew:
            month.amount, month.rated_to = 0, ""
        found[key] = month
    return found


def _give(session: Session, circle: Circle, giving: Mapping[int, Month], work: _Work) -> None:
    """Go through the records of giving months and through what was asked, in one order."""
    if not giving:
        return
    course.pots(session, giving)
    limits = ties.limits(session, {month.product_id for month in giving.values()})
    drawn = _draws(session, giving)
    taken = _taken(session, [key for key, month in giving.items() if not month.anew])
    rows: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in course.records(session, giving):
        rows[row[0]].append(row)
    for key, month in giving.items():
        kept = [one for one in drawn[key] if one.member_period in circle.forgotten]
        asked = [one for one in drawn[key] if one.member_period not in circle.forgotten]
        way = Giving(month.pots, circle.starts[key], limits, taken[key])
        way.keep((one.member, one.at, one.kind, one.zone, one.given) for one in sorted(kept))
        _through(way, month, rows[key], asked, work)
        work.taken[key] = way.taken


def _through(
    way: Giving,
    month: Month,
    rows: Iterable[tuple[Any, ...]],
    asked: Iterable[_Draw],
    work: _Work,
) -> None:
    for row in sorted([*rows, *asked], key=lambda one: one[:4]):
        work.count += 1
        month.rated_to = row[1]
        if isinstance(row, _Draw):
            given = way.ask(row.member, row.at, row.kind, row.zone, row.asked)
            if row.record in work.asked:
                work.asked[row.record] = given
            if given != row.given:
                work.draws.append((row, given))
            continue
        key, at, source, number, kind, zone, direction, units, charged, amount = row
        rest = 0 if direction == _IN else way.rest(at, kind, zone, units)
        if rest:
            work.beyond.append((row, month, rest))
        elif charged or amount:
            work.cleared.append((0, 0, None, key, at, source, number))
        if direction != _IN:
            sums = work.days.setdefault((key, course.local(at[:16]), kind, zone), [0, 0, 0, 0])
            sums[0] += 1
            sums[1] += units
            sums[2] += rest


def _settle_members(work: _Work) -> None:
    """Take what the group gave off what the members' records of this round are charged."""
    left: list[Beyond] = []
    for row, month, rest in work.beyond:
        key, at, source, number, kind, zone, _, _, charged, amount = row
        given = work.asked.get((key, at, source, number), 0)
        if given:
            work.days[key, course.local(at[:16]), kind, zone][2] -= given
        if rest > given:
            left.append((row, month, rest - given))
        elif charged or amount:
            work.cleared.append((0, 0, None, key, at, source, number))
    work.beyond = left


@dataclass(slots=True)
class _Others:
    """What changes in months that were not gone through themselves.

    Attributes:
        months: by number.
        shifts: (month, day, kind, zone) -> units charged and millionths that are added.
    """

    months: dict[int, Month] = field(default_factory=dict)
    beyond: list[Beyond] = field(default_factory=list)
    shifts: _Days = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0, 0]))


def _others(circle: Circle, work: _Work) -> _Others:
    """Find records that were rated before, and now get more or less of the group."""
    found = _Others()
    for draw, given in work.draws:
        if draw.record in work.asked or draw.charged is None or draw.amount is None:
            continue
        month = circle.members.get(draw.member_period) or circle.others[draw.member_period]
        if draw.member_period in circle.others:
            found.months[draw.member_period] = month
        left = draw.asked - given
        place = draw.member_period, course.local(draw.at[:16]), draw.kind, draw.zone
        found.shifts[place][2] += left - draw.charged
        found.shifts[place][3] -= draw.amount
        month.amount -= draw.amount
        if left:
            row = (*draw.record, draw.kind, draw.zone, "out", left, draw.charged, draw.amount)
            found.beyond.append((row, month, left))
        else:
            work.cleared.append((0, 0, None, *draw.record))
    return found


def _write(session: Session, done: Mapping[int, Month], others: _Others, work: _Work) -> None:
    writer = Rows(session)
    priced = [
        *course.priced(session, work.beyond, work.days),
        *course.priced(session, others.beyond, others.shifts),
    ]
    course.write(session, writer, done, work.days, [*work.cleared, *priced])
    shifts = [(one[2], one[3], *place) for place, one in others.shifts.items() if any(one)]
    writer.change(UsageDay, ("charged_units", "amount_micro"), _DAY, sorted(shifts), adding=True)
    moved = [
        (month.amount, True, True, key)
        for key, month in sorted(others.months.items())
        if month.amount != month.had
    ]
    writer.update(UsagePeriod, ("amount_micro", "to_hand_over", "to_check", "id"), moved)


def _write_shares(session: Session, giving: Mapping[int, Month], work: _Work) -> None:
    writer = Rows(session)
    given = [(given, *draw[:4]) for draw, given in work.draws]
    writer.change(SharedDraw, ("given_units",), _KEYS, sorted(given))
    if giving:
        changed(session, delete(SharedUse).where(col(SharedUse.period_id).in_(list(giving))))
    rows = [
        (period, member, kind, units)
        for period, taken in work.taken.items()
        for (member, kind), units in taken.items()
    ]
    columns = named("period_id member_id kind units")
    Rows(session).insert_new(SharedUse, columns, sorted(rows))
    session.expire_all()


def _draws(session: Session, giving: Mapping[int, Month]) -> dict[int, list[_Draw]]:
    anew = [key for key, month in giving.items() if month.anew]
    later = [key for key, month in giving.items() if not month.anew]
    rows = fetched(session, _WHOLE, anew) if anew else []
    rows += fetched(session, _LATER, later) if later else []
    found: dict[int, list[_Draw]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(_Draw(*row))
    return found


def _taken(session: Session, periods: Sequence[int]) -> dict[int, dict[tuple[str, str], int]]:
    found: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    rows = session.exec(select(SharedUse).where(col(SharedUse.period_id).in_(periods)))
    for row in rows:
        found[row.period_id][row.member_id.hex, row.kind.value] = row.units
    return found
