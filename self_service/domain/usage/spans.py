"""The charging months of products: found, or made when something happens in them first.

A month begins on the day of the month on which the product's charges fall due. A month that was
made stays as it is, whatever happens to the charges: a later one begins where it ended.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.bills.bulk import instant, named
from self_service.domain.pricing import periods
from self_service.domain.usage.bulk import Rows
from self_service.models.bills import ProductCharging
from self_service.models.subscriptions import Product
from self_service.models.usage import UsagePeriod

_AVERAGE_DAYS = 31


class Span(NamedTuple):
    """A charging month; `ends_at` is the first instant after it."""

    id: int
    starts_at: datetime
    ends_at: datetime
    deleted: bool


class Calendar:
    """The months of some products, in memory; `wanted` collects those that are to be made."""

    def __init__(self, anchors: Mapping[UUID, datetime], spans: Mapping[UUID, list[Span]]) -> None:
        """Take from where each product's months are counted, and those that it has by time."""
        self.anchors = anchors
        self._spans = spans
        self._starts = {one: [span.starts_at for span in own] for one, own in spans.items()}

    def at(self, product_id: UUID, at: datetime) -> Span | None:
        """Return the month in which an instant lies, None when it was not made yet."""
        place = bisect_right(self._starts.get(product_id, ()), at) - 1
        if place < 0:
            return None
        span = self._spans[product_id][place]
        return span if at < span.ends_at else None

    def of(self, product_id: UUID) -> Sequence[Span]:
        """Return the months of a product, by time."""
        return self._spans.get(product_id, ())

    def bounds(self, product_id: UUID, at: datetime) -> tuple[datetime, datetime]:
        """Return when a month begins and ends that has to be made, between those that are there."""
        start, end = month_of(self.anchors[product_id], at)
        for span in self._spans.get(product_id, ()):
            if span.ends_at <= at:
                start = max(start, span.ends_at)
            elif span.starts_at > at:
                end = min(end, span.starts_at)
        return start, end


def month_of(anchor: datetime, at: datetime) -> tuple[datetime, datetime]:
    """Return the month counted from `anchor` in which `at` lies; before the first: the first.

    Counted from the anchor itself: 31 January, 28 or 29 February, 31 March.
    """
    count = max((at - anchor).days // _AVERAGE_DAYS, 0)
    start = periods.add_months(anchor, count)
    while True:
        end = periods.add_months(anchor, count + 1)
        if at < end:
            return start, end
        start, count = end, count + 1


def calendar(session: Session, product_ids: Iterable[UUID]) -> Calendar:
    """Read the months of products that are metered, by two statements."""
    ids = list(product_ids)
    anchored = select(Product.id, Product.started_at, ProductCharging.anchor_at).outerjoin(
        ProductCharging, ProductCharging.product_id == Product.id
    )
    rows = session.execute(anchored.where(col(Product.id).in_(ids))).all()
    anchors = {one: anchor or started for one, started, anchor in rows if anchor or started}
    spans: dict[UUID, list[Span]] = defaultdict(list)
    kept = select(
        UsagePeriod.product_id,
        UsagePeriod.id,
        UsagePeriod.starts_at,
        UsagePeriod.ends_at,
        col(UsagePeriod.records_deleted_at).is_not(None),
    ).where(col(UsagePeriod.product_id).in_(ids))
    ordered = kept.order_by(UsagePeriod.product_id, col(UsagePeriod.starts_at))
    for product_id, *row in session.execute(ordered):
        spans[product_id].append(Span(*row))
    return Calendar(anchors, spans)


def make(
    session: Session, found: Calendar, wanted: Iterable[tuple[UUID, datetime]]
) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """Make the months in which instants lie; who makes the same one at the same time, makes one.

    Returns:
        By product, beginning and end of what was asked to be made, by time.
    """
    made: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for product_id, at in sorted(set(wanted), key=lambda one: (str(one[0]), one[1])):
        if made[product_id] and made[product_id][-1][0] <= at < made[product_id][-1][1]:
            continue
        made[product_id].append(found.bounds(product_id, at))
    rows = [
        (product_id.hex, instant(start), instant(end), False, 0, 0, False)
        for product_id, months in made.items()
        for start, end in months
    ]
    columns = "product_id starts_at ends_at rerated amount_micro taken_minor to_hand_over"
    Rows(session).insert_new(UsagePeriod, named(columns), rows)
    return made
