"""What advice looks at: the plans of a customer, their last full months, what was used in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, or_, select

from self_service.domain.advice.rating import DayUse
from self_service.domain.usage.allowances import METERED
from self_service.models.subscriptions import Product, ProductStatus
from self_service.models.usage import UsageDay, UsagePeriod

#: Who has more plans, a company mostly, is advised on one that they choose.
MOST = 6
#: A shorter month was cut: what was used in it is not what a month has.
_LEAST_DAYS = 28
#: The last month ended so long ago at most; else nothing was used since, or counting stopped.
_AGE = timedelta(days=32)


def plans(
    session: Session, customer_id: UUID, only: UUID | None, most: int = MOST
) -> Sequence[UUID]:
    """Return the plans that run; none where there are too many for advice on all of them."""
    mine = select(Product.id).where(
        Product.customer_id == customer_id,
        col(Product.kind).in_(METERED),
        Product.status == ProductStatus.ACTIVE,
    )
    if only is not None:  # it may hang on a phone, and that on a bundle
        below = select(Product.id).where(Product.parent_id == only)
        above = col(Product.parent_id)
        inside = or_(Product.id == only, above == only, above.in_(below))
        return session.exec(mine.where(inside)).all()
    found = session.exec(mine.limit(most + 1)).all()
    return found if len(found) <= most else ()


def roots(session: Session, customer_id: UUID, only: UUID | None) -> Sequence[Product]:
    """Return the subscriptions of a customer, or the one that is named if it is theirs."""
    mine = select(Product).where(
        Product.customer_id == customer_id,
        col(Product.parent_id).is_(None),
        col(Product.started_at).is_not(None),
    )
    if only is not None:
        mine = mine.where(Product.id == only)
    return session.exec(mine.order_by(Product.started_at, Product.id)).all()


def months(
    session: Session, ids: Sequence[UUID], most: int, now: datetime
) -> dict[UUID, list[UsagePeriod]]:
    """Return the last full months of products, the earliest first; those without are left out."""
    wanted = select(UsagePeriod).where(
        col(UsagePeriod.product_id).in_(ids),
        UsagePeriod.ends_at <= now,
        UsagePeriod.ends_at > now - _AGE * most,
    )
    found: dict[UUID, list[UsagePeriod]] = defaultdict(list)
    for month in session.exec(
        wanted.order_by(UsagePeriod.product_id, col(UsagePeriod.starts_at).desc())
    ):
        own = found[month.product_id]
        next_ = own[0].starts_at if own else None
        fits = month.ends_at == next_ if next_ else month.ends_at > now - _AGE
        whole = (month.ends_at - month.starts_at).days >= _LEAST_DAYS and not month.stale_from
        if fits and whole and len(own) < most:
            own.insert(0, month)
    return {product_id: own for product_id, own in found.items() if own}


def days(session: Session, ids: Sequence[int]) -> dict[int, list[DayUse]]:
    """Return what was used in months, by their numbers; a fixed number of rows a day."""
    rows = session.execute(
        select(
            UsageDay.period_id, UsageDay.day, UsageDay.kind, UsageDay.zone, UsageDay.units
        ).where(col(UsageDay.period_id).in_(ids), UsageDay.units > 0)
    )
    found: dict[int, list[DayUse]] = defaultdict(list)
    for period, day, kind, zone, units in rows:
        found[period].append(DayUse(day.isoformat(), kind.value, zone.value, int(units)))
    return found
