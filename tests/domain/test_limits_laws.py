"""Laws of alerts: whatever order records come in, what was reached is told, and told once."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, func, select

from self_service.domain.limits import telling
from self_service.models.limits import SpendLimit, UsageAlert
from self_service.models.messages import CommunicationMessage, OutboxEvent
from self_service.models.subscriptions import Product
from self_service.models.usage import UsageDay, UsagePeriod
from tests.books import empty_books
from tests.limited import ALL, AT, alerts, bar, letters, plan, stands, watch
from tests.services_world import open_requests
from tests.used import START, feed, rate, row

ROWS = st.lists(
    st.tuples(
        st.integers(0, 9 * 24),  # hours
        st.sampled_from(("home", "home", "roaming")),
        st.integers(1, 60),  # texts
    ),
    min_size=1,
    max_size=8,
)


def reached(session: Session, product: Product, limit_minor: int) -> set[tuple[str, int, int]]:
    """What the final state reached, counted here from the days alone."""
    sums = session.execute(
        select(
            UsageDay.zone,
            func.sum(UsageDay.units),
            func.sum(UsageDay.charged_units),
            func.sum(UsageDay.amount_micro),
        )
        .join(UsagePeriod, UsagePeriod.id == UsageDay.period_id)
        .where(UsagePeriod.product_id == product.id)
        .group_by(UsageDay.zone)
    )
    found = {zone.value: tuple(map(int, rest)) for zone, *rest in sums}
    units, charged, _ = found.get("home", (0, 0, 0))
    spent = {
        "all": (sum(one[2] for one in found.values()), limit_minor),
        "roaming": (found.get("roaming", (0, 0, 0))[2], 5_950),
    }
    percents = {("allowance message", 100): (units - charged, 100)}
    percents |= {(name, whole): (micro, whole * 10_000) for name, (micro, whole) in spent.items()}
    return {
        (*key, percent)
        for key, (used, whole) in percents.items()
        for percent in (50, 80, 100)
        if used * 100 >= percent * whole
    }


@settings(max_examples=25, deadline=None)
@given(ROWS, st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 60), st.booleans())
def test_each_threshold_that_stands_was_noted_once(drawn, seed, piece, limit, hard) -> None:
    rows = [
        row(f"r{n}", START + timedelta(hours=hours), "message", count, zone=zone)
        for n, (hours, zone, count) in enumerate(drawn)
    ]
    random.Random(seed).shuffle(rows)
    with empty_books() as session:
        line = plan(session)
        chosen = {"amount_minor": limit * 100, "hard": hard, "set_at": START}
        session.add(SpendLimit(product_id=line.id, kind=ALL, **chosen))
        session.flush()
        for first in range(0, len(rows), piece):
            feed(session, *rows[first : first + piece])
            rate(session)
            watch(session)
        for month in session.exec(select(UsagePeriod)):  # and all of it once more
            month.stale_from = month.starts_at
        session.flush()
        rate(session)
        watch(session)
        noted = [one[:3] for one in alerts(session)]
        assert reached(session, line, limit * 100) <= set(noted)
        assert max(Counter(noted).values(), default=1) == 1
        _told(session)
        _stopped(session, line)


def _told(session: Session) -> None:
    """One letter for each alert that was to be told, and none a second time."""
    loud = [one for one in session.exec(select(UsageAlert)) if one.told]
    tellings = len(telling.waiting(session))
    assert tellings == len(loud)
    letters(session)
    letters(session)
    assert all(one.done_at for one in session.exec(select(OutboxEvent).where(
        OutboxEvent.kind == "usage_alert"
    )))  # fmt: skip
    assert session.exec(select(func.count()).select_from(CommunicationMessage)).one() == 0


def _stopped(session: Session, line: Product) -> None:
    """The network was asked for each limit that stops, once."""
    both = [stands(session, line, kind, now=AT) for kind in type(ALL)]
    asked = sorted(one.wanted["setting"] for one in open_requests(session))
    assert asked == sorted(f"limit_{one.kind.value}" for one in both if one.stops)
    assert all((bar(session, line.id, one.kind) is not None) == one.stops for one in both)
