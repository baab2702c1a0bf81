"""The hourly round of usage: months begin, records are rated, bills and wallets are told."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event
from sqlmodel import func, select

from self_service import db
from self_service.domain.policy import UsagePolicy
from self_service.jobs import usage as job
from self_service.models.usage import Allowance, Usage, UsagePeriod
from tests import books
from tests.sharing_world import give, join
from tests.used import START, conserved, feed, included, make_line, row, usage, waiting

HOUR = timedelta(hours=1)
NUMBERS = [f"+491582200{n:04d}" for n in range(12)]


def _lines(database: db.Database, count: int) -> None:
    with database.writing() as session:
        account = books.make_account(session, now=START)
        prices = included("min", 1, carries=True), usage("min", 9, block=60)
        for number in NUMBERS[:count]:
            make_line(session, *prices, number=number, account=account)


async def test_a_round_rates_all_and_a_second_finds_nothing(database: db.Database) -> None:
    _lines(database, 3)
    now, woken = START + timedelta(days=70), []
    policy = UsagePolicy(keep_records_months=1)
    rounds = job.UsageRounds(database, lambda: now, lambda: policy, wake=lambda: woken.append(1))
    with database.writing() as session:
        rows = [
            row(f"{number}-{days}", START + timedelta(days=days), "voice", 90, number=number)
            for number in NUMBERS[:3]
            for days in (0, 31, 62)
        ]
        feed(session, *rows, now=now)
    assert await rounds.look() >= 9
    assert await rounds.look() == 0
    assert woken == [1]
    with database.writing() as session:
        assert [micro for _, micro, _ in waiting(session)] == [90_000] * 9
        months = session.exec(select(func.count()).select_from(UsagePeriod)).one()
        assert months == 9
        # the first month's records were kept for a month after its end
        assert session.exec(select(func.count()).select_from(Usage)).one() == 6


def test_statements_do_not_grow_with_the_lines(database: db.Database) -> None:
    counts = []
    for lines in (2, 12):
        _fresh(database, lines)
        seen: list[str] = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731, B023
        event.listen(database.engine, "before_cursor_execute", listen)
        job.rate_all(database, now=START + timedelta(days=3))
        with database.writing() as session:
            conserved(session)
        event.remove(database.engine, "before_cursor_execute", listen)
        counts.append(len(seen))
    assert counts[1] <= counts[0]


def _fresh(database: db.Database, count: int) -> None:
    with database.writing() as session:
        account = books.make_account(session, now=START)
        rows = []
        for place in range(count):
            number = f"+4915833{count:02d}{place:03d}"
            make_line(session, included("min", 1), usage("min", 9), number=number, account=account)
            rows.append(row(number, START + timedelta(hours=1), "voice", 90, number=number))
        feed(session, *rows)


def test_a_group_is_rated_by_as_many_statements_however_many_take(database: db.Database) -> None:
    counts = []
    for takers in (2, 9):
        numbers = [f"+4915834{takers:02d}{n:03d}" for n in range(takers + 1)]
        with database.writing() as session:
            account = books.make_account(session, now=START)
            lines = [
                make_line(session, included("min", 60), number=number, account=account)
                if number == numbers[0]
                else make_line(session, usage("min", 9), number=number, account=account)
                for number in numbers
            ]
            group = give(session, lines[0], "voice")
            for line in lines[1:]:
                join(session, group, line, START)
            feed(
                session,
                *(
                    row(number + str(hour), START + hour * HOUR, "voice", 600, number=number)
                    for hour in range(3)
                    for number in numbers
                ),
                now=START + timedelta(days=3),
            )
        seen: list[str] = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731, B023
        event.listen(database.engine, "before_cursor_execute", listen)
        assert job.rate_all(database, now=START + timedelta(days=3)) > 3 * takers
        event.remove(database.engine, "before_cursor_execute", listen)
        counts.append(len(seen))
        with database.writing() as session:
            conserved(session)
            covered = session.exec(select(func.sum(Allowance.used_units))).one()
        assert covered == len(counts) * 60 * 60
    assert counts[0] == counts[1]
