"""The page on which a sale goes on, as people get it."""

from __future__ import annotations

from typing import Any

import pytest

from self_service.pages import choose
from self_service.state.choices import OptionRow, SettingRow, ValueRow
from self_service.state.choose import ChooseState
from self_service.state.choose_rows import GroupRow, SumRow
from self_service.state.display import TotalsRow
from tests.paper import live, printed

EVIL = '<script>alert("1")</script>'
TOTALS = TotalsRow(
    due_now="€628.99",
    monthly="€9.99",
    whole_term="€1,318.76",
    term="Over 24 months",
    later="then €29.99 a month from 21 Feb 2027",
    has_monthly=True,
    has_due=True,
)


def option(key: str, **more: Any) -> OptionRow:
    row: dict[str, Any] = {
        "key": key,
        "name": key,
        "detail": "",
        "picture": "",
        "badge": "",
        "href": f"/en/choose/phone?addons={key}",
        "state": "possible",
        "reason": "",
        "way": "",
        "way_href": "",
        "paid": False,
        "line": "",
        "totals": TOTALS,
    }
    return OptionRow(**{**row, **more})


BASE = {
    "slug": "phone",
    "heading": "Choose extras",
    "name": "Nova 5",
    "product_href": "/en/product/phone",
    "totals": TOTALS,
    "action": "Add to basket",
}


def page(**more: Any) -> str:
    return printed(choose.view, ChooseState, {**BASE, **more})


def test_plans_show_all_three_totals_and_the_later_price() -> None:
    html = page(plan_open=True, plans=[option("plan-m"), option("none")])
    for said in ("€628.99", "€9.99", "Over 24 months", "€1,318.76", TOTALS.later):
        assert html.count(said) == 2
    assert html.count(">Choose<span") == 2
    assert "Add to basket" not in html, "one thing at a time"


def test_a_plan_that_cannot_be_chosen_says_why_and_has_no_button() -> None:
    why = "young is for new customers only. Choose another offer."
    html = page(plan_open=True, plans=[option("young", state="impossible", reason=why)])
    assert why in html
    assert 'href="/en/choose/phone?addons=young"' not in html


def test_extras_say_what_is_chosen_and_what_would_help() -> None:
    group = GroupRow(
        key="addon",
        title="Extras",
        hint="",
        fixed=False,
        single=False,
        options=[
            option("data", state="chosen"),
            option(
                "bonus",
                state="impossible",
                reason="bonus works only with data. Add that first.",
                way="Add data too",
                way_href="/en/choose/phone?addons=data,bonus",
            ),
        ],
    )
    html = page(extras=[group])
    assert 'aria-current="true"' in html
    assert "bonus works only with data." in html
    assert 'href="/en/choose/phone?addons=data,bonus"' in html
    assert 'href="/en/choose/phone?addons=bonus"' not in html


def test_what_comes_with_a_bundle_is_no_link() -> None:
    fixed = GroupRow("fixed", "Comes with it", "", True, False, [option("fibre", paid=True)])
    html = page(parts=[fixed])
    assert "Included" in html
    assert "/en/choose/phone?addons=fibre" not in html


def test_values_to_choose_name_what_they_are_of() -> None:
    value = ValueRow("eSIM", "/en/choose/phone?plan-m.sim=esim", True, True, True, "", "")
    html = page(settings=[SettingRow("sim", "SIM card", "Current M", "eSIM", [value])])
    assert "Current M" in html
    assert 'aria-label="SIM card"' in html


def test_the_sum_stands_beside_the_one_button() -> None:
    html = page(sums=[SumRow("Nova 5", "Black"), SumRow("Current M", "eSIM")])
    assert html.count("Add to basket") == 1
    assert 'aria-live="polite"' in html


def test_nothing_of_the_catalogue_becomes_markup() -> None:
    html = page(
        name=EVIL,
        heading=EVIL,
        plan_name=EVIL,
        plan_href="/en/choose/phone",
        dropped=EVIL,
        problem=EVIL,
        sums=[SumRow(EVIL, EVIL)],
        extras=[GroupRow("x", EVIL, EVIL, False, False, [option(EVIL, detail=EVIL, reason=EVIL)])],
    )
    assert "<script" not in html


def test_nothing_there() -> None:
    html = page(missing=True)
    assert "This is not in our store any more" in html
    assert 'href="/en/store"' in html


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_it_can_be_built(language: str) -> None:
    assert live(choose.view, ChooseState, language)
