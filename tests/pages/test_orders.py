"""The list of orders, and the page of one, as people get them."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from self_service import i18n
from self_service.domain.orders.milestones import Milestone
from self_service.domain.orders.view import (
    STEP_NAMES,
    OrderSummary,
    OrderView,
    PaymentView,
    StepState,
    StepView,
)
from self_service.models.orders import OrderState as State
from self_service.models.payments import PaymentStatus
from self_service.money import Money
from self_service.pages import order, orders
from self_service.state.order import OrderState
from self_service.state.order_rows import order_rows
from self_service.state.orders import OrdersState, order_row
from tests.conftest import NOW
from tests.paper import live, printed

SUM = Money(66369, "EUR")
EVIL = '<script>alert("1")</script>'


def step(code: Milestone, state: StepState, detail: str = "") -> StepView:
    at = NOW if state is StepState.DONE else None
    return StepView(code, STEP_NAMES[code], state, at, detail)


VIEW = OrderView(
    id=uuid4(),
    number="TW-7K3M-92QX",
    state=State.ACKNOWLEDGED,
    ordered_at=NOW,
    steps=(
        step(Milestone.PLACED, StepState.DONE),
        step(Milestone.PAID, StepState.NOW),
        step(Milestone.ACTIVATED, StepState.NEXT),
    ),
    lines=(),
    due_now=SUM,
    monthly=Money(1499, "EUR"),
    payment=PaymentView(
        uuid4(), PaymentStatus.PENDING_AUTHORIZATION, SUM, "", "/sandbox/pay/ch_1", False
    ),
    reserved_until=NOW + timedelta(minutes=30),
    contract_document_id=uuid4(),
    no_cancel="",
)


def page(language: str = "en", **changes: Any) -> str:
    view = dataclasses.replace(VIEW, **changes)
    values = order_rows(view, now=NOW, language=language)
    return printed(order.view, OrderState, values, language)


def payment(**changes: Any) -> PaymentView:
    assert VIEW.payment is not None
    return dataclasses.replace(VIEW.payment, **changes)


def test_unpaid_order_leads_out_to_the_payment_screen() -> None:
    html = page()
    assert '<a href="/sandbox/pay/ch_1"' in html
    assert "Pay €663.69" in html
    assert "/do/pay-again" not in html
    assert f'href="/documents/{VIEW.contract_document_id}.pdf"' in html


def test_given_up_payment_is_asked_for_again_by_a_post() -> None:
    html = page(payment=payment(pay_path="", can_retry=True, failure="Try another card."))
    assert 'action="/do/pay-again"' in html
    assert 'method="post"' in html
    assert '<input type="hidden" name="order" value="TW-7K3M-92QX">' in html
    assert '<input type="hidden" name="language" value="en">' in html
    assert "Try another card." in html
    assert "/sandbox/pay" not in html


@pytest.mark.parametrize("language", list(i18n.LANGUAGES))
@pytest.mark.parametrize("state", list(State))
def test_every_state_can_be_shown_in_every_language(state: State, language: str) -> None:
    html = page(language, state=state, no_cancel="Too late.")
    assert "TW-7K3M-92QX" in html
    assert ("/sandbox/pay" in html) is (state is State.ACKNOWLEDGED)


def test_cancelling_says_first_what_it_costs() -> None:
    html = page()
    asked, pressed = html.index("You have paid nothing"), html.index("Yes, cancel it")
    assert asked < pressed
    assert "Yes, cancel it" not in page(no_cancel="It is too late: write to us.")
    assert "It is too late: write to us." in page(no_cancel="It is too late: write to us.")


def test_mark_and_words_say_the_same() -> None:
    html = page()
    assert [html.count(f'data-state="{state}"') for state in ("done", "now", "next")] == [1, 1, 1]
    assert html.count("Done ") == html.count("Now ") == html.count("Next ") == 1
    assert 'title="21 Nov 2026, 10:00:00"' in html


def test_failed_order_stops_where_it_was() -> None:
    assert 'data-state="stopped"' in page(state=State.FAILED, no_cancel="Too late.")


def test_refund_is_followed_to_its_end() -> None:
    texts = {
        PaymentStatus.PENDING_AUTHORIZATION: "on its way back",
        PaymentStatus.DONE: "was sent back",
        PaymentStatus.FAILED: "could not be sent back",
    }
    for status, text in texts.items():
        paid = payment(status=PaymentStatus.DONE, refund=status)
        assert text in page(state=State.CANCELLED, payment=paid, no_cancel="Already.")


def test_nothing_of_an_order_becomes_markup() -> None:
    html = page(
        number=EVIL,
        steps=(step(Milestone.GOODS_ALLOCATED, StepState.DONE, EVIL),),
        payment=payment(failure=EVIL),
    )
    assert "<script" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("values", "text"),
    [({"missing": True}, "None of your orders has this number"), ({}, 'aria-busy="true"')],
)
def test_order_that_is_not_there(values: dict[str, Any], text: str) -> None:
    assert text in printed(order.view, OrderState, values)


def test_list_leads_to_each_order() -> None:
    summary = OrderSummary(
        VIEW.id, VIEW.number, State.HELD, NOW, SUM, Money(0, "EUR"), ({"en": EVIL},)
    )
    values = {"loaded": True, "orders": [order_row(summary, "en")]}
    html = printed(orders.view, OrdersState, values)
    assert 'href="/en/order/TW-7K3M-92QX"' in html
    assert "Waiting for stock" in html
    assert "<script" not in html
    assert "/month" not in html


def test_empty_list_leads_to_the_store() -> None:
    html = printed(orders.view, OrdersState, {"loaded": True})
    assert 'href="/en/store"' in html
    assert 'aria-busy="true"' in printed(orders.view, OrdersState, {})


@pytest.mark.parametrize(("view", "kind"), [(order.view, OrderState), (orders.view, OrdersState)])
def test_live_page_compiles(view: Any, kind: Any) -> None:
    assert live(view, kind)
