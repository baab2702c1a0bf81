"""`self-service dunning`: steps that are due, and due dates after an outage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel, select
from typer.testing import CliRunner, Result

from self_service import clock, console, settings, wiring
from self_service.cli import app
from self_service.models.bills import CustomerBill
from self_service.models.dunning import DueRelief, DunningCase, DunningStep
from tests.crowd import everything
from tests.debtors import DUE, after, debtor


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation of this test's own with somebody who owes, ten days after the due day."""
    monkeypatch.setenv("SELF_SERVICE_VAR", str(tmp_path))
    monkeypatch.setenv("SELF_SERVICE_DATABASE_URL", f"sqlite:///{tmp_path}/cli.db")
    monkeypatch.setenv("SELF_SERVICE_TIME_ZONE", "UTC")
    settings.get.cache_clear()
    wiring.database.cache_clear()
    SQLModel.metadata.create_all(wiring.database().engine)
    monkeypatch.setattr(console, "migrated", wiring.database)
    monkeypatch.setattr("self_service.cli.migrated", wiring.database)
    with wiring.database().writing() as session:
        debtor(session)
    monkeypatch.setattr(clock, "now", lambda: after(10))
    yield
    wiring.database().engine.dispose()
    settings.get.cache_clear()
    wiring.database.cache_clear()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["dunning", *arguments])


def test_steps_as_of_a_day() -> None:
    early = run("run", "--as-of", "2026-12-06")
    assert (early.exit_code, early.stdout) == (0, "opened: 1\nLetters: 0\n")
    done = run("run")
    assert (done.exit_code, done.stdout) == (0, "remind: 1\nLetters: 1\n")
    assert run("run").stdout == "Letters: 0\n"
    assert [row.action for row in everything(wiring.database(), DunningStep)] == ["remind"]


def test_a_day_to_come_is_refused() -> None:
    refused = run("run", "--as-of", "2027-12-06")
    assert refused.exit_code == 2
    assert "Nothing was changed" in refused.stderr
    assert everything(wiring.database(), DunningCase) == []


def test_relief_for_a_known_outage() -> None:
    span = ("--from", "2026-12-05 08:00:00", "--until", "2026-12-05 20:00:00")
    done = run("relief", *span)
    assert (done.exit_code, done.stdout) == (0, "Moved: 1 bills, 0 instalments, 0 reminders.\n")
    with wiring.database().reading() as session:
        due = session.exec(select(CustomerBill.due_at).where(CustomerBill.remaining_minor > 0))
        assert due.one() > DUE + timedelta(days=1)
    again = run("relief", *span)
    assert again.exit_code == 2
    assert "already" in again.stderr
    assert len(everything(wiring.database(), DueRelief)) == 1
