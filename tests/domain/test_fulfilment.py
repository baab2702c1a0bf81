"""Fulfilment: every step may run twice, and what lacks makes the order wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain import outbox
from self_service.domain.fulfilment import resources
from self_service.domain.fulfilment import work as fulfilment
from self_service.domain.orders import recovery as order_recovery
from self_service.domain.orders.cancellation import cancel
from self_service.models.catalog import OfferingKind
from self_service.models.messages import OutboxEvent
from self_service.models.orders import OrderState, ProductOrder
from self_service.models.subscriptions import Product, ProductStatus, Resource, ResourceKind
from tests.conftest import NOW
from tests.factories import free_days, make_offering, monthly
from tests.order_shop import (
    BLACK,
    WRITTEN,
    choose,
    customer,
    fill,
    fulfil,
    marks,
    open_shop,
    order,
    pay,
    plan_on,
    rows,
    state_of,
    stock_numbers,
)

KINDS = (ResourceKind.MSISDN, ResourceKind.ICCID, ResourceKind.SERIAL)


def paid_order(session: Session, shop, actor=None, *, put=fill):
    actor = actor or customer(session)
    put(session, actor, shop)
    placed = order(session, actor)
    pay(session, placed)
    return placed


def products(session: Session) -> dict[str, list[Product]]:
    found: dict[str, list[Product]] = {}
    for product in session.exec(select(Product).order_by(Product.piece)):
        session.refresh(product)
        found.setdefault(product.name["en"], []).append(product)
    return found


def value(session: Session, product: Product, kind: ResourceKind) -> str:
    return resources.held_by(session, kind, product.id)


def test_everything_is_there_at_the_end(session: Session) -> None:
    shop = open_shop(session)
    placed = paid_order(session, shop)
    assert fulfil(session, placed.order_id)
    made = products(session)
    assert {name: len(pieces) for name, pieces in made.items()} == {
        "phone": 1,
        "plan": 1,
        "extra": 1,
        "case": 2,
    }
    phone, plan, extra = made["phone"][0], made["plan"][0], made["extra"][0]
    assert (plan.parent_id, extra.parent_id, phone.parent_id) == (phone.id, plan.id, None)
    assert all(
        product.status is ProductStatus.ACTIVE and product.started_at == NOW
        for pieces in made.values()
        for product in pieces
    )
    assert value(session, plan, ResourceKind.MSISDN).startswith("+49155")
    sim = session.exec(
        select(Resource).where(Resource.product_id == plan.id, Resource.kind == ResourceKind.ICCID)
    ).one()
    assert sim.pool == resources.ESIM
    imei = value(session, phone, ResourceKind.SERIAL)
    assert len(imei) == 15
    assert resources.luhn_digit(imei[:-1]) == imei[-1]
    serials = [value(session, case, ResourceKind.SERIAL) for case in made["case"]]
    assert len(set(serials)) == 2
    assert plan.term_ends_at == datetime(2028, 11, 21, 10, 0, tzinfo=UTC)
    assert plan.next_charge_at == datetime(2026, 12, 21, 10, 0, tzinfo=UTC)
    assert (phone.term_ends_at, phone.next_charge_at) == (None, None)
    assert state_of(session, placed.order_id) == OrderState.COMPLETED
    assert marks(session, placed.order_id) == [
        "placed",
        "paid",
        "number_allocated",
        "sim_allocated",
        "goods_allocated",
        "activated",
        "completed",
    ]


def test_every_step_twice_is_as_once(session: Session) -> None:
    shop = open_shop(session)
    placed = paid_order(session, shop)
    steps = [
        lambda: fulfilment.prepare(session, placed.order_id, now=NOW),
        *(
            lambda kind=kind: fulfilment.allocate(session, placed.order_id, kind, now=NOW)
            for kind in KINDS
        ),
        lambda: fulfilment.activate(session, placed.order_id, now=NOW),
    ]
    for step in steps:
        assert step()
        before = rows(session, *WRITTEN)
        assert step()
        assert rows(session, *WRITTEN) == before
    assert fulfilment.complete(session, placed.order_id, now=NOW)
    before = rows(session, *WRITTEN)
    assert not any(step() for step in steps)
    assert not fulfilment.complete(session, placed.order_id, now=NOW)
    assert rows(session, *WRITTEN) == before


def test_unpaid_order_is_not_worked_on(session: Session) -> None:
    shop = open_shop(session)
    actor = customer(session)
    fill(session, actor, shop)
    placed = order(session, actor)
    before = rows(session, *WRITTEN)
    assert not fulfil(session, placed.order_id)
    assert rows(session, *WRITTEN) == before


@pytest.mark.parametrize("after", [0, 1, 3])
def test_cancelled_between_two_steps_gives_all_back(session: Session, after: int) -> None:
    shop = open_shop(session)
    actor = customer(session)
    free = [resources.free(session, ResourceKind.MSISDN, "")]
    placed = paid_order(session, shop, actor)
    fulfilment.prepare(session, placed.order_id, now=NOW)
    for kind in KINDS[:after]:
        fulfilment.allocate(session, placed.order_id, kind, now=NOW)
    cancel(session, actor, placed.order_id, now=NOW)
    assert not fulfil(session, placed.order_id)
    assert [resources.free(session, ResourceKind.MSISDN, "")] == free
    assert session.exec(select(Resource).where(Resource.product_id.is_not(None))).all() == []
    statuses = {product.status for pieces in products(session).values() for product in pieces}
    assert statuses == {ProductStatus.CANCELLED}


@pytest.mark.parametrize("kind", [ResourceKind.MSISDN, ResourceKind.ICCID])
def test_order_waits_for_numbers_and_goes_on(session: Session, kind: ResourceKind) -> None:
    shop = open_shop(session, numbers=0)
    if kind is ResourceKind.ICCID:
        resources.stock_up(session, ResourceKind.MSISDN, ["+4915550123456"])
    placed = paid_order(session, shop)
    assert not fulfil(session, placed.order_id)
    assert state_of(session, placed.order_id) == OrderState.HELD
    assert marks(session, placed.order_id)[-1] == "held"
    assert order_recovery.held(session) == (placed.order_id,)
    before = rows(session, *WRITTEN)
    assert not order_recovery.resume(session, placed.order_id, now=NOW)
    assert rows(session, *WRITTEN) == before
    stock_numbers(session, 1, start=77)
    later = NOW + timedelta(hours=1)
    assert order_recovery.resume(session, placed.order_id, now=later)
    assert not order_recovery.resume(session, placed.order_id, now=later)
    event = session.exec(select(OutboxEvent).where(OutboxEvent.kind == "order_resumed")).one()
    assert event.payload == {"order": str(placed.order_id)}
    assert fulfil(session, placed.order_id, now=later)
    assert products(session)["plan"][0].started_at == later


def test_goods_of_a_kept_pool_come_from_it_or_wait(session: Session) -> None:
    shop = open_shop(session)
    pool = resources.goods_pool(shop["phone"], BLACK)
    resources.stock_up(session, ResourceKind.SERIAL, ["350000000000009"], pool=pool)

    def two_phones(session, actor, shop) -> None:
        choose(session, actor, shop["phone"], BLACK, quantity=2)

    placed = paid_order(session, shop, put=two_phones)
    assert not fulfil(session, placed.order_id)
    assert state_of(session, placed.order_id) == OrderState.HELD
    resources.stock_up(session, ResourceKind.SERIAL, ["350000000000017"], pool=pool)
    assert order_recovery.resume(session, placed.order_id, now=NOW)
    assert fulfil(session, placed.order_id)
    serials = {value(session, phone, ResourceKind.SERIAL) for phone in products(session)["phone"]}
    assert serials == {"350000000000009", "350000000000017"}


def test_each_phone_of_several_has_its_own_plan(session: Session) -> None:
    shop = open_shop(session)

    def put(session, actor, shop) -> None:
        choose(session, actor, shop["phone"], BLACK, plan_on(shop, "sim"), quantity=3)

    placed = paid_order(session, shop, put=put)
    assert fulfil(session, placed.order_id)
    made = products(session)
    assert [plan.parent_id for plan in made["plan"]] == [phone.id for phone in made["phone"]]
    numbers = {value(session, plan, ResourceKind.MSISDN) for plan in made["plan"]}
    assert len(numbers - {""}) == 3


def test_broadband_comes_with_a_router(session: Session) -> None:
    shop = open_shop(session)
    placed = paid_order(
        session, shop, put=lambda session, actor, shop: choose(session, actor, shop["fibre"])
    )
    assert fulfil(session, placed.order_id)
    assert value(session, products(session)["fibre"][0], ResourceKind.SERIAL).startswith("SN")
    assert "number_allocated" not in marks(session, placed.order_id)


def test_free_days_move_the_next_charge(session: Session) -> None:
    open_shop(session)
    trial = make_offering(
        session, slug="trial", kind=OfferingKind.PLAN, prices=[monthly(1000), free_days(10)]
    )
    actor = customer(session)
    choose(session, actor, trial.id)
    placed = order(session, actor)
    assert fulfil(session, placed.order_id)
    assert products(session)["trial"][0].next_charge_at == NOW + timedelta(days=10)


def test_work_left_behind_is_started_again_once_in_a_while(session: Session) -> None:
    shop = open_shop(session)
    placed = paid_order(session, shop)
    soon, late = NOW + timedelta(minutes=14), NOW + timedelta(minutes=16)
    assert order_recovery.restart_stalled(session, now=soon) == ()
    assert order_recovery.restart_stalled(session, now=late) == (placed.order_id,)
    assert order_recovery.restart_stalled(session, now=late) == ()
    assert fulfil(session, placed.order_id)
    assert order_recovery.restart_stalled(session, now=NOW + timedelta(days=1)) == ()


def test_completed_order_tells_the_outbox(session: Session) -> None:
    shop = open_shop(session)
    placed = paid_order(session, shop)
    fulfil(session, placed.order_id)
    kinds = [event.kind for event in outbox.open_events(session)]
    assert kinds == ["order_placed", "order_paid", "bill_settled", "order_completed"]
    stored = session.get(ProductOrder, placed.order_id, populate_existing=True)
    assert stored.status_changed_at == NOW


@given(st.integers(0, 10**14 - 1))
def test_imei_check_digit_catches_a_wrong_digit(number: int) -> None:
    body = f"{number:014d}"
    digit = resources.luhn_digit(body)
    for place in range(14):
        other = body[:place] + str((int(body[place]) + 1) % 10) + body[place + 1 :]
        assert resources.luhn_digit(other) != digit


def test_imei_check_digit_of_a_known_number() -> None:
    assert resources.luhn_digit("49015420323751") == "8"
