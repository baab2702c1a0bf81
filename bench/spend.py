"""The chart of spending: three years of a busy customer, up to the values of the page."""

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
from self_service import db
from self_service.domain.access import Actor
from self_service.domain.bills.accounts import billing_account
from self_service.domain.pricing.periods import add_months
from self_service.models.access import Role
from self_service.models.base import new_id
from self_service.models.bills import AppliedBillingRate, ChargeKind
from self_service.models.usage import UsageDay, UsageKind, UsagePeriod, UsageZone
from self_service.state.request import PageRequest
from self_service.state.spend import spend_rows
from tests.bills import make_product
from tests.books import make_customer
from tests.factories import monthly

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
MONTHS, LINES, MOST_MS = 37, 3, 100.0
REMARKS = (
    f"{LINES} subscriptions that cost something every day for three years: two kinds of usage in "
    "two zones, and a monthly charge. From the session to the values that go to the browser.",
)


def measure(*, quick: bool) -> list[Section]:
    """Measure every database that answers."""
    return [
        Section(f"Spending, {kind}", _rows(kind, 10 if quick else 40), REMARKS) for kind in kinds()
    ]


def _rows(kind: str, rounds: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, fresh(kind, Path(folder)) as place:
        shelves = db.Database(db.make_engine(place.url))
        SQLModel.metadata.create_all(shelves.engine)
        with shelves.writing() as session:
            actor = _spender(session)
            session.execute(text("ANALYZE"))
        found = []
        for span in ("36", ""):
            request = PageRequest.at(f"/en/spend?span={span}", "")
            times = []
            for _ in range(rounds):
                with shelves.reading() as session:
                    start = time.perf_counter()
                    spend_rows(session, actor, request, now=NOW)
                    times.append((time.perf_counter() - start) * 1_000)
            what = "chart of three years" if span else "chart of twelve months"
            found.append(Row(what, "ms", Spread.of(times), goal=Goal(MOST_MS)))
        shelves.engine.dispose()
        return found


def _spender(session: Session) -> Actor:
    owner = make_customer(session, now=NOW)
    account = billing_account(session, owner.id, currency="EUR", now=NOW)
    for line in range(LINES):
        first = add_months(NOW, -MONTHS)
        product = make_product(session, account, monthly(1_000), start=first, name=f"Plan {line}")
        for number in range(MONTHS + 1):
            start, end = add_months(first, number), add_months(first, number + 1)
            month = UsagePeriod(
                product_id=product.product_id, starts_at=start, ends_at=end, amount_micro=1
            )
            session.add(month)
            session.flush()
            session.add_all(_days(month.id or 0, start, end))
            session.add(
                AppliedBillingRate(
                    account_id=account.id,
                    product_id=product.product_id,
                    kind=ChargeKind.RECURRING,
                    name={"en": "Plan"},
                    charged_at=start,
                    amount_micro=10_000_000,
                )
            )
    return Actor(Role.CUSTOMER, customer_id=owner.id, identity_id=new_id())


def _days(month: int, start: datetime, end: datetime) -> list[UsageDay]:
    count = (end.date() - start.date()).days
    return [
        UsageDay(
            period_id=month,
            day=start.date() + timedelta(days=day),
            kind=kind,
            zone=zone,
            records=5,
            units=1_000,
            charged_units=100,
            amount_micro=12_345,
        )
        for day in range(count)
        for kind in (UsageKind.DATA, UsageKind.VOICE)
        for zone in (UsageZone.HOME, UsageZone.ROAMING)
    ]
