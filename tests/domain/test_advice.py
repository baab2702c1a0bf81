"""Advice on plans: rated as bills rate, the cheapest that the rules allow, or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.advice import looking
from self_service.domain.advice.advising import Advice, advice
from self_service.domain.advice.rating import DayUse, offered, rated
from self_service.domain.bills import taxes
from self_service.domain.changes import asking, quoting
from self_service.domain.changes.tree import open_tree
from self_service.domain.changes.view import Wish
from self_service.domain.errors import DomainError, NotFound
from self_service.domain.orders.sold import sold_prices
from self_service.domain.policy import Policy
from self_service.domain.pricing.charges import regular_month
from self_service.domain.pricing.periods import add_months
from self_service.domain.usage import allowances
from self_service.models.access import Scope
from self_service.models.changes import ChangeKind
from self_service.models.usage import UsageDay
from tests.advised import open_range, use
from tests.books import empty_books
from tests.changing import START, Customer
from tests.used import MB, feed, included, make_line, rate, rolled_back, row, usage
from tests.used import START as BEGUN

POLICY, GB = Policy(), 1024 * MB
#: Five months after the beginning: four full charging months lie behind.
NOW = add_months(START, 4) + timedelta(days=3)
USES = st.dictionaries(
    st.tuples(
        st.integers(0, 88),
        st.sampled_from(("data", "message", "voice")),
        st.sampled_from(("home", "roaming")),
    ),
    st.integers(1, 30 * MB),
    max_size=16,
)
PLANS: tuple[tuple[dict[str, Any], ...], ...] = (
    (included("MB", 10, carries=True), included("SMS", 30), usage("MB", 5, block=1024)),
    (
        included("MB", 20, zones=["home", "roaming"]),
        included("MB", 15, zones=["roaming"], priority=10, carries=True),
        usage("MB", 7, block=100_000, first=MB),
        usage("MB", 50, zones=["roaming"]),
        usage("min", 9, block=60),
        usage("SMS", 9),
    ),
    (included("MB", -1), usage("min", 3), usage("min", 29, zones=["roaming"], first=60)),
)


@settings(max_examples=25, deadline=None)
@given(USES, st.sampled_from(PLANS))
def test_it_is_what_rating_the_same_days_gives(
    uses: dict[tuple[int, str, str], int], prices: tuple[dict[str, Any], ...]
) -> None:
    with empty_books() as session:
        line = make_line(session, *prices)
        days: dict[int, list[DayUse]] = {0: [], 1: [], 2: []}
        rows = []
        for place, ((day, kind, zone), units) in enumerate(sorted(uses.items())):
            size = units if kind == "data" else units % 700 + 1
            at = BEGUN + timedelta(days=day, hours=3, minutes=place % 60)
            rows.append(row(f"r{place}", at, kind, size, zone=zone))
            month = sum(at >= add_months(BEGUN, number) for number in (1, 2))
            days[month].append(DayUse(at.date().isoformat(), kind, zone, size))
        asked = [(line.product_id, add_months(BEGUN, number)) for number in range(3)]
        allowances.begin(session, asked, now=BEGUN)
        feed(session, *rows)
        rate(session)
        sold = sold_prices(session, {line.order_item_id}, currency="EUR", since=BEGUN)
        found = rated(list(days.values()), offered(sold[line.order_item_id]))
        real: dict[tuple[int, str, str], list[int]] = {}
        for used in session.exec(select(UsageDay)):
            sums = real.setdefault((used.period_id, used.kind.value, used.zone.value), [0, 0])
            sums[0] += used.amount_micro
            sums[1] += used.charged_units
        micro = [sums[0] for sums in real.values()]
        assert sum(one for _, one in found.micro) == sum(micro)
        assert found.minor("EUR") == sum(taxes.to_minor(one, "EUR") for one in micro)
        free = sum(sums[1] for sums in real.values() if not sums[0])
        assert sum(found.beyond.values()) == free


def advised(ada: Customer, *, now: datetime = NOW, of: object = None) -> list[Advice]:
    ada.pass_time(now)
    return list(advice(ada.session, ada.actor, policy=POLICY, now=now, of=of))


def test_the_cheapest_plan_is_named_with_what_it_would_have_cost(session: Session) -> None:
    ada = Customer(session, open_range(session))
    plan = ada.buy("large")
    use(session, plan, {"home": 70 * GB}, *[{"home": 6 * GB, "roaming": MB}] * 3)
    (found,) = advised(ada)
    assert (found.since, found.months) == (add_months(START, 1).date(), 3)
    assert found.cost.minor == 3 * (2999 + 10)
    assert found.best is not None
    assert found.best.offering.slug == "small", "the island has no price abroad"
    assert found.best.cost.minor == 3 * (999 + 100 + 10)
    assert found.saving.minor == 1900
    wish, seen = found.best.quote.wish, found.best.quote.seen
    change = asking.ask(session, ada.actor, wish, seen=seen, policy=POLICY, now=NOW)
    assert change.to == found.best.offering.name
    assert advised(ada) == [], "nothing is said while something is to change"


def test_what_fits_best_is_said_and_a_month_is_needed(session: Session) -> None:
    ada = Customer(session, open_range(session))
    plan = ada.buy("small")
    assert advised(ada, now=add_months(START, 1) - timedelta(hours=1)) == []
    use(session, plan, {"home": 6 * GB, "roaming": MB})
    (found,) = advised(ada, now=add_months(START, 1) + timedelta(days=2))
    assert (found.months, found.best, found.saving.minor) == (1, None, 0)
    assert found.cost.minor == 999 + 100 + 10
    late = add_months(START, 5)
    assert advised(ada, now=late) == [], "what was used long ago is no ground"


def test_discounts_that_hold_and_extras_that_end_are_in_it(session: Session) -> None:
    ada = Customer(session, open_range(session))
    plan = ada.buy("middle", "more")
    use(session, plan, *[{"home": GB}] * 3)
    (found,) = advised(ada, now=add_months(START, 3) + timedelta(days=1))
    assert found.cost.minor == 3 * (1999 - 200 + 499)
    assert found.best is not None
    assert found.best.offering.slug == "island"
    assert found.best.cost.minor == 3 * 499, "the extra is not of this plan and ends"


def test_a_minimum_term_that_binds_is_no_place_to_send_somebody(session: Session) -> None:
    ada = Customer(session, open_range(session))
    plan = ada.buy("large")
    use(session, plan, *[{"home": GB}] * 3)
    bound = add_months(START, 2) + timedelta(days=1)
    plan.term_ends_at = add_months(START, 12)
    session.flush()
    (found,) = advised(ada, now=bound)
    assert (found.best, found.saving.minor) == (None, 0)


def test_only_the_customer_is_advised(session: Session) -> None:
    ada = Customer(session, open_range(session))
    plan = ada.buy("large")
    use(session, plan, *[{"home": GB}] * 3)
    assert advised(ada, of=str(plan.id)) == advised(ada)
    other = replace(ada.actor, customer_id=plan.id)
    for of in (str(plan.id), "x", plan.order_id):
        with pytest.raises(NotFound):
            advice(session, other, policy=POLICY, now=NOW, of=of)
    assert advice(session, other, policy=POLICY, now=NOW) == ()
    member = replace(ada.actor, customer_id=None)
    assert advice(session, member, policy=POLICY, now=NOW) == ()
    with pytest.raises(DomainError):
        advice(session, Actor(), policy=POLICY, now=NOW)


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(("small", "middle", "large", "island", "prepaid")),
    st.lists(
        st.fixed_dictionaries(
            {}, optional={"home": st.integers(1, 90 * GB), "roaming": st.integers(1, 50 * MB)}
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(1, 130),
)  # fmt: skip
def test_what_is_advised_may_be_had_and_nothing_that_may_be_had_is_cheaper(
    slug: str, months: list[dict[str, int]], days: int
) -> None:
    with empty_books() as session:
        ada = Customer(session, shop := open_range(session))
        plan = ada.buy(slug)
        use(session, plan, *months)
        now = START + timedelta(days=days)
        ada.now = now
        for found in advice(session, ada.actor, policy=POLICY, now=now):
            assert isinstance(found.cost.minor, int)
            spans = looking.months(session, [plan.id], 3, now)[plan.id]
            used = looking.days(session, [one.id for one in spans])
            uses = [used.get(one.id, []) for one in spans]
            tree = open_tree(session, ada.actor, plan.id, scope=Scope.VIEW, now=now)
            present = rated(uses, offered(tree.sold(plan)))
            costs = {}
            for other in shop.ids.values():
                wish = Wish(ChangeKind.UPGRADE, plan.id, other)
                with rolled_back(session):
                    try:
                        quoting.quote(session, ada.actor, wish, policy=POLICY, now=now)
                    except DomainError:
                        continue
                offering = tree.terms.catalog.get(other)
                prices = quoting.becoming_prices(tree, plan, offering, now)
                then = rated(uses, offered(prices))
                if all(then.beyond[key] <= present.beyond.get(key, 0) for key in then.beyond):
                    costs[other] = then.minor("EUR") + regular_month(prices) * len(uses)
            least = min(costs.values(), default=found.cost.minor)
            if found.best is None:
                assert found.cost.minor - least < found.months
            else:
                assert costs[found.best.offering.id] == found.best.cost.minor == least
                assert 0 < found.saving.minor * found.months <= found.cost.minor - least
