"""The arithmetic of the bench, its tables, and one operation measured for real."""

from __future__ import annotations

import asyncio
import json
import os
import struct
import subprocess
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bench import databases, peers, report
from bench.databases import Place
from bench.figures import Goal, Row, Section, Spread, percentile
from bench.png import packed
from bench.rounds import repeat
from bench.tape import Player, recording
from self_service import db
from self_service.settings import ROOT

FIGURES = st.lists(st.floats(0, 1e6), min_size=1, max_size=50)


@given(FIGURES, st.integers(1, 100))
def test_a_percentile_is_a_measured_value_that_as_many_do_not_exceed(values, percent):
    found = percentile(values, percent)
    assert found in values
    within = sum(value <= found for value in values)
    below = sum(value < found for value in values)
    assert within * 100 >= percent * len(values)
    assert below * 100 < percent * len(values)


def test_percentiles_are_the_nearest_rank():
    values = [30.0, 10.0, 20.0, 40.0]
    assert percentile(values, 50) == 20
    assert percentile(values, 95) == 40
    assert Spread.of([float(n) for n in range(1, 101)]) == Spread(50, 95)
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 50)


def test_less_time_and_more_of_a_rate_are_better():
    time = Row("t", "ms", Spread(4.0), Spread(2.0), peer=12.0, goal=Goal(6.0))
    assert (time.times_floor, time.times_peer, time.met) == (2.0, 3.0, True)
    rate = Row("r", "/s", Spread(200.0), Spread(800.0), peer=100.0, goal=Goal(228.0))
    assert (rate.times_floor, rate.times_peer, rate.met) == (4.0, 2.0, False)


def test_what_was_not_measured_is_neither_met_nor_missed():
    missing = Row("m", "ms", None, Spread(2.0), peer=3.0, goal=Goal(6.0))
    assert (missing.times_floor, missing.times_peer, missing.met) == (None, None, None)
    assert Row("free", "ms", Spread(1.0)).met is None
    assert report.cells(missing)[1] == "not measured"


def test_goals_are_half_the_time_and_twice_the_rate_of_the_best_peer():
    assert peers.LIST.goal_alone.limit == pytest.approx(4.95)
    assert peers.CHECKOUT.goal_together.limit == pytest.approx(21.4)


def test_a_table_says_the_same_as_text_as_markdown_and_as_data():
    goal = Goal(4.95, "peer / 2")
    rows = [
        Row("list", "ms", Spread(1.234, 5.678), Spread(0.5), 9.9, goal),
        Row("slow", "/s", Spread(1234.5), goal=Goal(2000), note="3 × a fault"),
    ]
    section = Section("Server", rows, ("A remark.",), took=2)
    shown = report.as_text(section)
    assert "1.23 / 5.68 ms" in shown
    assert "≤ 4.95 ms (peer / 2)" in shown
    assert "1,234 /s" in shown or "1,235 /s" in shown
    assert "A remark." in shown
    assert "slow: 3 × a fault" in shown
    table = [line for line in shown.splitlines() if line.startswith(("list", "slow"))]
    assert [line.split()[-1] for line in table] == ["yes", "NO"]
    assert "| list | 1.23 / 5.68 ms | 0.50 ms | 2.47 | 9.90 ms | 8.02 |" in report.as_markdown(
        [section]
    )
    first = json.loads(json.dumps(report.as_data([section])))["sections"][0]["rows"][0]
    assert first["ours"] == {"typical": 1.234, "p95": 5.678}
    assert first["met"] is True


def test_a_report_is_written_twice(tmp_path):
    report.write([Section("S", [Row("w", "ms", Spread(1))])], tmp_path / "new")
    assert "| w |" in (tmp_path / "new" / "report.md").read_text()
    assert json.loads((tmp_path / "new" / "report.json").read_text())["sections"]


async def test_a_loop_ends_with_its_numbers_and_counts_what_failed():
    seen, under_way, most = [], 0, 0

    async def operation(number):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        if number % 3 == 0:
            raise RuntimeError("(sqlite3.OperationalError) database is locked")
        seen.append(number)

    run = await repeat(operation, range(10), clients=4, seconds=60)
    assert sorted(seen) == [1, 2, 4, 5, 7, 8]
    assert len(run.times) == 6
    assert run.errors == {"database is locked": 4}
    assert most == 4


async def test_a_loop_ends_with_its_time():
    run = await repeat(lambda _: asyncio.sleep(0), iter(int, 1), clients=2, seconds=0.02)
    assert run.times
    assert run.rate.typical > 0


def test_the_floor_plays_what_was_done_to_the_same_effect(tmp_path):
    place = Place(f"sqlite:///{tmp_path / 'a.db'}")
    ours = db.Database(db.make_engine(place.url))
    with ours.writing() as session:
        session.execute(text("CREATE TABLE word (said TEXT PRIMARY KEY)"))
    ours.engine.dispose()
    chains = []
    with databases.copied(place) as twin:
        for number in range(4):
            with recording(ours.engine) as take, ours.writing() as session:
                said = {"said": f"word {number}"}
                session.execute(text("INSERT INTO word VALUES (:said)"), said)
            chains.append([take])
        ours.engine.dispose()
        player = Player(twin, 2)
        alone = player.play(chains[:2], together=False)
        together = player.play(chains[2:], together=True)
        player.close()
        counted = [one.connect().execute("SELECT * FROM word").fetchall() for one in (place, twin)]
    assert len(alone.times) == len(together.times) == 2
    assert counted[0] == counted[1] == [(f"word {number}",) for number in range(4)]


def test_a_tighter_picture_is_the_same_picture():
    row = b"\0" + bytes(range(30))
    drawn = zlib.compress(row * 10, 0)

    def chunk(kind, content):
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    head = struct.pack(">IIBBBBB", 10, 10, 8, 2, 0, 0, 0)
    before = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"tEXt", b"by a browser")
    before += chunk(b"IDAT", drawn[:50]) + chunk(b"IDAT", drawn[50:]) + chunk(b"IEND", b"")
    after = packed(before)
    assert len(after) < len(before)
    assert after.startswith(before[:33])
    assert after.endswith(chunk(b"IEND", b""))
    data = after.split(b"IDAT")[1][:-16]
    assert zlib.decompress(data) == row * 10


def test_one_operation_of_each_kind_runs(tmp_path):
    """A shop of sixty offers in a process of its own, each operation two times and once more."""
    script = (
        "import asyncio, json\n"
        "from bench.worker import Budget, measure\n"
        "budget = Budget(rounds=1, calls=2, alone=9, together=0.05, orders=40, takes=10)\n"
        "print(json.dumps(asyncio.run(measure(60, budget))))\n"
    )
    own = {
        "SELF_SERVICE_DATABASE_URL": f"sqlite:///{tmp_path / 'bench.db'}",
        "SELF_SERVICE_VAR": str(tmp_path),
        "SELF_SERVICE_STRIPE_SECRET_KEY": "",
    }
    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    for name in ("list", "filter", "add", "checkout"):
        assert not found["ours"][name]["alone"]["errors"], name
        assert not found["ours"][name]["together"]["errors"], name
        assert found["ours"][name]["alone"]["spread"]["typical"] > 0
        assert found["floor"][name]["alone"]["spread"]["typical"] > 0


def test_a_bill_run_of_two_hundred_is_measured() -> None:
    from bench import bill_run

    for section in bill_run.measure(quick=True, sizes=(200,)):
        first = section.rows[0]
        assert first.ours.typical > 0
        assert first.floor.typical > 0
        assert "bills a second" in first.note


def test_rating_of_two_hundred_is_measured_and_agrees_with_its_floor() -> None:
    from bench import rating

    for section in rating.measure(quick=True, sizes=(200,)):
        first, rate = section.rows
        assert first.ours.typical > 0
        assert first.floor.typical > 0
        assert rate.unit == "/s"
