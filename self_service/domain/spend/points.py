"""Spend over time: what each day or month cost, by kind and subscription.

Usage comes from the totals of days, everything else from the charges of bills and wallets; a
charge counts on the first day that it is for, whether its bill was written yet or not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, extract
from sqlmodel import Session, col, func, or_, select

from self_service import clock
from self_service.domain.access import Actor
from self_service.domain.bills import taxes
from self_service.domain.errors import NotFound
from self_service.domain.ids import as_id
from self_service.domain.spend.reach import Reach, Subscription, reach
from self_service.models.bills import (
    AppliedBillingRate,
    BillingAccount,
    ChargeKind,
    CustomerBill,
)
from self_service.models.usage import UsageDay, UsageKind, UsagePeriod
from self_service.models.wallet import WalletCharge
from self_service.money import Money


class Step(StrEnum):
    """How finely time is divided."""

    DAY = "day"
    MONTH = "month"


class SpendKind(StrEnum):
    """What money was spent on."""

    FIXED = "fixed"  # what comes each month, discounts taken off
    DATA = "data"
    VOICE = "voice"
    MESSAGE = "message"
    ONCE = "once"  # bought, instalments, fees
    BACK = "back"  # given back: below zero


@dataclass(frozen=True, slots=True)
class Point:
    """A sum, tax included; `subscription_id` None for what belongs to no subscription."""

    day: date  # of the operator's calendar; the first of the month where months were asked for
    kind: SpendKind
    subscription_id: UUID | None
    amount: Money


@dataclass(frozen=True, slots=True)
class Spend:
    """All that was found, in order of time; no point is zero."""

    points: tuple[Point, ...]
    subscriptions: tuple[Subscription, ...]
    currency: str

    @property
    def total(self) -> Money:
        """All of it."""
        return total(self.points, self.currency)


_KINDS = {
    ChargeKind.RECURRING: SpendKind.FIXED,
    ChargeKind.DISCOUNT: SpendKind.FIXED,
    ChargeKind.CREDIT: SpendKind.BACK,
}
_USED = {
    UsageKind.DATA: SpendKind.DATA,
    UsageKind.VOICE: SpendKind.VOICE,
    UsageKind.MESSAGE: SpendKind.MESSAGE,
}
#: Product, first day of the step, kind, millionths.
_Row = tuple[UUID | None, date, SpendKind, int]


def total(points: Iterable[Point], currency: str) -> Money:
    """Add sums up."""
    return sum((point.amount for point in points), Money.zero(currency))


def points(
    session: Session,
    actor: Actor,
    *,
    since: date,
    until: date,
    step: Step,
    now: datetime,
    of: object = None,
) -> Spend:
    """Read what was spent, by a fixed number of statements and from totals only.

    Args:
        session: open transaction.
        actor: who asks.
        since: first day.
        until: first day that is not wanted any more.
        step: days or months.
        now: instant of looking.
        of: only this subscription, whatever a client sent; None for all.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: `of` is nothing that this actor may see.
    """
    seen = reach(session, actor, now=now)
    return within(session, seen, since=since, until=until, step=step, of=of)


def within(
    session: Session, seen: Reach, *, since: date, until: date, step: Step, of: object = None
) -> Spend:
    """Do the same for what whoever asks was found to be allowed to see.

    Raises:
        NotFound: `of` is none of it.
    """
    only = None if of is None else as_id(of)
    if only is not None and only not in {one.id for one in seen.subscriptions}:
        raise NotFound
    if not seen.currency:
        return Spend((), (), "")
    sums: dict[tuple[date, SpendKind, UUID | None], int] = defaultdict(int)
    for product_id, day, kind, micro in _rows(session, seen, since, until, step):
        root = seen.roots.get(product_id) if product_id else None
        if only is None or root == only:
            sums[day, kind, root] += micro
    order = {one.id: place for place, one in enumerate(seen.subscriptions)}
    kinds = list(SpendKind)
    found = [
        Point(day, kind, root, Money(taxes.to_minor(micro, seen.currency), seen.currency))
        for (day, kind, root), micro in sums.items()
    ]
    found.sort(key=lambda at: (at.day, kinds.index(at.kind), order.get(at.subscription_id, -1)))
    return Spend(tuple(filter(lambda at: at.amount, found)), seen.subscriptions, seen.currency)


def _rows(session: Session, seen: Reach, since: date, until: date, step: Step) -> Iterator[_Row]:
    yield from _used(session, seen, since, until, step)
    from_, to = _start(since), _start(until)
    for product_id, at, kind, micro in (
        *_charged(session, seen, from_, to),
        *_taken(session, seen, from_, to),
    ):
        day = at.astimezone(clock.zone()).date()
        yield product_id, day.replace(day=1) if step is Step.MONTH else day, kind, micro


def _used(session: Session, seen: Reach, since: date, until: date, step: Step) -> Iterator[_Row]:
    day = col(UsageDay.day)
    by: list[Any] = [day] if step is Step.DAY else [extract("year", day), extract("month", day)]
    wanted = (
        select(UsagePeriod.product_id, UsageDay.kind, func.sum(UsageDay.amount_micro), *by)
        .join(UsagePeriod, UsagePeriod.id == UsageDay.period_id)
        .where(
            col(UsagePeriod.product_id).in_(list(seen.roots)),
            UsagePeriod.ends_at > _start(since),
            UsagePeriod.amount_micro > 0,
            day >= since,
            day < until,
            UsageDay.amount_micro > 0,
        )
        .group_by(col(UsagePeriod.product_id), col(UsageDay.kind), *by)
    )
    for product_id, kind, micro, *at in session.execute(wanted):
        first = at[0] if step is Step.DAY else date(int(at[0]), int(at[1]), 1)
        yield product_id, first, _USED[kind], int(micro)


def _charged(
    session: Session, seen: Reach, since: datetime, until: datetime
) -> Iterator[tuple[UUID | None, datetime, SpendKind, int]]:
    rate = AppliedBillingRate
    columns = (rate.product_id, rate.period_start, rate.charged_at, rate.kind)
    wanted: list[ColumnElement[bool]] = [
        # usage is counted by its days
        or_(col(rate.source).is_(None), col(rate.source).not_like("usage:%")),
        func.coalesce(rate.period_start, rate.charged_at) >= since,
        func.coalesce(rate.period_start, rate.charged_at) < until,
    ]
    if seen.customer_id is None:
        wanted.append(col(rate.product_id).in_(list(seen.roots)))
    billed = (
        select(*columns, rate.gross_minor)
        .join(CustomerBill, CustomerBill.id == rate.bill_id)
        .where(
            col(CustomerBill.customer_id).in_(seen.customers),
            CustomerBill.currency == seen.currency,
            *wanted,
        )
    )
    for product_id, start, charged, kind, gross in session.execute(billed):
        exact = taxes.to_micro(gross, seen.currency)
        yield product_id, start or charged, _KINDS.get(kind, SpendKind.ONCE), exact
    waiting = (
        select(*columns, rate.amount_micro)
        .join(BillingAccount, BillingAccount.id == rate.account_id)
        .where(
            col(rate.bill_id).is_(None),
            col(BillingAccount.customer_id).in_(seen.customers),
            BillingAccount.currency == seen.currency,
            *wanted,
        )
    )
    for product_id, start, charged, kind, micro in session.execute(waiting):
        yield product_id, start or charged, _KINDS.get(kind, SpendKind.ONCE), micro


def _taken(
    session: Session, seen: Reach, since: datetime, until: datetime
) -> Iterator[tuple[UUID, datetime, SpendKind, int]]:
    """Read what wallets paid for a month of something."""
    wanted = select(
        WalletCharge.product_id, WalletCharge.charged_at, WalletCharge.gross_minor
    ).where(
        col(WalletCharge.product_id).in_(list(seen.roots)),
        WalletCharge.charged_at >= since,
        WalletCharge.charged_at < until,
    )
    for product_id, at, gross in session.execute(wanted):
        yield product_id, at, SpendKind.FIXED, taxes.to_micro(gross, seen.currency)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), clock.zone()).astimezone(UTC)
