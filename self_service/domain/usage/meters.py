"""How much is left: each product's allowances, and what its usage costs so far. Reads no record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from self_service.domain.access import Actor
from self_service.domain.bills import taxes
from self_service.domain.usage import reach
from self_service.models.base import Texts
from self_service.models.sharing import SharingGroup
from self_service.models.subscriptions import Product, Resource, ResourceKind
from self_service.models.usage import Allowance, UsageDay, UsageKind, UsagePeriod
from self_service.money import Money


@dataclass(frozen=True, slots=True)
class Meter:
    """An allowance now.

    Attributes:
        id: number of its row.
        zones: where it holds.
        units: bytes, seconds or pieces; -1 without limit.
        left: -1 without limit.
        from_last: what was left of the period before.
        until: first instant at which it no longer holds.
        group_id: shared with a group, None for one's own.
    """

    id: int
    name: Texts
    kind: UsageKind
    zones: tuple[str, ...]
    units: int
    used: int
    left: int
    priority: int
    from_last: bool
    since: datetime
    until: datetime
    group_id: UUID | None

    @property
    def percent(self) -> int:
        """Return how much of it was used, in whole percent; 0 without limit."""
        return 0 if self.units <= 0 else min(self.used * 100 // self.units, 100)


@dataclass(frozen=True, slots=True)
class KindTotal:
    """What was used of a kind in a period: `charged` are the units beyond allowances."""

    kind: UsageKind
    units: int
    charged: int
    amount: Money


@dataclass(frozen=True, slots=True)
class ProductMeters:
    """One product's period.

    Attributes:
        number: telephone number, "" without one.
        amount: what usage beyond allowances costs so far, tax included.
        as_of: last record that was counted, None before the first.
        waiting: records have come that are not counted yet.
    """

    product_id: UUID
    name: Texts
    number: str
    prepaid: bool
    since: datetime
    until: datetime
    meters: tuple[Meter, ...]
    totals: tuple[KindTotal, ...]
    amount: Money
    as_of: datetime | None
    waiting: bool


def meters(
    session: Session, actor: Actor, *, now: datetime, product_id: object = None
) -> tuple[ProductMeters, ...]:
    """Show the present period of what the actor may see, by a fixed number of statements.

    Args:
        session: open transaction.
        actor: who asks.
        now: instant of looking.
        product_id: only this product or subscription.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: `product_id` is nothing that this actor may see.
    """
    products = reach.products(session, actor, now=now, of=product_id)
    months = {
        month.product_id: month
        for month in session.exec(
            select(UsagePeriod).where(
                col(UsagePeriod.product_id).in_([product.id for product in products]),
                UsagePeriod.starts_at <= now,
                UsagePeriod.ends_at > now,
            )
        )
    }
    ids = [month.id for month in months.values()]
    pots = _pots(session, ids, now, _shared(session, products))
    totals = _totals(session, ids)
    numbers = numbers_of(session, products)
    return tuple(
        _shown(product, months[product.id], pots, totals, numbers)
        for product in products
        if product.id in months
    )


def numbers_of(session: Session, products: Sequence[Product]) -> dict[UUID | None, str]:
    """Return the telephone numbers of products."""
    rows = session.execute(
        select(Resource.product_id, Resource.value).where(
            Resource.kind == ResourceKind.MSISDN,
            col(Resource.product_id).in_([product.id for product in products]),
        )
    )
    return {product_id: value for product_id, value in rows}  # noqa: C416  (typed rows)


_Pots = dict[int, list[Meter]]
_Totals = dict[int, list[tuple[UsageKind, int, int, int]]]


def _shared(session: Session, products: Sequence[Product]) -> dict[tuple[UUID, str], UUID]:
    """Return which kinds of allowances of these products are shared, with which group."""
    groups = session.exec(
        select(SharingGroup).where(
            col(SharingGroup.product_id).in_([product.id for product in products]),
            col(SharingGroup.closed_at).is_(None),
        )
    )
    return {(one.product_id, kind): one.id for one in groups for kind in one.kinds.split(",")}


def _pots(
    session: Session,
    ids: Sequence[int | None],
    now: datetime,
    shared: Mapping[tuple[UUID, str], UUID],
) -> _Pots:
    found: _Pots = defaultdict(list)
    rows = session.exec(
        select(Allowance)
        .where(
            col(Allowance.period_id).in_(ids),
            Allowance.valid_from <= now,
            Allowance.valid_until > now,
        )
        .order_by(Allowance.kind, Allowance.priority, Allowance.valid_until, Allowance.id)
    )
    for row in rows:
        if row.from_last and row.units == 0:
            continue
        left = row.units if row.units < 0 else row.units - row.used_units
        found[row.period_id].append(
            Meter(
                id=row.id or 0,
                name=row.name,
                kind=row.kind,
                zones=tuple(row.zones.split(",")),
                units=row.units,
                used=row.used_units,
                left=left,
                priority=row.priority,
                from_last=row.from_last,
                since=row.valid_from,
                until=row.valid_until,
                group_id=None if left < 0 else shared.get((row.product_id, row.kind.value)),
            )
        )
    return found


def _totals(session: Session, ids: Sequence[int | None]) -> _Totals:
    found: _Totals = defaultdict(list)
    rows = session.execute(
        select(
            UsageDay.period_id,
            UsageDay.kind,
            func.sum(UsageDay.units),
            func.sum(UsageDay.charged_units),
            func.sum(UsageDay.amount_micro),
        )
        .where(col(UsageDay.period_id).in_(ids))
        .group_by(col(UsageDay.period_id), col(UsageDay.kind))
        .order_by(col(UsageDay.kind))
    )
    for period, kind, units, charged, micro in rows:
        found[period].append((kind, int(units), int(charged), int(micro)))
    return found


def _shown(
    product: Product,
    month: UsagePeriod,
    pots: _Pots,
    totals: _Totals,
    numbers: dict[UUID | None, str],
) -> ProductMeters:
    def money(micro: int) -> Money:
        return Money(taxes.to_minor(micro, product.currency), product.currency)

    key = month.id or 0
    return ProductMeters(
        product_id=product.id,
        name=product.name,
        number=numbers.get(product.id, ""),
        prepaid=product.prepaid,
        since=month.starts_at,
        until=month.ends_at,
        meters=tuple(pots.get(key, ())),
        totals=tuple(
            KindTotal(kind, units, charged, money(micro))
            for kind, units, charged, micro in totals.get(key, ())
        ),
        amount=money(month.amount_micro),
        as_of=month.rated_to,
        waiting=month.stale_from is not None,
    )
