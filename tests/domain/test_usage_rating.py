"""Rating: stories with exact amounts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from self_service import clock
from self_service.domain.usage import allowances, charging, explain, meters, records, spans
from self_service.models.catalog import OfferingKind
from self_service.models.usage import Allowance, UsagePeriod, UsageStatus
from tests import bills, books
from tests.used import (
    LATER,
    MB,
    START,
    add_extra,
    charged,
    conserved,
    feed,
    included,
    make_line,
    owner,
    picture,
    rate,
    row,
    tell,
    usage,
    used,
    waiting,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_calls_are_covered_then_charged_in_whole_minutes(session: Session) -> None:
    make_line(session, included("min", 2), usage("min", 9, block=60))
    feed(
        session,
        row("a", START + HOUR, "voice", 100),
        row("b", START + 2 * HOUR, "voice", 50),  # 20 covered, 30 beyond: one minute
        row("c", START + 3 * HOUR, "voice", 61),  # two minutes
        row("in", START + 4 * HOUR, "voice", 500, direction="in"),
    )
    assert rate(session) == 4
    assert used(session) == [("voice", 120, 120)]
    assert charged(session) == {"b": (30, 90_000), "c": (61, 180_000)}
    conserved(session)
    tell(session)
    assert waiting(session) == [("voice:home:0", 270_000, False)]


def test_the_first_minute_is_whole_then_seconds_count(session: Session) -> None:
    make_line(session, usage("min", 6, first=60, block=1))
    feed(session, row("a", START, "voice", 1), row("b", START, "voice", 61))
    rate(session)
    assert charged(session) == {"a": (1, 60_000), "b": (61, 61_000)}


def test_roaming_has_its_own_price_and_data_its_blocks(session: Session) -> None:
    make_line(
        session,
        included("MB", 1),
        usage("MB", 5, block=102_400),
        usage("MB", 20, zones=["roaming"], block=1024),
    )
    feed(
        session,
        row("home", START + HOUR, "data", MB + 1),
        row("away", START + 2 * HOUR, "data", 1024, zone="roaming"),
        row("none", START + 3 * HOUR, "message", 1),  # no price holds: it costs nothing
    )
    rate(session)
    assert charged(session) == {"home": (1, 4_883), "away": (1024, 195), "none": (1, 0)}
    conserved(session)


def test_a_day_pass_begins_in_the_middle_and_its_day_is_the_operators(session: Session) -> None:
    clock.set_zone("Europe/Berlin")
    line = make_line(session, included("MB", 2), usage("MB", 100))
    at = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # 25 October there, when clocks go back
    feed(session, row("before", at - HOUR, "data", 3 * MB))
    rate(session)
    assert charged(session) == {"before": (MB, 1_000_000)}
    pass_ = included("MB", -1, days=1)
    add_extra(session, line.product_id, pass_, kind=OfferingKind.BOOSTER, at=at)
    # the day has 25 hours
    feed(
        session,
        row("first", at, "data", 9 * MB),
        row("last", at + 25 * HOUR - timedelta(seconds=1), "data", 9 * MB),
        row("after", at + 25 * HOUR, "data", MB),
    )
    rate(session)
    assert charged(session) == {"before": (MB, 1_000_000), "after": (MB, 1_000_000)}
    days = [one[1].isoformat() for one in picture(session)[0]]
    assert days == ["2026-10-24", "2026-10-25", "2026-10-26"]
    conserved(session)


def test_a_booster_is_used_before_the_plan_and_goes_on_where_it_holds_longer(
    session: Session,
) -> None:
    line = make_line(session, included("MB", 10), usage("MB", 100))
    at = START + 30 * DAY  # a day before the month ends
    extra = add_extra(
        session, line.product_id, included("MB", 5, days=7), kind=OfferingKind.BOOSTER, at=at
    )
    feed(session, row("a", at + HOUR, "data", 2 * MB), row("b", at + 3 * DAY, "data", 4 * MB))
    rate(session)
    mine = session.exec(
        select(Allowance).where(Allowance.origin_id == extra.id).order_by(Allowance.id)
    ).all()
    assert [(one.units // MB, one.used_units // MB, one.from_last) for one in mine] == [
        (5, 2, False),
        (3, 3, True),
    ]
    assert used(session)[-1] == ("data", 10 * MB, MB)
    feed(session, row("late", at + 2 * HOUR, "data", MB))  # takes from what went on
    rate(session)
    assert used(session)[-1] == ("data", 10 * MB, 2 * MB)
    assert charged(session) == {}
    conserved_without_carry = sum(one.used_units for one in session.exec(select(Allowance)))
    assert conserved_without_carry == 7 * MB


def test_units_carry_once_and_a_late_record_corrects_what_carried(session: Session) -> None:
    start = datetime(2027, 12, 31, 12, tzinfo=UTC)
    make_line(session, included("min", 10, carries=True), usage("min", 10, block=60), start=start)
    much = datetime(2028, 5, 1, tzinfo=UTC)
    months = [start, datetime(2028, 1, 31, 12, tzinfo=UTC), datetime(2028, 2, 29, 12, tzinfo=UTC)]
    feed(session, *(row(f"m{n}", at, "voice", 240) for n, at in enumerate(months)), now=much)
    starts = session.exec(select(UsagePeriod.starts_at).order_by(UsagePeriod.starts_at)).all()
    assert starts == months  # a leap year's February
    rate(session, now=much)
    # 6 of 10 carried; the second month uses 4 of them, and its own 10 carry whole
    assert used(session) == [
        ("voice", 600, 240),
        ("voice", 360, 240),
        ("voice", 600, 0),
        ("voice", 600, 240),
        ("voice", 600, 0),
    ]
    feed(session, row("late", start + HOUR, "voice", 300), now=much)
    rate(session, now=much)
    assert used(session)[1:3] == [("voice", 60, 60), ("voice", 600, 180)]
    assert used(session)[3:] == [("voice", 420, 240), ("voice", 600, 0)]
    assert charged(session) == {}


def test_a_late_record_after_the_bill_gives_a_difference(session: Session) -> None:
    line = make_line(session, included("SMS", 1), usage("SMS", 9))
    first = [row(f"s{n}", START + (5 + n) * DAY, "message", 1) for n in range(3)]
    feed(session, *first)
    rate(session)
    tell(session)
    assert waiting(session) == [("message:home:0", 180_000, False)]
    account = session.get_one(bills.BillingAccount, line.account_id)
    as_of = START + 40 * DAY
    made = bills.bill(session, account, as_of)
    assert made is not None
    assert bills.shown(session, made) == [18]
    feed(session, row("late", START + DAY, "message", 2))
    rate(session, now=as_of)
    tell(session, now=as_of)
    assert waiting(session) == [
        ("message:home:0", 180_000, True),
        ("message:home:1", 180_000, False),
    ]
    feed(session, row("later", START + 2 * DAY, "message", 1))
    rate(session, now=as_of)
    tell(session, now=as_of)
    assert waiting(session)[1:] == [("message:home:1", 270_000, False)]
    second = bills.bill(session, account, as_of + HOUR)
    assert second is not None
    assert bills.shown(session, second) == [27]
    before = picture(session)
    session.exec(select(UsagePeriod)).one().stale_from = START
    session.flush()
    rate(session)
    tell(session)
    assert picture(session) == before
    books.proven(session)


@pytest.mark.parametrize(
    ("currency", "minor", "micro", "lines"),
    [("JPY", 3, 3_000_000, [9]), ("KWD", 25, 25_000, [75])],
    ids=["JPY", "KWD"],
)
def test_other_currencies(
    session: Session, currency: str, minor: int, micro: int, lines: list[int]
) -> None:
    line = make_line(session, usage("SMS", minor), currency=currency)
    feed(session, *(row(f"s{n}", START, "message", 1) for n in range(3)))
    rate(session)
    assert charged(session)["s0"] == (1, micro)
    tell(session)
    account = session.get_one(bills.BillingAccount, line.account_id)
    made = bills.bill(session, account, START + 40 * DAY)
    assert made is not None
    assert bills.shown(session, made) == lines
    books.proven(session)


def test_a_record_is_explained_and_meters_say_what_is_left(session: Session) -> None:
    line = make_line(session, included("min", 2), usage("min", 9, block=60))
    actor = owner(session, line)
    feed(session, row("a", START, "voice", 100, otherParty="+49 30 1234567"))
    rate(session)
    feed(session, row("b", START + HOUR, "voice", 50))
    (shown,) = meters.meters(session, actor, now=START + DAY)
    assert (shown.meters[0].left, shown.meters[0].percent, shown.waiting) == (20, 83, True)
    rate(session)
    (shown,) = meters.meters(session, actor, now=START + DAY)
    assert (shown.amount.minor, shown.as_of, shown.waiting) == (9, START + HOUR, False)
    assert [(one.kind.value, one.units, one.charged) for one in shown.totals] == [
        ("voice", 150, 30)
    ]
    page = records.records(session, actor, now=LATER, limit=1)
    assert [one.record_id for one in page.records] == ["b"]
    told = explain.explain(session, actor, page.records[0].key, now=LATER)
    assert [one.units for one in told.covered] == [20]
    assert told.charged is not None
    assert (told.charged.units, told.charged.billed, told.charged.micro) == (30, 60, 90_000)
    rest = records.records(session, actor, now=LATER, limit=1, page=page.page)
    (oldest,) = rest.records
    assert (oldest.other, oldest.covered, oldest.status) == (
        "+49301234xxx",
        100,
        UsageStatus.RATED,
    )
    assert rest.page == ""
    assert len(list(records.lines(session, actor, now=LATER))) == 2


def test_months_are_counted_from_the_anchor() -> None:
    anchor = datetime(2026, 1, 31, 8, tzinfo=UTC)
    found = [spans.month_of(anchor, at)[0].day for at in (
        datetime(2026, 2, 10, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC),
        datetime(2026, 3, 31, 7, tzinfo=UTC), datetime(2026, 3, 31, 8, tzinfo=UTC),
        datetime(2025, 1, 1, tzinfo=UTC),
    )]  # fmt: skip
    assert found == [31, 28, 28, 31, 31]


def test_renewal_begins_each_month_once(session: Session) -> None:
    line = make_line(session, included("min", 2))
    assert allowances.due(session, now=START + DAY, limit=5) == []
    later = START + 40 * DAY
    assert allowances.due(session, now=later, limit=5) == [line.product_id]
    for _ in range(2):
        allowances.renew(session, now=later)
    assert used(session) == [("voice", 120, 0)] * 2
    assert charging.to_bills(session, now=later) is None
