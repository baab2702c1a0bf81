"""Why a bill changed: reasons that add up to the cent."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from self_service.domain.bills import compare
from self_service.domain.bills.compare import Why, reasons
from self_service.domain.bills.lines import BillLine
from self_service.domain.errors import NotFound
from self_service.models.bills import ChargeKind, TaxCategory
from self_service.money import Money
from tests.bills_view import Charged, customer_actor, person, write_bill
from tests.books import make_account, proven
from tests.conftest import NOW

K = ChargeKind
NUMBERS = count(1)


def line(
    name: str = "Plan",
    minor: int = 1_000,
    kind: ChargeKind = K.RECURRING,
    days: int = 30,
    product: int = 1,
    part: int = 0,
) -> BillLine:
    money = Money(minor, "EUR")
    return BillLine(
        id=next(NUMBERS),
        product_id=UUID(int=product) if product else None,
        kind=kind,
        name={"en": name},
        period_start=NOW - timedelta(days=days),
        period_end=NOW,
        tax_category=TaxCategory.STANDARD,
        tax_bp=1_900,
        net=money,
        tax=Money(0, "EUR"),
        gross=money,
        detail={"days": part, "of": 30} if part else {},
    )


LINES = st.lists(
    st.builds(
        line,
        name=st.sampled_from(["Plan", "Calls", "Phone"]),
        minor=st.integers(-(10**9), 10**9),
        kind=st.sampled_from(list(K)),
        days=st.integers(1, 400),
        product=st.integers(0, 3),
        part=st.sampled_from([0, 12, 30]),
    ),
    max_size=12,
)


@given(LINES, LINES)
def test_the_reasons_are_the_difference(before: list[BillLine], after: list[BillLine]) -> None:
    found = reasons(before, after, "EUR")
    wanted = sum(one.gross.minor for one in after) - sum(one.gross.minor for one in before)
    assert sum(reason.difference.minor for reason in found) == wanted
    assert all(reason.difference.minor for reason in found)
    assert reasons(after, after, "EUR") == ()
    back = reasons(after, before, "EUR")
    assert sum(reason.difference.minor for reason in back) == -wanted


@pytest.mark.parametrize(
    ("before", "after", "why", "difference"),
    [
        ([], [line()], Why.NEW, 1_000),
        ([line()], [], Why.GONE, -1_000),
        ([line()], [line(minor=1_200)], Why.PRICE, 200),
        ([line(minor=400, part=12)], [line(part=30)], Why.PART, 600),
        ([line()], [line(minor=400, part=12)], Why.PART, -600),
        ([line(kind=K.USAGE)], [line(minor=1_500, kind=K.USAGE)], Why.USAGE_MORE, 500),
        ([line(kind=K.USAGE)], [], Why.USAGE_LESS, -1_000),
        ([line(minor=-500, kind=K.DISCOUNT)], [], Why.DISCOUNT_ENDED, 500),
        ([], [line(minor=-500, kind=K.DISCOUNT)], Why.DISCOUNT_NEW, -500),
        (
            [line(minor=-500, kind=K.DISCOUNT)],
            [line(minor=-250, kind=K.DISCOUNT)],
            Why.DISCOUNT_CHANGED,
            250,
        ),
        ([], [line(kind=K.ONE_TIME)], Why.ONE_OFF, 1_000),
        ([line(kind=K.FEE)], [], Why.ONE_OFF_BEFORE, -1_000),
        ([], [line(minor=-300, kind=K.CREDIT)], Why.CREDIT, -300),
        ([line(minor=-300, kind=K.CREDIT)], [], Why.CREDIT_BEFORE, 300),
    ],
    ids=lambda value: value.value if isinstance(value, Why) else "",
)
def test_each_difference_has_its_reason(
    before: list[BillLine], after: list[BillLine], why: Why, difference: int
) -> None:
    (found,) = reasons(before, after, "EUR")
    assert (found.why, found.difference.minor) == (why, difference)


def test_the_same_plan_of_two_subscriptions_is_two_things() -> None:
    found = reasons([line(product=1)], [line(product=2)], "EUR")
    assert {one.why for one in found} == {Why.NEW, Why.GONE}


def test_a_bill_is_compared_with_the_one_before(session: Session) -> None:
    ada = person(session, now=NOW)
    account = make_account(session, now=NOW, customer=ada)
    first = write_bill(session, account, Charged(), now=NOW - timedelta(days=60), regular=True)
    once = Charged("Screen repair", kind=K.ONE_TIME)
    between = write_bill(session, account, once, now=NOW - timedelta(days=20))
    note = write_bill(session, account, Charged(net=-10, tax=-2), now=NOW, credits=first)
    lines = Charged(net=1_100, tax=209), Charged("Set-up", kind=K.ONE_TIME)
    second = write_bill(session, account, *lines, now=NOW, regular=True)
    actor = customer_actor(ada)
    found = compare.comparison(session, actor, second.number, now=NOW)
    assert found is not None
    assert (found.before_number, found.difference.minor) == (first.number, 1_309)
    assert [(one.why, one.difference.minor) for one in found.reasons] == [
        (Why.ONE_OFF, 1_190),
        (Why.PRICE, 119),
    ]
    for alone in (first, between, note):
        assert compare.comparison(session, actor, alone.number, now=NOW) is None
    eve = customer_actor(person(session, now=NOW, name="Eve Adler"))
    with pytest.raises(NotFound):
        compare.comparison(session, eve, second.number, now=NOW)
    proven(session)
