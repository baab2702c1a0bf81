"""Home of a customer with very many usage records beside one with few, up to the page's values."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session, SQLModel

import self_service.models  # noqa: F401  (fills the metadata)
from bench.databases import fresh, kinds
from bench.figures import Goal, Row, Section, Spread
from self_service import clock, db
from self_service.domain.access import Actor
from self_service.domain.pricing.periods import add_months
from self_service.domain.usage import allowances, course, intake
from self_service.models.access import Role
from self_service.models.base import new_id
from self_service.models.subscriptions import Product
from self_service.state.home import home_rows
from self_service.state.request import PageRequest
from tests import used

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
MONTHS, FEW, MANY, GROWTH = 12, 200, 200_000, 1.5
AT_ONCE = 5_000
REMARKS = (
    f"One plan for {MONTHS} months each, in the same database; the records of the one are spread "
    "over all months. From the session to the values that go to the browser.",
)


def measure(*, quick: bool) -> list[Section]:
    """Measure every database that answers."""
    return [
        Section(f"Home, {kind}", _rows(kind, MANY // 10 if quick else MANY), REMARKS)
        for kind in kinds()
    ]


def _rows(kind: str, many: int) -> list[Row]:
    clock.set_zone("UTC")
    with tempfile.TemporaryDirectory() as folder, fresh(kind, Path(folder)) as place:
        shelves = db.Database(db.make_engine(place.url))
        SQLModel.metadata.create_all(shelves.engine)
        people = {}
        for number, count in enumerate((FEW, many)):
            with shelves.writing() as session:
                people[count] = _user(session, f"+4915822{number:06}", count)
        with shelves.writing() as session:
            while course.rate(session, now=NOW).months:
                pass
            session.execute(text("ANALYZE"))
        times: dict[int, list[float]] = {count: [] for count in people}
        request = PageRequest.at("/en/home", "")
        for _ in range(60):
            for count, actor in people.items():
                with shelves.reading() as session:
                    start = time.perf_counter()
                    home_rows(session, actor, request, now=NOW)
                    times[count].append((time.perf_counter() - start) * 1_000)
        shelves.engine.dispose()
    rows = [
        Row(f"home with {count:,} records", "ms", Spread.of(found))
        for count, found in times.items()
    ]
    grown = rows[1].ours.typical / rows[0].ours.typical if rows[0].ours and rows[1].ours else 0.0
    what = f"home with {many:,} records against {FEW}"
    return [*rows, Row(what, "×", Spread(grown), goal=Goal(GROWTH))]


def _user(session: Session, number: str, count: int) -> Actor:
    start = add_months(NOW, -MONTHS)
    prices = used.included("GB", 10), used.included("min", 100), used.usage("MB", 1)
    line = used.make_line(session, *prices, start=start, number=number)
    months = [(line.product_id, add_months(start, month)) for month in range(MONTHS)]
    allowances.begin(session, months, now=NOW)
    step = (NOW - start) / (count + 1)
    for first in range(0, count, AT_ONCE):
        wanted = range(first, min(first + AT_ONCE, count))
        import_id = intake.begin(session, "bench", now=NOW)
        lines = [
            intake.Line(
                one,
                used.row(
                    f"{number} {one}",
                    start + step * (one + 1) + timedelta(seconds=1),
                    "voice" if one % 5 == 0 else "data",
                    90 if one % 5 == 0 else used.MB,
                    number=number,
                ),
            )
            for one in wanted
        ]
        intake.take(session, import_id, "bench", lines, now=NOW)
    owner = session.get_one(Product, line.product_id).customer_id
    return Actor(Role.CUSTOMER, customer_id=owner, identity_id=new_id())
