"""Orders that are refused: why, and that nothing was changed."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from self_service.domain import access
from self_service.domain.basket import acts as basket
from self_service.domain.errors import NotFound
from self_service.domain.orders import checkout
from self_service.domain.orders import placing as orders
from self_service.domain.orders.cancellation import AlreadyCancelled, cancel
from self_service.domain.orders.checkout import DetailsNeeded, NothingToOrder
from self_service.domain.orders.contract import SummaryOutdated
from self_service.domain.orders.placing import AlreadyOrdered, AlreadyPaid
from self_service.domain.orders.stock import SoldOut
from self_service.domain.people.accounts import LoginTaken
from self_service.domain.rules.problems import Impossible
from self_service.models.catalog import ProductOffering, ProductOfferingPrice
from tests.conftest import NOW
from tests.factories import add_price, one_time
from tests.order_shop import (
    BLACK,
    TERMS,
    agree,
    choose,
    customer,
    fill,
    left,
    marks,
    open_shop,
    order,
    order_as_new,
    pay,
    signed_in,
    unchanged_but,
    visitor,
)


def test_visitors_basket_signs_nobody_in_later(session: Session) -> None:
    shop = open_shop(session)
    actor = visitor(session)
    fill(session, actor, shop)
    agreed = agree(session, actor)
    order_as_new(session, actor, agreed=agreed)
    later = NOW + timedelta(minutes=10)
    with pytest.raises(AlreadyOrdered):
        order_as_new(session, actor, cookie="later", agreed=agreed, now=later)
    assert not signed_in(session, "later", now=later).signed_in


def test_changed_basket_needs_another_look(session: Session) -> None:
    shop = open_shop(session)
    actor = customer(session)
    fill(session, actor, shop)
    agreed = agree(session, actor)
    choose(session, actor, shop["fibre"])
    unchanged_but(
        session,
        SummaryOutdated,
        lambda: orders.place(session, actor, **agreed, terms=TERMS, now=NOW),
    )


def test_changed_price_needs_another_look(session: Session) -> None:
    shop = open_shop(session)
    actor = customer(session)
    choose(session, actor, shop["case"])
    agreed = agree(session, actor)
    soon = NOW + timedelta(minutes=1)
    price = session.exec(
        select(ProductOfferingPrice).where(ProductOfferingPrice.offering_id == shop["case"])
    ).one()
    price.valid_to = soon
    add_price(session, session.get(ProductOffering, shop["case"]), one_time(2990, valid_from=soon))
    later = NOW + timedelta(minutes=2)
    unchanged_but(
        session,
        SummaryOutdated,
        lambda: orders.place(session, actor, **agreed, terms=TERMS, now=later),
    )


def test_changed_details_need_another_look(session: Session) -> None:
    shop = open_shop(session)
    actor = visitor(session)
    fill(session, actor, shop)
    agreed = agree(session, actor)
    agree(session, actor, email="other@example.com")
    unchanged_but(session, SummaryOutdated, lambda: order_as_new(session, actor, agreed=agreed))


def test_summary_nobody_was_shown_is_not_enough(session: Session) -> None:
    shop = open_shop(session)
    actor = customer(session)
    fill(session, actor, shop)
    review = checkout.review(session, actor, now=NOW)
    agreed = {"cart_id": review.basket.id, "accepted": review.fingerprint}
    unchanged_but(
        session,
        SummaryOutdated,
        lambda: orders.place(session, actor, **agreed, terms=TERMS, now=NOW),
    )


def test_taken_login_keeps_the_basket(session: Session) -> None:
    shop = open_shop(session)
    customer(session, "ada@example.com")
    actor = visitor(session)
    fill(session, actor, shop)
    agreed = agree(session, actor, email="Ada@example.com")
    unchanged_but(session, LoginTaken, lambda: order_as_new(session, actor, agreed=agreed))


def test_last_item_taken_while_looking_is_refused(session: Session) -> None:
    shop = open_shop(session, phones=1)
    actor = customer(session)
    choose(session, actor, shop["phone"], BLACK)
    agreed = agree(session, actor)
    rival = customer(session, "rival@example.com")
    choose(session, rival, shop["phone"], BLACK)
    order(session, rival)

    refusal = unchanged_but(
        session,
        (Impossible, SoldOut),
        lambda: orders.place(session, actor, **agreed, terms=TERMS, now=NOW),
    )
    assert refusal.code == "sold_out"
    assert refusal.data["offering"] == {"en": "phone"}
    assert left(session, shop["phone"]) == 0


def test_strangers_basket_cannot_be_ordered(session: Session) -> None:
    shop = open_shop(session)
    owner = customer(session)
    fill(session, owner, shop)
    agreed = agree(session, owner)
    for stranger in (customer(session, "eve@example.com"), visitor(session)):
        refusal = NotFound if stranger.signed_in else access.SignInNeeded
        unchanged_but(
            session,
            refusal,
            lambda who=stranger: orders.place(session, who, **agreed, terms=TERMS, now=NOW),
        )
    unchanged_but(session, NotFound, lambda: order_as_new(session, visitor(session), agreed=agreed))


def test_empty_basket_cannot_be_ordered(session: Session) -> None:
    shop = open_shop(session)
    actor = customer(session)
    with pytest.raises(NothingToOrder):
        checkout.review(session, actor, now=NOW)
    choose(session, actor, shop["case"])
    agreed = agree(session, actor)
    basket.clear(session, actor, now=NOW)
    unchanged_but(
        session,
        NothingToOrder,
        lambda: orders.place(session, actor, **agreed, terms=TERMS, now=NOW),
    )


def test_visitor_without_details_cannot_order(session: Session) -> None:
    shop = open_shop(session)
    actor = visitor(session)
    fill(session, actor, shop)
    with pytest.raises(DetailsNeeded):
        checkout.review(session, actor, now=NOW)


def test_no_payment_for_what_is_paid_or_cancelled(session: Session) -> None:
    shop = open_shop(session)
    actor = customer(session)
    fill(session, actor, shop)
    placed = order(session, actor)
    pay(session, placed)
    unchanged_but(
        session,
        AlreadyPaid,
        lambda: orders.retry_payment(session, actor, placed.order_id, terms=TERMS, now=NOW),
    )
    cancel(session, actor, placed.order_id, now=NOW)
    unchanged_but(
        session,
        AlreadyCancelled,
        lambda: orders.retry_payment(session, actor, placed.order_id, terms=TERMS, now=NOW),
    )
    assert "placed" in marks(session, placed.order_id)


def test_strangers_order_is_not_found(session: Session) -> None:
    shop = open_shop(session)
    actor = customer(session)
    fill(session, actor, shop)
    placed = order(session, actor)
    stranger = customer(session, "eve@example.com")
    for order_id in (placed.order_id, uuid4()):
        with pytest.raises(NotFound):
            orders.retry_payment(session, stranger, order_id, terms=TERMS, now=NOW)
