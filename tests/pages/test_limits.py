"""Limits and alerts as people get them."""

from __future__ import annotations

import dataclasses

from self_service.pages import limits
from self_service.state.limit_rows import AlertRow, LimitRow, SumRow, ThresholdRow
from self_service.state.limits import LimitsState
from self_service.state.store_rows import LinkRow
from tests.paper import live, printed

EVIL = '"><img src=x onerror=alert(1)>'
LIMIT = LimitRow(
    "all",
    "All usage that costs extra",
    "What goes beyond your plan.",
    "€9.00 of €10.00",
    "Stops",
    "good",
    "90%",
    "warn",
    "",
    True,
    True,
    "10.00",
    "1000",
    [SumRow("5.00", "€5.00")],
)
ALERT = AlertRow(
    "7", "80 % of the data", "8 GB of 10 GB", "Today", "21 Nov", "Written to ada", "warn"
)
SHOWN = {
    "loaded": True,
    "id": "l",
    "manages": True,
    "limits": [LIMIT],
    "thresholds": [ThresholdRow("at_80", "80 %", True)],
    "alerts": [ALERT],
    "usage_href": "/en/usage?line=l",
}


def page(**values: object) -> str:
    return printed(limits.view, LimitsState, {**SHOWN, **values})


def test_limits_come_before_their_history() -> None:
    html = page()
    wanted = ("€9.00 of €10.00", "width:90%", "Use more, once", 'value="10.00"', "8 GB of 10 GB")
    places = [html.index(text) for text in wanted]
    assert places == sorted(places)


def test_who_only_looks_gets_no_forms() -> None:
    html = page(manages=False)
    assert "€9.00 of €10.00" in html
    assert "<button" not in html
    assert "fieldset disabled" in html


def test_without_limit_there_is_no_bar_and_nothing_to_lift() -> None:
    free = dataclasses.replace(LIMIT, width="", has_limit=False, typed="", seen="", sums=[])
    html = page(limits=[free])
    assert "width:" not in html
    assert "Set a limit" in html
    assert "Use more, once" not in html
    assert "Remove the limit" not in html


def test_nothing_one_line_and_loading_are_drawn() -> None:
    assert "Nothing to limit yet" in page(nothing=True)
    assert "Nothing yet" in page(alerts=[])
    assert 'aria-label="Subscriptions"' not in page()
    assert 'aria-label="Subscriptions"' in page(lines=[LinkRow("1", "/en/limits?line=1")])
    assert printed(limits.view, LimitsState, {})


def test_nothing_of_a_customer_becomes_markup() -> None:
    limit = dataclasses.replace(LIMIT, title=EVIL, note=EVIL, typed=EVIL)
    alert = dataclasses.replace(ALERT, what=EVIL, told=EVIL)
    html = page(heading=EVIL, number=EVIL, limits=[limit], alerts=[alert])
    assert "<img src=x" not in html
    assert html.count("&lt;img src=x") >= 7


def test_the_live_page_compiles() -> None:
    assert live(limits.view, LimitsState)
