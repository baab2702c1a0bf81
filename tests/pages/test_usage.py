"""Usage and spending as people get them."""

from __future__ import annotations

import dataclasses

import pytest

from self_service import i18n
from self_service.components.advice import home_advice
from self_service.components.home_usage import home_usage
from self_service.components.spend_chart import BarChart
from self_service.components.ui.markup import Paper
from self_service.pages import spend, usage
from self_service.state.advice import AdviceRow, HomeAdviceRow
from self_service.state.home_usage import HomeMeterRow
from self_service.state.spend import SpendState
from self_service.state.spend_chart import SeriesRow, TableRow
from self_service.state.usage import UsageState
from self_service.state.usage_rows import LineRow, MeterRow, RecordRow
from tests.paper import live, printed

EVIL = '"><img src=x onerror=alert(1)>'
METER = MeterRow(
    "1",
    "wifi",
    "Data",
    "3 GB of 10 GB used",
    "7 GB left",
    "Renews on 5 Dec",
    "5 Dec",
    "30%",
    "accent",
)
LINE = LineRow(
    "l",
    "Tide M",
    "+49 1512",
    "/en/usage?line=l",
    "Counted up to: Today",
    "",
    False,
    "€1.20",
    False,
    [METER],
)
RECORD = RecordRow(
    "k",
    "/en/usage?record=k",
    "phone",
    "Calls",
    "At home",
    "Today",
    "21 Nov",
    "3 min 20 s",
    "€0.20",
    "",
    True,
    ["Step one.", "Step two."],
)
SPENT = {
    "loaded": True,
    "title": "Spending by month",
    "unit": "EUR, tax included",
    "legend": [SeriesRow("data", "Data", "var(--chart-1)", "€5.00")],
    "columns": ["Data"],
    "table": [TableRow("November 2026", ["€5.00"], "€5.00")],
    "sums": ["€5.00"],
    "sum": "€5.00",
}  # fmt: skip


def page(language: str = "en", **values: object) -> str:
    return printed(
        usage.view, UsageState, {"loaded": True, "everything": "/en/usage", **values}, language
    )


@pytest.mark.parametrize("language", list(i18n.LANGUAGES))
def test_meters_come_before_records(language: str) -> None:
    html = page(language, lines=[LINE], records=[RECORD], file_href="/usage.csv", several=True)
    wanted = (
        "Tide M",
        "€1.20",
        "7 GB left",
        "width:30%",
        "3 GB of 10 GB used",
        "Step one.",
        "/usage.csv",
    )
    places = [html.index(text) for text in wanted]
    assert places == sorted(places)


def test_without_limit_there_is_no_bar() -> None:
    free = dataclasses.replace(METER, width="", left="Unlimited data")
    html = page(lines=[dataclasses.replace(LINE, meters=[free])])
    assert "Unlimited data" in html
    assert "width:" not in html


def test_nothing_partial_and_loading_are_drawn() -> None:
    assert "Nothing to count yet" in page(nothing=True)
    assert "not counted yet" in page(lines=[LINE], waiting=True)
    assert "Nothing used yet" in page(lines=[LINE])
    assert 'aria-busy="true"' in printed(usage.view, UsageState, {})
    assert "Nothing spent yet" in printed(spend.view, SpendState, {"loaded": True, "nothing": True})
    assert "Nothing spent in" in printed(spend.view, SpendState, {"loaded": True, "empty": True})
    assert 'aria-busy="true"' in printed(spend.view, SpendState, {})


def test_the_first_paint_keeps_the_charts_place_and_has_its_table() -> None:
    html = printed(spend.view, SpendState, SPENT)
    assert html.count("€5.00") == 5  # legend, and the four cells of the table
    assert "skeleton size-full" in html
    assert '<th scope="row"' in html


def test_nothing_of_a_customer_becomes_markup() -> None:
    line = dataclasses.replace(LINE, name=EVIL, meters=[dataclasses.replace(METER, name=EVIL)])
    record = dataclasses.replace(RECORD, what=EVIL, steps=[EVIL])
    home = HomeMeterRow("1", EVIL, 0, EVIL, "", dataclasses.replace(METER, name=EVIL))
    html = page(lines=[line], records=[record], chosen=EVIL, file_href="/usage.csv")
    html += printed(spend.view, SpendState, {**SPENT, "columns": [EVIL]})
    html += str(home_usage(Paper("en"), [home]))
    told = AdviceRow("1", EVIL, EVIL, EVIL, EVIL, "/en/x", [EVIL])
    html += printed(spend.view, SpendState, {**SPENT, "advice": [told], "outlook": EVIL})
    html += str(home_advice(Paper("en"), [HomeAdviceRow("1", EVIL, "/en/x")]))
    assert "<img src=x" not in html
    assert html.count("&lt;img src=x") >= 13


def test_live_pages_compile_and_plotly_is_imported_only_when_it_is_shown() -> None:
    assert live(usage.view, UsageState)
    assert "BarChart" in live(spend.view, SpendState)
    made = BarChart.create(data=[], layout={})
    assert 'import("plotly.js-basic-dist-min")' in made._get_dynamic_imports()
    assert not any(one.tag == "BarChart" for one in made._get_all_imports()["react-plotly.js"])
