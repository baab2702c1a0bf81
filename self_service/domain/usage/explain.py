"""One record step by step: the way through its month again, told where it comes by."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import tuple_
from sqlmodel import Session, col, select

from self_service.domain.access import Actor
from self_service.domain.bills.bulk import instant
from self_service.domain.errors import NotFound
from self_service.domain.usage import reach, tariffs
from self_service.domain.usage.rating import UNLIMITED, Course, Pot, Tariff, tariff_for
from self_service.domain.usage.records import Place, opened
from self_service.models.base import Texts
from self_service.models.catalog import PriceType
from self_service.models.sharing import SharedDraw, SharingGroup, SharingMember
from self_service.models.usage import Allowance, Usage, UsageDirection, UsagePeriod

#: Instant, source and id of a record, whether it is a member's, then kind, zone and units.
_Turn = tuple[datetime, str, str, bool, str, str, int]


@dataclass(frozen=True, slots=True)
class Covered:
    """Units that an allowance covered; `left` is what it held then, -1 without limit.

    Attributes:
        group: it came from the shared allowances of this group, whose name that is, "" from one's
            own; then `left` says nothing.
    """

    name: Texts
    units: int
    left: int
    group: str = ""


@dataclass(frozen=True, slots=True)
class Charged:
    """Units beyond allowances.

    Attributes:
        name: of the price, empty when none holds: then they cost nothing.
        billed: units that were asked for, in whole blocks.
        price_micro: millionths for `per` units.
        micro: millionths, tax included.
    """

    name: Texts
    units: int
    billed: int
    price_micro: int
    per: int
    micro: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a record was rated: `units` are all that was covered and charged.

    Attributes:
        incoming: it came in, and so costs nothing and uses nothing up.
    """

    record_id: str
    at: datetime
    units: int
    incoming: bool
    covered: tuple[Covered, ...]
    charged: Charged | None
    currency: str


def explain(session: Session, actor: Actor, key: str, *, now: datetime) -> Explanation:
    """Tell how a record was rated.

    Args:
        session: open transaction.
        actor: who asks.
        key: `RecordView.key`; whatever a client sent.
        now: instant of asking.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: no record of anything that this actor may see.
    """
    actor.identity()
    place = opened(key)
    month = session.get(UsagePeriod, place.period) if place else None
    row = session.get(Usage, tuple(place)) if place and month else None
    if place is None or month is None or row is None:
        raise NotFound
    product = reach.products(session, actor, now=now, of=month.product_id)[0]
    if row.direction is UsageDirection.IN:
        return Explanation(
            row.record_id, row.started_at, row.units, True, (), None, product.currency
        )
    covered, rest = _covered(session, row, place)
    given = _given(session, place)
    if given is not None:
        covered, rest = (*covered, given), max(rest - given.units, 0)
    sold = tariffs.sold(session, [month.product_id], kinds=(PriceType.USAGE,))
    held = sold[month.product_id].tariffs if month.product_id in sold else ()
    place_held = tariff_for(held, instant(row.started_at), row.kind.value, row.zone.value)
    tariff = None if place_held is None else held[place_held]
    return Explanation(
        record_id=row.record_id,
        at=row.started_at,
        units=row.units,
        incoming=False,
        covered=covered,
        charged=_charged(tariff, rest) if rest else None,
        currency=product.currency,
    )


def _covered(session: Session, row: Usage, place: Place) -> tuple[tuple[Covered, ...], int]:
    pots = session.exec(select(Allowance).where(Allowance.period_id == row.period_id)).all()
    names = {pot.id: pot.name for pot in pots}
    course = Course(map(_fresh, pots))
    # what members got of these allowances is among them: it had its turn in the same order
    shared = Course(pot for pot in course.pots if pot.units != UNLIMITED)
    for at, _, _, member, kind, zone, units in _before(session, row, place):
        (shared if member else course).rest(instant(at), kind, zone, units)
    told = instant(row.started_at), row.kind.value, row.zone.value, row.units
    rest, draws = course.draws(*told)
    return tuple(Covered(names[one.pot], one.units, one.left) for one in draws), rest


def _before(session: Session, row: Usage, place: Place) -> Iterable[_Turn]:
    """Return what used the allowances of this month before a record did, in the order of rating."""
    own = (
        select(Usage.started_at, Usage.source, Usage.record_id, Usage.kind, Usage.zone, Usage.units)
        .where(
            Usage.period_id == row.period_id,
            Usage.direction == UsageDirection.OUT,
            Usage.started_at <= place.at,
        )
        .order_by(col(Usage.started_at), col(Usage.source), col(Usage.record_id))
    )
    key = col(Usage.started_at), col(Usage.source), col(Usage.record_id)
    this = place.at, place.source, place.record_id
    shares = select(SharingGroup.id).join(
        UsagePeriod, col(UsagePeriod.product_id) == SharingGroup.product_id
    )
    if session.exec(shares.where(UsagePeriod.id == row.period_id).limit(1)).first() is None:
        rows = session.execute(own.where(tuple_(*key) < tuple_(*this)))
        return [(*one[:3], False, one[3].value, one[4].value, one[5]) for one in rows]
    given = select(
        SharedDraw.started_at,
        SharedDraw.source,
        SharedDraw.record_id,
        SharedDraw.kind,
        SharedDraw.zone,
        SharedDraw.given_units,
    ).where(SharedDraw.period_id == row.period_id, SharedDraw.started_at <= place.at)
    turns = [(*one[:3], False, one[3].value, one[4].value, one[5]) for one in session.execute(own)]
    turns += [(*one[:3], True, one[3].value, one[4], one[5]) for one in session.execute(given)]
    # in the order of `together`, which is not that of every database
    return sorted(turn for turn in turns if turn[:3] < this)


def _given(session: Session, place: Place) -> Covered | None:
    """Return what a record got of a group, None when it got nothing."""
    found = session.execute(
        select(SharedDraw.given_units, SharingGroup.name)
        .join(SharingMember, col(SharingMember.id) == SharedDraw.member_id)
        .join(SharingGroup, col(SharingGroup.id) == SharingMember.group_id)
        .where(
            SharedDraw.member_period_id == place.period,
            SharedDraw.started_at == place.at,
            SharedDraw.source == place.source,
            SharedDraw.record_id == place.record_id,
            SharedDraw.given_units > 0,
        )
    ).first()
    return Covered({}, found[0], 0, group=found[1] or "-") if found else None


def _fresh(row: Allowance) -> Pot:
    return Pot(
        key=row.id or 0,
        kind=row.kind.value,
        zones=frozenset(row.zones.split(",")),
        units=row.units,
        used=0,
        priority=row.priority,
        from_last=row.from_last,
        since=instant(row.valid_from),
        until=instant(row.valid_until),
    )


def _charged(tariff: Tariff | None, units: int) -> Charged:
    if tariff is None:
        return Charged({}, units, units, 0, 1, 0)
    return Charged(
        name=json.loads(tariff.name),
        units=units,
        billed=tariff.billed(units),
        price_micro=tariff.micro,
        per=tariff.per,
        micro=tariff.amount(units),
    )
