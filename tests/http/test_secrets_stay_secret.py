"""Through all doors at which secrets pass: none of them is found in a log, a table or a file."""

from __future__ import annotations

import io
import logging
import traceback
import zipfile
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, select

from self_service import bugs
from tests.house import PASSWORD, Browser, House
from tests.secrets_walk import BETTER, STEPS, Walk

#: Where a secret stands on purpose: in the mail that brings it, in the payment that waits, and
#: in the saved card that it charges.
MEANT = {
    "link": "communication_message.body",
    "voucher": "communication_message.body",
    "screen": "payment.pay_path",
    "card token": "payment_method.token",
}
HASH = "$argon2"
#: What the walk must have met, else it shows nothing.
KINDS = {
    "password",
    "key",
    "code",
    "cookie",
    "link",
    "ticket",
    "proposal",
    "screen",
    "card",
    "installation",
    "card token",
    "voucher",
    "gift",
    "looked for",
    "partner key",
}


def found(walk: Walk, where: str, *kinds: str) -> list[tuple[str, str]]:
    """The secrets of these kinds (all without any) that stand in a text, as they may be written."""
    return [
        (kind, secret)
        for kind in kinds or tuple(walk.secrets)
        for secret in walk.secrets[kind] - {""}
        if any(form in where for form in {secret, quote(secret), quote_plus(secret)})
    ]


def lines(records: Iterable[logging.LogRecord]) -> str:
    """All that was logged, with the text of exceptions; not by the test's browser (httpx)."""
    shown = logging.Formatter()
    ours = [record for record in records if not record.name.startswith("httpx")]
    return "\n".join(f"{shown.format(record)} {record.__dict__}" for record in ours)


def columns(house: House) -> dict[str, str]:
    """All that stands in each column of each table."""
    with house.database.reading() as session:
        return {
            f"{table.name}.{column.name}": repr(session.execute(select(column)).scalars().all())
            for table in SQLModel.metadata.sorted_tables
            for column in table.columns
        }


def unzipped(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        return "\n".join(zipped.read(name).decode("latin-1") for name in zipped.namelist())


def written(house: House) -> str:
    """All that stands in the files of the portal and of the sandbox."""
    files = (file for file in house.folder.rglob("*") if file.is_file())
    return "".join(file.read_bytes().decode("latin-1") for file in files)


@pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)
def test_no_secret_is_found_anywhere(
    house: House,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.INFO, "sqlalchemy.engine")  # an operator may look at statements
    caplog.set_level(logging.DEBUG, "self_service")
    walk = Walk(house, browser)
    for step in STEPS:
        step(walk)
    assert {kind for kind, secrets in walk.secrets.items() if secrets - {""}} == KINDS
    logged = lines(caplog.records) + "".join(capfd.readouterr())
    assert "could not be sent" in logged
    assert "INSERT INTO digital_identity" in logged
    nothing_in_tables(walk)
    for said in (logged, unzipped(walk.export)):
        assert found(walk, said) == []
        assert HASH not in said
    files = written(house)  # also of rows that were deleted since
    assert found(walk, files, "screen")
    assert found(walk, files, *(KINDS - set(MEANT))) == []


def nothing_in_tables(walk: Walk) -> None:
    kept = columns(walk.house)
    assert "second_factor.turned_on" in kept["audit_entry.act"]
    assert found(walk, kept[MEANT["link"]], "link")
    for name, said in kept.items():
        assert found(walk, said, *(kind for kind in KINDS if MEANT.get(kind) != name)) == [], name
        assert HASH not in said or name == "digital_identity.password_hash", name


def test_a_fault_in_the_middle_tells_nothing_either(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.change(
        lambda session: session.execute(
            text(
                "CREATE TRIGGER fault BEFORE UPDATE OF password_hash ON digital_identity "
                "BEGIN SELECT RAISE(ABORT, 'a fault'); END"
            )
        )
    )
    with house.signed_in() as browser, pytest.raises(Exception, match="a fault") as raised:
        browser.submit("/do/change-password", current=PASSWORD, password=BETTER)
    bugs.note(raised.value)
    logged = lines(caplog.records) + "".join(traceback.format_exception(raised.value))
    assert "UPDATE digital_identity" in logged
    for secret in (PASSWORD, BETTER, HASH, browser.cookie):
        assert secret not in logged
