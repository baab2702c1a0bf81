"""The count beside each choice is what one gets."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from self_service.domain.store.facet_kinds import FACETS
from self_service.domain.store.query import Sort, StoreQuery
from tests.conftest import NOW
from tests.factories import as_catalog, as_offering, choice, one_time
from tests.store_shop import counts, raw_phone, search

KINDS = {kind.name: kind for kind in FACETS}


_phones = st.builds(
    lambda brand, price, stored, colours, nfc: {
        "brand": brand,
        "price": price,
        "storage_mb": [gb * 1024 for gb in stored],
        "colour": colours,
        **({"nfc": nfc} if nfc is not None else {}),
    },
    st.sampled_from(["Aster", "Birch", "Cedar"]),
    st.sampled_from([9_900, 19_900, 49_900, 120_000]),
    st.lists(st.sampled_from([64, 128, 256]), unique=True, max_size=3),
    st.lists(st.sampled_from(["Black", "Jet", "Navy", "Mint"]), unique=True, max_size=3),
    st.sampled_from([True, False, None]),
)
_wanted = st.fixed_dictionaries(
    {},
    optional={
        "brand": st.lists(st.sampled_from(["aster", "birch", "cedar", "oak"]), max_size=2),
        "price": st.lists(st.sampled_from(["50-100", "100-200", "400-600", "7-8"]), max_size=2),
        "storage": st.lists(st.sampled_from(["64gb", "128gb", "1gb"]), max_size=2),
        "colour": st.lists(st.sampled_from(["black", "blue", "green"]), max_size=2),
        "nfc": st.lists(st.sampled_from(["yes", "no"]), max_size=2),
    },
)


@given(phones=st.lists(_phones, min_size=1, max_size=12), wanted=_wanted)
def test_every_count_is_what_one_gets_by_that_choice_alone(phones, wanted):
    catalog = as_catalog(*(raw_phone(f"p{n}", **raw) for n, raw in enumerate(phones)))
    page = search(catalog, {name: ",".join(chosen) for name, chosen in wanted.items()})
    query = page.query
    for found in page.facets:
        for option in found.choices:
            alone = query.without(found.name).with_toggled(found.name, option.value)
            again = catalog.search(alone, as_of=NOW, language="en")
            assert again.total == option.count
            assert option.selected == (option.value in query.filters.get(found.name, ()))


@given(phones=st.lists(_phones, min_size=1, max_size=12), wanted=_wanted)
def test_what_is_found_has_one_chosen_value_of_each_facet(phones, wanted):
    catalog = as_catalog(*(raw_phone(f"p{n}", **raw) for n, raw in enumerate(phones)))
    page = search(catalog, {name: ",".join(chosen) for name, chosen in wanted.items()})
    tags = {"price": {9_900: "50-100", 19_900: "100-200", 49_900: "400-600", 120_000: "1000-1500"}}

    def has(raw, name, chosen) -> bool:
        if name == "price":
            return tags["price"][raw["price"]] in chosen
        offering = raw_phone("x", **raw)
        return bool({o.value for o in KINDS[name].read(offering)} & {*chosen})

    expected = [
        f"p{n}"
        for n, raw in enumerate(phones)
        if all(has(raw, name, chosen) for name, chosen in page.query.filters.items())
    ]
    assert Counter(card.slug for card in page.cards) == Counter(expected)


@given(phones=st.lists(_phones, min_size=1, max_size=12), sort=st.sampled_from(Sort))
def test_order_and_page_change_neither_total_nor_facets(phones, sort):
    catalog = as_catalog(*(raw_phone(f"p{n}", **raw) for n, raw in enumerate(phones)))
    plain = search(catalog)
    other = catalog.search(StoreQuery(sort=sort, page=2), as_of=NOW, language="en", page_size=5)
    assert (other.total, other.facets) == (plain.total, plain.facets)


def test_a_facet_counts_each_offer_once():
    one = as_offering(
        "one",
        prices=[one_time(1_000)],
        facets={"colour": ["Jet", "Onyx", "Black"]},
        characteristics=[choice("colour", "Jet", "Onyx", "Black")],
    )
    two = raw_phone("two", colour=["Navy"])
    page = search(as_catalog(one, two))
    assert counts(page, "colour") == {"black": 1, "blue": 1}
