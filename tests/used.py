"""A plan that is used, in few words: records in, rated, handed over."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, func, select

from self_service.domain.access import Actor
from self_service.domain.usage import allowances, charging, course, intake, together
from self_service.domain.usage.intake import Line, Taken
from self_service.models.access import Role
from self_service.models.base import new_id
from self_service.models.bills import AppliedBillingRate, BillingAccount, ProductCharging
from self_service.models.catalog import OfferingKind, PriceType
from self_service.models.orders import OrderItemPrice
from self_service.models.subscriptions import Product, Resource, ResourceKind
from self_service.models.usage import Allowance, Usage, UsageDay, UsagePeriod
from tests import books
from tests.bills import make_product
from tests.factories import allowance, monthly

START = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
LATER = datetime(2027, 6, 1, tzinfo=UTC)
NUMBER = "+4915822000001"
MB = 1_048_576


def usage(unit: str, minor: int, *, units: int = 1, **tariff: Any) -> dict[str, Any]:
    """Ask for `minor` for each `units` of `unit` beyond allowances."""
    more = {"unit": unit, "units": units, "amount_minor": minor, "tariff": tariff}
    return {"price_type": PriceType.USAGE, **more}


def included(unit: str, units: int, **tariff: Any) -> dict[str, Any]:
    """Include units in each month."""
    return allowance(unit, units, tariff=tariff)


def make_line(
    session: Session,
    *prices: dict[str, Any],
    start: datetime = START,
    number: str = NUMBER,
    account: BillingAccount | None = None,
    currency: str = "EUR",
) -> ProductCharging:
    """A postpaid plan with a number, used from `start` on."""
    paid_by = account or books.make_account(session, now=start, currency=currency)
    found = make_product(session, paid_by, monthly(1_000), *prices, start=start, paid=LATER)
    held = {"kind": ResourceKind.MSISDN, "value": number, "assigned_at": start}
    session.add(Resource(product_id=found.product_id, **held))
    session.flush()
    allowances.activated(session, [found.product_id], now=start)
    return found


def add_extra(
    session: Session,
    plan_id: UUID,
    *prices: dict[str, Any],
    kind: OfferingKind,
    at: datetime,
) -> Product:
    """An extra or a booster of a plan, switched on at an instant."""
    plan = session.get_one(Product, plan_id)
    account = session.exec(
        select(BillingAccount).where(BillingAccount.customer_id == plan.customer_id)
    ).one()
    made = make_product(session, account, *prices, start=at, name="Extra")
    product = session.get_one(Product, made.product_id)
    product.kind, product.parent_id = kind, plan_id
    session.delete(made)
    session.flush()
    allowances.activated(session, [product.id], now=at)
    return product


def row(name: str, at: datetime, kind: str, units: int, **more: Any) -> dict[str, Any]:
    """A record as a network would send it."""
    said = {"id": name, "usageDate": at.isoformat(), "usageType": kind, "units": units}
    return {**said, "number": NUMBER, **more}


def feed(session: Session, *rows: Any, now: datetime = LATER, source: str = "net") -> Taken:
    """Deliver rows."""
    import_id = intake.begin(session, source, now=now)
    lines = [Line(place, one) for place, one in enumerate(rows, 1)]
    return intake.take(session, import_id, source, lines, now=now)


def rate(session: Session, *, now: datetime = LATER, limit: int = 2_000) -> int:
    """Rate until nothing waits; return how many records were looked at."""
    count = 0
    for way in (course.rate, together.rate):
        while (done := way(session, now=now, limit=limit)).months:
            count += done.records
    return count


def tell(session: Session, *, now: datetime = LATER) -> None:
    """Tell bills what there is to tell."""
    while charging.to_bills(session, now=now) is not None:
        pass


def used(session: Session) -> list[tuple[str, int, int]]:
    """Allowances with something in them: kind, units, used; by month and number."""
    rows = session.exec(
        select(Allowance)
        .where(Allowance.units != 0)
        .order_by(
            Allowance.period_id,
            Allowance.priority,
            Allowance.valid_until,
            Allowance.from_last.desc(),
            Allowance.id,
        )
        .execution_options(populate_existing=True)
    )
    return [(one.kind.value, one.units, one.used_units) for one in rows]


def charged(session: Session) -> dict[str, tuple[int, int]]:
    """Records that cost something, or were not covered: name -> units charged, millionths."""
    rows = session.exec(select(Usage).execution_options(populate_existing=True))
    return {
        one.record_id: (one.charged_units, one.amount_micro) for one in rows if one.charged_units
    }


def waiting(session: Session) -> list[tuple[str, int, bool]]:
    """Charges of usage: source after the month, millionths, whether on a bill."""
    rows = session.exec(
        select(AppliedBillingRate)
        .where(AppliedBillingRate.source.like("usage:%"))
        .order_by(AppliedBillingRate.id)
        .execution_options(populate_existing=True)
    )
    return [
        (":".join(one.source.split(":")[2:]), one.amount_micro, one.bill_id is not None)
        for one in rows
    ]


def picture(session: Session) -> tuple[Any, ...]:
    """All that rating decides, without the numbers of rows."""
    days = session.execute(
        select(
            UsagePeriod.starts_at,
            UsageDay.day,
            UsageDay.kind,
            UsageDay.zone,
            UsageDay.records,
            UsageDay.units,
            UsageDay.charged_units,
            UsageDay.amount_micro,
        )
        .join(UsagePeriod, UsagePeriod.id == UsageDay.period_id)
        .order_by(UsagePeriod.starts_at, UsageDay.day, UsageDay.kind, UsageDay.zone)
    ).all()
    months = session.execute(
        select(UsagePeriod.starts_at, UsagePeriod.amount_micro, UsagePeriod.rated_to).order_by(
            UsagePeriod.starts_at
        )
    ).all()
    pots = session.execute(
        select(
            UsagePeriod.starts_at,
            OrderItemPrice.position,
            Allowance.from_last,
            Allowance.units,
            Allowance.used_units,
        )
        .join(UsagePeriod, UsagePeriod.id == Allowance.period_id)
        .join(OrderItemPrice, OrderItemPrice.id == Allowance.price_id)
        .where(Allowance.units != 0)
        .order_by(UsagePeriod.starts_at, OrderItemPrice.position, Allowance.from_last)
    ).all()
    return (
        [tuple(one) for one in days],
        [tuple(one) for one in months],
        [tuple(one) for one in pots],
        charged(session),
        sorted(waiting(session)),
    )


def conserved(session: Session) -> None:
    """Assert that what was used is what allowances covered and what was charged."""
    came = session.exec(select(func.sum(Usage.units)).where(Usage.direction == "out")).one() or 0
    over = session.exec(select(func.sum(Usage.charged_units))).one() or 0
    covered = session.exec(select(func.sum(Allowance.used_units))).one() or 0
    assert int(came) == int(covered) + int(over)
    counted = session.execute(
        select(func.sum(UsageDay.units), func.sum(UsageDay.charged_units))
    ).one()
    assert (int(counted[0] or 0), int(counted[1] or 0)) == (int(came), int(over))


def owner(session: Session, charging_row: ProductCharging) -> Actor:
    """The customer of a line, signed in."""
    customer_id = session.get_one(Product, charging_row.product_id).customer_id
    return Actor(role=Role.CUSTOMER, customer_id=customer_id, identity_id=new_id())


@contextlib.contextmanager
def rolled_back(session: Session) -> Iterator[None]:
    """Try something, and be as before."""
    nested = session.begin_nested()
    try:
        yield
    finally:
        nested.rollback()
        session.expire_all()
