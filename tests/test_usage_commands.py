"""Usage from the command line: files in, what was set aside, rating anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel, select
from typer.testing import CliRunner, Result

from self_service import settings, usage_commands, wiring
from self_service.cli import app
from self_service.models.usage import UsagePartner, UsagePeriod
from tests.used import NUMBER, START, charged, included, make_line, row, usage, waiting


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation of this test's own, with one line in use."""
    monkeypatch.setenv("SELF_SERVICE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("SELF_SERVICE_DATABASE_URL", f"sqlite:///{tmp_path}/cli.db")
    monkeypatch.setenv("SELF_SERVICE_SECRET", "a secret of the tests")
    for made in (settings.get, wiring.database, wiring.secret):
        made.cache_clear()
    SQLModel.metadata.create_all(wiring.database().engine)
    monkeypatch.setattr(usage_commands, "migrated", wiring.database)
    monkeypatch.setattr(usage_commands, "operator_time", lambda: START + timedelta(days=60))
    with wiring.database().writing() as session:
        make_line(session, included("min", 1), usage("min", 9, block=60))
    yield
    wiring.database().engine.dispose()
    for made in (settings.get, wiring.database, wiring.secret):
        made.cache_clear()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["usage", *map(str, arguments)])


def test_files_are_taken_once_rated_and_billed(tmp_path: Path) -> None:
    lines = [row("a", START, "voice", 61), row("b", START, "voice", -5)]
    file = tmp_path / "day.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)) + "\n{torn\n")
    done = run("import", file, "--source", "core")
    assert done.exit_code == 0, done.output
    assert done.stdout == "Rows: 3, taken: 1, were there: 0, set aside: 2\nRecords rated: 1\n"
    assert done.stderr == "line 2: units bad_units\nline 3: unreadable\n"
    again = run("import", file, "--source", "core")
    assert again.stdout == "Rows: 3, taken: 0, were there: 3, set aside: 0\nRecords rated: 0\n"
    table = tmp_path / "day.csv"
    table.write_text(
        "id,usageDate,usageType,units,unitOfMeasure,number\n"
        f"c,2026-10-06T10:00:00Z,voice,2,min,{NUMBER}\n"
    )
    assert "taken: 1" in run("import", table).stdout
    with wiring.database().reading() as session:
        assert charged(session) == {"a": (1, 90_000), "c": (120, 180_000)}
        assert waiting(session) == [("voice:home:0", 270_000, False)]
    listed = run("rejected").stdout
    assert [word in listed for word in ("core", "units", "torn")] == [True] * 3
    assert "set aside: 0" in run("recycle").stdout
    anew = run("rerate", NUMBER)
    assert anew.stdout == "Periods to rate anew: 1\nRecords rated: 2\n"
    with wiring.database().reading() as session:
        assert session.exec(select(UsagePeriod.rerated)).all() == [True]
        assert waiting(session) == [("voice:home:0", 270_000, False)]


@pytest.mark.parametrize(
    "arguments", [("import", "nowhere.csv"), ("rerate", "+4900"), ("sender", "close", "x")], ids=str
)
def test_what_cannot_be_done_says_so(arguments: tuple[str, ...]) -> None:
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert "Nothing was changed." in refused.stderr


def test_senders_get_a_key_this_once() -> None:
    made = run("sender", "add", "core")
    assert made.stdout.startswith("us_")
    assert run("sender", "add", "core").exit_code == 2
    assert run("sender", "close", "core").stdout == "Done.\n"
    with wiring.database().reading() as session:
        (sender,) = session.exec(select(UsagePartner)).all()
        assert sender.closed_at is not None
        assert made.stdout.strip() not in sender.key_hash
