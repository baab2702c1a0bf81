"""Laws of rating: nothing is lost, and neither order nor pieces nor repetition change a thing."""

from __future__ import annotations

import random
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain.usage.rating import Course, Pot, Tariff, tariff_for
from self_service.models.catalog import OfferingKind
from self_service.models.usage import UsagePeriod
from tests.books import empty_books, proven
from tests.used import (
    MB,
    START,
    add_extra,
    conserved,
    feed,
    included,
    make_line,
    picture,
    rate,
    row,
    tell,
    usage,
)

AT = [f"2026-10-{day:02d}" for day in range(1, 29)]
POTS = st.lists(
    st.tuples(
        st.sampled_from(("data", "voice")),
        st.sets(st.sampled_from(("home", "roaming")), min_size=1),
        st.one_of(st.just(-1), st.integers(0, 500)),
        st.integers(0, 2),
        st.booleans(),
        st.sampled_from(AT),
        st.sampled_from(AT),
    ),
    max_size=6,
)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(AT),
        st.sampled_from(("data", "voice")),
        st.sampled_from(("home", "roaming")),
        st.integers(0, 300),
    ),
    max_size=25,
)


def as_pots(drawn):
    return [
        Pot(key, kind, frozenset(zones), units, 0, priority, left, since, until)
        for key, (kind, zones, units, priority, left, since, until) in enumerate(drawn)
    ]


@given(POTS, EVENTS)
def test_every_unit_is_covered_or_charged_and_no_pot_is_overdrawn(drawn, events):
    events.sort()
    pots, told = as_pots(drawn), as_pots(drawn)
    course, explained = Course(pots), Course(told)
    rest = 0
    for at, kind, zone, units in events:
        left = course.rest(at, kind, zone, units)
        again, draws = explained.draws(at, kind, zone, units)
        assert again == left
        assert sum(one.units for one in draws) + left == units
        for one in draws:
            pot = told[one.pot]
            assert pot.kind == kind
            assert zone in pot.zones
            assert pot.since <= at < pot.until
        if left:  # nothing that holds has anything left
            mine = (p for p in pots if p.kind == kind and zone in p.zones)
            assert all(p.left == 0 for p in mine if p.since <= at < p.until)
        rest += left
    assert sum(units for *_, units in events) == rest + sum(pot.used for pot in pots)
    assert all(pot.units == -1 or pot.used <= pot.units for pot in pots)


@given(POTS, EVENTS, st.integers(0, 25))
def test_going_on_from_the_counters_is_the_same_as_going_through_all(drawn, events, cut):
    events.sort()
    whole, first = as_pots(drawn), as_pots(drawn)
    course = Course(whole)
    once = [course.rest(*event) for event in events]
    early = Course(first)
    pieces = [early.rest(*event) for event in events[:cut]]
    second = [
        Pot(p.key, p.kind, p.zones, p.units, p.used, p.order[0], not p.order[2], p.since, p.until)
        for p in first
    ]
    late = Course(second)
    assert pieces + [late.rest(*event) for event in events[cut:]] == once
    assert [pot.used for pot in second] == [pot.used for pot in whole]


@given(
    st.integers(1, 10**12), st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 10**6),
    st.integers(1, 10**7),
)  # fmt: skip
def test_a_price_is_for_whole_blocks_and_never_falls(units, micro, block, first, per):
    tariff = Tariff("{}", "data", frozenset({"home"}), micro, per, block, first)
    billed = tariff.billed(units)
    assert billed >= max(units, first)
    assert (billed - first) % block == 0
    assert billed - units < max(block, first)
    assert tariff.amount(units) <= tariff.amount(units + 1)
    assert abs(tariff.amount(units) * per - billed * micro) * 2 <= per
    assert tariff_for([tariff], "2026", "data", "home") == 0
    assert tariff_for([tariff], "2026", "data", "premium") is None


ROWS = st.lists(
    st.tuples(
        st.integers(0, 80 * 24),  # hours: some two and a half months
        st.sampled_from(("data", "voice", "message")),
        st.sampled_from(("home", "roaming")),
        st.sampled_from(("out", "out", "in")),
        st.integers(0, 9 * MB),
    ),
    min_size=1,
    max_size=14,
)


def world(session: Session) -> None:
    line = make_line(
        session,
        included("MB", 10, carries=True),
        included("SMS", 20),
        usage("MB", 5, block=1024),
        usage("min", 9, block=60),
        usage("MB", 50, zones=["roaming"]),
    )
    booster = included("MB", 6, zones=["home", "roaming"], days=20)
    add_extra(
        session,
        line.product_id,
        booster,
        kind=OfferingKind.BOOSTER,
        at=START + timedelta(days=20),
    )


def rows_of(drawn):
    for number, (hours, kind, zone, way, units) in enumerate(drawn):
        size = units if kind == "data" else units % 500
        at = START + timedelta(hours=hours)
        yield row(f"r{number}", at, kind, size, zone=zone, direction=way)


@settings(max_examples=12, deadline=None)
@given(ROWS, st.integers(0, 10**6), st.integers(1, 6))
def test_no_order_no_pieces_and_no_repetition_change_counters_or_the_bill(drawn, seed, piece):
    rows = list(rows_of(drawn))
    pictures = []
    for shuffled in (False, True):
        with empty_books() as session:
            world(session)
            some = list(rows)
            if shuffled:
                random.Random(seed).shuffle(some)
                for first in range(0, len(some), piece):
                    feed(session, *some[first : first + piece])
                    rate(session, limit=1 + seed % 3)
                    tell(session)
                assert feed(session, *some).taken == 0
                before = picture(session)
                for month in session.exec(select(UsagePeriod)):
                    month.stale_from = month.starts_at
                session.flush()
            else:
                before = None
                feed(session, *some)
            rate(session)
            tell(session)
            assert before in (None, picture(session))
            conserved(session)
            proven(session)
            pictures.append(picture(session))
    assert pictures[0] == pictures[1]
