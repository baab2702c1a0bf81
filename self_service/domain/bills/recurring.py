"""What recurring charges a product owes, and what it gets back. Pure: no database, no clock.

Charges fall due on the product's own day, in advance, as the store promised (decision 0006); a bill
collects those that fell due until its instant. So the bills of a term add up to the whole-term
total that was shown. In arrears the same charges are collected when their period is over.

Days that a product did not serve are taken out of the charge when that is known as it falls due,
and else given back by a credit: a start or an end inside a period, and suspensions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from self_service.domain.bills.proration import Period, days, grid, part
from self_service.domain.pricing.charges import Discount, discounted, first_charge
from self_service.models.bills import ChargeKind, ChargeTiming, TaxCategory
from self_service.models.catalog import PeriodUnit, PriceType


class SoldPrice(NamedTuple):
    """A recurring price or a discount as it was sold; fields as of `OrderItemPrice`."""

    price_type: PriceType
    amount_minor: int
    percent_bp: int
    period_unit: PeriodUnit
    period_length: int
    duration_unit: PeriodUnit
    duration_length: int
    position: int
    name: str  # JSON


class Charging(NamedTuple):
    """What is charged for a product; fields as of `ProductCharging`.

    Attributes:
        product: hex digits of its id.
        name: of the product, texts by language as JSON.
        prices: as they were sold.
    """

    product: str
    name: str
    prices: tuple[SoldPrice, ...]
    anchor_at: datetime
    starts_at: datetime
    ends_at: datetime | None
    charged_until: datetime
    bills_from: datetime | None
    end_settled: bool

    @property
    def product_id(self) -> UUID:
        """Return the product's id."""
        return UUID(self.product)


class Pause(NamedTuple):
    """A time in which a product is suspended; fields as of `ProductPause`."""

    id: UUID
    starts_at: datetime
    ends_at: datetime | None
    credited_until: datetime | None


class Line(NamedTuple):
    """A charge that is to go on a bill; fields as of `AppliedBillingRate`.

    Attributes:
        micro: exact, in millionths of the main unit, tax included.
        name: texts by language, as JSON.
        product: hex digits of its id.
        rate_id: of the row that waited for a bill, None for one that is written with it.
    """

    kind: ChargeKind
    name: str
    detail: dict[str, Any]
    product: str | None
    charged_at: datetime
    period_start: datetime | None
    period_end: datetime | None
    micro: int
    source: str | None
    category: TaxCategory = TaxCategory.STANDARD
    rate_id: int | None = None


class Owed(NamedTuple):
    """What a product owes until an instant, and what is to be remembered once it is billed.

    Attributes:
        charged_until, end_settled: of the charging after it.
        closed: nothing will ever come for this product again.
        pauses: each pause of which days were looked at, and until when.
    """

    lines: list[Line]
    charged_until: datetime
    end_settled: bool
    closed: bool
    pauses: list[tuple[UUID, datetime]]


def owed(
    charging: Charging,
    pauses: Sequence[Pause],
    *,
    timing: ChargeTiming,
    as_of: datetime,
    scale: int,
) -> Owed:
    """Return what a product owes that no bill has asked for yet.

    Args:
        charging: how far it has been charged.
        pauses: its suspensions, in any order.
        timing: in advance or in arrears.
        as_of: charges that are to be collected at this instant are in.
        scale: millionths in a minor unit of the currency.
    """
    return _Course(charging, pauses, timing, as_of, scale).result()


class _Course:
    """The charges of one product until one instant."""

    def __init__(
        self,
        charging: Charging,
        pauses: Sequence[Pause],
        timing: ChargeTiming,
        as_of: datetime,
        scale: int,
    ) -> None:
        self._of, self._as_of, self._scale = charging, as_of, scale
        self._arrears = timing is ChargeTiming.ARREARS
        self._pauses = sorted(pauses, key=lambda pause: (pause.starts_at, pause.id))
        self._components, discounts = _sorted(charging.prices)
        start = charging.starts_at
        self._first = first_charge(discounts, start) if discounts else start
        self._origin = self._first if start == charging.anchor_at else charging.anchor_at
        self._discounts = [Discount.of(price, start) for price in discounts]
        self._lines: list[Line] = []

    def result(self) -> Owed:
        of = self._of
        until, settled = of.charged_until, of.end_settled
        if not settled:
            until, final = self._in_arrears() if self._arrears else self._in_advance()
            if final and of.ends_at is not None:
                self._give_back_end(of.ends_at)
                until, settled = of.ends_at, True
        looked_at = self._give_back_pauses()
        closed = settled and of.ends_at is not None and of.ends_at <= self._as_of
        return Owed(self._lines, until, settled, closed, looked_at)

    def _in_advance(self) -> tuple[datetime, bool]:
        """Charge what fell due; return when the next charge does, and whether none ever will.

        A charge is cut at an end only by the bill that settles the end: no later one need know
        which charges were cut.
        """
        since, end, coming = self._of.charged_until, self._of.ends_at, None
        fell_due: list[tuple[SoldPrice, datetime, Period]] = []
        for component in self._components:
            for due, period in self._walk(component, since):
                if due < since:
                    continue
                if end is not None and due >= end:
                    break
                if due > self._as_of:
                    coming = due if coming is None or due < coming else coming
                    break
                fell_due.append((component, due, period))
        for component, due, period in fell_due:
            cut = end is not None and coming is None and end < period.end
            self._charge(component, due, end if cut and end else period.end, period)
        return coming or max(since, self._as_of), coming is None

    def _in_arrears(self) -> tuple[datetime, bool]:
        """Charge periods that are over; return until when, and whether no more will be."""
        since, end, reached = self._of.charged_until, self._of.ends_at, self._of.charged_until
        for component in self._components:
            for due, period in self._walk(component, since):
                if end is not None and due >= end:
                    break
                over = period.end if end is None else min(period.end, end)
                if over > self._as_of:
                    break
                if over > since and not self._paid_before(due):
                    self._charge(component, due, over, period, paused=self._paused(due, over))
                    reached = max(reached, over)
        return reached, end is not None and end <= self._as_of

    def _give_back_end(self, end: datetime) -> None:
        """Give back the days after the end of what had been charged for before."""
        for component in self._components:
            for due, period in self._walk(component, end):
                if due >= self._of.charged_until or not self._was_in_advance(due):
                    break
                source = f"e{self._of.product}:{component.position}:{due.timestamp():.0f}"
                since = max(end, due)
                self._credit(component, due, since, period.end, period, "end", source)

    def _give_back_pauses(self) -> list[tuple[UUID, datetime]]:
        looked_at, done = [], None
        for pause in self._pauses:
            since = max(pause.starts_at, pause.credited_until or pause.starts_at, done or _EVER)
            known = self._as_of if pause.ends_at is None else min(pause.ends_at, self._as_of)
            until = known if self._of.ends_at is None else min(known, self._of.ends_at)
            if until <= since:
                continue
            done = until
            for component in self._components:
                self._give_back_pause(component, since, until, pause.id)
            looked_at.append((pause.id, known))
        return looked_at

    def _give_back_pause(
        self, component: SoldPrice, since: datetime, until: datetime, pause_id: UUID
    ) -> None:
        for due, period in self._walk(component, since):
            if due >= until or not self._was_in_advance(due):
                break
            begin, stop = max(since, due), min(until, period.end)
            source = f"p{pause_id.hex}:{component.position}:{begin.timestamp():.0f}"
            self._credit(component, due, begin, stop, period, "pause", source)

    def _walk(self, component: SoldPrice, since: datetime) -> Iterator[tuple[datetime, Period]]:
        """Yield when charges fall due, with their periods, from the one that covers `since`."""
        first = self._first
        unit, length = component.period_unit, component.period_length
        for period in grid(self._origin, unit, length, since if since > first else first):
            yield (period.start if period.start > first else first), period

    def _charge(
        self,
        component: SoldPrice,
        due: datetime,
        until: datetime,
        period: Period,
        paused: int = 0,
    ) -> None:
        minor = self._asked(component, due)
        micro, detail = minor * self._scale, {}
        if minor != component.amount_minor:
            detail["regular_minor"] = component.amount_minor
        if paused or due != period.start or until != period.end:
            whole, wanted = days(*period), days(due, until) - paused
            micro = part(micro, wanted, whole)
            detail |= {"days": wanted, "of": whole}
        source = f"r{self._of.product}:{component.position}:{due.timestamp():.0f}"
        name, product = self._name(component), self._of.product
        line = Line(ChargeKind.RECURRING, name, detail, product, due, due, until, micro, source)
        self._lines.append(line)

    def _credit(
        self,
        component: SoldPrice,
        due: datetime,
        since: datetime,
        until: datetime,
        period: Period,
        why: str,
        source: str,
    ) -> None:
        wanted, whole = days(since, until), days(*period)
        micro = part(self._asked(component, due) * self._scale, wanted, whole)
        if micro:
            detail = {"days": wanted, "of": whole, "why": why}
            name, product = self._name(component), self._of.product
            line = Line(
                ChargeKind.CREDIT, name, detail, product, since, since, until, -micro, source
            )
            self._lines.append(line)

    def _asked(self, component: SoldPrice, due: datetime) -> int:
        """Return a whole charge after the discounts that hold when it falls due."""
        if not self._discounts:
            return component.amount_minor
        together = [c for c in self._components if c is component or self._falls_due(c, due)]
        lines = discounted(due, together, self._discounts)
        return next(
            line.minor for one, line in zip(together, lines, strict=True) if one is component
        )

    def _falls_due(self, component: SoldPrice, at: datetime) -> bool:
        return next(self._walk(component, at))[0] == at

    def _paid_before(self, due: datetime) -> bool:
        return self._of.bills_from is not None and due < self._of.bills_from

    def _was_in_advance(self, due: datetime) -> bool:
        return not self._arrears or self._paid_before(due)

    def _paused(self, since: datetime, until: datetime) -> int:
        """Return how many days of an interval lie in pauses; overlapping ones count once."""
        found = 0
        for pause in self._pauses:
            begin = max(since, pause.starts_at)
            stop = until if pause.ends_at is None else min(until, pause.ends_at)
            if stop > begin:
                found += days(begin, stop)
                since = stop
        return found

    def _name(self, component: SoldPrice) -> str:
        if len(self._components) == 1:
            return self._of.name
        return joined(self._of.name, component.name)


@lru_cache(maxsize=4_096)
def joined(product: str, price: str) -> str:
    """Name one of several prices of a product: "Fibre 500: router", by language, as JSON."""
    whole, piece = json.loads(product), json.loads(price)
    if not piece:
        return product
    languages = sorted(whole.keys() | piece.keys())
    english = whole.get("en", ""), piece.get("en", "")
    told = {
        language: f"{whole.get(language, english[0])}: {piece.get(language, english[1])}"
        for language in languages
    }
    return json.dumps(told)


@lru_cache(maxsize=4_096)
def _sorted(
    prices: tuple[SoldPrice, ...],
) -> tuple[tuple[SoldPrice, ...], tuple[SoldPrice, ...]]:
    """Return what recurs, and the discounts on it, each in the order in which it was sold."""
    in_order = sorted(prices, key=lambda price: price.position)
    recur = tuple(p for p in in_order if p.price_type is PriceType.RECURRING)
    return recur, tuple(p for p in in_order if p.price_type is PriceType.DISCOUNT)


_EVER = datetime.fromisoformat("0001-01-02T00:00:00+00:00")
