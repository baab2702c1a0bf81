"""Questions to the store and their addresses: hostile ones too."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service.domain.store.query import (
    LAST_PAGE,
    LONGEST_TEXT,
    LONGEST_VALUE,
    MOST_VALUES,
    Sort,
    StoreQuery,
)

names = st.sampled_from(["brand", "price", "nfc", "q", "sort", "page", "category", "xyz", ""])
params = st.dictionaries(names, st.text(max_size=300), max_size=8)
value = st.from_regex(r"[a-z0-9](-?[a-z0-9.]){0,10}", fullmatch=True)
queries = st.builds(
    lambda filters, **more: StoreQuery(**more).with_filters(filters).with_page(more["page"]),
    st.dictionaries(st.sampled_from(["brand", "os", "price"]), st.lists(value, max_size=4)),
    category=st.sampled_from(["", "phones"]),
    text=st.sampled_from(["", "nova 5", "هاتف"]),
    sort=st.sampled_from(Sort),
    page=st.integers(1, LAST_PAGE),
)


@given(params=params)
def test_whatever_is_typed_is_a_question_within_bounds(params):
    query = StoreQuery.from_params(params)
    assert len(query.text) <= LONGEST_TEXT
    assert len(query.category) <= LONGEST_VALUE
    assert 1 <= query.page <= LAST_PAGE
    assert query.filters.keys() <= {"brand", "price", "nfc"}
    for wanted in query.filters.values():
        assert 1 <= len(wanted) <= MOST_VALUES
        assert list(wanted) == sorted(set(wanted))
        assert all(0 < len(v) <= LONGEST_VALUE and "," not in v for v in wanted)


@given(params=params)
def test_an_address_read_and_written_is_the_same_ever_after(params):
    query = StoreQuery.from_params(params)
    written = query.to_params()
    assert StoreQuery.from_params(written) == query
    assert StoreQuery.from_params(written).to_params() == written
    assert list(written) == sorted(written)


@given(query=queries)
def test_every_question_survives_its_address(query):
    address = urlencode(query.to_params(), safe=",")
    assert StoreQuery.from_params(dict(parse_qsl(address))) == query


@given(query=queries, name=st.sampled_from(["brand", "os"]), chosen=value)
def test_toggling_twice_changes_nothing_but_the_page(query, name, chosen):
    once = query.with_toggled(name, chosen)
    assert (chosen in once.filters.get(name, ())) != (chosen in query.filters.get(name, ()))
    assert once.page == 1
    assert once.with_toggled(name, chosen) == query.with_page(1)
    assert hash(once.with_toggled(name, chosen)) == hash(query.with_page(1))


def test_values_in_any_order_are_one_address():
    one = StoreQuery.from_params({"os": "b,a", "brand": "Zeta,,alpha,zeta"})
    other = StoreQuery.from_params({"brand": "alpha,zeta", "os": "a,b"})
    assert one == other
    assert one.to_params() == {"brand": "alpha,zeta", "os": "a,b"}


def test_what_is_usual_is_not_written():
    assert StoreQuery().to_params() == {}
    assert StoreQuery.from_params({"sort": "popular", "page": "1", "q": "  "}).to_params() == {}


@pytest.mark.parametrize(
    ("typed", "page"),
    [("0", 1), ("-3", 1), ("7", 7), ("1e3", 1), ("", 1), ("٣", 1), ("999999", LAST_PAGE), ("x", 1),
     ("9" * 5000, 1)],
)  # fmt: skip
def test_pages_are_whole_numbers_within_bounds(typed, page):
    assert StoreQuery.from_params({"page": typed}).page == page


def test_changing_the_question_goes_back_to_the_first_page():
    query = StoreQuery(page=5, filters={"brand": ("a",), "os": ("b",)}, text="nova")
    assert query.with_sort(Sort.NAME).page == 1
    assert query.with_text(" two   words ").text == "two words"
    assert query.without("os").filters == {"brand": ("a",)}
    assert query.cleared() == StoreQuery(text="nova")
    assert query.with_page(6).filters == query.filters
