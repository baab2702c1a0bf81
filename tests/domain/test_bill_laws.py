"""Laws of charging: whatever the prices, days and zone, nothing is lost and nothing twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from self_service import clock
from self_service.domain.bills import taxes
from self_service.domain.bills.proration import day_number, days, grid, part
from self_service.domain.bills.recurring import Charging, Line, Owed, Pause, SoldPrice, owed
from self_service.domain.pricing import periods
from self_service.domain.pricing import totals as pricing
from self_service.models.bills import ChargeTiming, TaxCategory
from self_service.models.catalog import PeriodUnit, PriceType
from tests.factories import as_price, discount, free_days, free_months, monthly

PRODUCT = UUID(int=7)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Auckland", "America/St_Johns"])
STARTS = st.integers(0, 2 * 366 * 24 * 60).map(
    lambda minutes: datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
UNITS = st.sampled_from(list(PeriodUnit))
RECURRING = st.builds(
    lambda minor, unit, length: monthly(minor, period_unit=unit, period_length=length),
    st.integers(0, 100_000),
    UNITS,
    st.integers(1, 40),
).filter(lambda price: price["period_unit"] is not PeriodUnit.DAY or price["period_length"] > 4)
DISCOUNTS = st.one_of(
    st.builds(
        lambda bp, n: discount(percent_bp=bp, months=n), st.integers(0, 10_000), st.integers(0, 9)
    ),
    st.builds(
        lambda minor, n: discount(minor=minor, months=n), st.integers(0, 9_000), st.integers(0, 9)
    ),
    st.builds(free_months, st.integers(1, 3)),
    st.builds(free_days, st.integers(1, 45)),
)
PRICES = st.builds(
    lambda recurring, discounts: [*recurring, *discounts],
    st.lists(RECURRING, min_size=1, max_size=3),
    st.lists(DISCOUNTS, max_size=3),
)
EUR = 10_000


def sold(prices: Iterable[dict]) -> tuple[SoldPrice, ...]:
    found = []
    for position, price in enumerate(prices):
        of = as_price(price)
        shared = [getattr(of, name) for name in SoldPrice._fields[:-2]]
        found.append(SoldPrice(*shared, position, '{"en": "Price"}'))
    return tuple(found)


def charging(prices: Iterable[dict], start: datetime, **more: object) -> Charging:
    fresh = Charging(
        PRODUCT.hex, '{"en": "Plan"}', sold(prices), start, start, None, start, None, False
    )
    return fresh._replace(**more)


def billed(
    of: Charging,
    instants: Iterable[datetime],
    pauses: tuple[Pause, ...] = (),
    timing: ChargeTiming = ChargeTiming.ADVANCE,
) -> list[Line]:
    """Bill at each instant, remembering what a bill remembers."""
    lines: list[Line] = []
    for as_of in sorted(instants):
        found: Owed = owed(of, pauses, timing=timing, as_of=as_of, scale=EUR)
        lines += found.lines
        of = of._replace(charged_until=found.charged_until, end_settled=found.end_settled)
        seen = dict(found.pauses)
        pauses = tuple(p._replace(credited_until=seen.get(p.id, p.credited_until)) for p in pauses)
        if found.closed:
            break
    return lines


def minors(lines: Iterable[Line]) -> int:
    return sum(taxes.to_minor(line.micro, "EUR") for line in lines)


@settings(deadline=None, max_examples=40)
@given(ZONES, STARTS, PRICES, st.integers(1, 24), st.lists(st.integers(0, 800), max_size=12))
def test_however_often_billed_a_term_costs_what_the_store_told(
    zone: str, start: datetime, prices: list[dict], months: int, offsets: list[int]
) -> None:
    clock.set_zone(zone)
    told = pricing.totals(
        [as_price(price) for price in prices],
        as_of=start,
        new_customer=True,
        currency="EUR",
        term_months=months,
    )
    end = periods.add_months(start, months)
    last = end - timedelta(microseconds=1)
    instants = [min(start + timedelta(days=n), last) for n in offsets]
    assert minors(billed(charging(prices, start), [*instants, last])) == told.whole_term.minor


@settings(deadline=None, max_examples=40)
@given(
    ZONES,
    STARTS,
    PRICES,
    st.integers(1, 300),
    st.integers(1, 90),
    st.lists(st.integers(0, 400), max_size=9),
    st.sampled_from(list(ChargeTiming)),
    st.randoms(),
)
def test_bills_in_between_change_a_pause_and_an_end_by_rounding_only(
    zone, start, prices, paused, length, offsets, timing, chance
) -> None:
    clock.set_zone(zone)
    begin = start + timedelta(days=paused, hours=5)
    pause = Pause(uuid4(), begin, begin + timedelta(days=length, hours=7), None)
    end = start + timedelta(days=350, hours=1)
    of = charging(prices, start, ends_at=end)
    over = end + timedelta(days=2)
    once = billed(of, [over], (pause,), timing)
    often = billed(of, [start + timedelta(days=n) for n in [*offsets, 352]], (pause,), timing)
    micro = sum(line.micro for line in once), sum(line.micro for line in often)
    assert abs(micro[0] - micro[1]) <= len(once) + len(often)  # a millionth a line
    assert abs(minors(once) - minors(often)) <= len(once) + len(often)
    assert len({line.source for line in often}) == len(often)
    shuffled = list(of.prices)
    chance.shuffle(shuffled)
    again = billed(of._replace(prices=tuple(shuffled)), [over], (pause,), timing)
    assert again == once


@settings(deadline=None, max_examples=40)
@given(ZONES, STARTS, RECURRING, st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))
def test_a_product_costs_as_much_as_its_days(
    zone: str, start: datetime, price: dict, first: int, second: int, third: int
) -> None:
    """Plans changed at any days on one grid: old, new and newer cost what one would have."""
    clock.set_zone(zone)
    a, b, c = (start + timedelta(days=n) for n in sorted((first, second, third)))
    last = [c + timedelta(days=1)]
    assume(a < b < c)
    whole = billed(charging([price], a, anchor_at=start, ends_at=c), last)
    one = billed(charging([price], a, anchor_at=start, ends_at=b), last)
    two = billed(charging([price], b, anchor_at=start, ends_at=c), last)
    difference = sum(line.micro for line in whole) - sum(line.micro for line in [*one, *two])
    assert 0 <= difference <= len(one) + len(two)
    assert abs(minors(whole) - minors([*one, *two])) <= 1


@given(ZONES, STARTS, UNITS, st.integers(1, 40), st.integers(-50, 2000))
def test_periods_have_no_gap_and_the_first_holds_the_instant(
    zone: str, anchor: datetime, unit: PeriodUnit, length: int, offset: int
) -> None:
    clock.set_zone(zone)
    since = anchor + timedelta(days=offset, hours=offset % 24)
    run = grid(anchor, unit, length, since)
    found = [next(run) for _ in range(3)]
    assert found[0].end > since
    assert found[0].start <= since or found[0].start == anchor
    assert found[0].end == found[1].start
    assert found[1].end == found[2].start
    assert days(found[0].start, found[2].end) == sum(days(*period) for period in found)
    step, count = unit, 0
    while (start := periods.add(anchor, step, count * length)) < found[0].start:
        count += 1
    assert start == found[0].start


@given(st.integers(-(10**12), 10**12), st.integers(1, 366), st.data())
def test_parts_of_a_sum_lose_less_than_a_millionth_each(micro: int, of: int, data) -> None:
    cut = data.draw(st.integers(0, of))
    both = part(micro, cut, of) + part(micro, of - cut, of)
    assert 0 <= abs(micro) - abs(both) <= 1
    assert part(-micro, cut, of) == -part(micro, cut, of)


@given(st.integers(-(10**9), 10**9), st.integers(0, 10_000))
def test_tax_is_the_share_that_its_rate_makes_of_the_net(minor: int, bp: int) -> None:
    standard = TaxCategory.STANDARD
    found = taxes.split(minor, category=standard, account=standard, standard_bp=bp)
    assert found.net + found.tax == minor
    assert abs(found.net * (10_000 + bp) - minor * 10_000) * 2 <= 10_000 + bp
    other = taxes.split(-minor, category=standard, account=standard, standard_bp=bp)
    assert (other.net, other.tax) == (-found.net, -found.tax)


def test_a_day_is_counted_by_the_operators_calendar() -> None:
    at = datetime(2027, 3, 27, 23, 30, tzinfo=UTC)
    clock.set_zone("Europe/Berlin")
    assert day_number(at) == datetime(2027, 3, 28, tzinfo=UTC).toordinal()


def test_free_months_are_recognised_by_price_type() -> None:
    assert {price.price_type for price in sold([monthly(1), free_months(1)])} == {
        PriceType.RECURRING,
        PriceType.DISCOUNT,
    }
