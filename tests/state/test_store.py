"""The store, in words and links."""

from __future__ import annotations

from typing import Any

import pytest

from self_service import db
from self_service.state.request import PageRequest
from self_service.state.store import StoreState, store_values
from tests.factories import bulk_catalog, make_offering, one_time
from tests.tab import loaded, open_tab


@pytest.fixture
def shop(portal: db.Database) -> None:
    """Seventy offers."""
    with portal.writing() as session:
        bulk_catalog(session, 69)
        make_offering(
            session, slug="kestrel", name="Kestrel", brand="Kestrel", prices=[one_time(1)]
        )


pytestmark = pytest.mark.usefixtures("shop")


async def values(query: str = "", language: str = "en") -> dict[str, Any]:
    return await store_values(PageRequest.at(f"/{language}/store?{query}", "ana"))


async def test_everything_is_there() -> None:
    found = await values()
    assert (found["heading"], found["total_text"]) == ("Store", "70 results")
    assert len(found["cards"]) == 24
    assert [row.text for row in found["pages"]] == ["1", "2", "3"]
    assert (found["previous_href"], found["next_href"]) == ("", "/en/store?page=2")
    assert found["sort_text"] == "Most popular"


async def test_a_filter_is_a_link_with_its_count() -> None:
    found = await values()
    payment = next(row for row in found["facets"] if row.name == "brand")
    choice = payment.choices[0]
    narrowed = await values(choice.href.partition("?")[2])
    assert narrowed["total_text"].split()[0] == choice.count
    assert [row.text for row in narrowed["chosen"]] == [choice.text]
    assert narrowed["chosen"][0].href == "/en/store"
    assert [row.open for row in found["facets"]][:3] == [True, True, False]


async def test_pages_leave_gaps() -> None:
    found = await values("page=2")
    assert found["previous_href"] == "/en/store"
    assert [row.selected for row in found["pages"]] == [False, True, False]


async def test_what_is_compared_comes_along() -> None:
    found = await values("compare=kestrel,nothing,kestrel")
    assert [row.text for row in found["compared"]] == ["Kestrel"]
    assert (found["compare_text"], found["compare_ready"]) == ("1 to compare", False)
    assert found["next_href"] == "/en/store?page=2&compare=kestrel"
    assert found["compared"][0].href == found["compare_clear_href"] == "/en/store"
    card = found["cards"][0]
    assert card.compare_href.endswith(f"compare=kestrel,{card.slug}")
    two = await values(card.compare_href.partition("?")[2])
    assert two["compare_ready"]
    assert two["compare_href"] == f"/en/compare?items=kestrel,{card.slug}"


async def test_four_are_compared_at_most() -> None:
    cards = (await values())["cards"]
    slugs = [card.slug for card in cards[:5]]
    found = await values("compare=" + ",".join(slugs))
    assert len(found["compared"]) == 4
    assert found["compare_full"].endswith(f"Take one out, then add {cards[4].name}.")
    assert (await values("compare=" + ",".join(slugs[:4])))["compare_full"] == ""
    more = next(card for card in found["cards"] if card.slug == slugs[4])
    assert more.compare_href.endswith(",".join(slugs))  # leads to what is said above
    assert found["compare_href"].endswith(",".join(slugs[:4]))


async def test_a_misspelt_word_is_put_right() -> None:
    found = await values("q=kestrl&sort=name")
    assert (found["cards"], found["total_text"]) == ([], "0 results for “kestrl”")
    assert found["correction"] == "kestrel"
    right = await values(found["correction_href"].partition("?")[2])
    assert [card.name for card in right["cards"]] == ["Kestrel"]
    assert right["sort_text"] == "Name"


async def test_an_empty_list_says_what_to_leave_out() -> None:
    found = await values("q=kestrel&category=plans")
    assert [row.text for row in found["hints"]] == ["Without “Search words”", "Without “Category”"]
    wider = await values(found["hints"][1].href.partition("?")[2])
    assert wider["total_text"] == f"{found['hints'][1].count} result for “kestrel”"


@pytest.mark.parametrize(
    "query", ["language=x&path=y", "page=-1&sort=9", "brand=,&compare=,,", "q=%00"]
)
async def test_any_address_is_read(query: str) -> None:
    found = await values(query)
    assert found["total_text"] == "70 results"
    assert all("language" not in card.compare_href for card in found["cards"])


async def test_every_value_has_its_var() -> None:
    assert set(await values()) <= set(StoreState.get_fields())


async def test_the_search_keeps_filters_and_comparison() -> None:
    tab = open_tab(StoreState, "/en/store?category=phones&page=2&compare=kestrel", "ana")
    assert await loaded(tab) == []
    assert [(row.text, row.href) for row in tab.keep] == [
        ("category", "phones"),
        ("compare", "kestrel"),
    ]
    event = await tab.find({"q": "  nova   5 "})
    assert "/en/store?category=phones&q=nova+5&compare=kestrel" in str(event)


@pytest.mark.parametrize("form", [None, [], {"q": ["x"]}, {"q": "x" * 10_000}])
async def test_any_form_is_read(form: Any) -> None:
    tab = open_tab(StoreState, "/es/store", "ana")
    assert "/es/store" in str(await tab.find(form))
