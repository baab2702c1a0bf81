"""The bill of an order, what is charged after it, and the credit notes that take it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain.bills import credit_note, order_bill
from self_service.domain.bills.credit_note import CreditLine, credit, credit_all
from self_service.domain.bills.drafting import draft
from self_service.domain.errors import NotFound
from self_service.domain.orders.cancellation import cancel
from self_service.domain.pricing.periods import add_months
from self_service.models.bills import (
    AppliedBillingRate,
    BillCategory,
    BillingAccount,
    BillState,
    CustomerBill,
    ProductCharging,
    RunType,
)
from self_service.models.catalog import OfferingKind
from self_service.models.ledger import AccountKind
from self_service.models.payments import BillAllocation, Payment
from self_service.models.subscriptions import Product
from tests.bills import bill, make_product, shown, sums
from tests.books import balance, empty_books, make_account, make_bill, make_payment, proven
from tests.conftest import NOW
from tests.factories import free_months, make_offering, monthly
from tests.order_shop import choose, customer, fill, fulfil, open_shop, order, pay

LATER = NOW + timedelta(hours=3)


def ordered(session: Session, put=fill, *, shop=None):
    shop = shop or open_shop(session)
    actor = customer(session)
    put(session, actor, shop)
    placed = order(session, actor)
    if placed.payment_id:
        pay(session, placed)
    assert fulfil(session, placed.order_id, now=LATER)
    bills = select(CustomerBill).where(CustomerBill.order_id == placed.order_id)
    return actor, placed, session.exec(bills).first()


def test_an_order_is_billed_and_its_payment_is_against_the_bill(session: Session) -> None:
    _, placed, made = ordered(session)
    # phone, plan's activation and half of its first month, extra, two cases
    assert sorted(shown(session, made)) == [500, 990, 999, 3980, 59900]
    assert made.gross_minor == placed.amount.minor
    assert (made.state, made.remaining_minor) == (BillState.SETTLED, 0)
    assert (made.run_type, made.category) == (RunType.OFF_CYCLE, BillCategory.NORMAL)
    payment = session.exec(select(Payment)).one()
    allocation = session.exec(select(BillAllocation)).one()
    assert (allocation.payment_id, allocation.bill_id) == (payment.id, made.id)
    assert payment.allocated_minor == payment.amount_minor
    account = session.exec(select(BillingAccount)).one()
    assert account.credit_minor == 0
    cases = session.exec(
        select(AppliedBillingRate).where(AppliedBillingRate.gross_minor == 3980)
    ).one()
    assert (cases.detail, cases.product_id) == ({"quantity": 2}, None)
    proven(session)


def test_what_recurs_is_charged_from_the_second_period_on(session: Session) -> None:
    ordered(session)
    rows = session.exec(select(ProductCharging)).all()
    assert {row.charged_until for row in rows} == {add_months(LATER, 1)}
    assert {(row.by_wallet, row.next_at) for row in rows} == {(False, None)}
    account = session.exec(select(BillingAccount)).one()
    assert sums(draft(session, account, as_of=add_months(LATER, 1) - timedelta(minutes=1))) == []
    found = draft(session, account, as_of=add_months(LATER, 3))
    assert sorted(sums(found)) == [500, 500, 500, 999, 999, 1999]


def test_a_prepaid_plan_and_its_addon_are_paid_from_the_wallet(session: Session) -> None:
    shop = open_shop(session)
    sim = make_offering(
        session, slug="sim", kind=OfferingKind.PLAN, prices=[monthly(999)], prepaid=True
    )
    choose_sim = lambda session, actor, shop: choose(session, actor, sim.id)  # noqa: E731
    _, _, made = ordered(session, choose_sim, shop=shop)
    assert made.gross_minor == 999
    row = session.exec(select(ProductCharging)).one()
    assert (row.by_wallet, row.next_at) == (True, add_months(LATER, 1))
    account = session.exec(select(BillingAccount)).one()
    assert sums(draft(session, account, as_of=add_months(LATER, 5))) == []
    proven(session)


def test_an_order_with_a_free_month_gets_a_bill_of_zero(session: Session) -> None:
    shop = open_shop(session)
    trial = make_offering(
        session, slug="tv", kind=OfferingKind.TV, prices=[monthly(1500), free_months(1)]
    )
    put = lambda session, actor, shop: choose(session, actor, trial.id)  # noqa: E731
    _, placed, made = ordered(session, put, shop=shop)
    assert placed.payment_id is None
    assert (made.gross_minor, made.state, shown(session, made)) == (0, BillState.SETTLED, [0])
    proven(session)


def test_money_for_an_order_under_way_pays_no_other_bill(session: Session) -> None:
    shop = open_shop(session)
    actor = customer(session)
    fill(session, actor, shop)
    placed = order(session, actor)
    pay(session, placed)
    account = session.exec(select(BillingAccount)).one()
    make_product(session, account, monthly(2000), start=NOW)
    made = bill(session, account, NOW)
    assert (made.remaining_minor, made.state) == (2000, BillState.VALIDATED)
    cancel(session, actor, placed.order_id, now=NOW)  # the money goes back: it is there
    session.refresh(account)
    assert account.credit_minor == 0
    proven(session)


def test_a_withdrawn_order_is_credited_with_what_came_after(session: Session) -> None:
    _, placed, made = ordered(session)
    account = session.exec(select(BillingAccount)).one()
    second = bill(session, account, add_months(LATER, 1))
    assert second.gross_minor == 1499
    note = order_bill.call_off(session, placed.order_id, reason="withdrawn", now=second.billed_at)
    assert (note.credited_id, note.category) == (made.id, BillCategory.CREDIT_NOTE)
    assert (note.net_minor, note.tax_minor) == (-made.net_minor, -made.tax_minor)
    session.refresh(account)
    assert account.credit_minor == made.gross_minor
    third = bill(session, account, add_months(LATER, 2))
    assert sorted(shown(session, third)) == [-999, -500]
    session.refresh(second)
    assert second.remaining_minor == 0
    assert bill(session, account, add_months(LATER, 9)) is None
    proven(session)


def test_a_credit_note_pays_its_bill_first_and_leaves_the_rest(session: Session) -> None:
    account = make_account(session, now=NOW)
    older = make_bill(session, account, gross=500, tax=80, now=NOW - timedelta(days=60))
    made = make_bill(session, account, gross=1000, tax=160, now=NOW)
    payment = make_payment(session, account, 700, now=NOW)
    from self_service.domain.bills.allocating import Share, use_payment

    use_payment(session, account.id, payment, [Share(made.id, 700)], now=NOW)
    line = session.exec(
        select(AppliedBillingRate.id).where(AppliedBillingRate.bill_id == made.id)
    ).one()
    note = credit(session, made.id, [CreditLine(line, 333)], "goodwill", NOW)
    assert (note.gross_minor, note.net_minor, note.remaining_minor) == (-333, -280, 0)
    session.refresh(made)
    session.refresh(account)
    session.refresh(older)
    assert (made.remaining_minor, account.credit_minor, older.remaining_minor) == (0, 33, 500)
    rest = credit_all(session, made.id, reason="goodwill", now=NOW)
    assert (rest.gross_minor, rest.net_minor) == (-667, -560)
    for lines in ([CreditLine(line)], [CreditLine(line, 0)]):
        with pytest.raises(credit_note.NothingToCredit):
            credit(session, made.id, lines, "again", NOW)
    with pytest.raises(credit_note.TooMuch):
        credit(session, made.id, [CreditLine(line, 1)], "again", NOW)
    with pytest.raises(NotFound):
        credit(session, made.id, [CreditLine(line + 1000, 1)], "again", NOW)
    with pytest.raises(NotFound):
        credit(session, account.id, [], "again", NOW)
    assert balance(session, AccountKind.RECEIVABLE, account.id) == 700 - 500
    notes = session.exec(select(CustomerBill).where(CustomerBill.credited_id == made.id)).all()
    assert len(notes) == 2
    proven(session)


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 10_000), st.lists(st.integers(1, 4_000), max_size=5))
def test_credit_notes_in_any_parts_take_back_exactly_the_bill(gross: int, parts: list[int]) -> None:
    with empty_books() as session:
        account = make_account(session, now=NOW)
        tax = gross - (2 * gross * 10_000 + 11_900) // (2 * 11_900)
        made = make_bill(session, account, gross=gross, tax=tax, now=NOW)
        line = session.exec(select(AppliedBillingRate.id)).one()
        left = gross
        for part in parts:
            if part <= left:
                credit(session, made.id, [CreditLine(line, part)], "part", NOW)
                left -= part
        if left:
            credit_all(session, made.id, reason="rest", now=NOW)
        found = session.exec(select(CustomerBill)).all()
        assert sum(one.gross_minor for one in found) == 0
        assert sum(one.net_minor for one in found) == 0
        session.refresh(account)
        assert account.credit_minor == 0
        assert balance(session, AccountKind.RECEIVABLE, account.id) == 0
        proven(session)


def test_activation_twice_charges_once(session: Session) -> None:
    _, placed, _ = ordered(session)
    product = session.exec(
        select(Product).join(ProductCharging, ProductCharging.product_id == Product.id)
    ).first()
    from self_service.domain.orders.sold import sold_prices

    prices = sold_prices(session, [product.order_item_id], currency="EUR", since=NOW)
    again = order_bill.start_charging(
        session, product, prices[product.order_item_id], prepaid=False, now=LATER
    )
    assert again is False
    from self_service.models.orders import ProductOrder

    stored = session.get(ProductOrder, placed.order_id)
    assert order_bill.bill_order(session, stored, now=LATER) is None
    assert len(session.exec(select(CustomerBill)).all()) == 1
