"""Vouchers from the command line: what it prints, writes and refuses."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel, select
from typer.testing import CliRunner, Result

from self_service import settings, voucher_commands, wiring
from self_service.cli import app
from self_service.models.vouchers import Voucher, VoucherBatch, VoucherPartner
from tests import books

GOOD = ["--value", "10", "--count", "3", "--last-day", "2030-12-31", "--name", "Spring"]


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation of this test's own, with empty tables."""
    monkeypatch.setenv("SELF_SERVICE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("SELF_SERVICE_DATABASE_URL", f"sqlite:///{tmp_path}/cli.db")
    monkeypatch.setenv("SELF_SERVICE_SECRET", "a secret of the tests")
    for made in (settings.get, wiring.database, wiring.secret):
        made.cache_clear()
    SQLModel.metadata.create_all(wiring.database().engine)
    monkeypatch.setattr(voucher_commands, "migrated", wiring.database)
    yield
    wiring.database().engine.dispose()
    for made in (settings.get, wiring.database, wiring.secret):
        made.cache_clear()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["vouchers", *map(str, arguments)])


def test_a_batch_from_its_making_to_its_end(tmp_path: Path) -> None:
    made = run("issue", *GOOD)
    assert made.exit_code == 0, made.output
    number, file = made.stdout.strip(), tmp_path / "codes.csv"
    assert run("export", number, file).stdout == "Codes written: 3\n"
    assert file.stat().st_mode & 0o077 == 0
    with file.open(newline="") as stream:
        found = list(csv.DictReader(stream))
    assert [row["serial"] for row in found] == [f"{number}-00000{place}" for place in (1, 2, 3)]
    assert run("export", number, file).exit_code == 2
    assert run("export", number, tmp_path / "again.csv", "--confirm").exit_code == 0
    over = run("export", number, tmp_path / "more.csv")
    assert (over.exit_code, (tmp_path / "more.csv").exists()) == (2, False)
    assert "cannot be written out any more" in over.stderr
    assert run("void", found[0]["serial"]).stdout == "Done.\n"
    assert run("void", number).stdout == "Vouchers that are void now: 2\n"
    assert run("void", number).exit_code == 2
    with wiring.database().reading() as session:
        assert session.exec(select(VoucherBatch)).one().exports == 2
        books.proven(session)


@pytest.mark.parametrize(
    "changes",
    [["--value", "0"], ["--count", "-1"], ["--last-day", "2001-01-01"], ["--dealer", "nobody"]],
    ids=["value", "count", "day", "dealer"],
)
def test_a_batch_that_cannot_be(changes: list[str]) -> None:
    refused = run("issue", *GOOD, *changes)
    assert refused.exit_code == 2
    assert "Nothing was changed." in refused.stderr
    with wiring.database().reading() as session:
        assert session.exec(select(VoucherBatch)).all() == []


def test_stock_for_sale() -> None:
    assert run("issue", *GOOD, "--online").exit_code == 0
    with wiring.database().reading() as session:
        assert {voucher.code_hash for voucher in session.exec(select(Voucher))} == {None}


def test_partners() -> None:
    added = run("partner", "add", "Kiosk")
    assert added.stdout.startswith("vp_")
    assert run("partner", "add", "Kiosk").exit_code == 2
    with wiring.database().reading() as session:
        assert added.stdout.strip() not in session.exec(select(VoucherPartner)).one().key_hash
    assert run("partner", "close", "Kiosk").exit_code == 0
    assert run("partner", "close", "Kiosk").exit_code == 2
