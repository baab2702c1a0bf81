"""The comparison, as people get it."""

from __future__ import annotations

from typing import Any

import pytest

from self_service.pages import compare
from self_service.state.compare import CompareState
from self_service.state.compare_rows import CellRow, ColumnRow, FactRow, SectionRow
from tests.paper import live, printed

EVIL = "<script>alert(1)</script>"


def column(slug: str, **more: Any) -> ColumnRow:
    row: dict[str, Any] = {
        "slug": slug,
        "name": slug,
        "brand": "",
        "badge": "",
        "picture": "/pictures/x.svg",
        "href": f"/en/product/{slug}",
        "pick_href": f"/en/choose/{slug}",
        "remove_href": f"/en/compare?items=without-{slug}",
    }
    return ColumnRow(**{**row, **more})


BATTERY = FactRow("Battery", True, [CellRow("4,000 mAh", False), CellRow("5,000 mAh", True)])
NFC = FactRow("NFC", True, [CellRow("Yes", False), CellRow("", False)])
BASE = {
    "ready": True,
    "columns": [column("alpha"), column("beta")],
    "sections": [SectionRow("Battery", [BATTERY]), SectionRow("Network", [NFC])],
    "all_href": "/en/compare?items=alpha,beta",
    "differences_href": "/en/compare?items=alpha,beta&diff=1",
    "add_href": "/en/store?compare=alpha,beta",
}


def page(**more: Any) -> str:
    return printed(compare.view, CompareState, {**BASE, **more})


def test_a_table_with_names_at_both_edges() -> None:
    html = page()
    assert html.count('scope="col"') == 2
    assert html.count('scope="row"') == 2
    assert html.count('scope="rowgroup"') == 2
    assert "<caption" in html


def test_the_region_is_named_and_can_be_moved_by_keyboard() -> None:
    assert 'role="region" aria-label="Comparison" tabindex="0"' in page()


def test_the_best_is_said_in_words_and_the_unknown_too() -> None:
    html = page()
    assert html.count("Best") == 1
    assert html.index("5,000 mAh") < html.index("Best")
    assert html.count("not known") == 1


def test_each_column_can_be_picked_and_taken_out() -> None:
    html = page()
    assert 'href="/en/choose/alpha"' in html
    assert 'href="/en/compare?items=without-beta"' in html


def test_what_the_customer_has_is_not_picked() -> None:
    mine = column("alpha", pick_href="", remove_href="", badge="Yours now")
    html = page(columns=[mine, column("beta")])
    assert "Yours now" in html
    assert "You have this." in html
    assert "/en/choose/alpha" not in html


def test_the_switch_says_where_it_stands() -> None:
    assert page().index('aria-current="true"') < page().index("All rows")
    other = page(all_rows=False, only_differences=True)
    assert 'aria-current="false"' in other[: other.index("All rows")]


def test_nothing_yet_says_how_to_get_here() -> None:
    html = page(columns=[], sections=[], add_href="/en/store")
    assert "Press Compare on two to four devices or plans in the store" in html
    assert 'href="/en/store"' in html


def test_different_kinds_say_what_to_do() -> None:
    html = page(columns=[], note="Take out plan-m.", note_way="Take it out", note_href="/en/x")
    assert "Take out plan-m." in html
    assert 'href="/en/x"' in html


def test_nothing_of_the_catalogue_becomes_markup() -> None:
    fact = FactRow(EVIL, True, [CellRow(EVIL, True)])
    html = page(columns=[column(EVIL, brand=EVIL, badge=EVIL)], sections=[SectionRow(EVIL, [fact])])
    assert "<script" not in html


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_it_can_be_built(language: str) -> None:
    assert live(compare.view, CompareState, language)
