"""Addresses that are put together from shared parts are those that the question would have."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from self_service.domain.store.query import Sort, StoreQuery
from self_service.state.store_rows import Place

VALUES = st.sampled_from(["blue", "128-gb", "5g", "a b", "ü", "x&y=z"])
FACETS = st.sampled_from(["brand", "colour", "memory", "price", "sim"])
QUESTIONS = st.builds(
    lambda filters, **more: StoreQuery(**more).with_filters(filters),
    st.dictionaries(FACETS, st.sets(VALUES, max_size=3), max_size=4),
    category=st.sampled_from(["", "phones"]),
    text=st.sampled_from(["", "red & blue", "é"]),
    sort=st.sampled_from(Sort),
    page=st.integers(1, 9),
)
COMPARED = st.lists(st.sampled_from(["kestrel", "nimbo-5", "tern"]), unique=True)


@given(QUESTIONS, COMPARED, FACETS, VALUES)
def test_toggling_a_value(
    question: StoreQuery, compared: list[str], facet: str, value: str
) -> None:
    place = Place("en", question, compared)
    assert place.toggling(facet)(value) == place.href(question.with_toggled(facet, value))


@given(QUESTIONS, COMPARED, COMPARED)
def test_comparing_other_things(
    question: StoreQuery, compared: list[str], others: list[str]
) -> None:
    here = Place("en", question, compared)
    assert here.comparing()(others) == Place("en", question, others).href(question)
