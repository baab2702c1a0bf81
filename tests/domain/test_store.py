"""Searching the store: order, pages, shelves and words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service.domain.catalog.index import Catalog
from self_service.domain.catalog.view import CategoryView
from self_service.domain.store.query import Sort, StoreQuery
from self_service.models.base import new_id
from self_service.models.catalog import OfferingKind
from tests.factories import (
    as_catalog,
    as_offering,
    discount,
    free_days,
    monthly,
)
from tests.store_shop import phone, search, slugs


def test_sorted_in_every_way():
    catalog = as_catalog(
        phone("a", 300, popularity=1, name="Zeta", facets={"released": "2026-09"}),
        phone("b", 100, popularity=3, name="álamo", facets={"released": "2019-01"}),
        phone("c", 200, popularity=2, name="Birch"),
    )
    found = {sort: slugs(search(catalog, {"sort": sort.value})) for sort in Sort}
    assert found == {
        Sort.POPULAR: ["b", "c", "a"],
        Sort.PRICE_UP: ["b", "c", "a"],
        Sort.PRICE_DOWN: ["a", "c", "b"],
        Sort.NEWEST: ["a", "b", "c"],
        Sort.NAME: ["b", "c", "a"],
    }


def test_names_are_sorted_in_the_language_of_the_page():
    catalog = as_catalog(
        replace(phone("a"), name={"en": "Apple", "es": "Manzana"}),
        replace(phone("b"), name={"en": "Pear"}),
        replace(phone("c"), name={"en": "Zucchini", "es": "Calabacín"}),
    )
    assert slugs(search(catalog, {"sort": "name"})) == ["a", "b", "c"]
    page = search(catalog, {"sort": "name"}, language="es")
    assert [card.name for card in page.cards] == ["Calabacín", "Manzana", "Pear"]


def test_plans_are_sorted_by_what_they_cost_after_the_introduction():
    def plan(slug, *prices, term=24):
        return as_offering(slug, kind=OfferingKind.PLAN, prices=prices, term_months=term)

    catalog = as_catalog(
        plan("free-first", monthly(3_000), free_days(30)),
        plan("always", monthly(2_000)),
        plan("whole-term", monthly(2_500), discount(minor=1_000, months=24)),
        plan("half", monthly(2_200), discount(percent_bp=5_000, months=6)),
    )
    expected = ["whole-term", "always", "half", "free-first"]
    assert slugs(search(catalog, {"sort": "price"})) == expected


@given(
    popularity=st.lists(st.integers(0, 5), max_size=40),
    size=st.integers(1, 12),
    sort=st.sampled_from(Sort),
)
def test_the_pages_together_are_the_whole_list_once(popularity, size, sort):
    catalog = as_catalog(
        *(phone(f"p{n}", 100 * p + 1, popularity=p) for n, p in enumerate(popularity))
    )
    first = search(catalog, {"sort": sort.value}, page_size=size)
    pages = [
        search(catalog, {"sort": sort.value, "page": str(number)}, page_size=size)
        for number in range(1, first.pages + 1)
    ]
    everything = [slug for page in pages for slug in slugs(page)]
    assert len(everything) == len(set(everything)) == first.total == len(popularity)
    assert [page.page for page in pages] == list(range(1, first.pages + 1))


def test_a_page_that_is_not_there_is_the_last_one():
    page = search(as_catalog(*(phone(f"p{n}") for n in range(5))), {"page": "77"}, page_size=2)
    assert (page.page, page.pages, page.query.page, len(page.cards)) == (3, 3, 3, 1)


def test_an_empty_store_has_one_empty_page():
    page = search(as_catalog(), {"q": "anything", "brand": "none"})
    assert (page.total, page.page, page.pages, page.cards, page.facets) == (0, 1, 1, (), ())
    assert (page.did_you_mean, page.hints) == (None, ())


def test_a_shelf_shows_what_stands_on_the_shelves_below_it():
    devices, phones, plans = new_id(), new_id(), new_id()
    catalog = Catalog(
        version=1,
        currency="EUR",
        categories=[
            CategoryView(devices, "devices", {"en": "Devices"}, "tag"),
            CategoryView(phones, "phones", {"en": "Phones"}, "tag", parent_id=devices),
            CategoryView(plans, "plans", {"en": "Plans"}, "tag", parent_id=plans),
        ],
        offerings=[phone("phone"), phone("box", category="devices"), phone("x", category="plans")],
    )
    assert set(slugs(search(catalog, {"category": "devices"}))) == {"phone", "box"}
    assert slugs(search(catalog, {"category": "phones"})) == ["phone"]
    assert slugs(search(catalog, {"category": "plans"})) == ["x"]


def test_what_is_not_known_is_left_out_of_the_question():
    catalog = as_catalog(phone("a", brand="Aster"), phone("b", brand="Birch"))
    page = search(catalog, {"category": "nowhere", "brand": "aster,oak", "os": "none"})
    assert slugs(page) == ["a"]
    assert page.query.to_params() == {"brand": "aster"}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("aster", ["nova"]),
        ("ASTER nov", ["nova"]),
        ("nova aster", ["nova"]),
        ("ster", []),
        ("móvil", ["nova"]),
        ("movil", ["nova"]),
        ("هاتف", ["nova"]),
        ("phones", ["cedar", "nova"]),
        ("aster cedar", []),
        ("!!", ["cedar", "nova"]),
    ],
)
def test_all_words_must_begin_some_word(typed, found):
    nova = replace(phone("nova"), brand="Aster", name={"en": "Nova", "es": "Móvil", "ar": "هاتف"})
    catalog = as_catalog(nova, replace(phone("cedar"), name={"en": "Cedar 5"}))
    assert slugs(search(catalog, {"q": typed})) == found


def test_every_word_counts_also_when_the_question_before_began_alike():
    catalog = as_catalog(phone("a", name="Nova One"), phone("b", name="Nova Two"))
    found = [slugs(search(catalog, {"q": q})) for q in ("nova", "nova one", "nova two", "one")]
    assert found == [["a", "b"], ["a"], ["b"], ["a"]]


def test_a_slip_is_put_right_only_when_that_finds_something():
    catalog = as_catalog(
        phone("a", name="Aster Nova", brand="Aster"), phone("b", name="Birch Nomad", brand="Birch")
    )
    page = search(catalog, {"q": "astre nova", "sort": "name"})
    assert page.total == 0
    assert page.did_you_mean == StoreQuery(text="aster nova", sort=Sort.NAME)
    assert search(catalog, {"q": "astre nomad"}).did_you_mean is None
    assert search(catalog, {"q": "qqqqq"}).did_you_mean is None


def test_an_empty_list_says_what_to_leave_out():
    catalog = as_catalog(
        phone("a", brand="Aster", facets={"nfc": True}),
        phone("b", brand="Birch", facets={"nfc": False}),
    )
    page = search(catalog, {"brand": "aster", "nfc": "no", "q": "a", "category": "phones"})
    assert page.total == 0
    assert [(hint.label, hint.total) for hint in page.hints] == [("Pay with the phone (NFC)", 1)]
    assert page.hints[0].query == page.query.without("nfc")
    assert search(catalog, {"brand": "aster"}).hints == ()
