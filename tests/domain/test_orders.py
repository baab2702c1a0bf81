"""Placing an order: one basket, one order, nothing changed by a refusal."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain import outbox
from self_service.domain.orders import placing as orders
from self_service.domain.orders.timeline import timeline
from self_service.domain.payments import settling as payments
from self_service.models.access import DigitalIdentity
from self_service.models.catalog import ProductOfferingPrice
from self_service.models.documents import Document
from self_service.models.orders import (
    OrderItemPrice,
    OrderState,
    ProductOrder,
    ProductOrderItem,
)
from self_service.models.payments import Payment, PaymentStatus
from self_service.models.people import Customer
from self_service.ports import ChargeStatus
from tests.conftest import NOW
from tests.order_shop import (
    BLACK,
    TERMS,
    WRITTEN,
    agree,
    charge,
    choose,
    customer,
    fill,
    left,
    open_shop,
    order,
    order_as_new,
    plan_on,
    rows,
    signed_in,
    state_of,
    visitor,
)


def test_order_copies_names_choices_and_prices(session: Session) -> None:
    shop = open_shop(session)
    actor = customer(session)
    fill(session, actor, shop)
    placed = order(session, actor)
    items = session.exec(select(ProductOrderItem).order_by(ProductOrderItem.position)).all()
    assert [item.name["en"] for item in items] == ["phone", "plan", "extra", "case"]
    assert [item.parent_id for item in items] == [None, items[0].id, items[1].id, None]
    assert items[0].configuration == BLACK
    assert (items[1].term_months, items[3].quantity) == (24, 2)
    for price in session.exec(select(ProductOfferingPrice)):
        price.amount_minor, price.name = 1, {"en": "changed"}
    session.flush()
    sold = session.exec(select(OrderItemPrice).where(OrderItemPrice.item_id == items[1].id)).all()
    assert sorted(price.amount_minor for price in sold) == [0, 0, 990, 1999]
    # phone 599 + plan 9.90 + half of 19.99 rounded up (the discount) + extra 5 + two cases
    assert placed.amount.minor == 59900 + 990 + 999 + 500 + 2 * 1990


def test_order_asks_for_payment_and_keeps_goods(session: Session) -> None:
    shop = open_shop(session, phones=3)
    actor = customer(session)
    fill(session, actor, shop)
    placed = order(session, actor)
    payment = session.exec(select(Payment)).one()
    assert (payment.id, payment.amount_minor) == (placed.payment_id, placed.amount.minor)
    assert payment.status is PaymentStatus.PENDING_AUTHORIZATION
    stored = session.exec(select(ProductOrder)).one()
    assert stored.reserved_until == NOW + timedelta(minutes=30)
    assert stored.state is OrderState.ACKNOWLEDGED
    assert left(session, shop["phone"]) == 2
    assert [event.kind for event in outbox.open_events(session)] == ["order_placed"]


def test_order_number_is_readable_and_random(session: Session) -> None:
    shop = open_shop(session)
    numbers = set()
    for turn in range(3):
        actor = customer(session, f"c{turn}@example.com")
        choose(session, actor, shop["case"])
        numbers.add(order(session, actor).number)
    assert len(numbers) == 3
    for number in numbers:
        prefix, one, two = number.split("-")
        assert prefix == "TW"
        assert len(one) == len(two) == 4
        assert not set(one + two) & set("ILOU")


def test_nothing_due_goes_straight_to_fulfilment(session: Session) -> None:
    shop = open_shop(session)
    actor = customer(session)
    choose(session, actor, shop["free"])
    placed = order(session, actor)
    assert placed.payment_id is None
    assert state_of(session, placed.order_id) == OrderState.IN_PROGRESS
    assert session.exec(select(Payment)).all() == []
    kinds = {event.kind: event.key for event in outbox.open_events(session)}
    assert kinds["order_paid"] == str(placed.order_id)


def test_visitor_becomes_customer_and_is_signed_in(session: Session) -> None:
    shop = open_shop(session)
    actor = visitor(session)
    fill(session, actor, shop)
    placed = order_as_new(session, actor, email="New.Person@Example.com")
    new = signed_in(session)
    assert new.identity_id == placed.identity_id
    assert session.get(ProductOrder, placed.order_id).customer_id == new.customer_id
    login = session.exec(select(DigitalIdentity.login)).one()
    assert login == "new.person@example.com"
    document = session.exec(select(Document)).one()
    assert document.customer_id == new.customer_id
    assert session.get(ProductOrder, placed.order_id).contract_document_id == document.id


def test_second_click_gets_the_same_order(session: Session) -> None:
    shop = open_shop(session)
    actor = customer(session)
    fill(session, actor, shop)
    agreed = agree(session, actor)
    first = orders.place(session, actor, **agreed, terms=TERMS, now=NOW)
    before = rows(session, *WRITTEN)
    again = orders.place(session, actor, **agreed, terms=TERMS, now=NOW + timedelta(hours=3))
    assert again == first
    assert rows(session, *WRITTEN) == before


def test_second_click_of_a_visitor_signs_its_cookie_in(session: Session) -> None:
    shop = open_shop(session)
    actor = visitor(session)
    fill(session, actor, shop)
    agreed = agree(session, actor)
    first = order_as_new(session, actor, cookie="one", agreed=agreed)
    again = order_as_new(
        session, actor, cookie="two", agreed=agreed, now=NOW + timedelta(seconds=5)
    )
    assert again == first
    assert signed_in(session, "two").customer_id == signed_in(session, "one").customer_id
    assert len(session.exec(select(Customer)).all()) == 1


def test_open_payment_is_not_opened_twice(session: Session) -> None:
    shop = open_shop(session)
    actor = customer(session)
    fill(session, actor, shop)
    placed = order(session, actor)
    again = orders.retry_payment(session, actor, placed.order_id, terms=TERMS, now=NOW)
    assert again == placed
    assert len(session.exec(select(Payment)).all()) == 1


def test_denied_payment_can_be_asked_for_again(session: Session) -> None:
    shop = open_shop(session)
    actor = customer(session)
    fill(session, actor, shop)
    placed = order(session, actor)
    payments.settle(session, charge=charge(placed, ChargeStatus.CANCELED), now=NOW)
    late = NOW + timedelta(minutes=29)
    again = orders.retry_payment(session, actor, placed.order_id, terms=TERMS, now=late)
    assert again.payment_id not in (None, placed.payment_id)
    assert again.amount == placed.amount
    stored = session.get(ProductOrder, placed.order_id, populate_existing=True)
    assert stored.reserved_until == late + timedelta(minutes=30)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    phones=st.integers(0, 2),
    cases=st.integers(0, 4),
    extra=st.booleans(),
    fibre=st.booleans(),
)
def test_sums_agree(session: Session, phones: int, cases: int, extra: bool, fibre: bool) -> None:
    """Due now of the order = sum of its lines = sum of the payment; the same each month."""
    with session.begin_nested() as nested:
        shop = open_shop(session)
        actor = customer(session)
        if phones:
            below = plan_on(shop)[: 2 if extra else 1]
            choose(session, actor, shop["phone"], BLACK, below, quantity=phones)
        if cases:
            choose(session, actor, shop["case"], quantity=cases)
        if fibre or not phones + cases:
            choose(session, actor, shop["fibre"])
        placed = order(session, actor)
        view = timeline(session, actor, placed.order_id)
        payment = session.get(Payment, placed.payment_id)
        assert sum(line.totals.due_now.minor for line in view.lines) == placed.amount.minor
        assert sum(line.totals.monthly.minor for line in view.lines) == view.monthly.minor
        assert view.due_now == placed.amount == view.payment.amount
        assert payment.amount_minor == placed.amount.minor
        nested.rollback()
    session.expire_all()
