"""The page of a company's spending: four levels down, by addresses; for companies only."""

from __future__ import annotations

from typing import Any

import pytest

from self_service import db
from self_service.domain import access
from self_service.domain.spend import centres
from self_service.models.people import Customer
from self_service.pages.company_spend import view
from self_service.state.company_spend import CompanySpendState, company_values
from self_service.state.request import Elsewhere, PageRequest
from self_service.state.spend import spend_values
from tests.conftest import NOW
from tests.firm import Firm, bill, found_firm
from tests.order_shop import customer
from tests.paper import live, printed
from tests.tab import keep_signed_in, loaded, open_tab

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def firm(portal: db.Database) -> Firm:
    """A company (cookie "ada") with thirty lines, two of them at "Sales" with a budget of nine."""
    with portal.writing() as session:
        ada = customer(session)
        found = found_firm(session, 30, owner=session.get_one(Customer, ada.customer()))
        keep_signed_in(session, ada, "ada")
        lines = found.lines
        bill(session, found, (lines[0], 1_000), (lines[0], 23), (lines[5], 500), (None, 77))
        add = {"name": f"Sales {EVIL}", "budget": "9", "now": NOW}
        sales = centres.add(session, ada, **add)
        centres.add(session, ada, name="North", above=str(sales), now=NOW)
        centres.move(session, ada, lines[:2], to=str(sales), now=NOW)
        return found


async def seen(address: str = "/en/company-spend") -> dict[str, Any]:
    return await company_values(PageRequest.at(address, "ada"))


async def test_from_centres_down_to_lines_of_bills(firm: Firm) -> None:
    top = await seen()
    assert (top["level"], top["total"], top["month"]) == ("centres", "€16.00", "2026-11")
    sales, north, none = top["rows"]
    assert (sales.spent, sales.lines, sales.standing) == ("€10.23", "2 lines", "€1.23 above €9.00")
    assert (sales.over, sales.share, north.below) == (True, "100%", True)
    assert (none.name, none.spent, none.lines) == ("Without a cost centre", "€5.77", "28 lines")
    centre = await seen(sales.href)
    assert (centre["total"], centre["typed_budget"], centre["fixed"]) == ("€10.23", "9.00", False)
    assert [(row.field, row.spent) for row in centre["lines"]] == [
        ("line0", "€10.23"),
        ("line1", "€0.00"),
    ]
    line = await seen(centre["lines"][0].href)
    assert [(row.name, row.amount) for row in line["kinds"]] == [
        ("Regular charge", "€10.00"),
        ("Usage", "€0.23"),
    ]
    assert (line["crumbs"][1].href, len(line["bills"])) == (sales.href, 2)
    usage = await seen(line["kinds"][1].href)
    (row,) = usage["bills"]
    assert (row.amount, usage["kinds"][1].selected) == ("€0.23", True)
    assert row.href.startswith("/en/bills/")
    for values in (top, centre, line, usage):
        html = printed(view, CompanySpendState, values)
        assert values["total"] in html
        assert EVIL not in html
    assert live(view, CompanySpendState)


async def test_what_is_not_reckoned_comes_in_pages(firm: Firm) -> None:
    first = await seen("/en/company-spend?centre=none")
    assert (len(first["lines"]), first["fixed"], first["newer"]) == (26, True, "")
    assert (first["lines"][0].name, first["lines"][0].field) == ("Without a line", "")
    assert len({row.field for row in first["lines"]}) == 26
    assert [row.field for row in first["lines"]][-1] == "line24"
    second = await seen(first["older"])
    assert (len(second["lines"]), second["older"]) == (3, "")
    assert not {row.key for row in first["lines"]} & {row.key for row in second["lines"]}
    assert (await seen("/en/company-spend?month=x&page=-1&kind=%00"))["total"] == "€16.00"
    empty = await seen("/en/company-spend?month=2026-09")
    assert (empty["total"], empty["month_name"]) == ("€0.00", "September 2026")


async def test_others_go_elsewhere_and_what_is_gone_is_said(
    firm: Firm, portal: db.Database
) -> None:
    with pytest.raises(Elsewhere) as gone:
        await seen("/en/company-spend?centre=x")
    assert (await seen(gone.value.path))["refused"] == "We could not find that."
    with portal.writing() as session:
        keep_signed_in(session, customer(session, email="bo@example.com"), "bo")
        assert access.resolve(session, "bo", now=NOW).customer_id
    with pytest.raises(Elsewhere) as person:
        await company_values(PageRequest.at("/en/company-spend", "bo"))
    assert person.value.path == "/en/spend"
    with pytest.raises(Elsewhere):
        await company_values(PageRequest.at("/en/company-spend", ""))
    assert (await spend_values(PageRequest.at("/en/spend", "ada")))["company"] is True
    assert (await spend_values(PageRequest.at("/en/spend", "bo")))["company"] is False
    state = open_tab(CompanySpendState, "/en/company-spend", "ada")
    await loaded(state)
    assert state.level == "centres"
