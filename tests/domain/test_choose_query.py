"""Choices in an address."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from self_service.domain.choosing.query import NO_PLAN, ChooseQuery

SLUGS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,4})?", fullmatch=True)
VALUES = st.dictionaries(st.sampled_from(["colour", "storage", "sim"]), st.text(min_size=1))
QUERIES = st.builds(
    ChooseQuery,
    values=VALUES,
    plan=SLUGS | st.sampled_from(["", NO_PLAN]),
    extras=st.lists(SLUGS, unique=True, max_size=5).map(tuple),
    parts=st.dictionaries(SLUGS, st.lists(SLUGS, unique=True, min_size=1, max_size=3).map(tuple)),
    below=st.dictionaries(SLUGS, VALUES.filter(bool)),
    line=SLUGS | st.just(""),
)


@given(QUERIES)
def test_an_address_says_everything(query):
    assert ChooseQuery.from_params(query.to_params()) == query


@given(st.dictionaries(st.text(), st.text()))
def test_any_address_can_be_read(params):
    query = ChooseQuery.from_params(params)
    assert ChooseQuery.from_params(query.to_params()) == query


def test_what_is_too_long_is_left_out():
    query = ChooseQuery.from_params({"c" * 200: "x", "colour": "B" * 9_999, "plan": "p" * 999})
    assert query.values == {}
    assert len(query.plan) < 999


def test_extras_are_counted_once_and_not_without_end():
    assert ChooseQuery.from_params({"addons": "a,b,a,,b"}).extras == ("a", "b")
    many = ",".join(f"x{number}" for number in range(500))
    assert len(ChooseQuery.from_params({"addons": many}).extras) == 20


def test_another_plan_keeps_the_kind_of_sim():
    query = ChooseQuery(plan="plan-m", below={"plan-m": {"sim": "esim"}, "case": {"colour": "Red"}})
    assert query.with_plan("plan-l").below == {
        "plan-l": {"sim": "esim"},
        "case": {"colour": "Red"},
    }
