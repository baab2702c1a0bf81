"""When prices change: between two changes, and within a day, one pricing serves everybody."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

from self_service.domain.catalog.view import Offering
from self_service.domain.pricing import periods


class PriceCalendar:
    """The spans of time in which no price and no offering begins or ends, at most a day long."""

    def __init__(self, offerings: Iterable[Offering]) -> None:
        """Collect every instant at which something of `offerings` begins or ends."""
        changes: set[datetime | None] = set()
        for offering in offerings:
            changes.update((offering.valid_from, offering.valid_to))
            changes.update(at for p in offering.prices for at in (p.valid_from, p.valid_to))
        self._changes = sorted(change for change in changes if change is not None)

    def span_start(self, as_of: datetime) -> datetime:
        """Return the first instant of the span that contains `as_of`.

        A span begins with a day of the operator's zone, because later prices are told by date, or
        with the last change before `as_of`; so what holds at its start holds at `as_of`.
        """
        midnight = periods.day_start(as_of)
        before = bisect_right(self._changes, as_of)
        return max(midnight, self._changes[before - 1]) if before else midnight
