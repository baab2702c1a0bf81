"""Totals by day, kind and zone: what charts, forecasts and company reports are made of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from self_service.domain.access import Actor
from self_service.domain.usage import reach
from self_service.models.usage import UsageDay, UsageKind, UsagePeriod, UsageZone


@dataclass(frozen=True, slots=True)
class DayTotal:
    """What was used on a day.

    Attributes:
        day: of the operator's calendar; the first of the month where months were asked for.
        charged: units beyond allowances.
        micro: millionths of the currency's main unit, tax included.
    """

    product_id: UUID
    day: date
    kind: UsageKind
    zone: UsageZone
    records: int
    units: int
    charged: int
    micro: int


def daily(
    session: Session,
    actor: Actor,
    *,
    since: date,
    until: date,
    now: datetime,
    product_id: object = None,
    kinds: Collection[UsageKind] = (),
) -> tuple[DayTotal, ...]:
    """Read the totals of days, by product, day, kind and zone; by a fixed number of statements.

    Args:
        session: open transaction.
        actor: who asks.
        since: first day.
        until: first day that is not wanted any more.
        now: instant of looking.
        product_id: only this product or subscription.
        kinds: only these, all when empty.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: `product_id` is nothing that this actor may see.
    """
    ids = [one.id for one in reach.products(session, actor, now=now, of=product_id)]
    return of_products(session, ids, since=since, until=until, kinds=kinds)


def of_products(
    session: Session,
    product_ids: Collection[UUID],
    *,
    since: date,
    until: date,
    kinds: Collection[UsageKind] = (),
) -> tuple[DayTotal, ...]:
    """Do the same for products that whoever asks has been found to be allowed to see."""
    wanted = (
        select(
            UsagePeriod.product_id,
            UsageDay.day,
            UsageDay.kind,
            UsageDay.zone,
            func.sum(UsageDay.records),
            func.sum(UsageDay.units),
            func.sum(UsageDay.charged_units),
            func.sum(UsageDay.amount_micro),
        )
        .join(UsagePeriod, UsagePeriod.id == UsageDay.period_id)
        .where(
            col(UsagePeriod.product_id).in_(product_ids),
            UsageDay.day >= since,
            UsageDay.day < until,
        )
        .group_by(
            col(UsagePeriod.product_id), col(UsageDay.day), col(UsageDay.kind), col(UsageDay.zone)
        )
        .order_by(
            col(UsagePeriod.product_id), col(UsageDay.day), col(UsageDay.kind), col(UsageDay.zone)
        )
    )
    if kinds:
        wanted = wanted.where(col(UsageDay.kind).in_(list(kinds)))
    return tuple(
        DayTotal(product, day, kind, zone, int(count), int(units), int(charged), int(micro))
        for product, day, kind, zone, count, units, charged, micro in session.execute(wanted)
    )
