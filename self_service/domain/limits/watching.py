"""Noticing what usage reached: of the months that were rated only, many in one transaction.

A month says of itself that it is to be looked at (`to_check`), so nothing is forgotten when a
process dies, and nothing else is read. It is locked while that happens; one whose stop has to be
settled first (`bars.settle`, which takes the product's lock) stays marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from self_service.domain.limits import bars, telling, using
from self_service.domain.limits.standing import Month, Standing, standings
from self_service.domain.limits.using import Use
from self_service.domain.policy import LimitPolicy
from self_service.domain.rows import add_rows, changed
from self_service.models.limits import (
    AlertAbout,
    AlertChoice,
    LimitKind,
    SpendBar,
    UsageAlert,
)
from self_service.models.subscriptions import Product
from self_service.models.usage import UsagePeriod

#: Months in one transaction.
CHUNK = 500
#: Told about charges abroad whatever was chosen: Regulation (EU) 2022/612, article 14.
BY_LAW = frozenset({80, 100})


class Seen(NamedTuple):
    """What one transaction looked at.

    Attributes:
        last: number of the last month, None when there was none.
        noticed: how many thresholds were reached.
        to_settle: products about which the network is to be asked.
    """

    last: int | None = None
    noticed: int = 0
    to_settle: tuple[UUID, ...] = ()


def look(
    session: Session, *, policy: LimitPolicy, now: datetime, limit: int = CHUNK, after: int = 0
) -> Seen:
    """Write down what months reached since they were looked at, by a fixed number of statements.

    Args:
        session: open transaction.
        policy: the operator's rules.
        now: instant of looking.
        limit: at most so many months.
        after: only months with a higher number.
    """
    months = _claim(session, limit, after)
    if not months:
        return Seen()
    found = standings(session, months, policy)
    pots = using.pots(session, [month.id for month in months], now)
    told, chosen = _told(session, months), _chosen(session, months, policy)
    rows = [
        row
        for month in months
        for use in (*_limits(month, found[month.id]), *pots[month.id])
        for row in _new(month, use, told, chosen.get(month.product_id), policy, now)
    ]
    add_rows(session, rows)
    if any(row.told for row in rows):
        telling.tell(session, _loud(session, months, told), now=now)
    waits = _to_settle(session, months, found, policy, now)
    done = [month.id for month in months if month.product_id not in waits]
    clearing = update(UsagePeriod).where(col(UsagePeriod.id).in_(done)).values(to_check=False)
    changed(session, clearing.execution_options(synchronize_session=False))
    return Seen(months[-1].id, len(rows), tuple(sorted(waits, key=str)))


def again(session: Session, product_id: UUID, *, now: datetime) -> None:
    """Let the present month of a product be looked at once more: something else holds now."""
    mine = update(UsagePeriod).where(
        col(UsagePeriod.product_id) == product_id,
        col(UsagePeriod.starts_at) <= now,
        col(UsagePeriod.ends_at) > now,
    )
    changed(session, mine.values(to_check=True).execution_options(synchronize_session=False))


def wants(row: AlertChoice | None, policy: LimitPolicy) -> frozenset[int]:
    """Return at how many percent somebody is told."""
    if row is None:
        return frozenset(policy.thresholds)
    return frozenset(int(one) for one in row.thresholds.split(",") if one)


def _claim(session: Session, limit: int, after: int) -> list[Month]:
    rows = session.execute(
        select(
            UsagePeriod.id,
            UsagePeriod.product_id,
            Product.kind,
            Product.currency,
            UsagePeriod.starts_at,
            UsagePeriod.ends_at,
            UsagePeriod.rated_to,
            UsagePeriod.amount_micro,
        )
        .join(Product, Product.id == UsagePeriod.product_id)
        .where(col(UsagePeriod.to_check), col(UsagePeriod.id) > after)
        .order_by(col(UsagePeriod.id))
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=UsagePeriod)
    )
    return [Month(*row) for row in rows]


def _limits(month: Month, found: Iterable[Standing]) -> list[Use]:
    """Return the limits of a month, without those that were chosen after it was over."""
    return [
        using.of_limit(one)
        for one in found
        if one.chosen_at is None or one.chosen_at < month.ends_at
    ]


#: Alerts that are there: period, about, kind, zones, size, threshold -> number.
_Told = Mapping[tuple[int, AlertAbout, str, str, int, int], int]


def _told(session: Session, months: Sequence[Month]) -> _Told:
    rows = session.execute(
        select(
            UsageAlert.id,
            UsageAlert.period_id,
            UsageAlert.about,
            UsageAlert.usage_kind,
            UsageAlert.zones,
            UsageAlert.size,
            UsageAlert.threshold,
        ).where(col(UsageAlert.period_id).in_([month.id for month in months]))
    )
    return {tuple(key): alert_id for alert_id, *key in rows}


def _loud(session: Session, months: Sequence[Month], told: _Told) -> list[int]:
    """Return the numbers of the new alerts of which people are to be told."""
    rows = session.exec(
        select(UsageAlert.id)
        .where(col(UsageAlert.period_id).in_([month.id for month in months]), UsageAlert.told)
        .order_by(col(UsageAlert.id))
    )
    known = set(told.values())
    return [one for one in rows if one is not None and one not in known]


def _chosen(
    session: Session, months: Sequence[Month], policy: LimitPolicy
) -> Mapping[UUID, frozenset[int]]:
    ids = [month.product_id for month in months]
    rows = session.exec(select(AlertChoice).where(col(AlertChoice.product_id).in_(ids)))
    return {row.product_id: wants(row, policy) for row in rows}


def _new(
    month: Month,
    use: Use,
    told: _Told,
    chosen: frozenset[int] | None,
    policy: LimitPolicy,
    now: datetime,
) -> Iterator[UsageAlert]:
    """Make the rows of thresholds that were reached for the first time."""
    place = month.id, use.about, use.usage_kind, use.zones, use.size
    new = [one for one in use.reached if (*place, one) not in told]
    wanted = wants(None, policy) if chosen is None else chosen
    if use.about is AlertAbout.ROAMING:
        wanted |= BY_LAW
    # one letter for all that was reached together, and none about a month that is over
    loud = max((one for one in new if one in wanted and month.ends_at > now), default=None)
    for one in new:
        yield UsageAlert(
            product_id=month.product_id,
            period_id=month.id,
            about=use.about,
            usage_kind=use.usage_kind,
            zones=use.zones,
            size=use.size,
            threshold=one,
            used=use.used,
            hard=use.hard,
            reached_at=month.rated_to or now,
            noticed_at=now,
            told=one == loud,
        )


def _to_settle(
    session: Session,
    months: Sequence[Month],
    found: Mapping[int | UUID, tuple[Standing, ...]],
    policy: LimitPolicy,
    now: datetime,
) -> set[UUID]:
    """Return the products whose stops are not as their limits want them now."""
    present = [month for month in months if month.starts_at <= now < month.ends_at]
    rows: Mapping[tuple[UUID, LimitKind], SpendBar] = bars.bars(
        session, [month.product_id for month in present]
    )
    differing = {
        month.product_id
        for month in present
        for one in found[month.id]
        if bars.differs(one, rows.get((month.product_id, one.kind)), policy, now)
    }
    running = select(Product.id).where(
        col(Product.id).in_(differing), col(Product.status).in_(bars.RUNNING)
    )
    return set(session.exec(running)) if differing else set()
