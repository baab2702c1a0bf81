"""Laws of sharing: neither order nor pieces nor repetition change a counter, a share or a bill."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, func, select

from self_service.domain.usage import allowances
from self_service.domain.usage.giving import Giving, Limit, limit_at
from self_service.domain.usage.rating import Pot
from self_service.models.sharing import (
    SharedDraw,
    SharedUse,
)
from self_service.models.usage import Allowance, Usage, UsagePeriod
from tests import books
from tests.books import empty_books, proven
from tests.domain.test_usage_laws import EVENTS, POTS, as_pots
from tests.sharing_world import give, join, limit
from tests.used import (
    MB,
    START,
    charged,
    feed,
    included,
    make_line,
    picture,
    rate,
    row,
    tell,
    usage,
)

DAY = timedelta(days=1)
GIVER, FIRST, SECOND = "+4915822000010", "+4915822000011", "+4915822000012"
WHO = st.sampled_from(("", "a", "b"))
LIMITS = st.lists(
    st.tuples(
        st.sampled_from(("a", "b")),
        st.sampled_from(("2026-09-30", "2026-10-01", "2026-10-10", "2026-10-20")),
        st.one_of(st.none(), st.integers(0, 300)),
        st.booleans(),
    ),
    max_size=5,
)


def as_limits(drawn: Any) -> dict[str, dict[str, list[Limit]]]:
    found: dict[str, dict[str, list[Limit]]] = {}
    for who, since, units, extra in sorted(drawn, key=lambda one: one[1]):
        limit = Limit(since, units, extra and units is not None)
        found.setdefault(who, {}).setdefault("data", []).append(limit)
    return found


@given(POTS, EVENTS, st.lists(WHO, min_size=25, max_size=25), LIMITS, st.integers(0, 25))
def test_nobody_takes_more_than_the_limit_and_every_unit_is_told_once(
    pots, events, who, drawn, cut
):
    events.sort()
    limits, month = as_limits(drawn), "2026-10-01"
    whole, pieces = as_pots(pots), as_pots(pots)
    one = Giving(whole, month, limits, {})
    early = Giving(pieces, month, limits, {})
    rest, given = 0, 0
    for place, ((at, kind, zone, units), name) in enumerate(zip(events, who, strict=False)):
        if place == cut:  # goes on from the counters
            pieces = as_left(pieces)
            early = Giving(pieces, month, limits, early.taken)
        if not name:
            left = one.rest(at, kind, zone, units)
            assert early.rest(at, kind, zone, units) == left
            rest += left
            continue
        before = one.taken.get((name, kind), 0)
        got = one.ask(name, at, kind, zone, units)
        assert early.ask(name, at, kind, zone, units) == got
        assert 0 <= got <= units
        most = limit_at(limits.get(name, {}).get(kind, ()), at, month)
        assert most is None or got == 0 or before + got <= most
        given += got
        rest += units - got
    asked = events[: len(who)]
    assert sum(units for *_, units in asked) == rest + sum(pot.used for pot in whole)
    assert sum(one.taken.values()) == given
    assert [pot.used for pot in whole] == [pot.used for pot in pieces]


def as_left(pots: Any) -> Any:
    return [
        Pot(p.key, p.kind, p.zones, p.units, p.used, p.order[0], not p.order[2], p.since, p.until)
        for p in pots
    ]


def world(session: Session) -> None:
    """One that gives, and two that take for a while, with months that begin on other days."""
    account = books.make_account(session, now=START, currency="EUR")
    price = usage("MB", 5, block=1024)
    giver = make_line(
        session, included("MB", 10, carries=True), price, number=GIVER, account=account
    )
    own = included("MB", 3)
    first = make_line(session, own, price, number=FIRST, account=account, start=START - 9 * DAY)
    second = make_line(session, price, usage("min", 9), number=SECOND, account=account)
    group = give(session, giver)
    one = join(session, group, first, START + DAY)
    two = join(session, group, second, START + 3 * DAY, left=START + 50 * DAY)
    join(session, group, second, START + 55 * DAY)
    limit(session, one, 6 * MB, START + DAY)
    limit(session, one, 2 * MB, START + 12 * DAY, extra=True)
    limit(session, two, 9 * MB, START + 20 * DAY)
    limit(session, two, None, START + 40 * DAY)
    for line in (giver, first, second):
        allowances.begin(session, [(line.product_id, START + DAY)], now=START + DAY)


ROWS = st.lists(
    st.tuples(
        st.integers(0, 80 * 24),
        st.sampled_from((GIVER, FIRST, SECOND)),
        st.sampled_from(("data", "data", "data", "voice")),
        st.sampled_from(("home", "home", "home", "roaming")),
        st.sampled_from(("out", "out", "out", "in")),
        st.integers(0, 5 * MB),
    ),
    min_size=1,
    max_size=16,
)


def rows_of(drawn: Any) -> Iterator[dict[str, Any]]:
    for place, (hours, number, kind, zone, way, units) in enumerate(drawn):
        size = units if kind == "data" else units % 500
        at = START + timedelta(hours=hours)
        said = {"number": number, "zone": zone, "direction": way}
        yield row(f"r{place}", at, kind, size, **said)


def shares(session: Session) -> list[tuple[Any, ...]]:
    """What each record asked and got, and what each member took."""
    draws = session.exec(select(SharedDraw).execution_options(populate_existing=True))
    uses = session.exec(
        select(SharedUse).where(SharedUse.units > 0).execution_options(populate_existing=True)
    )
    return [
        *sorted((one.record_id, one.asked_units, one.given_units) for one in draws),
        *sorted(one.units for one in uses),
    ]


def sums_up(session: Session) -> None:
    """Assert that all that was used was covered, given or charged, in records, days and sums."""

    def total(column: Any, *where: Any) -> int:
        return int(session.exec(select(func.sum(column)).where(*where)).one() or 0)

    came = total(Usage.units, Usage.direction == "out")
    assert came == total(Allowance.used_units) + total(Usage.charged_units)
    assert total(SharedDraw.given_units) == total(SharedUse.units)
    over = charged(session)
    for draw in session.exec(select(SharedDraw)):
        assert over.get(draw.record_id, (0, 0))[0] == draw.asked_units - draw.given_units
    for month in session.exec(select(UsagePeriod).execution_options(populate_existing=True)):
        assert month.amount_micro == total(Usage.amount_micro, Usage.period_id == month.id)


@settings(max_examples=25, deadline=None)
@given(ROWS, st.integers(0, 10**6), st.integers(1, 6))
def test_no_order_no_pieces_and_no_repetition_change_shares_or_the_bill(drawn, seed, piece):
    rows = list(rows_of(drawn))
    pictures = []
    for shuffled in (False, True):
        with empty_books() as session:
            world(session)
            some = list(rows)
            if shuffled:
                random.Random(seed).shuffle(some)
                for begin in range(0, len(some), piece):
                    feed(session, *some[begin : begin + piece])
                    rate(session, limit=1 + seed % 3)
                    tell(session)
                    sums_up(session)
                before = picture(session), shares(session)
                for month in session.exec(select(UsagePeriod)):
                    month.stale_from = month.starts_at
                session.flush()
            else:
                before = None
                feed(session, *some)
            rate(session)
            tell(session)
            sums_up(session)
            assert before in (None, (picture(session), shares(session)))
            proven(session)
            pictures.append((whole(picture(session)), shares(session)))
    assert pictures[0] == pictures[1]


def whole(seen: Any) -> Any:
    """Leave out instants up to which months were rated: an empty month may be there or not."""
    days, months, pots, *rest = seen
    amounts = sorted(one for one in months if one[2] is not None)
    return sorted(days), amounts, [one for one in pots if one[4]], *rest


def test_the_group_gives_after_ones_own_and_up_to_the_limit(session: Session) -> None:
    world(session)
    at = START + 2 * DAY
    feed(
        session,
        row("own", at, "data", 3 * MB, number=FIRST),
        row("shared", at + DAY, "data", 5 * MB, number=FIRST),
        row("over", at + 2 * DAY, "data", 2 * MB, number=FIRST),  # one below the limit
        row("two", at + 3 * DAY, "data", 5 * MB, number=SECOND),  # four are left
    )
    rate(session)
    assert shares(session)[:3] == [
        ("over", 2 * MB, MB),
        ("shared", 5 * MB, 5 * MB),
        ("two", 5 * MB, 4 * MB),
    ]
    assert charged(session) == {"over": (MB, 50_000), "two": (MB, 50_000)}
    # the giver itself was earlier: then there is less for the others
    feed(session, row("late", at, "data", 2 * MB, number=GIVER))
    rate(session)
    assert charged(session) == {"over": (MB, 50_000), "two": (3 * MB, 150_000)}
    sums_up(session)
