"""Token buckets: so fast and so many at once, for each key apart, within bounded memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service import buckets
from self_service.buckets import Buckets


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The instant, to be moved."""
    moment = [0.0]
    monkeypatch.setattr(buckets.time, "monotonic", lambda: moment[0])
    return moment


def test_a_burst_and_then_a_rate(at: list[float]) -> None:
    limit = Buckets(rate=2, burst=5)
    assert [limit.take("a") for _ in range(7)] == [True] * 5 + [False] * 2
    assert limit.take("b")
    at[0] = 1.0
    assert [limit.take("a") for _ in range(3)] == [True, True, False]
    at[0] = 1_000.0
    assert [limit.take("a") for _ in range(6)] == [True] * 5 + [False]


def test_no_rate_and_no_key_are_no_limit(at: list[float]) -> None:
    assert all(Buckets(rate=0, burst=0).take("a") for _ in range(1_000))
    strict = Buckets(rate=1, burst=1)
    assert all(strict.take("") for _ in range(1_000))
    assert strict.levels == {}


def test_invented_keys_do_not_fill_the_memory(at: list[float]) -> None:
    limit = Buckets(rate=1, burst=1, most=100)
    for number in range(1_000):
        limit.take(f"key {number}")
    assert len(limit.levels) <= 101


@given(steps=st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_never_more_than_the_burst_and_what_came_since(steps: list[float]) -> None:
    moment = 0.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(buckets.time, "monotonic", lambda: moment)
        limit, taken = Buckets(rate=3, burst=7), 0
        for step in steps:
            moment += step
            taken += sum(limit.take("a") for _ in range(4))
            assert taken <= 7 + 3 * moment + 1e-6
