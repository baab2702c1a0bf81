"""Usage as a file: what is filtered, all pages of it, nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from self_service.http import usage_file
from self_service.http.usage_file import _cell
from self_service.models.people import Customer
from tests import used
from tests.books import make_account
from tests.conftest import NOW
from tests.house import Browser, House
from tests.used import row, usage


def rows_of(browser: Browser, query: str) -> list[dict[str, str]]:
    answer = browser.get(f"/usage.csv?{query}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_records_that_are_looked_at(house: House, browser: Browser, monkeypatch: Any) -> None:
    monkeypatch.setattr(usage_file, "STEP", 2)

    def subscribed(session: Session) -> str:
        owner = session.get_one(Customer, ada.customer())
        account = make_account(session, now=NOW, customer=owner)
        line = used.make_line(
            session, usage("min", 20), account=account, start=NOW - timedelta(days=90)
        )
        calls = [
            row(f"=c{n}", NOW - timedelta(hours=n), "voice", 30, otherParty="+4915112345678")
            for n in range(5)
        ]
        old = row("old", NOW - timedelta(days=40), "voice", 60)
        used.feed(session, *calls, old, row("m", NOW, "message", 1), now=NOW)
        used.rate(session, now=NOW)
        return str(line.product_id)

    with house.signed_in() as known:
        ada = house.actor(known.cookie)
        line = house.change(subscribed)
        found = rows_of(known, f"line={line}&kind=voice")
        assert [one["id"] for one in found] == [f"'=c{n}" for n in range(5)]
        assert found[0]["other"].startswith("'+4915")
        assert (found[0]["units"], found[0]["amount"], found[0]["currency"]) == (
            "30", "0.100000", "EUR",
        )  # fmt: skip
        assert len(rows_of(known, f"line={line}&period=all")) == 7
        assert rows_of(known, f"line={line}&zone=premium") == []
        other = known.get("/usage.csv?line=00000000-0000-4000-8000-000000000000")
        assert other.status_code == 303
    with house.signed_in("eve@example.com") as eve:
        assert eve.get(f"/usage.csv?line={line}").status_code == 303, "not theirs"
    answer = browser.get(f"/usage.csv?line={line}")
    assert answer.headers["location"].startswith("/en/sign-in")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"], ids=repr)
def test_no_cell_is_a_formula(start: str) -> None:
    assert _cell(f"{start}1+1") == f"'{start}1+1"
