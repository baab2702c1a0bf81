"""Budgets and cost centres from the door: plain posts, and what a page shows as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, select

from self_service.models.budgets import CostCentre, CostCentreLine, SpendBudget
from self_service.models.people import Customer
from tests.conftest import NOW
from tests.firm import Firm, bill, found_firm
from tests.house import Browser, House, browser, house, stocked

__all__ = ["browser", "house", "stocked"]


@pytest.fixture
def ada(house: House) -> Iterator[Browser]:
    with house.signed_in() as somebody:
        yield somebody


def make_firm(house: House, who: Browser) -> Firm:
    """Make a company of somebody, with a bill in November."""
    actor = house.actor(who.cookie)

    def make(session: Session) -> Firm:
        firm = found_firm(session, owner=session.get_one(Customer, actor.customer()))
        bill(session, firm, (firm.lines[0], 1_000), (firm.lines[1], 234), (None, 5), now=NOW)
        return firm

    return house.change(make)


def kept(house: House, table: type[SQLModel]) -> list[Any]:
    """All rows of a table."""
    with house.database.reading() as session:
        return list(session.exec(select(table)))


def post(who: Browser, act: str, **form: str) -> str:
    answered = who.submit(f"/do/{act}", language="en", **form)
    assert answered.status_code == 303
    return str(answered.headers["location"])


def table(who: Browser, query: str = "") -> list[list[str]]:
    found = who.get(f"/company-spend.csv?month=2026-11{query}")
    assert found.headers["cache-control"] == "private, no-store"
    return list(csv.reader(io.StringIO(found.text)))


def test_a_budget_is_set_refused_and_taken_away(house: House, ada: Browser) -> None:
    firm = make_firm(house, ada)
    assert post(ada, "budget", amount="12,50") == "/en/spend?done=budget"
    line = str(firm.lines[0])
    assert post(ada, "budget", amount="x", line=line) == f"/en/spend?line={line}&refused=bad_budget"
    assert "Type a budget as a sum" in ada.get(f"/en/spend?line={line}&refused=bad_budget").text
    (row,) = kept(house, SpendBudget)
    assert (row.amount_minor, row.product_id) == (1_250, None)
    assert "budget of €12.50" in ada.get("/en/spend").text
    assert post(ada, "budget", amount="").endswith("?refused=bad_budget"), "nothing is no wish"
    assert post(ada, "budget", remove="yes") == "/en/spend?done=no_budget"
    assert kept(house, SpendBudget) == []
    assert post(Browser(), "budget", amount="5").startswith("/en/sign-in?")


def test_centres_are_made_filled_and_taken_along_as_a_file(house: House, ada: Browser) -> None:
    firm = make_firm(house, ada)
    month = {"month": "2026-11"}
    made = post(ada, "cost-centre/add", name="=Sales", budget="20", **month)
    assert made == "/en/company-spend?month=2026-11&done=add"
    (centre,) = kept(house, CostCentre)
    chosen = {"line0": str(firm.lines[0]), "line2": str(firm.lines[2])}
    moved = post(ada, "cost-centre/move", to=str(centre.id), **chosen, **month)
    assert moved == "/en/company-spend?month=2026-11&centre=none&done=move"
    assert {row.product_id for row in kept(house, CostCentreLine)} == {
        firm.lines[0],
        firm.lines[2],
    }
    assert "€10.00 left of €20.00" in ada.get("/en/company-spend?month=2026-11").text
    assert table(ada)[1:] == [
        ["'=Sales", "", "2", "10.00", "10.00", "20.00", "EUR"],
        ["", "", "1", "2.39", "2.39", "", "EUR"],
    ]
    assert [row[2] for row in table(ada, f"&centre={centre.id}")[1:]] == ["10.00", "0.00"]
    (cost,) = table(ada, f"&line={firm.lines[1]}")[1:]
    assert cost[1:] == ["2026-11-21", "usageCharge", "charge 1", "2.34", "EUR"]
    named = {"centre": str(centre.id), "name": "Sales"}
    assert post(ada, "cost-centre/change", **named).endswith(f"centre={centre.id}&done=change")
    refused = post(ada, "cost-centre/change", **{**named, "name": ""})
    assert refused.endswith("refused=bad_centre_name")
    assert "at most 60 characters" in ada.get(refused).text
    assert post(ada, "cost-centre/remove", centre=str(centre.id)).endswith("?done=remove")
    assert (kept(house, CostCentre), kept(house, CostCentreLine)) == ([], [])


def test_strangers_get_neither_file_nor_forms(house: House, ada: Browser) -> None:
    firm = make_firm(house, ada)
    post(ada, "cost-centre/add", name="Sales")
    (centre,) = kept(house, CostCentre)
    nobody = Browser()
    person = house.signed_in("bo@example.com")
    assert nobody.get("/company-spend.csv").headers["location"].startswith("/en/sign-in?")
    told = person.get("/company-spend.csv").headers["location"]
    assert told == "/en/company-spend?refused=not_a_company"
    for act in ("add", "change", "remove", "move"):
        form = {"centre": str(centre.id), "name": "X", "line0": str(firm.lines[0])}
        assert post(nobody, f"cost-centre/{act}", **form).startswith("/en/sign-in?"), act
        assert post(person, f"cost-centre/{act}", **form).endswith("refused=not_a_company"), act
    (left,) = kept(house, CostCentre)
    assert (left.name, kept(house, CostCentreLine)) == ("Sales", [])
