"""The page of spending: its chart and its table say the same, and so do the days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from self_service import db, policy
from self_service.domain import access
from self_service.domain.policy import AdvicePolicy, Policy
from self_service.domain.pricing.periods import add_months
from self_service.domain.spend import budgets
from self_service.domain.spend.points import Point, SpendKind, Step
from self_service.domain.spend.reach import Subscription
from self_service.models.bills import AppliedBillingRate, ChargeKind
from self_service.models.people import Customer
from self_service.money import Money
from self_service.state.home import home_values
from self_service.state.request import Elsewhere, PageRequest
from self_service.state.spend import SpendState, spend_values
from self_service.state.spend_chart import COLOURS, by_kind, by_line, chart_values, steps
from self_service.state.subscription_look import subscription_values
from tests import changing, used
from tests.advised import open_range, use
from tests.books import make_account
from tests.conftest import NOW
from tests.order_shop import customer
from tests.tab import keep_signed_in, loaded, open_tab
from tests.used import MB, row, usage

SINCE, UNTIL = date(2026, 1, 1), date(2026, 7, 1)
BARS = steps(SINCE, UNTIL, Step.MONTH)
LINES = [Subscription(UUID(int=n), {"en": f"Plan {n}"}, "", SINCE, True) for n in range(9)]
POINTS = st.lists(
    st.builds(
        Point,
        st.sampled_from(BARS),
        st.sampled_from(SpendKind),
        st.one_of(st.none(), st.sampled_from([one.id for one in LINES])),
        st.integers(-5_000, 50_000).map(lambda minor: Money(minor, "EUR")),
    ),
    min_size=1,
    max_size=40,
)


def cents(text: str) -> int:
    return int(
        text.replace("\N{MINUS SIGN}", "-").replace("€", "").replace(",", "").replace(".", "")
    )


@given(POINTS, st.booleans())
def test_chart_and_table_are_the_points(points: list[Point], lines: bool) -> None:
    series = (
        by_line(points, BARS, "EUR", LINES, "en") if lines else by_kind(points, BARS, "EUR", "en")
    )
    assert len(series) <= COLOURS
    values = chart_values(series, BARS, Step.MONTH, "en", "EUR", coming=Money(700, "EUR"))
    drawn = [round(y * 100) for trace in values["chart_data"][:COLOURS] for y in trace.y]
    whole = sum(at.amount.minor for at in points)
    assert sum(drawn) == whole == cents(values["sum"])
    assert [cents(one) for one in values["sums"]] == [
        sum(cents(bar.cells[n]) for bar in values["table"]) for n in range(len(series))
    ]
    assert sum(cents(bar.total) for bar in values["table"]) == whole
    for n, day in enumerate(BARS):
        assert cents(values["table"][n].total) == sum(
            at.amount.minor for at in points if at.day == day
        )
    low, high = values["axes"].reach
    ups = [0.0] * len(BARS)
    for trace in values["chart_data"]:
        for place, up in zip(trace.x, trace.y, strict=True):
            ups[place] += max(up, 0)
    assert low <= 0 < high
    assert max(ups) <= high + 1e-9
    assert len(values["axes"].lines) <= 8
    assert values["chart_data"][COLOURS].y[-1] == 7.0, "the forecast has the seventh place"


@pytest.fixture
def spender(portal: db.Database) -> str:
    """Ada (cookie "ada") uses data of five cents a megabyte and pays ten euros each month."""
    with portal.writing() as session:
        ada = customer(session)
        keep_signed_in(session, ada, "ada")
        account = make_account(session, now=NOW, customer=session.get_one(Customer, ada.customer()))
        found = used.make_line(
            session, usage("MB", 5), account=account, start=NOW - timedelta(days=70)
        )
        days = [row(f"r{n}", NOW - timedelta(days=n), "data", 2 * MB) for n in range(60)]
        used.feed(session, *days, now=NOW)
        used.rate(session, now=NOW)
        for month in (9, 10, 11):
            at = NOW.replace(month=month, day=12)
            session.add(
                AppliedBillingRate(
                    account_id=account.id,
                    product_id=found.product_id,
                    kind=ChargeKind.RECURRING,
                    name={"en": "Plan"},
                    charged_at=at,
                    amount_micro=10_000_000,
                )
            )
        return str(found.product_id)


async def seen(query: str = "", language: str = "en") -> dict[str, Any]:
    return await spend_values(PageRequest.at(f"/{language}/spend?{query}", "ada"))


async def test_this_month_and_about_how_much_it_will_be(spender: str) -> None:
    values = await seen()
    assert values["spent"] == "€12.10"  # ten, and 21 days of ten cents
    assert values["about"] == "About €13.00 by 30 Nov 2026"
    assert values["made_of"] == "€12.10 so far, usage to come about €0.90"
    assert values["compared"] == "As much as at this time last month."
    assert values["last"] == "Last month in all: €13.10"
    assert (len(values["table"]), values["table"][-1].total) == (12, "€12.10")
    assert values["columns"] == ["Monthly charges", "Data"]
    assert values["chart_data"][COLOURS].y[-1] == 0.9


async def test_every_choice_is_an_address(spender: str) -> None:
    values = await seen()
    sums = set()
    for choice in (*values["spans"], *values["ways"], *values["compares"]):
        again = await spend_values(PageRequest.at(choice.href, "ada"))
        shown = (*again["spans"], *again["ways"], *again["compares"])
        assert choice.href in [one.href for one in shown if one.selected]
        if "span=month" not in choice.href:
            sums.add(again["sum"])
    assert len(sums) == 1, "however it is divided"
    by_day = await seen("span=month")
    assert (len(by_day["table"]), by_day["sum"], by_day["columns"][-1]) == (
        30, values["spent"], "Last month",
    )  # fmt: skip
    assert (await seen(f"line={spender}"))["sum"] == values["sum"]
    assert (await seen("span=x&by=y&line=z&before=w")) == values


async def test_the_time_before_stands_beside_when_wanted(spender: str) -> None:
    alone, beside = await seen("span=month&before=no"), await seen("before=yes")
    assert "Last month" not in alone["columns"]
    assert beside["columns"][-1] == "The time before"
    assert (beside["sum"], cents(beside["sums"][-1])) == ((await seen())["sum"], 0)
    month = await seen("span=month")
    was = (await seen())["table"][-2]
    rest = cents(was.total) - cents(month["sums"][-1])
    assert rest == 10, "its 31st has no place beside November"


async def test_a_budget_is_a_line_a_column_and_a_sentence(
    spender: str, portal: db.Database
) -> None:
    with portal.writing() as session:
        ada = access.resolve(session, "ada", now=NOW)
        budgets.set_budget(session, ada, typed="9.80", now=NOW)
        budgets.set_budget(session, ada, typed="20", of=spender, now=NOW)
    values = await seen()
    assert values["outlook"] == (
        "You are €2.30 above your budget of €9.80 already, and likely to end €3.20 above it."
    )
    line = values["chart_data"][-1]
    assert (line.name, line.text[0], set(line.y)) == ("Budget", "Budget", {9.8})
    assert (values["columns"][-1], values["table"][0].cells[-1]) == ("Budget", "€9.80")
    assert values["axes"].reach[1] >= 9.8
    by_day = await seen("span=month")
    assert cents(by_day["sums"][-1]) == 980, "parted by day, nothing is lost"
    one = await seen(f"line={spender}")
    assert one["outlook"] == "You are likely to stay €7.00 below your budget of €20.00."
    assert (one["outlook_bad"], values["outlook_bad"]) == (False, True)
    arabic = (await seen(language="ar"))["chart_data"][-1]
    assert arabic.textposition == "top left"


async def test_right_to_left_time_runs_to_the_left(spender: str) -> None:
    axes = (await seen(language="ar"))["axes"]
    assert axes.ends[0] > axes.ends[1]
    assert axes.side == "right"


async def test_strangers_sign_in_and_who_has_nothing_is_told(portal: db.Database) -> None:
    with pytest.raises(Elsewhere):
        await seen()
    with portal.writing() as session:
        keep_signed_in(session, customer(session), "ada")
    state = open_tab(SpendState, "/en/spend", "ada")
    await loaded(state)
    assert (state.loaded, state.nothing, state.chart_data) == (True, True, [])


async def test_advice_leads_to_the_quote_and_home_speaks_of_what_is_worth_it(
    portal: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = add_months(NOW, -3) - timedelta(days=2)
    with portal.writing() as session:
        ada = changing.Customer(session, open_range(session), begun)
        plan = ada.buy("large")
        plan.term_ends_at = None
        use(session, plan, *[{"home": MB}] * 3, start=plan.started_at)
        keep_signed_in(session, ada.actor, "ada")
    (row,) = (await seen())["advice"]
    assert row.head == "island would save you €25.00 a month"
    assert "large would have cost €89.97, and island €14.97" in row.how
    assert row.changes == ["You lose: 5 GB instead of 80 GB"]
    assert (await seen(f"line={plan.id}"))["advice"] == [row]
    shown = await subscription_values(PageRequest.at(row.href, "ada"))
    assert [quote.after for quote in shown["quotes"]] == ["€4.99"]
    (line,) = (await home_values(PageRequest.at("/en/home", "ada")))["advice"]
    assert (line.text, line.href) == (row.head, f"/en/spend?line={plan.id}")
    high = replace(Policy(), advice=AdvicePolicy(home_from_minor=2_500))
    monkeypatch.setattr(policy, "current", lambda: high)
    assert (await home_values(PageRequest.at("/en/home", "ada")))["advice"] == []
