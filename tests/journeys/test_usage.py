"""Usage and spending in a browser: what is left, how a record was counted, the chart."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from self_service.seed.sign_ins import POSTPAID
from tests.journeys.conftest import DESK, PHONE, Server, Visit
from tests.journeys.records import use
from tests.journeys.steps import live, sign_in
from tests.used import MB

Open = Callable[..., Visit]


@pytest.fixture
def used_today(server: Server) -> None:
    """The demo's postpaid customer used some data and called somebody abroad."""
    abroad = {"zone": "international", "otherParty": "+34600111222"}
    use(
        server,
        POSTPAID,
        {"id": "journey-1", "minutes": 9, "kind": "data", "units": 3 * MB},
        {"id": "journey-2", "minutes": 5, "kind": "voice", "units": 80, "more": abroad},
    )


@pytest.mark.usefixtures("used_today")
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_what_is_left_what_was_used_and_what_it_costs(visit: Open, size: dict[str, int]) -> None:
    window = visit(size)
    page, charts = window.page, []
    page.on("request", lambda asked: charts.append(asked.url) if "plotly" in asked.url else None)
    sign_in(page, POSTPAID)
    live(page)
    page.get_by_role("navigation", name=re.compile("^Main")).get_by_role("link", name="Usage").and_(
        page.locator(":visible")
    ).click()
    expect(page.get_by_text(re.compile("^Renews on")).first).to_be_visible()
    expect(page.get_by_text(re.compile("^Counted up to: Today")).first).to_be_visible()
    page.get_by_role("link", name="Calls abroad").click()
    expect(page.get_by_role("link", name="Calls abroad")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name=re.compile("^How it was counted")).first.click()
    expect(page.get_by_role("link", name=re.compile("^Close"))).to_be_visible()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download as CSV").click()
    assert "journey-2" in coming.value.path().read_text()
    assert not charts, "the library of charts comes only with a chart"
    page.get_by_role("link", name="Spending over time").click()
    live(page)
    expect(page.locator(".chart .barlayer .trace:first-child path").last).to_be_visible()
    assert len(charts) >= 1
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    page.get_by_text("The same as a table").click()
    total = page.get_by_role("row", name=re.compile("^In all")).get_by_role("cell").last
    page.get_by_role("link", name="By subscription").click()
    expect(page.get_by_role("link", name="By subscription")).to_have_attribute(
        "aria-current", "true"
    )
    expect(total).to_be_visible()
    assert window.problems == []
