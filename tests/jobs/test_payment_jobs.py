"""Asking the provider: once, again when nothing was heard, and giving up what is unwanted."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from self_service.adapters.sandbox_outcomes import SandboxOutcome
from self_service.adapters.sandbox_payments import SandboxFault
from self_service.domain.orders import placing as orders
from self_service.domain.orders.cancellation import cancel
from self_service.domain.payments import pending as open_payments
from self_service.domain.payments import settling as payments
from self_service.domain.payments.settling import Outcome
from self_service.jobs.janitor import Janitor
from self_service.jobs.payments import ask_again, open_payment
from self_service.models.orders import OrderMilestone, OrderState, ProductOrder
from self_service.models.payments import Payment, PaymentStatus, Refund
from self_service.ports import ChargeStatus, GatewayError
from tests.conftest import NOW
from tests.order_shop import TERMS, choose, customer, marks, order

PENDING = PaymentStatus.PENDING_AUTHORIZATION


@pytest.fixture
def buyer(shop_database):
    with shop_database.writing() as session:
        return customer(session)


@pytest.fixture
def placed(shop_database, shop, buyer):
    with shop_database.writing() as session:
        choose(session, buyer, shop["case"])
        return order(session, buyer)


def one(database, table: Any) -> Any:
    with database.reading() as session:
        return session.exec(select(table)).one()


async def test_opening_twice_opens_one_charge(shop_database, gateway, placed) -> None:
    path = await open_payment(shop_database, gateway, placed.payment_id, now=NOW)
    assert path.startswith("/sandbox/pay/")
    assert await open_payment(shop_database, gateway, placed.payment_id, now=NOW) == path
    stored = one(shop_database, Payment)
    assert stored.pay_path == path
    assert (await gateway.retrieve(stored.reference)).amount == placed.amount


async def test_closed_payment_is_not_opened(shop_database, gateway, placed) -> None:
    await shop_database.transact(
        open_payments.refused, placed.payment_id, code="invalid_request", now=NOW
    )
    assert await open_payment(shop_database, gateway, placed.payment_id, now=NOW) == ""
    assert await gateway.find(str(placed.payment_id)) is None


@pytest.mark.parametrize("fault", list(SandboxFault))
async def test_provider_that_does_not_answer_is_asked_again(
    shop_database, gateway, placed, clock, fault
) -> None:
    gateway.fail_next(fault)
    assert await open_payment(shop_database, gateway, placed.payment_id, now=NOW) == ""
    stored = one(shop_database, Payment)
    assert (stored.status, stored.reference) == (PENDING, "")
    clock.move(seconds=31)
    await Janitor(shop_database, gateway, clock).round()
    stored = one(shop_database, Payment)
    assert stored.pay_path.startswith("/sandbox/pay/")
    assert stored.reference == (await gateway.find(str(placed.payment_id))).reference


async def test_refusal_of_the_provider_lets_the_buyer_try_again(
    shop_database, gateway, placed, buyer
) -> None:
    class Refusing:
        name = "sandbox"

        async def open_charge(self, **_: Any) -> Any:
            raise GatewayError("invalid_request")

    assert await open_payment(shop_database, Refusing(), placed.payment_id, now=NOW) == ""
    stored = one(shop_database, Payment)
    assert (stored.status, stored.failure_code) == (PaymentStatus.FAILED, "invalid_request")
    again = await shop_database.transact(
        orders.retry_payment, buyer, placed.order_id, terms=TERMS, now=NOW
    )
    assert await open_payment(shop_database, gateway, again.payment_id, now=NOW)


async def test_late_success_is_found_by_the_janitor(shop_database, gateway, placed, clock) -> None:
    await open_payment(shop_database, gateway, placed.payment_id, now=NOW)
    await gateway.act(one(shop_database, Payment).reference, SandboxOutcome.TIME_OUT)
    janitor = Janitor(shop_database, gateway, clock)
    clock.move(seconds=20)
    await janitor.round()
    assert one(shop_database, Payment).status is PENDING
    clock.move(minutes=2)
    await janitor.round()
    assert one(shop_database, Payment).status is PaymentStatus.DONE
    assert one(shop_database, ProductOrder).state is OrderState.IN_PROGRESS
    await janitor.round()
    (delivery,) = await gateway.due_deliveries(clock())
    event = gateway.parse_event(*delivery)
    repeated = await shop_database.transact(
        payments.receive_event, event, source=gateway.name, now=clock()
    )
    assert repeated.outcome is Outcome.REPEATED
    with shop_database.reading() as session:
        assert marks(session, placed.order_id).count("paid") == 1


async def test_charge_of_a_cancelled_order_is_given_up(
    shop_database, gateway, placed, buyer, clock
) -> None:
    await open_payment(shop_database, gateway, placed.payment_id, now=NOW)
    await shop_database.transact(cancel, buyer, placed.order_id, now=NOW)
    await Janitor(shop_database, gateway, clock).round()
    stored = one(shop_database, Payment)
    assert stored.status is PaymentStatus.CANCELED
    assert (await gateway.retrieve(stored.reference)).status is ChargeStatus.CANCELED


async def test_cancelled_before_it_was_opened_is_never_opened(
    shop_database, gateway, placed, buyer, clock
) -> None:
    await shop_database.transact(cancel, buyer, placed.order_id, now=NOW)
    assert await open_payment(shop_database, gateway, placed.payment_id, now=NOW) == ""
    await Janitor(shop_database, gateway, clock).round()
    assert one(shop_database, Payment).status is PaymentStatus.FAILED
    assert await gateway.find(str(placed.payment_id)) is None


async def test_paid_and_cancelled_goes_back_by_itself(
    shop_database, gateway, placed, buyer, clock
) -> None:
    await open_payment(shop_database, gateway, placed.payment_id, now=NOW)
    reference = one(shop_database, Payment).reference
    answer = await gateway.act(reference, SandboxOutcome.APPROVE)
    await shop_database.transact(payments.settle, charge=answer.charge, now=NOW)
    await shop_database.transact(cancel, buyer, placed.order_id, now=NOW)
    janitor = Janitor(shop_database, gateway, clock)
    await janitor.round()
    await janitor.round()
    assert one(shop_database, Refund).status is PaymentStatus.DONE
    assert (await gateway.retrieve(reference)).refunded == placed.amount
    with shop_database.reading() as session:
        assert marks(session, placed.order_id).count("refunded") == 1


async def test_refund_whose_answer_was_lost_is_given_once(
    shop_database, gateway, placed, buyer, clock
) -> None:
    await open_payment(shop_database, gateway, placed.payment_id, now=NOW)
    reference = one(shop_database, Payment).reference
    answer = await gateway.act(reference, SandboxOutcome.APPROVE)
    await shop_database.transact(payments.settle, charge=answer.charge, now=NOW)
    await shop_database.transact(cancel, buyer, placed.order_id, now=NOW)
    janitor = Janitor(shop_database, gateway, clock)
    gateway.fail_next(SandboxFault.TIME_OUT)
    await janitor.refunds(clock())
    assert one(shop_database, Refund).status is PENDING
    clock.move(seconds=40)
    await janitor.refunds(clock())
    assert one(shop_database, Refund).status is PaymentStatus.DONE
    assert (await gateway.retrieve(reference)).refunded == placed.amount


async def test_unpaid_order_runs_out(shop_database, gateway, placed, clock) -> None:
    await open_payment(shop_database, gateway, placed.payment_id, now=NOW)
    janitor = Janitor(shop_database, gateway, clock)
    clock.move(minutes=30)
    await janitor.round()
    assert one(shop_database, ProductOrder).state is OrderState.CANCELLED
    await janitor.round()
    assert one(shop_database, Payment).status is PaymentStatus.CANCELED
    assert "cancellation_asked" not in [mark.code for mark in _all(shop_database, OrderMilestone)]


def _all(database, table: Any) -> list[Any]:
    with database.reading() as session:
        return list(session.exec(select(table)).all())


async def test_one_failing_duty_does_not_keep_the_others_from_being_done(
    shop_database, gateway, placed, clock, monkeypatch, caplog
) -> None:
    janitor = Janitor(shop_database, gateway, clock)

    async def broken(now: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(janitor, "payments", broken)
    clock.move(minutes=30)
    await janitor.round()
    assert "the janitor could not do" in caplog.text
    assert one(shop_database, ProductOrder).state is OrderState.CANCELLED


async def test_answer_after_all_is_settled_by_asking(shop_database, gateway, placed, clock) -> None:
    await open_payment(shop_database, gateway, placed.payment_id, now=NOW)
    await gateway.act(one(shop_database, Payment).reference, SandboxOutcome.DECLINE)
    said = await ask_again(shop_database, gateway, placed.payment_id, now=NOW)
    assert said.outcome is Outcome.DECLINED
    await gateway.act(one(shop_database, Payment).reference, SandboxOutcome.APPROVE)
    said = await ask_again(shop_database, gateway, placed.payment_id, now=NOW)
    assert said.outcome is Outcome.SETTLED
    assert await ask_again(shop_database, gateway, placed.payment_id, now=NOW) is None
