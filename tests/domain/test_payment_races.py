"""Provider, buyer and janitor at the same moment: one of them wins, and only one."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from self_service.db import Database
from self_service.domain import outbox
from self_service.domain.fulfilment import work as fulfilment
from self_service.domain.orders.cancellation import cancel, expire
from self_service.domain.payments import pending as open_payments
from self_service.domain.payments import refunds
from self_service.domain.payments import settling as payments
from self_service.domain.payments.settling import Outcome
from self_service.models.messages import OutboxEvent
from self_service.models.orders import OrderMilestone, OrderState, ProductOrder
from self_service.models.payments import InboundEvent, Payment, PaymentStatus, Refund
from self_service.models.subscriptions import Product, ProductStatus, Resource, ResourceKind
from self_service.ports import GatewayEvent
from tests.conftest import NOW
from tests.crowd import CROWD, at_once, everything
from tests.order_shop import (
    charge,
    customer,
    fill,
    fulfil,
    open_shop,
    order,
    pay,
)


@pytest.fixture
def unpaid(database: Database):
    with database.writing() as session:
        shop = open_shop(session)
        actor = customer(session)
        fill(session, actor, shop)
        return actor, order(session, actor)


def test_late_success_settles_once_by_webhook_or_janitor(database: Database, unpaid) -> None:
    _, placed = unpaid
    late = NOW + timedelta(minutes=5)

    def webhook(session: Any) -> Outcome:
        event = GatewayEvent("evt_1", "charge_succeeded", charge(placed))
        return payments.receive_event(session, event, source="sandbox", now=late).outcome

    def janitor(session: Any) -> Outcome:
        return payments.settle(session, charge=charge(placed), now=late).outcome

    outcomes = at_once(database, [webhook, janitor] * (CROWD // 2))
    assert Counter(outcomes) == {Outcome.SETTLED: 1, Outcome.REPEATED: CROWD - 1}
    assert len(everything(database, InboundEvent)) == 1
    (payment,) = everything(database, Payment)
    assert payment.status is PaymentStatus.DONE
    paid = [event for event in everything(database, OutboxEvent) if event.kind == "order_paid"]
    assert len(paid) == 1
    assert [m.code for m in everything(database, OrderMilestone)].count("paid") == 1


@pytest.mark.parametrize("payers", [1, 10])
def test_success_against_cancelling_is_one_or_the_other(
    database: Database, unpaid, payers: int
) -> None:
    actor, placed = unpaid
    pays = [lambda session: pay(session, placed).outcome] * payers
    cancels = [lambda session: cancel(session, actor, placed.order_id, now=NOW)] * payers
    at_once(database, [*pays, *cancels])
    (stored,) = everything(database, ProductOrder)
    # cancelling is possible before and after paying, so it always comes to pass, once
    assert stored.state is OrderState.CANCELLED
    (payment,) = everything(database, Payment)
    (refund,) = everything(database, Refund)
    assert payment.status is PaymentStatus.DONE
    assert (refund.payment_id, refund.amount_minor) == (payment.id, payment.amount_minor)


def test_activation_against_cancelling_is_one_or_the_other(database: Database, unpaid) -> None:
    actor, placed = unpaid
    with database.writing() as session:
        pay(session, placed)
        fulfilment.prepare(session, placed.order_id, now=NOW)
    outcomes = at_once(
        database,
        [
            lambda session: fulfil(session, placed.order_id),
            lambda session: cancel(session, actor, placed.order_id, now=NOW) or "cancelled",
        ]
        * 5,
    )
    (stored,) = everything(database, ProductOrder)
    statuses = {product.status for product in everything(database, Product)}
    taken = [row for row in everything(database, Resource) if row.product_id]
    if stored.state is OrderState.COMPLETED:
        assert "cancelled" not in outcomes
        assert outcomes.count("order_active") == 5
        assert statuses == {ProductStatus.ACTIVE}
        assert everything(database, Refund) == []
    else:
        assert stored.state is OrderState.CANCELLED
        assert outcomes.count("cancelled") == 1
        assert (statuses, taken) == ({ProductStatus.CANCELLED}, [])
        assert len(everything(database, Refund)) == 1


def test_running_out_against_paying_is_one_or_the_other(database: Database, unpaid) -> None:
    _, placed = unpaid
    out = NOW + timedelta(minutes=30)
    outcomes = at_once(
        database,
        [
            lambda session: expire(session, placed.order_id, now=out),
            lambda session: pay(session, placed, now=out).outcome,
        ]
        * 5,
    )
    (stored,) = everything(database, ProductOrder)
    refunded = everything(database, Refund)
    if stored.state is OrderState.IN_PROGRESS:
        assert (outcomes.count(True), refunded) == (0, [])
    else:
        assert outcomes.count(True) == len(refunded) == 1


def test_fulfilment_twice_at_once_takes_everything_once(database: Database, unpaid) -> None:
    _, placed = unpaid
    with database.writing() as session:
        pay(session, placed)
    at_once(database, [lambda session: fulfil(session, placed.order_id)] * 8)
    (stored,) = everything(database, ProductOrder)
    assert stored.state is OrderState.COMPLETED
    assert len(everything(database, Product)) == 5
    taken = Counter(row.kind for row in everything(database, Resource) if row.product_id)
    assert taken == {ResourceKind.MSISDN: 1, ResourceKind.ICCID: 1, ResourceKind.SERIAL: 3}


def test_janitors_share_the_work(database: Database, unpaid) -> None:
    actor, placed = unpaid
    due = NOW + timedelta(seconds=30)
    claimed = at_once(
        database,
        [lambda s: open_payments.claim_checks(s, provider="sandbox", now=due)] * 8,
    )
    assert sorted(map(len, claimed)) == [0] * 7 + [1]
    with database.writing() as session:
        pay(session, placed)
        cancel(session, actor, placed.order_id, now=NOW)
    claimed = at_once(
        database, [lambda s: refunds.claim_checks(s, provider="sandbox", now=due)] * 8
    )
    assert sorted(map(len, claimed)) == [0] * 7 + [1]


def test_events_are_finished_once(database: Database, unpaid) -> None:
    with database.reading() as session:
        (event,) = outbox.open_events(session)
    finished = at_once(database, [lambda s: outbox.finish(s, event.id, now=NOW)] * 8)
    assert sorted(finished) == [False] * 7 + [True]
