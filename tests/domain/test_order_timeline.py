"""The order's page: what is done, now and next; what can be done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session

from self_service.domain.access import Actor, SignInNeeded
from self_service.domain.errors import NotFound
from self_service.domain.fulfilment.work import prepare
from self_service.domain.orders import numbers as order_numbers
from self_service.domain.orders.cancellation import AlreadyActive, AlreadyCancelled
from self_service.domain.orders.timeline import list_orders, timeline
from self_service.domain.payments import pending as open_payments
from self_service.domain.payments import settling as payments
from self_service.models.orders import OrderState
from self_service.models.payments import PaymentStatus
from self_service.ports import ChargeStatus
from tests.conftest import NOW
from tests.order_shop import (
    charge,
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


@pytest.fixture
def shop(session: Session):
    return open_shop(session)


@pytest.fixture
def placed(session: Session, shop, actor):
    fill(session, actor, shop)
    return order(session, actor)


def steps(session: Session, actor: Actor, placed) -> list[tuple[str, str]]:
    view = timeline(session, actor, placed.order_id)
    return [(step.code, step.state.value) for step in view.steps]


WAY = ["placed", "paid", "number_allocated", "sim_allocated", "goods_allocated"]
END = ["activated", "completed"]


def way(done: int, then: str) -> list[tuple[str, str]]:
    states = ["done"] * done + [then] + ["next"] * 7
    return list(zip(WAY + END, states, strict=False))


def test_steps_move_from_next_to_done(session, actor, placed) -> None:
    assert steps(session, actor, placed) == way(1, "now")
    pay(session, placed)
    assert steps(session, actor, placed) == way(2, "now")
    later = NOW + timedelta(minutes=1)
    fulfil(session, placed.order_id, now=later)
    assert steps(session, actor, placed) == way(7, "")
    view = timeline(session, actor, placed.order_id)
    assert [step.at for step in view.steps] == [NOW] * 2 + [later] * 5
    assert view.steps[2].detail.startswith("+49155")
    assert view.state is OrderState.COMPLETED


def test_order_without_mobile_plan_has_no_number_step(session, shop, actor) -> None:
    choose(session, actor, shop["case"])
    placed = order(session, actor)
    codes = [code for code, _ in steps(session, actor, placed)]
    assert codes == ["placed", "paid", "goods_allocated", "completed"]  # nothing to switch on
    pay(session, placed)
    fulfil(session, placed.order_id)
    assert {state for _, state in steps(session, actor, placed)} == {"done"}


def test_nothing_due_has_no_payment_step(session, shop, actor) -> None:
    choose(session, actor, shop["free"])
    view = timeline(session, actor, order(session, actor).order_id)
    assert "paid" not in [step.code for step in view.steps]
    assert (view.payment, view.reserved_until) == (None, None)


def test_waiting_for_stock_is_said(session) -> None:
    shop = open_shop(session, numbers=0)
    actor = customer(session)
    fill(session, actor, shop)
    placed = order(session, actor)
    pay(session, placed)
    fulfil(session, placed.order_id)
    assert steps(session, actor, placed) == way(2, "waiting")


def test_payment_to_be_made_is_offered(session, actor, placed) -> None:
    view = timeline(session, actor, placed.order_id)
    assert (view.payment.pay_path, view.payment.can_retry) == ("", False)
    assert view.reserved_until == NOW + timedelta(minutes=30)
    open_payments.opened(session, placed.payment_id, reference="ch", pay_path="/pay/1", now=NOW)
    assert timeline(session, actor, placed.order_id).payment.pay_path == "/pay/1"
    declined = charge(placed, ChargeStatus.REQUIRES_METHOD, failure_code="card_declined")
    payments.settle(session, charge=declined, now=NOW)
    said = timeline(session, actor, placed.order_id).payment
    assert said.failure == "The card was declined. Try another card."
    assert said.pay_path == "/pay/1"
    payments.settle(session, charge=charge(placed, ChargeStatus.CANCELED), now=NOW)
    said = timeline(session, actor, placed.order_id).payment
    assert (said.pay_path, said.can_retry, said.status) == ("", True, PaymentStatus.DENIED)


def test_paid_order_asks_for_nothing(session, actor, placed) -> None:
    open_payments.opened(session, placed.payment_id, reference="ch", pay_path="/pay/1", now=NOW)
    pay(session, placed)
    said = timeline(session, actor, placed.order_id).payment
    assert (said.pay_path, said.can_retry, said.failure) == ("", False, "")


def test_cancelling_is_offered_while_it_is_possible(session, actor, placed) -> None:
    assert timeline(session, actor, placed.order_id).can_cancel
    pay(session, placed)
    prepare(session, placed.order_id, now=NOW)
    assert timeline(session, actor, placed.order_id).can_cancel
    fulfil(session, placed.order_id)
    view = timeline(session, actor, placed.order_id)
    assert (view.can_cancel, view.no_cancel) == (False, AlreadyActive.message)


def test_cancelled_order_shows_the_way_back_of_the_money(session, actor, placed) -> None:
    pay(session, placed)
    order_numbers.cancel(session, actor, placed.number, now=NOW)
    view = order_numbers.timeline(session, actor, placed.number)
    assert steps(session, actor, placed) == [
        ("placed", "done"),
        ("paid", "done"),
        ("cancellation_asked", "done"),
        ("cancelled", "done"),
        ("refunded", "now"),
    ]
    assert view.payment.refund is PaymentStatus.PENDING_AUTHORIZATION
    assert view.no_cancel == AlreadyCancelled.message


def test_lines_show_what_was_sold(session, actor, placed) -> None:
    view = timeline(session, actor, placed.order_id)
    assert [(line.name["en"], line.quantity) for line in view.lines] == [
        ("phone", 1),
        ("plan", 1),
        ("extra", 1),
        ("case", 2),
    ]
    plan = view.lines[1].totals
    assert (plan.due_now.minor, plan.monthly.minor, plan.regular_monthly.minor) == (1989, 999, 1999)
    assert plan.later_monthly.minor == 1999
    assert view.lines[2].totals.term_months == 24  # an extra is shown over its plan's term


def test_orders_are_the_customers_own(session, shop, actor, placed) -> None:
    stranger = customer(session, "eve@example.com")
    assert list_orders(session, stranger) == ()
    for look in (
        lambda: timeline(session, stranger, placed.order_id),
        lambda: order_numbers.find(session, stranger, placed.number),
        lambda: order_numbers.find(session, actor, "TW-0000-0000"),
    ):
        with pytest.raises(NotFound):
            look()
    with pytest.raises(SignInNeeded):
        timeline(session, Actor(key="somebody"), placed.order_id)


def test_newest_order_is_first_and_ended_ones_can_be_left_out(session, shop, actor, placed) -> None:
    later = NOW + timedelta(hours=1)
    choose(session, actor, shop["case"], now=later)
    second = order(session, actor, now=later)
    found = list_orders(session, actor)
    assert [summary.id for summary in found] == [second.order_id, placed.order_id]
    assert [name["en"] for name in found[1].names] == ["phone", "case"]
    pay(session, second)
    fulfil(session, second.order_id)
    assert [summary.id for summary in list_orders(session, actor, only_open=True)] == [
        placed.order_id
    ]


def test_payment_leads_to_its_order(session, placed) -> None:
    found = order_numbers.paid_by(session, placed.payment_id)
    assert (found.id, found.number, found.language) == (placed.order_id, placed.number, "en")
    assert order_numbers.paid_by(session, placed.order_id) is None
