"""Allowances of a charging month: made when the month is, and when something is added inside it.

What goes on from one month to the next (a booster that holds longer, units that carry) follows
from how the earlier month ended. So whenever that changes, by a late record say, `carry_on`
corrects the next month's row, and that month is rated anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from self_service.domain.bills.bulk import document, instant, named, uid
from self_service.domain.pricing import periods
from self_service.domain.usage import spans, tariffs
from self_service.domain.usage.bulk import Rows
from self_service.domain.usage.rating import UNLIMITED
from self_service.domain.usage.tariffs import Grant
from self_service.models.catalog import OfferingKind, PeriodUnit, PriceType
from self_service.models.subscriptions import Product, ProductStatus
from self_service.models.usage import Allowance, UsagePeriod

#: Kinds of products whose usage is counted.
METERED = (OfferingKind.PLAN, OfferingKind.BROADBAND)
#: Those that get a new month when one ends.
_RUNNING = (ProductStatus.ACTIVE, ProductStatus.SUSPENDED, ProductStatus.PENDING_TERMINATE)
_COLUMNS = named(
    "product_id period_id origin_id price_id name kind zones units used_units priority carries "
    "from_last valid_from valid_until made_at"
)


def begin(
    session: Session, wanted: Iterable[tuple[UUID, datetime]], *, now: datetime
) -> spans.Calendar:
    """Make the months in which instants lie, with their allowances.

    Args:
        session: open transaction.
        wanted: metered products, and instants at which they were used, or are used from now on.
        now: instant of making.

    Returns:
        All months of these products.
    """
    asked = list(wanted)
    ids = sorted({product_id for product_id, _ in asked}, key=str)
    found = spans.calendar(session, ids)
    missing = [
        (product_id, at)
        for product_id, at in asked
        if product_id in found.anchors and found.at(product_id, at) is None
    ]
    if not missing:
        return found
    spans.make(session, found, missing)
    touched = sorted({product_id for product_id, _ in missing}, key=str)
    fill(session, touched, now=now)
    return spans.calendar(session, ids)


def fill(session: Session, product_ids: Sequence[UUID], *, now: datetime) -> None:
    """Give the months of products the allowances that they lack; a second time gives none.

    A month that was rated beyond the beginning of a new allowance is to be rated anew.
    """
    sold = tariffs.sold(session, product_ids, kinds=(PriceType.ALLOWANCE,))
    lasting = now - timedelta(days=400)  # nothing is added to months that are long over
    months = session.exec(
        select(UsagePeriod)
        .where(col(UsagePeriod.product_id).in_(product_ids), UsagePeriod.ends_at > lasting)
        .order_by(UsagePeriod.product_id, UsagePeriod.starts_at)
    ).all()
    have = {
        (row.period_id, row.price_id): row
        for row in session.exec(
            select(Allowance).where(
                col(Allowance.period_id).in_([month.id for month in months]),
                ~col(Allowance.from_last),
            )
        )
    }
    rows: list[tuple[str | int | None, ...]] = []
    stale: dict[int | None, datetime] = {}
    for month in months:
        for grant in sold[month.product_id].grants if month.product_id in sold else ():
            held = _held(grant, month)
            there = have.get((month.id or 0, grant.price_id))
            since = _fitted(session, there, held) if there else held and held[0]
            if there is None and held is not None:
                rows.append(_row(month, grant, *held, now))
            if since and month.rated_to is not None and month.rated_to >= since:
                stale[month.id] = min(since, stale.get(month.id, since))
    session.flush()
    Rows(session).insert_new(Allowance, _COLUMNS, rows)
    wait(session, stale)
    carry_on(session, [month.id for month in months], now=now)


def activated(session: Session, product_ids: Iterable[UUID], *, now: datetime) -> None:
    """Note that products were switched on: plans get their first month, extras theirs.

    Args:
        session: open transaction.
        product_ids: of one order, or of one change.
        now: instant of switching on.
    """
    ids = list(product_ids)
    mine = session.exec(select(Product).where(col(Product.id).in_(ids))).all()
    parents = {product.parent_id for product in mine if product.parent_id}
    plans = session.exec(
        select(Product.id).where(
            or_(
                col(Product.id).in_(ids),
                col(Product.id).in_(parents),
                col(Product.parent_id).in_(parents),
            ),
            col(Product.kind).in_(METERED),
            col(Product.started_at).is_not(None),
        )
    ).all()
    begin(session, [(plan, now) for plan in plans], now=now)
    fill(session, sorted(plans, key=str), now=now)


def due(session: Session, *, now: datetime, limit: int, after: UUID | None = None) -> list[UUID]:
    """List running plans that have no month for now, by id."""
    month = select(UsagePeriod.id).where(
        UsagePeriod.product_id == Product.id, UsagePeriod.ends_at > now
    )
    wanted = select(Product.id).where(
        Product.kind == OfferingKind.PLAN,
        col(Product.status).in_(_RUNNING),
        col(Product.started_at).is_not(None),
        ~month.exists(),
    )
    if after is not None:
        wanted = wanted.where(Product.id > after)
    return list(session.exec(wanted.order_by(Product.id).limit(limit)).all())


def renew(
    session: Session, *, now: datetime, limit: int = 1_000, after: UUID | None = None
) -> UUID | None:
    """Begin the present month of plans that have none; a fixed number of statements.

    Returns:
        The last plan, from which the next call goes on; None when there is no more.
    """
    ids = due(session, now=now, limit=limit, after=after)
    if ids:
        begin(session, [(one, now) for one in ids], now=now)
    return ids[-1] if len(ids) == limit else None


def carry_on(session: Session, period_ids: Sequence[int | None], *, now: datetime) -> int:
    """Correct what later months got from these; each month that changes is rated anew.

    Returns:
        How many rows were made or changed.
    """
    rows = session.execute(
        select(Allowance, UsagePeriod)
        .join(UsagePeriod, UsagePeriod.id == Allowance.period_id)
        .where(
            col(Allowance.period_id).in_(period_ids),
            or_(
                (Allowance.carries & ~col(Allowance.from_last) & (Allowance.units != UNLIMITED)),
                Allowance.valid_until > UsagePeriod.ends_at,
            ),
        )
    ).all()
    if not rows:
        return 0
    nexts = _next_months(session, [month for _, month in rows])
    have = {
        (row.period_id, row.price_id): row
        for row in session.exec(
            select(Allowance).where(
                col(Allowance.period_id).in_([month.id for month in nexts.values()]),
                col(Allowance.from_last),
            )
        )
    }
    new, changes, stale = [], [], {}
    for row, month in rows:
        later = nexts.get(month.id)
        if later is None or later.id is None:
            continue
        left = UNLIMITED if row.units == UNLIMITED else row.units - row.used_units
        until = max(row.valid_until, later.ends_at) if row.carries else row.valid_until
        there = have.get((later.id, row.price_id))
        if (there.units if there else 0) == left:
            continue
        if there is None:
            new.append(_left(row, later, left, until, now))
        else:
            changes.append((left, 0, there.id))
        stale[later.id] = later.starts_at
    writer = Rows(session)
    writer.insert_new(Allowance, _COLUMNS, new)
    # counted anew from nothing: the month is rated as a whole
    writer.change(Allowance, ["units", "used_units"], ["id"], changes)
    wait(session, stale)
    return len(new) + len(changes)


def wait(session: Session, stale: dict[int | None, datetime]) -> None:
    """Note from when on months wait for rating; an earlier instant that is there stays."""
    rows = [(instant(at), key) for key, at in sorted(stale.items(), key=lambda one: one[0] or 0)]
    Rows(session).lower(UsagePeriod, "stale_from", "id", rows)
    session.expire_all()


def _next_months(session: Session, months: Sequence[UsagePeriod]) -> dict[int | None, UsagePeriod]:
    products = {month.product_id for month in months}
    by_start = {
        (row.product_id, row.starts_at): row
        for row in session.exec(
            select(UsagePeriod).where(
                col(UsagePeriod.product_id).in_(products),
                col(UsagePeriod.starts_at).in_({month.ends_at for month in months}),
            )
        )
    }
    return {
        month.id: by_start[month.product_id, month.ends_at]
        for month in months
        if (month.product_id, month.ends_at) in by_start
    }


def _held(grant: Grant, month: UsagePeriod) -> tuple[datetime, datetime] | None:
    """Return from when, and until when, a grant holds in a month; None when it does not."""
    if grant.once:
        if not month.starts_at <= grant.since < month.ends_at:
            return None
        until = periods.add(grant.since, PeriodUnit.DAY, grant.days) if grant.days else None
        return grant.since, until or month.ends_at
    start = max(grant.since, month.starts_at)
    end = month.ends_at if grant.until is None else min(grant.until, month.ends_at)
    return (start, end) if start < end else None


def _fitted(
    session: Session, row: Allowance, held: tuple[datetime, datetime] | None
) -> datetime | None:
    """End an allowance where its plan was changed; return since when that matters, if it does."""
    if held is None:
        session.delete(row)
        return row.valid_from
    if held[1] >= row.valid_until:
        return None
    row.valid_until = held[1]
    session.add(row)
    return held[1]


def _row(
    month: UsagePeriod, grant: Grant, since: datetime, until: datetime, now: datetime
) -> tuple[str | int | None, ...]:
    ids = month.product_id.hex, month.id, grant.origin.hex, grant.price_id.hex
    counted = document(grant.name), grant.kind.value, grant.zones, grant.units, 0, grant.priority
    times = instant(since), instant(until), instant(now)
    return (*ids, *counted, grant.carries, False, *times)


def _left(
    row: Allowance, later: UsagePeriod, left: int, until: datetime, now: datetime
) -> tuple[str | int | None, ...]:
    ids = uid(row.product_id), later.id, uid(row.origin_id), uid(row.price_id)
    counted = document(row.name), row.kind.value, row.zones, left, 0, row.priority
    times = instant(later.starts_at), instant(until), instant(now)
    return (*ids, *counted, row.carries, True, *times)
