"""Home: what runs, since when, until when, and what is charged next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain.access import Actor, SignInNeeded
from self_service.domain.subscriptions.home import home
from self_service.models.catalog import ProductOfferingPrice
from self_service.models.subscriptions import Product, ProductStatus
from tests.conftest import NOW
from tests.order_shop import (
    choose,
    customer,
    fill,
    fulfil,
    open_shop,
    order,
    pay,
)


@pytest.fixture
def actor(session: Session):
    return customer(session)


def bought(session: Session, actor, put, *, now: datetime = NOW):
    shop = open_shop(session)
    put(session, actor, shop)
    placed = order(session, actor, now=now)
    if placed.payment_id:
        pay(session, placed, now=now)
    assert fulfil(session, placed.order_id, now=now)
    return placed


def test_phone_with_plan_is_one_subscription(session, actor) -> None:
    bought(session, actor, fill)
    seen = home(session, actor, now=NOW)
    (subscription,) = seen.subscriptions
    assert subscription.name == {"en": "plan"}
    assert subscription.number.startswith("+49155")
    assert (subscription.since, subscription.status) == (NOW, ProductStatus.ACTIVE)
    assert subscription.term_ends_at == datetime(2028, 11, 21, 10, 0, tzinfo=UTC)
    plan, extra = subscription.services
    assert (plan.name["en"], extra.name["en"]) == ("plan", "extra")
    assert plan.sim_detail["form"] == "esim"
    assert [(a.unit, a.units) for a in plan.allowances] == [("MB", 20480)]
    (phone,) = subscription.goods
    assert (phone.name["en"], len(phone.serial)) == ("phone", 15)
    assert [case.name["en"] for case in seen.goods] == ["case", "case"]
    assert seen.open_orders == ()


def test_next_charge_is_what_was_sold_not_what_it_costs_today(session, actor) -> None:
    bought(session, actor, fill)
    for price in session.exec(select(ProductOfferingPrice)):
        price.amount_minor = 1
    session.flush()
    first = home(session, actor, now=NOW).subscriptions[0].next_charge
    assert first.at == datetime(2026, 12, 21, 10, 0, tzinfo=UTC)
    assert first.amount.minor == 999 + 500  # half of the plan, and the extra
    march = home(session, actor, now=datetime(2027, 3, 1, tzinfo=UTC))
    later = march.subscriptions[0].next_charge
    assert later.at == datetime(2027, 3, 21, 10, 0, tzinfo=UTC)
    assert later.amount.minor == 1999 + 500  # the three months at half are over


def test_broadband_shows_its_router(session, actor) -> None:
    bought(session, actor, lambda session, actor, shop: choose(session, actor, shop["fibre"]))
    (subscription,) = home(session, actor, now=NOW).subscriptions
    (router,) = subscription.goods
    assert router.label == "Router"
    assert router.serial
    assert (subscription.number, len(subscription.services)) == ("", 1)


def test_nothing_recurring_has_no_next_charge(session, actor) -> None:
    bought(session, actor, lambda session, actor, shop: choose(session, actor, shop["free"]))
    (subscription,) = home(session, actor, now=NOW).subscriptions
    assert (subscription.next_charge, subscription.term_ends_at) == (None, None)
    assert subscription.services[0].prepaid


def test_order_under_way_is_shown_as_such(session, actor) -> None:
    shop = open_shop(session)
    fill(session, actor, shop)
    placed = order(session, actor)
    seen = home(session, actor, now=NOW)
    assert (seen.subscriptions, seen.goods) == ((), ())
    assert [summary.number for summary in seen.open_orders] == [placed.number]


def test_ended_subscription_is_not_shown(session, actor) -> None:
    bought(session, actor, fill)
    for product in session.exec(select(Product)):
        product.status = ProductStatus.TERMINATED
    session.flush()
    seen = home(session, actor, now=NOW)
    assert (seen.subscriptions, seen.goods) == ((), ())


def test_home_is_the_customers_own(session, actor) -> None:
    bought(session, actor, fill)
    stranger = customer(session, "eve@example.com")
    seen = home(session, stranger, now=NOW)
    assert (seen.subscriptions, seen.goods, seen.open_orders) == ((), (), ())
    with pytest.raises(SignInNeeded):
        home(session, Actor(key="somebody"), now=NOW)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    hours=st.integers(0, 3 * 366 * 24),
    days=st.integers(0, 800),
)
def test_next_charge_is_always_ahead_and_within_a_month(session, hours, days) -> None:
    """Month ends, leap days and the hour that clocks are moved by included."""
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    with session.begin_nested() as nested:
        actor = customer(session, now=start)
        shop = open_shop(session)
        choose(session, actor, shop["fibre"], now=start)
        placed = order(session, actor, now=start)
        pay(session, placed, now=start)
        fulfil(session, placed.order_id, now=start)
        now = start + timedelta(days=days)
        charge = home(session, actor, now=now).subscriptions[0].next_charge
        assert timedelta(0) < charge.at - now <= timedelta(days=31, hours=1)
        assert charge.amount.minor == 3999
        nested.rollback()
    session.expire_all()
