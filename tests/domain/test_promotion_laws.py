"""Laws of promotion codes, whatever is sold with whatever codes."""

from __future__ import annotations

import itertools
from datetime import timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from self_service.domain.pricing.charges import schedule
from self_service.domain.pricing.periods import add_months
from self_service.domain.pricing.totals import PriceTotals, add_up, combine
from self_service.domain.promotions.applying import Code, Part, apply
from self_service.models.catalog import OfferingKind
from self_service.models.promotions import PromotionEffect
from self_service.money import Money
from tests.conftest import NOW
from tests.factories import as_price, discount, free_months, monthly, one_time

K = OfferingKind
KINDS = (K.DEVICE, K.PLAN, K.ACCESSORY)
sums = st.integers(1, 60_000)

shorthands = st.one_of(
    sums.map(one_time),
    sums.map(monthly),
    st.builds(lambda bp, n: discount(percent_bp=bp, months=n), st.integers(1, 10_000), st.just(3)),
    st.builds(lambda minor, n: discount(minor=minor, months=n), sums, st.just(2)),
    st.just(free_months(1)),
)


@st.composite
def parts(draw: st.DrawFn) -> tuple[Part, ...]:
    """A few lines, some of more than one piece."""
    return tuple(
        Part(
            line=UUID(int=number + 1),
            offering_id=UUID(int=100 + number),
            kind=draw(st.sampled_from(KINDS)),
            quantity=draw(st.integers(1, 4)),
            prices=tuple(map(as_price, draw(st.lists(shorthands, max_size=4)))),
        )
        for number in range(draw(st.integers(1, 4)))
    )


@st.composite
def some_codes(draw: st.DrawFn) -> list[Code]:
    """Codes of all effects, for all or for some lines."""
    return [
        Code(
            id=UUID(int=1000 + number),
            code=f"CODE{number}",
            name={"en": "Less"},
            effect=draw(st.sampled_from(PromotionEffect)),
            currency="EUR",
            percent_bp=draw(st.integers(0, 10_000)),
            amount_minor=draw(st.integers(0, 80_000)),
            months=draw(st.integers(0, 14)),
            kinds=frozenset(draw(st.sets(st.sampled_from(KINDS), max_size=2))),
        )
        for number in range(draw(st.integers(0, 4)))
    ]


def totals(lines: tuple[Part, ...], codes: list[Code]) -> list[PriceTotals]:
    """The totals of each line under codes."""
    effects = apply(codes, lines, at=NOW, currency="EUR")
    return [
        add_up(
            (
                *line.prices,
                *(e.components[line.line] for e in effects if line.line in e.components),
            ),
            start=NOW,
            currency="EUR",
            quantity=line.quantity,
        )
        for line in lines
    ]


def figures(lines: tuple[Part, ...], codes: list[Code]) -> tuple[int, ...]:
    whole = combine(totals(lines, codes), currency="EUR")
    return tuple(
        money.minor for money in (whole.due_now, whole.one_time, whole.monthly, whole.whole_term)
    )


@settings(max_examples=150, deadline=None)
@given(parts(), some_codes())
def test_nothing_is_ever_below_zero(lines: tuple[Part, ...], codes: list[Code]) -> None:
    for line in totals(lines, codes):
        found = (line.due_now, line.one_time, line.monthly, line.whole_term)
        assert min(money.minor for money in found) >= 0
        assert all(step.amount.minor >= 0 for step in line.steps)


@settings(max_examples=150, deadline=None)
@given(parts(), some_codes())
def test_another_code_never_raises_a_total(lines: tuple[Part, ...], codes: list[Code]) -> None:
    whole = figures(lines, codes)
    for left_out in range(len(codes)):
        fewer = figures(lines, codes[:left_out] + codes[left_out + 1 :])
        assert all(more <= less for more, less in zip(whole, fewer, strict=True))


@settings(max_examples=60, deadline=None)
@given(parts(), some_codes())
def test_the_order_of_typing_does_not_matter(lines: tuple[Part, ...], codes: list[Code]) -> None:
    expected = apply(codes, lines, at=NOW, currency="EUR")
    for other in itertools.islice(itertools.permutations(codes), 6):
        assert apply(other, lines, at=NOW, currency="EUR") == expected


@settings(max_examples=150, deadline=None)
@given(parts(), some_codes())
def test_the_lines_add_up(lines: tuple[Part, ...], codes: list[Code]) -> None:
    priced = totals(lines, codes)
    whole = combine(priced, currency="EUR")
    assert whole.due_now == sum((line.due_now for line in priced), Money.zero("EUR"))
    assert whole.whole_term == sum((line.whole_term for line in priced), Money.zero("EUR"))


@settings(max_examples=150, deadline=None)
@given(parts(), st.integers(1, 100_000))
def test_an_amount_off_once_is_taken_to_the_cent(lines: tuple[Part, ...], minor: int) -> None:
    code = Code(
        UUID(int=9), "OFF", {"en": "Less"}, PromotionEffect.ONE_TIME_AMOUNT, "EUR",
        amount_minor=minor,
    )  # fmt: skip
    before, after = figures(lines, []), figures(lines, [code])
    assert before[1] - after[1] == min(minor, before[1])
    assert before[0] - after[0] == before[3] - after[3] == before[1] - after[1]


@settings(max_examples=150, deadline=None)
@given(parts(), st.integers(1, 60_000))
def test_a_monthly_amount_is_never_more_than_it_says(lines: tuple[Part, ...], minor: int) -> None:
    """And it falls short by fewer cents than there are pieces, where charges are regular."""
    code = Code(
        UUID(int=9), "OFF", {"en": "Less"}, PromotionEffect.RECURRING_AMOUNT, "EUR",
        amount_minor=minor, months=2,
    )  # fmt: skip
    (effect,) = apply([code], lines, at=NOW, currency="EUR")
    given_out = sum(
        -effect.components[line.line].amount_minor * line.quantity
        for line in lines
        if line.line in effect.components
    )
    could = sum(line.monthly * line.quantity for line in lines)
    assert min(minor, could) - given_out < max(line.quantity for line in lines)
    assert given_out <= min(minor, could)
    for line in lines:
        found = effect.components.get(line.line)
        after_it = add_months(NOW, 2)
        prices = (*line.prices, found) if found else line.prices
        until = after_it + timedelta(days=70)
        plain = schedule(line.prices, start=NOW, until=until, currency="EUR")
        lowered = schedule(prices, start=NOW, until=until, currency="EUR")
        later = [charge for charge in plain if charge.at >= after_it]
        assert [charge for charge in lowered if charge.at >= after_it] == later
