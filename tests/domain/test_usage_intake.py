"""Intake: at least once, bad rows set aside with their reason, nothing lost, prepaid taken."""

from __future__ import annotations

import contextlib
import io
import threading
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, func, select

from self_service import db
from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.errors import NotFound
from self_service.domain.people.own_data_shape import Whose
from self_service.domain.people.own_data_usage import USAGE
from self_service.domain.usage import (
    allowances,
    charging,
    collecting,
    course,
    daily,
    explain,
    intake,
    keeping,
    meters,
    partners,
    records,
    rejected,
    shape,
)
from self_service.domain.usage.intake import Line
from self_service.domain.wallet import history
from self_service.models.access import Role
from self_service.models.base import new_id
from self_service.models.usage import (
    Allowance,
    Usage,
    UsageDay,
    UsageImport,
    UsagePeriod,
    UsageRejected,
    UsageStatus,
)
from tests import books, wallets
from tests.factories import monthly
from tests.used import (
    LATER,
    NUMBER,
    START,
    charged,
    feed,
    included,
    make_line,
    owner,
    rate,
    row,
    usage,
    used,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GOOD = row("good", START + HOUR, "voice", 60)
ADMIN = Actor(role=Role.ADMINISTRATOR, identity_id=new_id(), confirmed_at=LATER)


BAD: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"id": ""}, "missing", "id"),
    ({"id": "x" * 65}, "too_long", "id"),
    ({"id": "a\0b"}, "bad_text", "id"),
    ({"usageType": "smoke"}, "unknown_kind", "usageType"),
    ({"usageDate": "2026-10-05 10:00"}, "bad_time", "usageDate"),
    ({"usageDate": "0001-01-01T00:00:00+14:00"}, "bad_time", "usageDate"),
    ({"usageDate": "2031-01-01T00:00:00Z"}, "in_future", "usageDate"),
    ({"usageDate": "2026-10-05T08:59:59Z"}, "unknown_number", "number"),
    ({"units": -1}, "bad_units", "units"),
    ({"units": 1.5}, "bad_units", "units"),
    ({"units": "NaN"}, "bad_units", "units"),
    ({"units": True}, "bad_units", "units"),
    ({"units": 10**9}, "bad_units", "units"),
    ({"units": "1e999999999"}, "bad_units", "units"),
    ({"unitOfMeasure": "furlong"}, "unknown_unit", "unitOfMeasure"),
    ({"zone": "moon"}, "unknown_zone", "zone"),
    ({"direction": "up"}, "unknown_direction", "direction"),
    ({"number": "+499999999"}, "unknown_number", "number"),
    ({"number": ["a"]}, "bad_text", "number"),
    ({"product": "nonsense"}, "unknown_product", "product"),
    ({"product": str(new_id())}, "unknown_product", "product"),
)


def test_bad_rows_say_why_and_keep_no_other(session: Session) -> None:
    make_line(session)
    rows = [
        {**row(f"bad{place}", START + HOUR, "voice", 1), **changes}
        for place, (changes, _, _) in enumerate(BAD)
    ]
    taken = feed(session, *rows, GOOD, None, "torn", ["a", "b"])
    assert (taken.read, taken.taken, taken.rejected) == (len(BAD) + 4, 1, len(BAD) + 3)
    found = {one.line: (one.reason, one.field) for one in taken.faults}
    assert [found[line] for line in range(1, len(BAD) + 1)] == [
        (reason, field) for _, reason, field in BAD
    ]
    assert [found[len(BAD) + more] for more in (2, 3, 4)] == [("unreadable", "")] * 3
    assert session.exec(select(Usage.record_id)).all() == ["good"]
    assert {reason for _, reason, _ in BAD} <= set(shape.REASONS)
    kept = session.exec(select(func.count()).select_from(UsageRejected)).one()
    assert kept == len(BAD) + 3


@settings(max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(["id", "usageDate", "usageType", "units", "number", "zone", "product", "x"]),
)
def test_whatever_comes_is_read_or_refused(value: Any, name: str) -> None:
    for said in (value, {**GOOD, name: value}):
        with contextlib.suppress(shape.BadRow):
            record = shape.read(said, now=LATER)
            assert 0 <= record.units < 2**63
        shape.record_id_of(said)


def test_a_second_delivery_changes_nothing_and_a_repaired_row_is_taken(session: Session) -> None:
    make_line(session, included("min", 5))
    wrong = {**row("odd", START + 2 * HOUR, "voice", 60), "number": "+4915822000002"}
    first = feed(session, GOOD, wrong, "torn line")
    assert (first.taken, first.rejected) == (1, 2)
    assert rate(session) == 1
    again = feed(session, GOOD, wrong, "torn line")
    assert (again.taken, again.rejected, again.repeated) == (0, 0, 3)
    assert rate(session) == 0
    assert used(session) == [("voice", 300, 60)]
    rows = rejected.set_aside(session, ADMIN)
    assert sorted((one.line, one.reason) for one in rows) == [
        (2, "unknown_number"),
        (3, "unreadable"),
    ]
    make_line(session, number="+4915822000002")  # the number was assigned meanwhile
    done = rejected.recycle(session, ADMIN, now=LATER)
    assert (done.taken, done.rejected) == (1, 0)
    states = session.exec(select(UsageRejected.status).order_by(UsageRejected.line)).all()
    assert states == [UsageStatus.RECYCLED, UsageStatus.REJECTED]
    counted = session.exec(select(func.sum(UsageImport.rows_taken))).one()
    assert counted == 2
    for nobody in (Actor(), Actor(role=Role.CUSTOMER, identity_id=new_id())):
        with pytest.raises((SignInNeeded, NotAllowed)):
            rejected.recycle(session, nobody, now=LATER)


def test_files_are_read_line_by_line() -> None:
    text = "id,usageDate,usageType,units,number\na,2026-10-05T10:00:00Z,sms,1,+4915822000001\nb,c\n"
    lines = list(intake.csv_lines(io.StringIO(text)))
    assert [line.number for line in lines] == [2, 3]
    assert shape.read(lines[0].row, now=LATER).kind == "message"
    found = list(intake.json_lines(['{"id": "a"}\n', "\n", "{torn\n"]))
    assert found == [Line(1, {"id": "a"}), Line(3, "{torn")]
    nested = {
        "id": "t", "usageDate": "2026-10-05T10:00:00Z", "usageType": "data",
        "usageCharacteristic": [
            {"name": "units", "value": 2}, {"name": "unitOfMeasure", "value": "GB"},
            {"name": "number", "value": NUMBER},
        ],
    }  # fmt: skip
    assert shape.read(nested, now=LATER).units == 2 * 1024**3


def test_two_deliveries_of_one_file_at_once_are_one(database: db.Database) -> None:
    with database.writing() as session:
        make_line(session, included("min", 100))
    rows = [row(f"r{n}", START + n * HOUR, "voice", 60) for n in range(60)]
    done, started = [], threading.Barrier(2)

    def one(turned: bool) -> None:
        lines = [Line(n, said) for n, said in enumerate(rows[::-1] if turned else rows)]
        started.wait()
        done.append(intake.deliver(database.writing, "net", lines, now=LATER, chunk=60))

    threads = [threading.Thread(target=one, args=(turned,)) for turned in (False, True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [sum(one.taken for one in done), sum(one.repeated for one in done)] == [60, 60]
    with database.writing() as session:
        assert rate(session) == 60
        assert sum(used_ for _, _, used_ in used(session)) == 60 * 60


def test_a_wallet_pays_what_it_can_and_the_rest_first_at_the_next_credit(session: Session) -> None:
    now = START
    actor = wallets.person(session, "ada@example.com", now=now)
    prices = [monthly(1_000), usage("SMS", 300)]
    product = wallets.make_service(session, actor, now=now, prices=prices, due=LATER, number=NUMBER)
    allowances.activated(session, [product.id], now=now)
    wallets.top_up(session, actor, 500, now=now)
    feed(session, *(row(f"s{n}", now + HOUR, "message", 1) for n in range(3)))
    rate(session)
    assert charging.to_bills(session, now=now) is None
    assert collecting.wallets_due(session) == (actor.customer(),)
    for _ in range(2):  # what is open waits
        assert collecting.collect(session, actor.customer(), now=now + HOUR) == wallets.euro(400)
        assert collecting.open_sum(session, actor.customer(), "EUR") == wallets.euro(400)
        assert wallets.holds(session, actor) == 0
    wallets.top_up(session, actor, 600, now=now + 2 * HOUR)
    assert wallets.holds(session, actor) == 200
    assert collecting.wallets_due(session) == ()
    shown = history.page(session, actor, terms=wallets.TERMS, now=now)
    assert [one.amount.minor for one in shown.entries if "Usage" in one.message] == [-400, -500]
    # what costs less when rated anew is given back
    month = session.exec(select(UsagePeriod).where(UsagePeriod.product_id == product.id)).one()
    month.amount_micro, month.to_hand_over = 6_000_000, True
    session.flush()
    collecting.collect(session, actor.customer(), now=now + 3 * HOUR)
    assert wallets.holds(session, actor) == 500
    books.proven(session)


def test_nobody_sees_the_usage_of_others(session: Session) -> None:
    line = make_line(session, included("min", 5))
    mine = owner(session, line)
    feed(session, GOOD)
    rate(session)
    key = records.records(session, mine, now=LATER).records[0].key
    assert len(meters.meters(session, mine, now=START + DAY, product_id=line.product_id)) == 1
    other = Actor(role=Role.CUSTOMER, customer_id=new_id(), identity_id=new_id())
    span = {"since": START.date(), "until": LATER.date()}
    assert daily.daily(session, other, now=LATER, **span) == ()
    assert meters.meters(session, other, now=START + DAY) == ()
    assert records.records(session, other, now=LATER).records == ()
    for act in (
        lambda: explain.explain(session, other, key, now=LATER),
        lambda: explain.explain(session, mine, "rubbish", now=LATER),
        lambda: records.records(session, other, now=LATER, product_id=line.product_id),
        lambda: daily.daily(session, other, now=LATER, product_id=str(line.product_id), **span),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(SignInNeeded):
        meters.meters(session, Actor(), now=LATER)
    whose = Whose(customer=mine.customer(), individual=new_id(), identity=new_id())
    for part in USAGE:  # what is given out of somebody's own data
        given = session.exec(select(func.count()).select_from(part.table).where(part.mine(whose)))
        assert bool(given.one()) is (part.key != "usage_charges"), part.key
    (day,) = daily.daily(session, mine, now=LATER, **span)
    assert (day.units, day.charged, day.records) == (60, 0, 1)


def test_records_go_after_their_time_and_totals_stay(session: Session) -> None:
    line = make_line(session, included("min", 5), usage("SMS", 9))
    feed(session, GOOD, row("s", START + HOUR, "message", 1), "torn")
    assert keeping.forget(session, months=1, now=LATER) == 0  # not rated yet
    rate(session)
    before = session.exec(select(func.sum(UsageDay.amount_micro))).one(), used(session)
    assert keeping.forget(session, months=1, now=LATER) == 1
    assert session.exec(select(func.count()).select_from(Usage)).one() == 0
    assert session.exec(select(func.count()).select_from(UsageRejected)).one() == 1
    late = feed(session, row("late", START + DAY, "voice", 60))
    assert [one.reason for one in late.faults] == ["too_old"]
    assert course.again(session, NUMBER) == 0
    rate(session)
    assert (session.exec(select(func.sum(UsageDay.amount_micro))).one(), used(session)) == before
    with pytest.raises(NotFound):
        course.again(session, "+4900")
    assert charged(session) == {}
    assert session.exec(select(Allowance.product_id)).first() == line.product_id


def test_senders_are_known_by_their_key(session: Session) -> None:
    from self_service.domain.people.sealing import Vault

    vault = Vault("a secret of the test")
    key = partners.add(session, ADMIN, "mediation", vault=vault, now=LATER)
    assert partners.sender(session, partners.fingerprints(vault, key)) == "mediation"
    with pytest.raises(partners.SenderName):
        partners.add(session, ADMIN, "mediation", vault=vault, now=LATER)
    with pytest.raises(NotAllowed):
        partners.close(session, Actor(role=Role.CUSTOMER, identity_id=new_id()), "x", now=LATER)
    partners.close(session, ADMIN, "mediation", now=LATER)
    with pytest.raises(partners.SenderUnknown):
        partners.sender(session, partners.fingerprints(vault, key))


def test_pages_are_the_newest_of_many_months_and_lines(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = make_line(session)
    actor = owner(session, line)
    names = {}
    for place in range(30):  # over four months, in no order
        at = START + timedelta(days=place * 37 % 120, hours=place)
        names[at] = f"r{place:02d}"
    feed(session, *(row(name, at, "voice", 1) for at, name in names.items()))
    expected = [names[at] for at in sorted(names, reverse=True)]
    for at_once in (40, 2, 1):  # with few months looked into at once, all are found all the same
        monkeypatch.setattr(records, "_AT_ONCE", at_once)
        found, page = [], ""
        while True:
            shown = records.records(session, actor, now=LATER, page=page, limit=4)
            found += [one.record_id for one in shown.records]
            page = shown.page
            if not page:
                break
        assert found == expected
    some = records.records(
        session, actor, now=LATER, since=START + 30 * DAY, until=START + 60 * DAY, limit=50
    )
    mine = [at for at in names if START + 30 * DAY <= at < START + 60 * DAY]
    assert len(some.records) == len(mine)
