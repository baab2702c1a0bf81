"""The command line: what it prints, what it leaves behind, and its exit codes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from self_service import settings, wiring
from self_service.cli import app
from self_service.models.access import DigitalIdentity
from self_service.models.audit import AuditEntry
from self_service.models.catalog import ProductOffering
from self_service.seed import DEMO_SIGN_INS
from tests.catalog_files import CATALOG, HANDSETS, catalog, offering


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation of this test's own, with an empty database."""
    monkeypatch.setenv("SELF_SERVICE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("SELF_SERVICE_DATABASE_URL", f"sqlite:///{tmp_path}/var/cli.db")
    monkeypatch.setenv("COLUMNS", "200")
    settings.get.cache_clear()
    wiring.database.cache_clear()
    yield
    wiring.database().engine.dispose()
    settings.get.cache_clear()
    wiring.database.cache_clear()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def written(folder: Path, content: object) -> Path:
    file = folder / "catalogue"
    text = content if isinstance(content, str) else json.dumps(content)
    file.write_text(text, encoding="utf-8")
    return file


def slugs() -> set[str]:
    with wiring.database().reading() as session:
        return set(session.exec(select(ProductOffering.slug)))


def test_import_says_what_it_did(tmp_path: Path) -> None:
    file = written(tmp_path, CATALOG)
    first, second = run("catalog", "import", file), run("catalog", "import", file)

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    rows = [line.split() for line in first.stdout.splitlines()]
    assert ["offerings", "4", "0", "0"] in rows
    assert ["offerings", "0", "0", "4"] in [line.split() for line in second.stdout.splitlines()]
    assert "fault" not in first.stdout
    assert slugs() == {"gull-5", "tide", "roam", "all-in-one"}


def test_handsets_too(tmp_path: Path) -> None:
    done = run("catalog", "import", written(tmp_path, HANDSETS))
    assert done.exit_code == 0
    assert slugs() == {"gull-one", "gull-two"}


def test_faults_are_shown_and_listed_whole(tmp_path: Path) -> None:
    content = catalog()
    offering(content, "tide")["name"] = ""
    for n in range(30):
        content["productOffering"].append({"id": f"none-{n}", "name": "=1+1", "x_kind": "=x"})
    listed = tmp_path / "faults.csv"

    done = run("catalog", "import", written(tmp_path, content), "--faults", listed)

    assert done.exit_code == 0, done.output
    assert slugs() == {"gull-5"}
    rows = list(csv.DictReader(io.StringIO(listed.read_text(encoding="utf-8"))))
    assert f"{len(rows)} faults" in done.stdout
    assert done.stdout.count("productOffering[") == 20
    assert f"and {len(rows) - 20} more" in done.stdout
    assert {row["left out"] for row in rows} == {"yes"}
    assert "'=x" in {row["value"] for row in rows}, "no formula for a spreadsheet"


@pytest.mark.parametrize(
    "content",
    ['{"category": [', "name;price\n", "", '{"invoice": []}'],
    ids=["cut", "columns", "empty", "foreign"],
)
def test_a_refused_file_gets_one_line_and_changes_nothing(tmp_path: Path, content: str) -> None:
    assert run("catalog", "import", written(tmp_path, CATALOG)).exit_code == 0
    before = slugs()

    refused = run("catalog", "import", written(tmp_path, content))

    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert len(refused.stderr.splitlines()) == 1
    assert refused.stderr.endswith("Nothing was changed.\n")
    assert slugs() == before


@pytest.mark.parametrize("name", ["missing.csv", "."], ids=["missing", "directory"])
def test_no_file_no_import(tmp_path: Path, name: str) -> None:
    refused = run("catalog", "import", tmp_path / name)
    assert refused.exit_code == 2
    assert len(refused.stderr.splitlines()) == 1


def test_a_list_that_cannot_be_written_is_told_before_the_import(tmp_path: Path) -> None:
    file = written(tmp_path, CATALOG)
    refused = run("catalog", "import", file, "--faults", tmp_path / "no" / "such" / "folder")
    assert refused.exit_code == 2
    assert run("db", "migrate").exit_code == 0
    assert slugs() == set()


def test_migrate_twice() -> None:
    assert "up to date" in run("db", "migrate").stdout
    assert "nothing to do" in run("db", "migrate").stdout


def test_seed_lists_who_can_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("self_service.domain.people.passwords.hash_password", str.upper)
    first, second = run("seed"), run("seed")

    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert first.stdout == second.stdout
    assert "lucia@tidewell.example  salt-lantern-prepaid" in first.stdout
    with wiring.database().reading() as session:
        assert len(session.exec(select(DigitalIdentity)).all()) == len(DEMO_SIGN_INS)
    assert "kestrel-one" in slugs()


def test_staff_by_command() -> None:
    added = run("staff", "add", "ines@here.example", "Ines", "Falk", "--role", "administrator")
    assert added.exit_code == 0, added.output
    run("staff", "add", "ola@here.example", "Ola", "Lind", "--role", "dealer_supervisor")
    boss = ("--supervisor", "Ola@here.example")
    dealer = ("staff", "add", "deniz@here.example", "Deniz", "Kaya", "--role", "dealer", *boss)
    assert run(*dealer).exit_code == 0

    again, wrong = run(*dealer), run("staff", "role", "deniz@here.example", "king")
    assert (again.exit_code, wrong.exit_code) == (2, 2)
    assert again.stderr.startswith("email: There is an account")
    assert run("staff", "disable", "nobody@here.example").exit_code == 2
    assert run("staff", "disable", "ines@here.example").exit_code == 2, "the last one"
    assert run("assign", "deniz@here.example", "nobody@here.example").exit_code == 2
    assert run("staff", "role", "deniz@here.example", "representative").exit_code == 0
    assert run("staff", "disable", "deniz@here.example").exit_code == 0

    rows = [line.split() for line in run("staff", "list").stdout.splitlines()]
    assert ["ines@here.example", "Ines", "Falk", "administrator", "invited"] in rows
    assert ["deniz@here.example", "Deniz", "Kaya", "representative", "no", "access"] in rows
    assert run("staff", "enable", "deniz@here.example").exit_code == 0
    with wiring.database().reading() as session:
        acts = session.exec(select(AuditEntry.act).order_by(AuditEntry.number)).all()
    assert acts == [
        *["staff.added"] * 3, "staff.role_changed", "staff.disabled", "staff.enabled"
    ]  # fmt: skip


def test_somebody_is_helped_with_their_sign_in() -> None:
    run("staff", "add", "ines@here.example", "Ines", "Falk", "--role", "administrator")
    assert run("staff", "invite", "ines@here.example").exit_code == 0
    assert "Sessions ended: 0" in run("people", "sign-out", "ines@here.example").stdout
    assert "Sessions ended: 0" in run("people", "sign-out", "all").stdout
    assert run("people", "sign-out", "nobody@here.example").exit_code == 2
    without = run("people", "remove-factor", "ines@here.example")
    assert (without.exit_code, "No authenticator app" in without.stderr) == (2, True)
    with wiring.database().reading() as session:
        acts = session.exec(select(AuditEntry.act).order_by(AuditEntry.number)).all()
    assert acts == [
        "staff.added", "staff.invited_again", "sessions.ended_for", "sessions.all_ended"
    ]  # fmt: skip


def test_the_record_is_checked() -> None:
    run("staff", "add", "ines@here.example", "Ines", "Falk", "--role", "administrator")
    assert run("audit", "verify").exit_code == 0
    with wiring.database().writing() as session:
        session.exec(select(AuditEntry)).one().subject = "somebody else"
    broken = run("audit", "verify")
    assert (broken.exit_code, broken.stderr) == (
        1,
        "The record was tampered with: entry 1.\n",
    )


def test_retention_deletes_nothing_before_its_time() -> None:
    later = run("retention", "run", "--as-of", "2100-01-01")
    assert later.exit_code == 0, later.output
    assert "will be due by then: 0. Nothing was changed." in later.stdout
    now = run("retention", "run")
    assert "Customers whose data were deleted: 0" in now.stdout
    assert run("retention", "run", "--as-of", "tomorrow").exit_code != 0
