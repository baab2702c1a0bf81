"""Goods by instalments: the store's totals, one part on each bill, and all the rest at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.bills.accounts import lock_account
from self_service.domain.bills.drafting import draft
from self_service.domain.bills.writing import bill_now
from self_service.domain.debts import purchases
from self_service.domain.errors import NotFound
from self_service.domain.pricing.periods import add_months
from self_service.domain.pricing.totals import add_up, totals
from self_service.models.bills import AppliedBillingRate, BillingAccount, ChargeKind, RunType
from self_service.models.catalog import OfferingKind
from self_service.models.dunning import InstalmentPurchase, PurchaseStatus
from self_service.models.subscriptions import Product
from tests.bills import make_product
from tests.books import make_account, proven
from tests.conftest import NOW
from tests.debtors import POLICY, fresh, told
from tests.factories import as_price, monthly, one_time

IN_24 = {"duration_length": 24}


def bought(session: Session, minor: int = 3_540) -> tuple[BillingAccount, Actor]:
    """A phone of 24 instalments, the first of which was paid."""
    account = make_account(session, now=NOW)
    charging = make_product(session, account, monthly(minor, **IN_24), start=NOW, name="Phone")
    product = session.get_one(Product, charging.product_id)
    product.kind = OfferingKind.DEVICE
    session.delete(charging)
    session.flush()
    price = as_price(monthly(minor, **IN_24))
    assert purchases.begin(session, account, product, [price], now=NOW)
    assert not purchases.begin(session, account, product, [price], now=NOW)
    return account, Actor(customer_id=account.customer_id)


def only(session: Session, actor: Actor, now: datetime = NOW) -> purchases.Purchase:
    (found,) = purchases.purchases(session, actor, now=now)
    return found


def test_the_store_shows_all_instalments_and_no_more() -> None:
    found = add_up([as_price(monthly(3_540, **IN_24))], start=NOW, currency="EUR", quantity=2)
    assert found.due_now.minor == found.monthly.minor == 7_080
    assert (found.whole_term.minor, found.term_months, found.has_term) == (169_920, 24, True)
    with_plan = [as_price(monthly(3_540, **IN_24)), as_price(monthly(1_000))]
    found = add_up(with_plan, start=NOW, currency="EUR", term_months=36)
    assert found.whole_term.minor == 24 * 3_540 + 36 * 1_000


def test_the_way_of_paying_is_a_choice_with_its_own_prices() -> None:
    at_once = as_price(one_time(84_900, name={"en": "Device"}))
    nothing_now = as_price(one_time(0, name={"en": "Device"}, condition={"payment": "24 months"}))
    parts = as_price(monthly(3_540, condition={"payment": "24 months"}, **IN_24))
    prices: Any = [at_once, nothing_now, parts]
    asked = {"as_of": NOW, "new_customer": False, "currency": "EUR"}
    once = totals(prices, configuration={"payment": "at once"}, **asked)
    later = totals(prices, configuration={"payment": "24 months"}, **asked)
    assert (once.due_now.minor, once.monthly.minor) == (84_900, 0)
    assert (later.due_now.minor, later.whole_term.minor) == (3_540, 84_960)


def test_one_part_on_each_bill_until_nothing_remains(session: Session) -> None:
    account, ada = bought(session)
    seen = only(session, ada)
    assert (seen.total.minor, seen.remaining.minor) == (84_960, 81_420)
    assert seen.next_at == add_months(NOW, 1)
    assert sum(part.amount.minor for part in seen.parts) == 84_960
    for month in range(1, 24):
        at = add_months(NOW, month)
        lock_account(session, account.id)
        (line,) = draft(session, account, as_of=at).lines
        assert (line.kind, line.gross_minor) == (ChargeKind.INSTALMENT, 3_540)
        assert bill_now(session, account.id, as_of=at, now=at) is not None
        session.expire_all()
    seen = only(session, ada, add_months(NOW, 23))
    assert (seen.remaining.minor, seen.next_at, seen.status) == (0, None, PurchaseStatus.SETTLED)
    assert draft(session, account, as_of=add_months(NOW, 40)).lines == ()
    with pytest.raises(purchases.NothingLeft):
        purchases.quote(session, ada, str(seen.id), policy=POLICY, now=add_months(NOW, 24))
    proven(session)


def test_the_rest_is_paid_at_once(session: Session) -> None:
    account, ada = bought(session)
    first = add_months(NOW, 1)
    bill_now(session, account.id, as_of=first, now=first)
    session.expire_all()
    asked = first + timedelta(days=2)
    quoted = purchases.quote(session, ada, str(only(session, ada).id), policy=POLICY, now=asked)
    assert quoted.quote is not None
    assert quoted.quote.minor == 77_880
    assert quoted.quote_until == datetime(2027, 1, 6, 23, 59, 59, tzinfo=NOW.tzinfo)
    bill = purchases.settle_early(session, ada, str(quoted.id), policy=POLICY, now=asked)
    assert (bill.gross_minor, bill.run_type) == (77_880, RunType.OFF_CYCLE)
    lines = select(AppliedBillingRate).where(AppliedBillingRate.bill_id == bill.id)
    (line,) = session.exec(lines).all()
    assert (line.kind, line.gross_minor) == (ChargeKind.INSTALMENT, 77_880)
    (row,) = fresh(session, InstalmentPurchase)
    assert (row.status, row.next_at, row.settled_by) == (PurchaseStatus.SETTLED, None, bill.id)
    assert only(session, ada, asked).remaining.minor == 0
    assert draft(session, account, as_of=add_months(NOW, 30)).lines == ()
    assert told(session) == ["purchase_settled"]
    with pytest.raises(purchases.QuoteOver):
        purchases.settle_early(session, ada, str(row.id), policy=POLICY, now=asked)
    proven(session)


def test_the_rest_is_paid_while_an_instalment_waits_for_its_bill(session: Session) -> None:
    account, ada = bought(session)
    asked = add_months(NOW, 1) + timedelta(days=2)
    found = only(session, ada, asked)
    assert found.next_at is not None
    assert found.next_at < asked
    quoted = purchases.quote(session, ada, str(found.id), policy=POLICY, now=asked)
    assert quoted.quote == found.remaining
    assert quoted.quote_until is not None
    assert quoted.quote_until > asked
    bill = purchases.settle_early(session, ada, str(found.id), policy=POLICY, now=asked)
    assert bill.gross_minor == found.remaining.minor == 23 * 3_540
    assert draft(session, account, as_of=add_months(NOW, 30)).lines == ()
    proven(session)


LATE = {
    "without one": None,
    "too late": timedelta(days=15),
    "after the next instalment": timedelta(days=31),
}


@pytest.mark.parametrize("wait", LATE.values(), ids=LATE.keys())
def test_only_a_valid_quote_is_taken(session: Session, wait: timedelta | None) -> None:
    account, ada = bought(session)
    found = only(session, ada)
    at = NOW
    if wait:
        purchases.quote(session, ada, str(found.id), policy=POLICY, now=NOW)
        at += wait
        bill_now(session, account.id, as_of=at, now=at)
        session.expire_all()
    before = len(fresh(session, AppliedBillingRate))
    with pytest.raises(purchases.QuoteOver):
        purchases.settle_early(session, ada, str(found.id), policy=POLICY, now=at)
    assert len(fresh(session, AppliedBillingRate)) == before
    assert only(session, ada).status is PurchaseStatus.ACTIVE
    proven(session)


def test_a_stranger_sees_and_settles_nothing(session: Session) -> None:
    _, ada = bought(session)
    found = str(only(session, ada).id)
    eve = Actor(customer_id=make_account(session, now=NOW).customer_id)
    assert purchases.purchases(session, eve, now=NOW) == ()
    for act in (purchases.quote, purchases.settle_early):
        for wanted in (found, "no id", None):
            with pytest.raises(NotFound):
                act(session, eve, wanted, policy=POLICY, now=NOW)
    (row,) = fresh(session, InstalmentPurchase)
    assert (row.quote_until, row.billed) == (None, 1)


def test_services_and_single_prices_are_no_such_purchase(session: Session) -> None:
    account = make_account(session, now=NOW)
    charging = make_product(session, account, monthly(500, **IN_24), start=NOW)
    plan = session.get_one(Product, charging.product_id)
    assert not purchases.begin(session, account, plan, [as_price(monthly(5, **IN_24))], now=NOW)
    plan.kind = OfferingKind.DEVICE
    assert not purchases.begin(session, account, plan, [as_price(one_time(500))], now=NOW)
    assert fresh(session, InstalmentPurchase) == []


@given(total=st.integers(1, 10**9), count=st.integers(1, 60))
def test_parts_add_up_whatever_is_charged(total: int, count: int) -> None:
    row = InstalmentPurchase(
        total_minor=total, count=count, currency="EUR", anchor_at=NOW, status_changed_at=NOW
    )
    seen = purchases._purchase(row, Product(name={}), NOW)
    assert sum(part.amount.minor for part in seen.parts) == total
    assert max(p.amount.minor for p in seen.parts) - min(p.amount.minor for p in seen.parts) <= 1
