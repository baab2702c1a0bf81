"""The page of one order: whose it is, what it says, what can be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service import db
from self_service.domain.access import SignInNeeded
from self_service.domain.errors import NotFound
from self_service.domain.fulfilment import work as fulfilment
from self_service.domain.orders import cancellation as order_cancellation
from self_service.domain.orders.writing import Placed
from self_service.domain.payments import pending as open_payments
from self_service.domain.payments import settling as payments
from self_service.models.orders import OrderState as State
from self_service.models.orders import ProductOrder
from self_service.models.payments import Payment, PaymentStatus, Refund
from self_service.models.subscriptions import ResourceKind
from self_service.ports import ChargeStatus
from self_service.state.order import OrderState, order_values
from self_service.state.request import Elsewhere, PageRequest
from self_service.state.shell import ShellState
from tests.conftest import NOW
from tests.order_shop import charge, customer, fill, fulfil, open_shop, order, pay
from tests.tab import keep_signed_in, loaded, open_tab, show_in

Change = Callable[[Session, Placed], object]


def sold(portal: db.Database, change: Change | None = None) -> Placed:
    """An order of the customer behind the cookie "ada", after something happened to it."""
    with portal.writing() as session:
        shop = open_shop(session)
        actor = customer(session)
        keep_signed_in(session, actor, "ada")
        fill(session, actor, shop)
        placed = order(session, actor)
        if change is not None:
            change(session, placed)
        return placed


def somebody_else(portal: db.Database) -> None:
    """Another customer, behind the cookie "eve"."""
    with portal.writing() as session:
        keep_signed_in(session, customer(session, "eve@example.com"), "eve")


async def shown(placed: Placed, cookie: str = "ada", language: str = "en") -> dict[str, Any]:
    return await order_values(PageRequest(cookie, language, f"/order/{placed.number}"))


def at_provider(session: Session, placed: Placed) -> None:
    assert placed.payment_id is not None
    path = "/sandbox/pay/ch_1"
    open_payments.opened(session, placed.payment_id, reference="ch_1", pay_path=path, now=NOW)


def declined(session: Session, placed: Placed) -> None:
    at_provider(session, placed)
    said = charge(placed, ChargeStatus.REQUIRES_METHOD, failure_code="card_declined")
    payments.settle(session, charge=said, now=NOW)


def given_up(session: Session, placed: Placed) -> None:
    said = charge(placed, ChargeStatus.CANCELED, failure_code="expired_card")
    payments.settle(session, charge=said, now=NOW)


def paid_twice_as_much(session: Session, placed: Placed) -> None:
    at_provider(session, placed)
    payments.settle(session, charge=charge(placed, amount=placed.amount * 2), now=NOW)


def paid(session: Session, placed: Placed) -> None:
    pay(session, placed)


def half_done(session: Session, placed: Placed) -> None:
    pay(session, placed)
    fulfilment.prepare(session, placed.order_id, now=NOW)
    for kind in ResourceKind:
        fulfilment.allocate(session, placed.order_id, kind, now=NOW)


def active(session: Session, placed: Placed) -> None:
    pay(session, placed)
    fulfil(session, placed.order_id)


def ran_out(session: Session, placed: Placed) -> None:
    order_cancellation.expire(session, placed.order_id, now=NOW + timedelta(hours=3))


async def test_waits_for_payment_with_one_button(portal: db.Database) -> None:
    values = await shown(sold(portal, at_provider))
    assert (values["headline"], values["tone"]) == ("Waiting for your payment", "warn")
    assert values["explanation"].endswith("Your order is kept until 10:30.")
    assert (values["pay_href"], values["can_retry"]) == ("/sandbox/pay/ch_1", False)
    assert values["pay_text"] == "Pay €663.69"
    assert values["moving"]
    assert [step.state for step in values["steps"]][:3] == ["done", "now", "next"]


async def test_says_why_a_payment_failed_and_offers_the_same_screen(portal: db.Database) -> None:
    values = await shown(sold(portal, declined))
    assert values["headline"] == "The payment did not work"
    assert values["explanation"].startswith("The card was declined. Try another card.")
    assert (values["pay_href"], values["can_retry"]) == ("/sandbox/pay/ch_1", False)


async def test_offers_another_payment_once_one_was_given_up(portal: db.Database) -> None:
    values = await shown(sold(portal, given_up))
    assert (values["pay_href"], values["can_retry"], values["tone"]) == ("", True, "bad")


async def test_nobody_pays_again_while_a_wrong_sum_is_looked_at(portal: db.Database) -> None:
    values = await shown(sold(portal, paid_twice_as_much))
    assert values["headline"] == "We are checking your payment"
    assert (values["pay_href"], values["can_retry"], values["can_cancel"]) == ("", False, False)
    assert values["no_cancel"]


async def test_steps_say_what_was_assigned_as_people_read_it(portal: db.Database) -> None:
    steps = {step.name: step for step in (await shown(sold(portal, half_done)))["steps"]}
    assert steps["Number assigned"].assigned == ["+49 1555000000"]
    assert steps["SIM prepared"].assigned == ["SIM 8949 1000 0000 0000 000"]
    imei, *cases = steps["Goods prepared"].assigned
    assert imei.startswith("IMEI 35")
    assert [case.split(" SN")[0] for case in cases] == ["Serial number"] * 2
    assert (steps["Goods prepared"].at, steps["Services switched on"].state) == (
        "Today, 10:00",
        "now",
    )


async def test_complete_order_no_longer_moves_and_says_what_to_do_instead(
    portal: db.Database,
) -> None:
    values = await shown(sold(portal, active))
    assert (values["moving"], values["complete"], values["can_cancel"]) == (False, True, False)
    assert "withdraw" in values["no_cancel"]
    assert "@" in values["support_email"]


async def test_order_that_ran_out_says_so(portal: db.Database) -> None:
    values = await shown(sold(portal, ran_out))
    assert values["explanation"].startswith("It was not paid in time.")
    assert [step.state for step in values["steps"]] == ["done", "stopped"]
    assert not values["moving"]


async def test_lines_are_priced_as_sold_with_their_parts(portal: db.Database) -> None:
    values = await shown(sold(portal))
    phone, cases = values["lines"]
    assert (phone.name, phone.detail, phone.totals.due_now) == ("phone", "Black", "€599.00")
    assert [part.name for part in phone.parts] == ["plan · eSIM", "extra"]
    assert (cases.quantity, cases.totals.due_now) == ("2 ×", "€39.80")
    assert (values["due_now"], values["monthly"]) == ("€663.69", "€14.99")


@pytest.mark.parametrize("number", ["TW-0000-0000", "", "x" * 300, "'; drop table"])
async def test_unknown_numbers_are_not_found(portal: db.Database, number: str) -> None:
    sold(portal)
    with pytest.raises(NotFound):
        await order_values(PageRequest("ada", "en", f"/order/{number}"))


async def test_order_of_somebody_else_is_not_found(portal: db.Database) -> None:
    placed = sold(portal)
    somebody_else(portal)
    with pytest.raises(NotFound):
        await shown(placed, cookie="eve")


async def test_visitor_signs_in_first_and_comes_back(portal: db.Database) -> None:
    placed = sold(portal)
    with pytest.raises(Elsewhere) as other:
        await shown(placed, cookie="")
    assert other.value.path == f"/en/sign-in?next=%2Fen%2Forder%2F{placed.number}"


async def test_load_follows_the_order_only_while_it_moves(portal: db.Database) -> None:
    placed = sold(portal)
    tab = open_tab(OrderState, f"/en/order/{placed.number}", "ada")
    assert await loaded(tab) == [OrderState.watch]
    with portal.writing() as session:
        active(session, placed)
    assert await loaded(tab) == []
    assert tab.complete


async def test_load_never_shows_one_order_under_the_address_of_another(
    portal: db.Database,
) -> None:
    placed = sold(portal)
    tab = open_tab(OrderState, f"/en/order/{placed.number}", "ada")
    await loaded(tab)
    show_in(tab, "/en/order/TW-0000-0000", "ada")
    assert [tab.number async for _ in tab.load()] == [""]
    assert (tab.number, tab.missing) == ("", True)


async def test_cancelling_says_what_it_costs_and_owes_the_money_back(portal: db.Database) -> None:
    placed = sold(portal, half_done)
    tab = open_tab(OrderState, f"/en/order/{placed.number}", "ada")
    await loaded(tab)
    assert tab.losses[1:] == [
        "You lose the number +49 1555000000.",
        "We send €663.69 back the way you paid.",
    ]
    await tab.cancel()
    assert (tab.headline, tab.can_cancel) == ("Cancelled", False)
    assert tab.explanation == "€663.69 is on its way back, the way you paid."
    assert (await tab.get_state(ShellState)).notice == "Your order is cancelled."
    with portal.reading() as session:
        refund = session.exec(select(Refund)).one()
        assert refund.amount_minor == placed.amount.minor


async def test_cancelling_too_late_changes_nothing_and_says_why(portal: db.Database) -> None:
    placed = sold(portal, half_done)
    tab = open_tab(OrderState, f"/en/order/{placed.number}", "ada")
    await loaded(tab)
    with portal.writing() as session:
        fulfilment.activate(session, placed.order_id, now=NOW)
        fulfilment.complete(session, placed.order_id, now=NOW)
    await tab.cancel()
    assert "already switched on" in (await tab.get_state(ShellState)).notice
    assert tab.complete
    with portal.reading() as session:
        assert session.exec(select(ProductOrder.state)).one() is State.COMPLETED
        assert session.exec(select(Payment.status)).one() is PaymentStatus.DONE
        assert session.exec(select(Refund)).first() is None


@pytest.mark.parametrize(("cookie", "error"), [("", SignInNeeded), ("eve", None)])
async def test_nobody_else_cancels(
    portal: db.Database, cookie: str, error: type[Exception] | None
) -> None:
    placed = sold(portal)
    somebody_else(portal)
    tab = open_tab(OrderState, f"/en/order/{placed.number}", cookie)
    with pytest.raises(error or NotFound):
        await tab.cancel()
    with portal.reading() as session:
        assert session.exec(select(ProductOrder.state)).one() is State.ACKNOWLEDGED
