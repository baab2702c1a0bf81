"""Two to four offers side by side, in words."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from self_service import db
from self_service.models.catalog import OfferingKind as K
from self_service.models.subscriptions import Product
from self_service.state.compare import CompareState, compare_values
from self_service.state.request import PageRequest
from tests.basket_shop import Shop, open_shop, own
from tests.factories import allowance, fact, make_offering, monthly, one_time
from tests.order_shop import customer
from tests.tab import keep_signed_in, loaded, open_tab


@pytest.fixture
def shop(portal: db.Database) -> Shop:
    """A small range, with two phones and a plan of which something is known."""
    with portal.writing() as session:
        for slug, price, battery in (("alpha", 40000, 4000), ("beta", 50000, 5000)):
            make_offering(
                session,
                slug=slug,
                prices=[one_time(price)],
                characteristics=[fact("battery", battery, unit="mAh"), fact("memory", "8 GB")],
            )
        make_offering(
            session,
            slug="free",
            kind=K.PLAN,
            prices=[monthly(0), allowance("MB", -1), one_time(1000)],
        )
        return open_shop(session)


async def values(query: str, cookie: str = "") -> dict[str, Any]:
    return await compare_values(PageRequest.at(f"/en/compare?{query}", cookie))


def rows(found: dict[str, Any]) -> dict[str, Any]:
    return {fact.label: fact for section in found["sections"] for fact in section.facts}


async def test_side_by_side_with_the_best_marked(shop: Shop) -> None:
    found = await values("items=alpha,beta")
    assert [column.slug for column in found["columns"]] == ["alpha", "beta"]
    battery = rows(found)["Battery"]
    assert [(cell.text, cell.best) for cell in battery.cells] == [
        ("4,000 mAh", False),
        ("5,000 mAh", True),
    ]
    assert [cell.best for cell in rows(found)["Price"].cells] == [True, False]
    assert not rows(found)["Memory"].differs


async def test_only_differences(shop: Shop) -> None:
    found = await values("items=alpha,beta&diff=1")
    assert (found["only_differences"], found["all_rows"]) == (True, False)
    assert "Memory" not in rows(found)
    assert "Battery" in rows(found)
    assert found["all_href"] == "/en/compare?items=alpha,beta"
    assert found["columns"][0].remove_href == "/en/compare?items=beta&diff=1"


async def test_pick_leads_to_the_next_step(shop: Shop) -> None:
    found = await values("items=alpha,phone,tablet")
    assert [column.pick_href for column in found["columns"]] == [
        "/en/choose/alpha",  # nothing to configure: its plan
        "/en/product/phone",  # its colour first
        "/en/choose/tablet",
    ]
    plans = await values("items=plan-m,young")
    assert [column.pick_href for column in plans["columns"]] == [
        "/en/choose/plan-m",  # its extras, and the kind of SIM
        "/en/product/young",  # it has none
    ]


async def test_a_sum_of_nothing_is_a_sum(shop: Shop) -> None:
    found = rows(await values("items=young,plan-l"))
    assert found["Each month"].cells[0].text == "€0.00 a month"


async def test_another_can_be_added_from_its_shelf(shop: Shop) -> None:
    found = await values("items=alpha,beta")
    assert found["add_href"] == "/en/store?category=phones&compare=alpha,beta"
    full = await values("items=alpha,beta,phone,tablet,router")
    assert (len(full["columns"]), full["add_href"]) == (4, "")
    assert full["note"].startswith("At most four can be compared. Take one out, then add ")
    assert found["note"] == ""


@pytest.mark.parametrize("query", ["", "items=", "items=nothing,%00", "items=,,,&diff=x"])
async def test_nothing_to_compare_is_no_fault(shop: Shop, query: str) -> None:
    found = await values(query)
    assert (found["columns"], found["chosen"], found["note"]) == ([], "", "")
    assert found["add_href"] == "/en/store"


async def test_one_alone_waits_for_another(shop: Shop) -> None:
    found = await values("items=alpha")
    assert (found["columns"], found["chosen"]) == ([], "1 chosen so far.")


async def test_different_kinds_say_what_to_take_out(shop: Shop) -> None:
    found = await values("items=alpha,beta,plan-m")
    assert found["columns"] == []
    assert found["note"] == ("Only offers of the same kind can be compared. Take out plan-m.")
    assert found["note_href"] == "/en/compare?items=alpha,beta"


class TestCurrentPlan:
    @pytest.fixture
    def bob(self, shop: Shop, portal: db.Database) -> str:
        """The cookie of a customer who has plan-m."""
        with portal.writing() as session:
            actor = customer(session, "bob@example.com")
            own(session, actor, shop["plan-m"])
            session.exec(select(Product)).one().kind = K.PLAN
            keep_signed_in(session, actor, "bob")
        return "bob"

    async def test_it_stands_first_among_plans(self, bob: str) -> None:
        found = await values("items=plan-l", bob)
        mine, other = found["columns"]
        assert (mine.slug, mine.badge, mine.pick_href, mine.remove_href) == (
            "plan-m",
            "Yours now",
            "",
            "",
        )
        assert other.pick_href

    async def test_it_takes_no_place_that_is_wanted(self, bob: str) -> None:
        full = await values("items=plan-l,free,young,plan-m", bob)
        assert "plan-m" in [column.slug for column in full["columns"]]
        devices = await values("items=alpha,beta", bob)
        assert [column.slug for column in devices["columns"]] == ["alpha", "beta"]

    async def test_nobody_else_sees_it(self, bob: str) -> None:
        found = await values("items=plan-l,free")
        assert [column.badge for column in found["columns"]] == ["", ""]


async def test_the_tab_reads_its_address(shop: Shop) -> None:
    tab = open_tab(CompareState, "/en/compare?items=alpha,beta", "ana")
    assert await loaded(tab) == []
    assert (tab.ready, len(tab.columns)) == (True, 2)
    assert set(await values("items=alpha,beta")) <= set(CompareState.get_fields())
