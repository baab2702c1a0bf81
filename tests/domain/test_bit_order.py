"""Sets as numbers: the same as sets, in an order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from self_service.domain.store.bit_order import BitOrder

orders = st.integers(0, 80).flatmap(lambda n: st.permutations(range(n)))


@given(order=orders, data=st.data())
def test_sets_are_cut_and_taken_in_the_order(order, data):
    things = st.sets(st.sampled_from(order)) if order else st.just(set())
    one, other = data.draw(things), data.draw(things)
    start, count = data.draw(st.integers(0, 90)), data.draw(st.integers(0, 30))
    bits = BitOrder(order)
    both = bits.bits(one) & bits.bits(other)
    assert both.bit_count() == len(one & other)
    expected = [thing for thing in order if thing in one & other]
    assert bits.take(both, start, count) == expected[start : start + count]


def test_a_thing_that_comes_twice_is_in_once():
    bits = BitOrder([2, 0, 1])
    assert bits.take(bits.bits([1, 1, 2]), 0, 9) == [2, 1]
