"""The store, as people get it."""

from __future__ import annotations

from typing import Any

import pytest

from self_service.pages import store
from self_service.state.display import TotalsRow
from self_service.state.store import StoreState
from self_service.state.store_rows import CardRow, FacetRow, LinkRow
from tests.paper import live, printed

EVIL = '"><script>alert(1)</script>'


def card(slug: str, **more: Any) -> CardRow:
    row: dict[str, Any] = {
        "slug": slug,
        "name": slug,
        "brand": "Nova",
        "href": f"/en/product/{slug}",
        "picture": "/pictures/x.svg",
        "badge": "",
        "starting": False,
        "totals": TotalsRow(due_now="€500.00", has_due=True),
        "compare_href": f"/en/store?compare={slug}",
        "compared": False,
        "eager": True,
    }
    return CardRow(**{**row, **more})


BASE = {
    "heading": "Phones",
    "total_text": "2 results",
    "shelves": [LinkRow("Everything", "/en/store"), LinkRow("Phones", "/en/store?c=p", True)],
    "sort_text": "Newest",
    "sorts": [LinkRow("Newest", "/en/store?sort=newest", True)],
    "facets": [
        FacetRow("brand", "Brand", 1, True, [LinkRow("Nova", "/en/store?brand=nova", True, "12")])
    ],
    "clear_href": "/en/store",
    "cards": [card("nova-5"), card("nova-6", compared=True)],
}


def page(**more: Any) -> str:
    return printed(store.view, StoreState, {**BASE, **more})


def test_cards_lead_to_products_and_to_the_comparison() -> None:
    html = page()
    assert 'href="/en/product/nova-5"' in html
    assert 'href="/en/store?compare=nova-5"' in html
    assert html.count("In comparison") == 1
    assert "€500.00" in html


def test_choices_have_their_count_beside_them() -> None:
    html = page()
    assert 'href="/en/store?brand=nova"' in html
    assert ">12<" in html


def test_it_searches_without_scripts() -> None:
    html = page(keep=[LinkRow("category", "phones")])
    assert '<form action="/en/store" method="get" role="search"' in html
    assert '<input type="hidden" name="category" value="phones">' in html


def test_pages_have_gaps_that_are_no_links() -> None:
    html = page(
        pages=[LinkRow("1", "/en/store", True), LinkRow("…", ""), LinkRow("9", "/en/store?page=9")],
        next_href="/en/store?page=2",
    )
    assert html.count('aria-current="page"') == 1
    assert "Next page" in html
    assert "Previous page" not in html


def test_an_empty_list_offers_ways_out() -> None:
    html = page(
        cards=[],
        correction="kestrel",
        correction_href="/en/store?q=kestrel",
        hints=[LinkRow("Without “Brand”", "/en/store?q=x", count="3")],
    )
    assert "Did you mean “kestrel”?" in html
    assert 'href="/en/store?q=kestrel"' in html
    assert "Without “Brand”" in html
    assert "Show everything" in html


def test_what_is_compared_stays_in_view() -> None:
    one = page(compared=[LinkRow("Nova 5", "/en/store")], compare_clear_href="/en/store")
    assert "Choose one more" in one
    two = page(
        compared=[LinkRow("Nova 5", "/en/a"), LinkRow("Nova 6", "/en/b")],
        compare_ready=True,
        compare_href="/en/compare?items=nova-5,nova-6",
        compare_clear_href="/en/store",
    )
    assert 'href="/en/compare?items=nova-5,nova-6"' in two


def test_before_anything_is_read_its_place_is_held() -> None:
    html = str(printed(store.view, StoreState, {**BASE, "cards": []}))
    assert "skeleton" not in html
    assert "skeleton" in live(store.view, StoreState)


def test_nothing_that_is_typed_becomes_markup() -> None:
    html = page(
        heading=EVIL,
        search_text=EVIL,
        total_text=EVIL,
        chosen=[LinkRow(EVIL, "/en/store", True)],
        cards=[card(EVIL, brand=EVIL, badge=EVIL, highlights=[EVIL], swatches=['"x'])],
    )
    assert "<script" not in html


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_it_can_be_built(language: str) -> None:
    assert live(store.view, StoreState, language)
