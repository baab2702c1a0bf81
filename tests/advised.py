"""Plans to be advised on, and months in which they were used."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, select

from self_service.domain.pricing.periods import add_months
from self_service.domain.usage import allowances
from self_service.models.catalog import Relation
from self_service.models.subscriptions import Product
from self_service.models.usage import UsageDay, UsageKind, UsagePeriod, UsageZone
from tests.changing import START, Range
from tests.factories import discount, link, make_offering, monthly
from tests.order_shop import K, stock_numbers
from tests.used import included, usage


def open_range(session: Session) -> Range:
    """Plans whose usage beyond their allowances costs something, and one where it does not."""
    beyond = usage("MB", 100, units=1024), usage("MB", 10, zones=["roaming"])
    made = {
        slug: make_offering(
            session,
            slug=slug,
            kind=K.PLAN,
            prices=[monthly(minor), included("MB", units * 1024), *more],
            **columns,
        )
        for slug, minor, units, more, columns in (
            ("small", 999, 5, beyond, {}),
            ("middle", 1999, 20, (*beyond, discount(percent_bp=1000, months=24)), {}),
            ("large", 2999, 80, beyond, {"term_months": 3}),
            ("island", 499, 5, beyond[:1], {}),
            ("prepaid", 100, 80, beyond, {"prepaid": True}),
            ("guests", 100, 80, beyond, {"new_customers_only": True}),
        )
    }
    made["more"] = make_offering(
        session,
        slug="more",
        kind=K.ADDON,
        prices=[monthly(499), included("MB", 10 * 1024)],
        links=[link(Relation.ADDON_OF, made[one]) for one in ("middle", "large")],
    )
    stock_numbers(session, 12, start=100)
    return Range({slug: offering.id for slug, offering in made.items()})


def use(
    session: Session, product: Product, *months: dict[str, int], start: datetime = START
) -> None:
    """Let each month from `start` on have used so much data by zone, on its tenth day."""
    starts = [add_months(start, number) for number in range(len(months) + 1)]
    allowances.begin(session, [(product.id, at) for at in starts], now=start)
    rows = session.exec(
        select(UsagePeriod)
        .where(UsagePeriod.product_id == product.id)
        .order_by(UsagePeriod.starts_at)
    ).all()
    for month, zones in zip(rows, months, strict=False):
        month.stale_from = None
        for zone, units in zones.items():
            day = month.starts_at.date() + timedelta(days=9)
            kind, where = UsageKind.DATA, UsageZone(zone)
            session.add(UsageDay(period_id=month.id, day=day, kind=kind, zone=where, units=units))
    session.flush()
