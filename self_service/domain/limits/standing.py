"""How limits stand: which holds, what was spent of it, by a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session, col, func, select

from self_service.domain.bills import taxes
from self_service.domain.policy import LimitPolicy
from self_service.models.catalog import OfferingKind
from self_service.models.limits import LimitKind, SpendLift, SpendLimit
from self_service.models.subscriptions import Product
from self_service.models.usage import UsageDay, UsagePeriod, UsageZone
from self_service.money import Money


class Month(NamedTuple):
    """A charging month of a product; id 0 for one that was not begun yet."""

    id: int
    product_id: UUID
    kind: OfferingKind
    currency: str
    starts_at: datetime
    ends_at: datetime
    rated_to: datetime | None
    amount_micro: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A limit in a month.

    Attributes:
        amount: what was chosen, or the operator's rule; None for no limit.
        hard: it stops what costs; else people are told only.
        chosen_at: when somebody chose it, None for the operator's rule.
        lifted: added to it in this month.
        spent_micro: millionths of the main unit, tax included.
    """

    kind: LimitKind
    amount: Money | None
    hard: bool
    chosen_at: datetime | None
    lifted: Money
    spent_micro: int

    @property
    def limit(self) -> Money | None:
        """What holds in this month, None for no limit."""
        return None if self.amount is None else self.amount + self.lifted

    @property
    def spent(self) -> Money:
        """What was spent of it."""
        currency = self.lifted.currency
        return Money(taxes.to_minor(self.spent_micro, currency), currency)

    def reached(self, percent: int) -> bool:
        """Say whether so much of the limit is spent, to the millionth."""
        limit = self.limit
        if limit is None:
            return False
        whole = taxes.to_micro(limit.minor, limit.currency)
        return self.spent_micro * 100 >= percent * whole

    @property
    def stops(self) -> bool:
        """Say whether what costs is to be stopped."""
        return self.hard and self.reached(100)


def kinds_of(kind: OfferingKind) -> tuple[LimitKind, ...]:
    """List the limits that a kind of product has: nobody takes a home line abroad."""
    return tuple(LimitKind) if kind is OfferingKind.PLAN else (LimitKind.ALL,)


def months(session: Session, products: Collection[Product], now: datetime) -> dict[UUID, Month]:
    """Return the present month of products; one that was not begun yet has no id and no charges."""
    begun = {
        row.product_id: row
        for row in session.exec(
            select(UsagePeriod)
            .where(
                col(UsagePeriod.product_id).in_([one.id for one in products]),
                UsagePeriod.starts_at <= now,
                UsagePeriod.ends_at > now,
            )
            .execution_options(populate_existing=True)
        )
    }
    return {one.id: _month(one, begun.get(one.id), now) for one in products}


def standings(
    session: Session, wanted: Sequence[Month], policy: LimitPolicy
) -> Mapping[int | UUID, tuple[Standing, ...]]:
    """Say how the limits of months stand.

    Returns:
        By the month's number; where it has none, by its product's id.
    """
    products = [month.product_id for month in wanted]
    chosen = {
        (row.product_id, row.kind): row
        for row in session.exec(
            select(SpendLimit)
            .where(col(SpendLimit.product_id).in_(products))
            .execution_options(populate_existing=True)
        )
    }
    lifted = _lifted(session, products)
    abroad = _abroad(session, [month.id for month in wanted if month.id])
    found: dict[int | UUID, tuple[Standing, ...]] = {}
    for month in wanted:
        spent = {LimitKind.ALL: month.amount_micro, LimitKind.ROAMING: abroad.get(month.id, 0)}
        found[month.id or month.product_id] = tuple(
            _standing(
                kind,
                chosen.get((month.product_id, kind)),
                Money(lifted[month.product_id, kind, month.starts_at], month.currency),
                spent[kind],
                policy,
            )
            for kind in kinds_of(month.kind)
        )
    return found


def _standing(
    kind: LimitKind, row: SpendLimit | None, lifted: Money, spent: int, policy: LimitPolicy
) -> Standing:
    if row is not None:
        minor, hard, at = row.amount_minor, row.hard, row.set_at
    else:
        minor = policy.roaming_minor or None if kind is LimitKind.ROAMING else None
        hard, at = True, None
    amount = None if minor is None else Money(minor, lifted.currency)
    return Standing(kind, amount, hard, at, lifted, spent)


def _lifted(
    session: Session, products: Sequence[UUID]
) -> dict[tuple[UUID, LimitKind, datetime], int]:
    found: dict[tuple[UUID, LimitKind, datetime], int] = defaultdict(int)
    rows = session.execute(
        select(
            SpendLift.product_id,
            SpendLift.kind,
            SpendLift.starts_at,
            func.sum(SpendLift.amount_minor),
        )
        .where(col(SpendLift.product_id).in_(products))
        .group_by(col(SpendLift.product_id), col(SpendLift.kind), col(SpendLift.starts_at))
    )
    for product_id, kind, starts_at, minor in rows:
        found[product_id, kind, starts_at] = int(minor)
    return found


def _abroad(session: Session, ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(UsageDay.period_id, func.sum(UsageDay.amount_micro))
        .where(
            col(UsageDay.period_id).in_(ids),
            UsageDay.zone == UsageZone.ROAMING,
            UsageDay.amount_micro > 0,
        )
        .group_by(col(UsageDay.period_id))
    )
    return {period: int(micro) for period, micro in rows}


def _month(product: Product, row: UsagePeriod | None, now: datetime) -> Month:
    who = product.id, product.kind, product.currency
    if row is None:
        return Month(0, *who, now, now, None, 0)
    times = row.starts_at, row.ends_at, row.rated_to
    return Month(row.id or 0, *who, *times, row.amount_micro)
