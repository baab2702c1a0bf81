"""Rating what waits: many products' months in one transaction, by a fixed number of statements.

A month with records that are all later than what was rated goes on from its counters; any other is
rated anew from its beginning. Both give the same, because rating is one way through the records in
their order. Only what has a price is written to its record: without, allowances covered it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Text, bindparam, func, select, update
from sqlmodel import Session, col

from self_service import clock
from self_service.domain import news
from self_service.domain.bills.reading import is_postgres
from self_service.domain.errors import NotFound
from self_service.domain.ids import as_id
from self_service.domain.rows import changed
from self_service.domain.usage import allowances, tariffs, ties
from self_service.domain.usage.bulk import Rows, fetched
from self_service.domain.usage.rating import Course, Pot, tariff_for
from self_service.models.catalog import PriceType
from self_service.models.subscriptions import Product, Resource, ResourceKind
from self_service.models.usage import Allowance, Usage, UsageDay, UsageDirection, UsagePeriod

#: Months in one transaction: enough to make statements cheap, few enough to stay small.
CHUNK = 2_000
_KEYS = ("period_id", "started_at", "source", "record_id")
_DAY = ("period_id", "day", "kind", "zone")
_SUMS = ("records", "units", "charged_units", "amount_micro")
_IN = UsageDirection.IN.value
_POTS = (
    "SELECT id, kind, zones, units, used_units, priority, from_last, {at:valid_from}, "
    "{at:valid_until}, period_id FROM allowance WHERE period_id = {ids}"
)
_ROW = (
    "SELECT u.period_id, {at:u.started_at}, u.source, u.record_id, u.kind, u.zone, u.direction, "
    "u.units, u.charged_units, u.amount_micro FROM usage u "
)
_ORDER = " ORDER BY u.period_id, u.started_at, u.source, u.record_id"
#: Records of months that are rated anew, and those of months that go on.
_WHOLE = f"{_ROW} WHERE u.period_id = {{ids}} {_ORDER}"
_LATER = (
    f"{_ROW} JOIN usage_period p ON p.id = u.period_id "
    f"WHERE u.period_id = {{ids}} AND u.started_at > p.rated_to {_ORDER}"
)


class Row(NamedTuple):
    """A record as it is rated; `at` as text, see `rating`."""

    period: int
    at: str
    source: str
    number: str
    kind: str
    zone: str
    direction: str
    units: int
    charged: int
    amount: int


@dataclass(slots=True)
class Month:
    """A month that waits.

    Attributes:
        anew: from its beginning.
        amount: millionths, of all its records.
    """

    id: int
    product_id: UUID
    anew: bool
    had: int
    amount: int
    rated_to: str
    was_rated: bool
    pots: list[Pot] = field(default_factory=list)
    changed: bool = False


class Done(NamedTuple):
    """What one transaction did."""

    months: int = 0
    records: int = 0
    last: int = 0


#: Columns of a record beyond all allowances: (row, its month, units that are charged).
Beyond = tuple[tuple[Any, ...], Month, int]


def rate(
    session: Session, *, now: datetime, limit: int = CHUNK, after: int = 0, only: UUID | None = None
) -> Done:
    """Rate months that wait; other workers do others at the same time.

    Args:
        session: open transaction.
        now: instant of rating.
        limit: at most so many months.
        after: only months with a higher number.
        only: only of this product.

    Returns:
        How many months and records there were, and the last month's number.
    """
    session.flush()
    months = _claim(session, limit, after, only)
    if not months:
        return Done()
    writer = Rows(session)
    pots(session, months)
    days: dict[tuple[int, str, str, str], list[int]] = {}
    beyond: list[Beyond] = []
    cleared: list[tuple[Any, ...]] = []
    count = go(session, months, days, beyond, cleared)
    written = priced(session, beyond, days)
    write(session, writer, months, days, [*cleared, *written])
    _carry(session, months, now)
    news.of_products(session, {month.product_id for month in months.values()}, now=now)
    return Done(len(months), count, max(months))


def _claim(session: Session, limit: int, after: int, only: UUID | None) -> dict[int, Month]:
    wanted = (
        select(
            UsagePeriod.id,
            UsagePeriod.product_id,
            UsagePeriod.amount_micro,
            UsagePeriod.rated_to,
            UsagePeriod.stale_from,
        )
        .where(
            col(UsagePeriod.stale_from).is_not(None),
            UsagePeriod.id > after,
            # without its records a month cannot be rated anew: its totals stay as they were
            col(UsagePeriod.records_deleted_at).is_(None),
            ~ties.tied(),  # those are rated by `together`
        )
        .order_by(UsagePeriod.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    )
    if only is not None:
        wanted = wanted.where(UsagePeriod.product_id == only)
    found = {}
    for key, product_id, amount, rated_to, stale in session.execute(wanted):
        anew = rated_to is None or stale <= rated_to
        upto = "" if anew else _instant(rated_to)
        found[key] = Month(
            key, product_id, anew, amount, 0 if anew else amount, upto, rated_to is not None
        )
    return found


def pots(session: Session, months: Mapping[int, Month]) -> None:
    """Read the allowances of months, as they are at the beginning of the way through them."""
    rows = fetched(session, _POTS, months)
    for key, kind, zones, units, used, *rest, period in rows:
        month = months[period]
        before = 0 if month.anew else used
        month.pots.append(Pot(key, kind, _zones(zones), units, before, *rest))


def go(
    session: Session,
    months: Mapping[int, Month],
    days: dict[tuple[int, str, str, str], list[int]],
    beyond: list[Beyond],
    cleared: list[tuple[Any, ...]],
) -> int:
    """Go through the records of all months; collect what is charged, and sums of days."""
    period, count, last = 0, 0, ""
    month, course = next(iter(months.values())), Course(())
    seen: dict[str, str] = {}
    for row in records(session, months):
        count += 1
        key, at, source, number, kind, zone, direction, units, charged, amount = row
        if key != period:
            if period:
                month.rated_to = last
            period, month = key, months[key]
            course = Course(month.pots)
        last = at
        rest = 0 if direction == _IN else course.rest(at, kind, zone, units)
        if rest:
            beyond.append((row, month, rest))
        elif charged or amount:
            cleared.append((0, 0, None, key, at, source, number))
        if direction != _IN:
            minute = at[:16]
            day = seen.get(minute)
            if day is None:
                day = seen[minute] = local(minute)
            place = (key, day, kind, zone)
            sums = days.get(place)
            if sums is None:
                days[place] = [1, units, rest, 0]
            else:
                sums[0] += 1
                sums[1] += units
                sums[2] += rest
    if period:
        month.rated_to = last
    return count


def priced(
    session: Session,
    beyond: Sequence[Beyond],
    days: dict[tuple[int, str, str, str], list[int]],
) -> Iterator[tuple[Any, ...]]:
    """Price what no allowance covered; yield rows that differ from what is written."""
    ids = sorted({month.product_id for _, month, _ in beyond}, key=str)
    sold = tariffs.sold(session, ids, kinds=(PriceType.USAGE,)) if ids else {}
    none = tariffs.Sold()
    for row, month, rest in beyond:
        key, at, source, number, kind, zone, _, _, charged, before = row
        held = sold.get(month.product_id, none)
        place = tariff_for(held.tariffs, at, kind, zone)
        amount = 0 if place is None else held.tariffs[place].amount(rest)
        if amount:
            month.amount += amount
            days[key, local(at[:16]), kind, zone][3] += amount
        if (rest, amount) != (charged, before) or (month.anew and month.was_rated):
            price = None if place is None else held.prices[place]
            yield (rest, amount, price, key, at, source, number)


def write(
    session: Session,
    writer: Rows,
    months: Mapping[int, Month],
    days: Mapping[tuple[int, str, str, str], list[int]],
    found: Sequence[tuple[Any, ...]],
) -> None:
    """Write what rating months gave: records that changed, sums of days, counters, the months."""
    writer.change(Usage, ("charged_units", "amount_micro", "price_id"), _KEYS, found)
    anew = [key for key, month in months.items() if month.anew and month.was_rated]
    if anew:
        gone = UsageDay.__table__.delete().where(_among(session, UsageDay.period_id))
        session.execute(gone, {"ids": _listed(session, anew)})
    writer.add_up(UsageDay, _DAY, _SUMS, [(*place, *sums) for place, sums in days.items()])
    used = [(pot.used, pot.key) for month in months.values() for pot in month.pots if pot.used]
    idle = [
        (0, pot.key)
        for month in months.values()
        if month.anew and month.was_rated
        for pot in month.pots
        if not pot.used
    ]
    writer.update(Allowance, ("used_units", "id"), used + idle)
    writer.change(
        UsagePeriod,
        ("rated_to", "amount_micro", "stale_from", "to_check"),
        ("id",),
        [(month.rated_to or None, month.amount, None, True, key) for key, month in months.items()],
    )
    moved = [(True, key) for key, month in months.items() if month.amount != month.had]
    writer.update(UsagePeriod, ("to_hand_over", "id"), moved)
    again = [(True, key) for key in anew]
    writer.update(UsagePeriod, ("rerated", "id"), again)
    session.expire_all()


def _carry(session: Session, months: Mapping[int, Month], now: datetime) -> None:
    """Tell the months after these what is left for them, where anything goes on at all."""
    allowances.carry_on(session, sorted(months), now=now)


def records(session: Session, months: Mapping[int, Month]) -> list[tuple[Any, ...]]:
    """Read the records that are to be rated, month by month and in their order."""
    anew = [key for key, month in months.items() if month.anew]
    going_on = [key for key, month in months.items() if not month.anew]
    found = fetched(session, _WHOLE, anew) if anew else []
    if going_on:
        found += fetched(session, _LATER, going_on)
    return found


def _among(session: Session, column: Any) -> Any:
    """Match rows whose number is one of the parameter `ids`."""
    if is_postgres(session):
        return column == func.any(bindparam("ids"))
    one = func.json_each(bindparam("ids", type_=Text)).table_valued("value").c.value
    return col(column).in_(select(one))


def _listed(session: Session, keys: Iterable[int]) -> Any:
    numbers = sorted(keys)
    return numbers if is_postgres(session) else f"[{','.join(map(str, numbers))}]"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


@lru_cache(maxsize=256)
def _zones(text: str) -> frozenset[str]:
    return frozenset(text.split(","))


@lru_cache(maxsize=65_536)
def _day(minute: str, zone: str) -> str:
    at = datetime.fromisoformat(minute).replace(tzinfo=UTC)
    return at.astimezone(clock.zone()).date().isoformat()


def local(minute: str) -> str:
    """Return the operator's day of a minute in UTC."""
    return _day(minute, clock.zone().key)


def again(session: Session, number: str) -> int:
    """Let all kept months of a telephone number, or of a product's id, be rated anew.

    Returns:
        How many months wait for it now.

    Raises:
        NotFound: there is no such number or product in use.
    """
    held = select(Resource.product_id).where(
        Resource.kind == ResourceKind.MSISDN,
        Resource.value == number,
        col(Resource.product_id).is_not(None),
    )
    product_id = session.execute(held).scalar() or as_id(number)
    if session.get(Product, product_id) is None:
        raise NotFound
    mine = update(UsagePeriod).where(
        col(UsagePeriod.product_id) == product_id,
        col(UsagePeriod.records_deleted_at).is_(None),
        col(UsagePeriod.rated_to).is_not(None),
    )
    return changed(session, mine.values(stale_from=UsagePeriod.starts_at))
