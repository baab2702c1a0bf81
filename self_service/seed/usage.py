"""What the demo's customers used: some ninety days of data, calls and messages on every line.

The same for the same day of seeding. It comes in as a network would deliver it, and is rated and
told to the bills before they are made, so that charts, meters and bills agree.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.pricing.periods import day_start
from self_service.domain.usage import allowances, charging, collecting, course, intake, together
from self_service.domain.usage.intake import Line
from self_service.models.access import DigitalIdentity
from self_service.models.catalog import OfferingKind, ProductOffering
from self_service.models.subscriptions import Product, Resource, ResourceKind
from self_service.models.usage import UsageImport
from self_service.seed.sign_ins import CORPORATE, HYBRID, POSTPAID, PREPAID

SOURCE = "demo"
_DAYS = 92
_MB = 1_048_576
#: Plan -> megabytes of a usual day.
_DATA: Mapping[str, int] = {
    "drift-m": 370,
    "current-l-24": 1_900,
    "current-max": 2_600,
    "current-m-24": 960,
}
#: A line that uses more than others with its plan: the rest comes from its family.
_MORE: Mapping[tuple[str, str], int] = {(HYBRID.login, "drift-m"): 1_900}
_OTHERS = ("+4930901820", "+4940360011", "+4989233001", "+4922122100")
_ABROAD = ("+34912345600", "+9613456700", "+351213456700")


@dataclass(frozen=True, slots=True)
class _Trip:
    """A time abroad: which line, days ago on which it began and ended."""

    login: str
    line: int
    began: int
    ended: int


_TRIPS = (
    _Trip(POSTPAID.login, 0, 41, 36),
    _Trip(CORPORATE.login, 0, 58, 55),
    _Trip(CORPORATE.login, 3, 23, 19),
    _Trip(HYBRID.login, 0, 17, 16),
)


def seed_usage(session: Session, *, now: datetime) -> None:
    """Deliver, rate and hand over what was used, unless it was before.

    Args:
        session: open transaction; the people and what they bought are there.
        now: instant of seeding; all of it lies before.
    """
    there = select(UsageImport.id).where(UsageImport.source == SOURCE)
    if session.exec(there).first() is not None:
        return
    lines = [
        Line(number, row)
        for number, row in enumerate(
            (row for login in _LOGINS for row in _customer(session, login, now)), 1
        )
    ]
    if not lines:
        return
    import_id = intake.begin(session, SOURCE, name="demo", now=now)
    intake.take(session, import_id, SOURCE, lines, now=now)
    allowances.renew(session, now=now)
    for rate in (course.rate, together.rate):
        while rate(session, now=now).months:
            continue
    charging.to_bills(session, now=now)


def collect_usage(session: Session, *, now: datetime) -> None:
    """Take from wallets what was used beyond allowances, once they are filled."""
    for customer_id in collecting.wallets_due(session):
        collecting.collect(session, customer_id, now=now)


_LOGINS = tuple(person.login for person in (PREPAID, POSTPAID, CORPORATE, HYBRID))


def _customer(session: Session, login: str, now: datetime) -> Iterator[dict[str, Any]]:
    rows = session.execute(
        select(Product.id, Product.started_at, ProductOffering.slug, Resource.value)
        .join(ProductOffering, col(ProductOffering.id) == Product.offering_id)
        .join(Resource, col(Resource.product_id) == Product.id)
        .join(DigitalIdentity, col(DigitalIdentity.customer_id) == Product.customer_id)
        .where(
            DigitalIdentity.login == login,
            col(Product.kind) == OfferingKind.PLAN,
            col(Product.started_at).is_not(None),
            Resource.kind == ResourceKind.MSISDN,
        )
        .order_by(Resource.value)
    ).all()
    for place, (product_id, started, plan, number) in enumerate(rows):
        away = {
            ago
            for trip in _TRIPS
            if (trip.login, trip.line) == (login, place)
            for ago in range(trip.ended, trip.began + 1)
        }
        data = _MORE.get((login, plan), _DATA.get(plan, 300))
        line = _OneLine(product_id, number, data, random.Random(f"{login}{place}"))
        yield from line.rows(started, away, now)


@dataclass(frozen=True, slots=True)
class _OneLine:
    """One line's days."""

    product_id: UUID
    number: str
    data: int
    chance: random.Random

    def rows(self, started: datetime, away: set[int], now: datetime) -> Iterator[dict[str, Any]]:
        for ago in range(_DAYS, -1, -1):
            midnight = day_start(now - timedelta(days=ago))
            for place, (hours, said) in enumerate(self._day(ago in away)):
                at = midnight + timedelta(hours=hours, minutes=self.chance.randrange(60))
                if started + timedelta(hours=1) < at < now:
                    name = f"{self.number[-7:]}-{at:%Y%m%d}-{place}"
                    yield {"id": name, "number": self.number, "usageDate": at.isoformat(), **said}

    def _day(self, abroad: bool) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield hours and what was used then."""
        chance, zone = self.chance, "roaming" if abroad else "home"
        megabytes = self.data * chance.randrange(30, 170) // 100
        megabytes = min(megabytes, 40) if abroad else megabytes
        yield 7, {"usageType": "data", "units": megabytes * _MB * 2 // 5, "zone": zone}
        yield 20, {"usageType": "data", "units": megabytes * _MB * 3 // 5, "zone": zone}
        if chance.random() < 0.7:
            yield 12, self._call(zone, chance.choice(_OTHERS))
        if chance.random() < 0.35:
            other = chance.choice(_OTHERS)
            said = {"usageType": "message", "units": 1, "zone": zone, "otherParty": other}
            yield 17, said
        if not abroad and chance.random() < 0.05:
            yield 18, self._call("international", chance.choice(_ABROAD))
        if not abroad and chance.random() < 0.01:
            yield 19, self._call("premium", "+491805000")

    def _call(self, zone: str, other: str) -> dict[str, Any]:
        way = "in" if zone == "home" and self.chance.random() < 0.4 else "out"
        seconds = (
            self.chance.randrange(20, 900) if zone == "home" else self.chance.randrange(20, 240)
        )
        said = {"usageType": "voice", "units": seconds, "zone": zone}
        return {**said, "direction": way, "otherParty": other}
