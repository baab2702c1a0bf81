"""The page of one product, as people get it."""

from __future__ import annotations

from typing import Any

import pytest

from self_service.pages import product
from self_service.state.choices import SettingRow, ValueRow
from self_service.state.display import TotalsRow
from self_service.state.product import ProductState
from self_service.state.product_rows import BesideRow, FactsRow, PairRow
from tests.paper import live, printed

EVIL = '<img src=x onerror="alert(1)">'
ONCE = TotalsRow(due_now="€500.00", monthly="€0.00", has_due=True)


def value(text: str, **more: Any) -> ValueRow:
    row: dict[str, Any] = {
        "text": text,
        "href": f"/en/product/nova?colour={text}",
        "selected": False,
        "possible": True,
        "left": True,
        "note": "",
        "swatch": "#102030",
    }
    return ValueRow(**{**row, **more})


BASE = {
    "slug": "nova",
    "name": "Nova 5",
    "shelf": "Phones",
    "shelf_href": "/en/store?category=phones",
    "picture": "/pictures/phone/Black/2/0/0.svg",
    "totals": ONCE,
    "action": "Continue to plans",
    "action_href": "/en/choose/nova",
    "compare_href": "/en/compare?items=nova",
}


def page(**more: Any) -> str:
    return printed(product.view, ProductState, {**BASE, **more})


def test_choices_are_links_and_say_which_one_holds() -> None:
    colours = [value("Black", selected=True), value("Blue", note="+€10.00")]
    html = page(settings=[SettingRow("colour", "Colour", "", "Black", colours)])
    assert html.count('aria-current="true"') == 1
    assert 'href="/en/product/nova?colour=Blue"' in html
    assert "+€10.00" in html
    assert "background:#102030" in html


def test_what_is_sold_out_is_there_but_leads_nowhere() -> None:
    gone = value("Mint", possible=False, left=False, note="Sold out.")
    html = page(settings=[SettingRow("colour", "Colour", "", "Black", [gone])])
    assert "Sold out." in html
    assert "colour=Mint" not in html


def test_one_button_leads_on() -> None:
    html = page()
    assert 'href="/en/choose/nova"' in html
    assert html.count("bg-accent text-accent-ink") == 1
    assert 'href="/en/compare?items=nova"' in html


def test_without_further_steps_it_goes_into_the_basket() -> None:
    html = page(action="Add to basket", action_href="")
    assert "<button" in html
    assert "/en/choose/" not in html


def test_facts_and_what_goes_with_it() -> None:
    plan = BesideRow("plan-m", "Current M", "/en/product/plan-m", "/pictures/x.svg", ONCE, False)
    html = page(
        facts=[FactsRow("Battery", [PairRow("Battery", "4,500 mAh")])],
        beside_title="Plans that go with it",
        beside=[plan],
    )
    assert "4,500 mAh" in html
    assert 'href="/en/product/plan-m"' in html


def test_nothing_of_the_catalogue_becomes_markup() -> None:
    html = page(
        name=EVIL,
        brand=EVIL,
        description=EVIL,
        highlights=[EVIL],
        settings=[SettingRow(EVIL, EVIL, EVIL, EVIL, [value(EVIL, note=EVIL)])],
        facts=[FactsRow(EVIL, [PairRow(EVIL, EVIL)])],
        stock=EVIL,
        problem=EVIL,
    )
    assert "<img src=x" not in html


def test_what_cannot_be_bought_says_why() -> None:
    why = "young is for new customers only. Choose another offer."
    html = page(missing=True, reason=why)
    assert why in html
    assert "Continue to plans" not in html


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_it_can_be_built(language: str) -> None:
    assert live(product.view, ProductState, language)
