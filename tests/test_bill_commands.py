"""Commands about bills, taxes and the ledger: what they print, and their exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel, select
from typer.testing import CliRunner, Result

from self_service import settings, wiring
from self_service.cli import app
from self_service.domain.bills import taxes
from self_service.models.bills import BillingAccount, BillRun, CustomerBill, TaxCategory, TaxRate
from self_service.models.ledger import LedgerAccount
from tests.bills import make_product
from tests.books import make_account
from tests.factories import monthly

START = datetime.now(UTC) - timedelta(days=70)


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation of this test's own, with all tables and two accounts."""
    monkeypatch.setenv("SELF_SERVICE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("SELF_SERVICE_DATABASE_URL", f"sqlite:///{tmp_path}/bills.db")
    monkeypatch.setenv("COLUMNS", "200")
    settings.get.cache_clear()
    wiring.database.cache_clear()
    database = wiring.database()
    SQLModel.metadata.create_all(database.engine)
    # tables are made by hand: the newest ones may have no migration yet
    monkeypatch.setattr("self_service.bill_commands.migrated", lambda: database)
    with database.writing() as session:
        for name in ("Small", "Large"):
            account = make_account(session, now=START)
            make_product(session, account, monthly(1999), start=START, name=name)
    yield
    database.engine.dispose()
    settings.get.cache_clear()
    wiring.database.cache_clear()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def accounts() -> list[str]:
    with wiring.database().reading() as session:
        return list(session.exec(select(BillingAccount.number)).all())


def bills() -> list[CustomerBill]:
    with wiring.database().reading() as session:
        return list(session.exec(select(CustomerBill)).all())


def test_a_run_makes_what_is_due_and_a_second_one_nothing() -> None:
    first = run("bills", "run", "--cycle", "monthly", "--chunk", "1")
    made = len(bills())
    assert first.exit_code == 0, first.output
    assert made >= 4
    assert first.output == f"Bills: {made}. Accounts left out: 0.\n"
    assert run("bills", "run").output == "No bill is due.\n"
    assert len(bills()) == made


def test_a_run_refuses_what_it_does_not_know_and_what_lies_ahead() -> None:
    unknown = run("bills", "run", "--cycle", "weekly")
    ahead = run("bills", "run", "--as-of", f"{datetime.now(UTC).date() + timedelta(days=40)}")
    assert (unknown.exit_code, ahead.exit_code) == (2, 2)
    assert "Nothing was changed." in ahead.output
    assert bills() == []
    with wiring.database().reading() as session:
        assert session.exec(select(BillRun)).all() == []


def test_a_preview_shows_the_bill_that_is_made() -> None:
    number = accounts()[0]
    shown = run("bills", "preview", number)
    assert "€59.97" in shown.output
    assert "Tax S 19 %: €9.57" in shown.output
    assert bills() == []
    told = run("bills", "bill", number)
    assert told.output == f"Bill {number}-0001 was made.\n"
    assert [bill.gross_minor for bill in bills()] == [5997]
    assert run("bills", "bill", number).output == "There was nothing to bill.\n"
    missing = run("bills", "preview", "A0")
    assert (missing.exit_code, "no account A0" in missing.output) == (2, True)


def test_a_rate_is_set_from_a_day_on() -> None:
    assert run("taxes", "set", "es", "22.5", "--since", "2027-01-01").output == "Done.\n"
    with wiring.database().reading() as session:
        standard = TaxCategory.STANDARD
        found = [
            taxes.rate(session, country, standard, day)
            for country, day in (
                ("ES", date(2026, 12, 31)),
                ("ES", date(2027, 1, 1)),
                ("DE", date(2027, 1, 1)),
                ("FR", date(2027, 1, 1)),
            )
        ]
        assert found == [2100, 2250, 1900, 0]
        rows = len(session.exec(select(TaxRate)).all())
    for wrong in (
        ("ES", "21", "--since", "2026-12-01"),
        ("ES", "101", "--since", "2028-12-01"),
        ("ES", "1.234", "--since", "2028-12-01"),
        ("ES", "much", "--since", "2028-12-01"),
        ("ES", "4", "--since", "2028-12-01", "--category", "X"),
    ):
        assert run("taxes", "set", *wrong).exit_code == 2
    with wiring.database().reading() as session:
        assert len(session.exec(select(TaxRate)).all()) == rows


def test_the_ledger_is_verified() -> None:
    run("bills", "run")
    good = run("ledger", "verify")
    assert good.exit_code == 0
    assert "account_owes_what_remains" in good.output
    with wiring.database().writing() as session:
        changed = session.exec(select(LedgerAccount).where(LedgerAccount.balance_minor < 0)).first()
        changed.balance_minor += 1
        session.add(changed)
    bad = run("ledger", "verify")
    assert bad.exit_code == 1
    assert "BROKEN" in bad.output
