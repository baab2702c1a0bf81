"""A product's records, the newest first, page by page; and all of them as lines of a file."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import tuple_, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from self_service.domain.access import Actor
from self_service.domain.usage import reach
from self_service.models.subscriptions import Product
from self_service.models.usage import (
    Usage,
    UsageDirection,
    UsageHandover,
    UsageKind,
    UsagePeriod,
    UsageStatus,
    UsageZone,
)

#: Records on a page.
PAGE = 20
#: Lines of a file; who needs more asks for shorter spans.
FILE_MOST = 100_000
COLUMNS = (
    "id", "usageDate", "usageType", "zone", "direction", "otherParty", "units", "charged",
    "amount", "currency", "status",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordView:
    """One record.

    Attributes:
        key: names it to `explain.explain`, and to nobody else.
        other: the other party, masked.
        units: bytes, seconds or pieces.
        covered: of them by allowances; what came in has none.
        charged: of them beyond allowances.
        micro: millionths of the main unit, tax included.
    """

    key: str
    record_id: str
    product_id: UUID
    at: datetime
    kind: UsageKind
    zone: UsageZone
    direction: UsageDirection
    other: str
    units: int
    covered: int
    charged: int
    micro: int
    currency: str
    status: UsageStatus


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Some records; `page` asks for those after them, "" when there are none."""

    records: tuple[RecordView, ...]
    page: str


class Place(NamedTuple):
    """What names a record: its primary key."""

    period: int
    at: datetime
    source: str
    record_id: str


def records(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    product_id: object = None,
    kinds: Collection[UsageKind] = (),
    zones: Collection[UsageZone] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    page: str = "",
    limit: int = PAGE,
) -> RecordPage:
    """Read a page of records, the newest first.

    Args:
        session: open transaction.
        actor: who asks.
        now: instant of looking.
        product_id: only this product or subscription.
        kinds: only these, all when empty.
        zones: only these, all when empty.
        since: first instant.
        until: first instant that is not wanted any more.
        page: `RecordPage.page` of the page before; anything else is the first page.
        limit: at most so many.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: `product_id` is nothing that this actor may see.
    """
    products = {one.id: one for one in reach.products(session, actor, now=now, of=product_id)}
    wanted: list[Any] = [col(Usage.kind).in_(list(kinds))] if kinds else []
    wanted += [col(Usage.zone).in_(list(zones))] if zones else []
    wanted += [Usage.started_at >= since] if since is not None else []
    wanted += [Usage.started_at < until] if until is not None else []
    place = opened(page)
    if place is not None:
        wanted.append(tuple_(*_ORDER) < tuple_(place.at, place.source, place.record_id))
    upto = min((at for at in (until, place.at if place else None) if at), default=None)
    rows = _newest(session, list(products), wanted, since, upto, limit + 1)
    shown = rows[:limit]
    months = _months(session, shown)
    billed = _billed(session, list(months))
    views = tuple(_view(row, months[row.period_id], products, billed) for row in shown)
    return RecordPage(views, views[-1].key if len(rows) > limit else "")


#: Descending: the newest first.
_ORDER = (col(Usage.started_at), col(Usage.source), col(Usage.record_id))
#: Months that are looked into one by one, the latest; their records lie in order.
_AT_ONCE = 40


def _newest(
    session: Session,
    product_ids: Sequence[UUID],
    wanted: Sequence[Any],
    since: datetime | None,
    upto: datetime | None,
    limit: int,
) -> Sequence[Usage]:
    """Read the newest records: of each late month a few, and of all only where that is too few."""
    months = select(UsagePeriod.id, UsagePeriod.ends_at).where(
        col(UsagePeriod.product_id).in_(product_ids)
    )
    months = months.where(UsagePeriod.ends_at > since) if since is not None else months
    months = months.where(UsagePeriod.starts_at <= upto) if upto is not None else months
    late = session.exec(months.order_by(col(UsagePeriod.ends_at).desc()).limit(_AT_ONCE + 1)).all()
    if not late:
        return ()
    newest = [one.desc() for one in _ORDER]
    whole = len(late) <= _AT_ONCE
    last = None if whole else late[-1][1]  # months that are left out ended by then
    found = wanted if last is None else [*wanted, Usage.started_at >= last]
    pieces = [
        select(Usage).where(Usage.period_id == key, *found).order_by(*newest).limit(limit)
        for key, _ in late[:_AT_ONCE]
    ]
    each = [select(piece.subquery()) for piece in pieces]
    merged = aliased(Usage, union_all(*each).subquery())
    order = [merged.started_at.desc(), merged.source.desc(), merged.record_id.desc()]
    rows = session.exec(select(merged).order_by(*order).limit(limit)).all()
    if whole or len(rows) == limit:
        return rows
    every = select(Usage).join(UsagePeriod, UsagePeriod.id == Usage.period_id)
    every = every.where(col(UsagePeriod.product_id).in_(product_ids), *wanted)
    return session.exec(every.order_by(*newest).limit(limit)).all()


def _months(session: Session, rows: Sequence[Usage]) -> dict[int, UsagePeriod]:
    keys = {row.period_id for row in rows}
    found = session.exec(select(UsagePeriod).where(col(UsagePeriod.id).in_(keys)))
    return {month.id or 0: month for month in found}


def lines(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    product_id: object = None,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int = FILE_MOST,
) -> Iterator[tuple[str, ...]]:
    """Yield records as cells of a file with `COLUMNS`, the newest first; memory stays flat.

    Raises:
        SignInNeeded: nobody is signed in.
        NotFound: `product_id` is nothing that this actor may see.
    """
    page, count = "", 0
    while count < most:
        found = records(
            session,
            actor,
            now=now,
            product_id=product_id,
            since=since,
            until=until,
            page=page,
            limit=min(1_000, most - count),
        )
        for one in found.records:
            count += 1
            yield _cells(one)
        page = found.page
        if not page:
            return


def sealed(place: Place) -> str:
    """Return a record's name as one word."""
    plain = json.dumps([place.period, place.at.isoformat(), place.source, place.record_id])
    return base64.urlsafe_b64encode(plain.encode()).decode()


def opened(key: str) -> Place | None:
    """Read a record's name, whatever a client sent; None when it is none."""
    try:
        period, at, source, record_id = json.loads(base64.urlsafe_b64decode(key.encode()))
        moment = datetime.fromisoformat(at)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        return None
    fits = type(period) is int and abs(period) < 2**63 and moment.tzinfo is not None
    texts = isinstance(source, str) and isinstance(record_id, str)
    if not (fits and texts) or "\0" in source + record_id:
        return None
    try:
        (source + record_id).encode()
    except UnicodeEncodeError:
        return None
    return Place(period, moment, source, record_id)


def _billed(session: Session, ids: Sequence[int]) -> set[int]:
    """Return the months of which something is on a bill already, or was taken from a wallet."""
    told = select(UsageHandover.period_id).where(
        col(UsageHandover.period_id).in_(ids), UsageHandover.number > 0
    )
    return set(session.exec(told))


def _view(
    row: Usage, month: UsagePeriod, products: dict[UUID, Product], billed: set[int]
) -> RecordView:
    product = products[month.product_id]
    incoming = row.direction is UsageDirection.IN
    place = Place(row.period_id, row.started_at, row.source, row.record_id)
    return RecordView(
        key=sealed(place),
        record_id=row.record_id,
        product_id=product.id,
        at=row.started_at,
        kind=row.kind,
        zone=row.zone,
        direction=row.direction,
        other=row.other,
        units=row.units,
        covered=0 if incoming else row.units - row.charged_units,
        charged=row.charged_units,
        micro=row.amount_micro,
        currency=product.currency,
        status=status_of(row, month, billed=month.id in billed),
    )


def status_of(row: Usage, month: UsagePeriod, *, billed: bool) -> UsageStatus:
    """Return TMF635's status of a record: it follows from its month."""
    if month.rated_to is None or row.started_at > month.rated_to:
        return UsageStatus.GUIDED
    if row.amount_micro and (billed or month.taken_minor):
        return UsageStatus.BILLED
    return UsageStatus.RERATED if month.rerated else UsageStatus.RATED


def _cells(one: RecordView) -> tuple[str, ...]:
    whole, part = divmod(one.micro, 1_000_000)
    cells: tuple[Any, ...] = (
        one.record_id, one.at.isoformat(), one.kind.value, one.zone.value, one.direction.value,
        one.other, one.units, one.charged, f"{whole}.{part:06d}", one.currency, one.status.value,
    )  # fmt: skip
    return tuple(map(str, cells))
