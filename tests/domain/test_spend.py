"""What was spent, who sees it, and about how much it will be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from self_service import clock
from self_service.domain.access import Actor
from self_service.domain.access.grants import Granting, give
from self_service.domain.errors import NotFound
from self_service.domain.spend.forecast import LEAST_DAYS, forecast, month_after, month_before
from self_service.domain.spend.points import Point, Spend, SpendKind, Step, points
from self_service.domain.spend.reach import Subscription
from self_service.models.access import Role, Scope
from self_service.models.bills import AppliedBillingRate, BillingAccount, ChargeKind
from self_service.models.subscriptions import Product
from self_service.models.wallet import WalletCharge
from self_service.money import Money
from tests import books, used
from tests.conftest import NOW
from tests.domain.test_basket_statements import Statements
from tests.used import MB, START, usage
from tests.wallets import person, wallet

SINCE, UNTIL = date(2026, 1, 1), date(2027, 1, 1)
PLAN = Subscription(uuid4(), {"en": "Plan"}, "", date(2026, 1, 1), True)


def euro(minor: int) -> Money:
    return Money(minor, "EUR")


def line(session: Session, account: BillingAccount | None = None, **more: Any) -> UUID:
    """A line on which each megabyte costs ten cents and each minute twenty."""
    prices = usage("MB", 10), usage("min", 20)
    return used.make_line(session, *prices, account=account, **more).product_id


def charge(session: Session, product_id: UUID | None, account: BillingAccount, **more: Any) -> None:
    given = {"charged_at": START, "amount_micro": 5_000_000, "name": {"en": "x"}, **more}
    session.add(AppliedBillingRate(account_id=account.id, product_id=product_id, **given))
    session.flush()


def sums(found: Spend) -> dict[tuple[str, str], int]:
    return {(at.day.isoformat(), at.kind.value): at.amount.minor for at in found.points}


def asked(session: Session, actor: Actor, step: Step = Step.MONTH, **more: Any) -> Spend:
    return points(session, actor, since=SINCE, until=UNTIL, step=step, now=NOW, **more)


def test_everything_counts_once_on_the_day_that_it_is_for(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "_ZONE", [ZoneInfo("Europe/Berlin")])
    ada = person(session, "ada@example.com", now=START)
    account = books.make_account(session, now=START)
    account.customer_id = ada.customer()
    bucket = wallet(session, ada, now=START)
    product = line(session, account)
    used.feed(
        session,
        used.row("a", datetime(2026, 10, 31, 22, 59, tzinfo=UTC), "data", 3 * MB),
        used.row("b", datetime(2026, 10, 31, 23, 1, tzinfo=UTC), "data", 5 * MB),
        used.row("c", datetime(2026, 11, 2, tzinfo=UTC), "voice", 120),
    )
    used.rate(session)
    used.tell(session)  # its charges on the bill are the same usage, not more of it
    charge(session, product, account, kind=ChargeKind.RECURRING)
    charge(session, product, account, kind=ChargeKind.DISCOUNT, amount_micro=-1_000_000)
    charge(session, None, account, kind=ChargeKind.FEE, charged_at=NOW)
    charge(session, product, account, kind=ChargeKind.CREDIT, amount_micro=-2_500_000)
    later = {"charged_at": NOW, "period_start": START}
    charge(session, product, account, kind=ChargeKind.RECURRING, amount_micro=7_000_000, **later)
    session.add(
        WalletCharge(
            bucket_id=bucket.id,
            product_id=product,
            name={"en": "Plan"},
            period_start=NOW,
            period_end=NOW + timedelta(days=30),
            net_minor=900,
            gross_minor=900,
            charged_at=NOW,
        )
    )
    session.flush()
    assert sums(asked(session, ada)) == {
        ("2026-10-01", "fixed"): 1_100,
        ("2026-10-01", "data"): 30,
        ("2026-10-01", "back"): -250,
        ("2026-11-01", "fixed"): 900,
        ("2026-11-01", "data"): 50,
        ("2026-11-01", "voice"): 40,
        ("2026-11-01", "once"): 500,
    }
    days = sums(asked(session, ada, Step.DAY))
    assert days["2026-11-01", "data"] == 50, "by the operator's midnight, not that of UTC"
    assert asked(session, ada, Step.DAY).total == asked(session, ada).total == euro(2_370)


def test_members_see_what_is_shared_and_nothing_else(session: Session) -> None:
    ada = person(session, "ada@example.com", now=START)
    ben = person(session, "ben@example.com", now=START)
    account = books.make_account(session, now=START)
    account.customer_id = ada.customer()
    shared, other = line(session, account), line(session, account, number="+4915822000002")
    for product in (shared, other, None):
        charge(session, product, account, kind=ChargeKind.RECURRING)
    grant = Granting(ada.customer(), shared, frozenset({Scope.VIEW}), ada.identity(), None)
    give(session, ben.identity(), grant, now=START)
    member = Actor(Role.SUB_USER, identity_id=ben.identity_id)
    found = asked(session, member)
    assert [one.id for one in found.subscriptions] == [shared]
    assert found.total == euro(500)
    assert asked(session, member, of=str(shared)).total == euro(500)
    for of in (other, "", "x", uuid4()):
        with pytest.raises(NotFound):
            asked(session, member, of=of)
    assert asked(session, ada).total == euro(1_500)
    acting = Actor(
        Role.REPRESENTATIVE,
        customer_id=ada.customer_id,
        identity_id=ben.identity_id,
        behalf="Ada",
    )
    assert asked(session, acting) == asked(session, ada)
    assert not asked(session, ben).points, "a customer sees their own, not what is shared"


def test_statements_do_not_grow(session: Session) -> None:
    ada = person(session, "ada@example.com", now=START)
    account = books.make_account(session, now=START)
    account.customer_id = ada.customer()
    counts = []
    for number in range(3):
        product = line(session, account, number=f"+491582200000{number}")
        charge(session, product, account, kind=ChargeKind.RECURRING)
        with Statements(session) as sent:
            asked(session, ada)
        counts.append(sent.reads)
    assert counts[0] == counts[-1] <= 6


AMOUNTS = st.dictionaries(st.integers(0, 60), st.integers(0, 5_000), max_size=30)


def spend(today: date, amounts: dict[int, int], kind: SpendKind, since: date) -> Spend:
    start = month_before(today)
    shown = Subscription(PLAN.id, PLAN.name, "", since, True)
    found = [
        Point(start + timedelta(days=n), kind, PLAN.id, euro(minor))
        for n, minor in sorted(amounts.items())
        if start + timedelta(days=n) <= today and minor
    ]
    return Spend(tuple(found), (shown,), "EUR")


@given(
    st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    AMOUNTS,
    st.sampled_from([SpendKind.FIXED, SpendKind.DATA, SpendKind.ONCE]),
    st.integers(0, 90),
)
def test_a_forecast_is_never_below_what_is_spent(today, amounts, kind, days) -> None:
    found = spend(today, amounts, kind, today - timedelta(days=days))
    ahead = forecast(found, today=today)
    assert ahead.fixed.minor >= 0
    assert ahead.usage.minor >= 0
    assert ahead.about.minor >= ahead.spent.minor
    assert ahead.spent + ahead.last == found.total
    assert ahead.last_same.minor <= ahead.last.minor
    assert ahead.known == (min(today - month_before(today), timedelta(days)).days >= LEAST_DAYS)
    if not ahead.known:
        assert not ahead.usage


@given(st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.integers(1, 900))
def test_who_uses_the_same_each_day_pays_for_all_days(today: date, minor: int) -> None:
    every = dict.fromkeys(range(62), minor)
    ahead = forecast(spend(today, every, SpendKind.DATA, date(2025, 1, 1)), today=today)
    assert ahead.about.minor == minor * (month_after(today) - today.replace(day=1)).days


def test_a_monthly_charge_is_expected_once_more() -> None:
    today = date(2026, 11, 21)
    last = spend(today, {4: 1_999}, SpendKind.FIXED, date(2026, 1, 1))
    assert forecast(last, today=today).fixed == euro(1_999)
    both = spend(today, {4: 1_999, 35: 1_999}, SpendKind.FIXED, date(2026, 1, 1))
    assert forecast(both, today=today).fixed == euro(0)
    ended = Spend(last.points, (Subscription(PLAN.id, {}, "", None, False),), "EUR")
    assert forecast(ended, today=today).fixed == euro(0)


def test_a_product_of_another_customer_is_not_theirs(session: Session) -> None:
    eve = person(session, "eve@example.com", now=START)
    product = session.get_one(Product, line(session))
    account = books.make_account(session, now=START, currency="EUR")
    charge(session, product.id, account, kind=ChargeKind.RECURRING)
    assert asked(session, eve) == Spend((), (), "")
