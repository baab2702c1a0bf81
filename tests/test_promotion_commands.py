"""Promotion codes from the command line: what it prints and leaves behind, and its exit codes."""

from __future__ import annotations

import pytest
from sqlmodel import SQLModel, select

from self_service import migrate, settings, wiring
from self_service.models.audit import AuditEntry
from self_service.models.promotions import Promotion
from tests.test_cli import installation, run

__all__ = ["installation"]


@pytest.fixture(autouse=True)
def tables(installation: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables as the models say; migrations have tests of their own."""
    settings.get().var.mkdir(parents=True)
    SQLModel.metadata.create_all(wiring.database().engine)
    monkeypatch.setattr(migrate, "upgrade", lambda _: False)


ADD = ("promotions", "add")
SUMMER = ("SUMMER", "Summer sale", "recurringPercent", "10")


def codes() -> list[Promotion]:
    with wiring.database().reading() as session:
        return list(session.exec(select(Promotion).order_by(Promotion.code)))


def test_made_listed_and_ended() -> None:
    days = ("--from", "2020-01-01", "--until", "2099-12-31")
    more = ("--months", "3", "--kind", "plan", "--kind", "tv", "--new-customers", "--most-uses", 9)
    made = run(*ADD, *SUMMER, *days, *map(str, more))
    assert made.exit_code == 0, made.output
    (row,) = codes()
    assert (row.code, row.percent_bp, row.months, row.most_uses) == ("SUMMER", 1000, 3, 9)
    assert (row.kinds, row.new_customers_only, row.alone) == (["plan", "tv"], True, False)
    listed = run("promotions", "list").stdout.splitlines()[1].split()
    assert (listed[:4], listed[-1]) == (["SUMMER", "recurringPercent", "0", "9"], "running")
    assert run("promotions", "end", "summer").stdout.strip() == "Done."
    assert run("promotions", "end", "summer").stdout.strip() == "It was over already."
    assert run("promotions", "list").stdout.splitlines()[1].split()[-1] == "over"
    with wiring.database().reading() as session:
        found = session.exec(select(AuditEntry.act, AuditEntry.actor_name)).all()
    assert [tuple(one) for one in found] == [
        ("promotion.added", "Command line"),
        ("promotion.ended", "Command line"),
    ]


def test_what_is_refused_is_said_and_changes_nothing() -> None:
    wrong = run(*ADD, "SUMMER", "Summer", "half", "10")
    assert wrong.exit_code == 2
    assert "Choose what the code lowers. Nothing was changed." in wrong.stderr
    unknown = run("promotions", "end", "NOTHING")
    assert (unknown.exit_code, codes()) == (2, [])
    assert run(*ADD, *SUMMER).exit_code == 0
    again = run(*ADD, *SUMMER)
    assert again.exit_code == 2
    assert "There is a promotion with this code already." in again.stderr
    assert len(codes()) == 1
