"""Codes and orders: used up once, asked about when lost, given back, and kept in every price."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service.domain.basket import acts as basket
from self_service.domain.bills import preview
from self_service.domain.orders import cancellation, checkout
from self_service.domain.orders import placing as orders
from self_service.domain.promotions import codes
from self_service.domain.promotions.refusals import CodeForNew, CodeLost, CodeUsedBefore
from self_service.models.bills import AppliedBillingRate, CustomerBill
from self_service.models.catalog import OfferingKind
from self_service.models.orders import OrderItemPrice
from self_service.models.promotions import Promotion, PromotionUse
from tests.books import proven
from tests.conftest import NOW
from tests.order_shop import (
    TERMS,
    agree,
    choose,
    customer,
    fill,
    fulfil,
    open_shop,
    order,
    order_as_new,
    pay,
    rows,
    unchanged_but,
    visitor,
)
from tests.promoted import held_by, make_code, off_once, told, typed, uses

K = OfferingKind


@pytest.fixture
def shop(session: Session) -> Any:
    return open_shop(session, phones=9)


@pytest.fixture
def ada(session: Session, shop: Any) -> Any:
    actor = customer(session)
    fill(session, actor, shop)
    return actor


def test_an_order_uses_its_codes_up(session: Session, shop: Any, ada: Any) -> None:
    make_code(session, new_customers_only=True)
    off_once(session, kinds=[K.DEVICE])
    make_code(session, "TVONLY")
    shown = typed(session, ada, "WELCOME10", "ONCE20")
    placed = order(session, ada)
    assert placed.amount == shown.totals.due_now
    assert uses(session, "WELCOME10") == uses(session, "ONCE20") == (1, 1)
    assert uses(session, "TVONLY") == (0, 0)
    # who has an order is no new customer, and nobody has a code twice
    fill(session, ada, shop)
    make_code(session, "NEWONLY", new_customers_only=True)
    with pytest.raises(CodeUsedBefore):
        typed(session, ada, "ONCE20")
    with pytest.raises(CodeForNew):
        typed(session, ada, "NEWONLY")
    proven(session)


def test_a_code_that_lowers_nothing_is_kept(session: Session, shop: Any) -> None:
    ada = customer(session)
    choose(session, ada, shop["case"])
    choose(session, ada, shop["fibre"])
    off_once(session, kinds=[K.ACCESSORY])
    shown = typed(session, ada, "ONCE20")
    case = next(line for line in shown.lines if line.slug == "case")
    basket.remove(session, ada, now=NOW, line_id=case.id)
    order(session, ada)
    assert uses(session, "ONCE20") == (0, 0)


def test_a_new_customer_uses_a_code(session: Session, shop: Any) -> None:
    guest = visitor(session)
    fill(session, guest, shop)
    make_code(session, new_customers_only=True, most_uses=1)
    typed(session, guest, "WELCOME10")
    order_as_new(session, guest)
    assert uses(session, "WELCOME10") == (1, 1)


def _expire(code: Promotion) -> None:
    code.valid_to = NOW


def _use_up(code: Promotion) -> None:
    code.most_uses = code.uses = 1


def _for_new(code: Promotion) -> None:
    code.new_customers_only = True


LOST: dict[str, tuple[Callable[[Promotion], None], str]] = {
    "expired": (_expire, "code_over"),
    "used up": (_use_up, "code_used_up"),
    "not new": (_for_new, "code_for_new"),
}


@pytest.mark.parametrize(("lose", "why"), LOST.values(), ids=LOST)
def test_a_lost_code_stops_the_order_and_asks(
    session: Session, shop: Any, ada: Any, lose: Any, why: str
) -> None:
    order(session, ada)  # so that she is not new
    code = make_code(session)
    fill(session, ada, shop)
    typed(session, ada, "WELCOME10")
    agreed = agree(session, ada)
    lose(code)
    session.flush()
    stored = rows(session, PromotionUse, Promotion)

    def place() -> Any:
        return orders.place(session, ada, **agreed, terms=TERMS, now=NOW)

    unchanged_but(session, CodeLost, place)
    assert rows(session, PromotionUse, Promotion) == stored
    shown = basket.view(session, ada, now=NOW)
    assert told(shown) == {"WELCOME10": why}
    assert shown.saved.minor == 0
    unchanged_but(session, CodeLost, lambda: order(session, ada))  # also with a new summary
    codes.go_without(session, ada, now=NOW)
    placed = order(session, ada)
    assert placed.amount == shown.totals.due_now
    assert rows(session, PromotionUse, Promotion) == stored


def test_the_summary_must_be_of_the_same_codes(session: Session, shop: Any, ada: Any) -> None:
    """Another code that saves as much is another content."""
    make_code(session)
    make_code(session, "OTHER10")
    typed(session, ada, "WELCOME10")
    first = checkout.review(session, ada, now=NOW).fingerprint
    found = session.exec(select(Promotion).where(Promotion.code == "WELCOME10")).one()
    codes.remove(session, ada, promotion_id=found.id, now=NOW)
    without = checkout.review(session, ada, now=NOW).fingerprint
    typed(session, ada, "OTHER10")
    other = checkout.review(session, ada, now=NOW).fingerprint
    assert len({first, without, other}) == 3


@pytest.mark.parametrize("paid", [False, True])
def test_an_order_called_off_gives_its_codes_back(
    session: Session, shop: Any, ada: Any, paid: bool
) -> None:
    make_code(session, most_uses=1)
    typed(session, ada, "WELCOME10")
    placed = order(session, ada)
    if paid:
        pay(session, placed)
    cancellation.cancel(session, ada, placed.order_id, now=NOW)
    assert uses(session, "WELCOME10") == (0, 0)
    fill(session, ada, shop)
    assert told(typed(session, ada, "WELCOME10")) == {"WELCOME10": ""}
    proven(session)


def test_an_unpaid_order_gives_its_codes_back(session: Session, ada: Any) -> None:
    make_code(session, most_uses=1)
    typed(session, ada, "WELCOME10")
    placed = order(session, ada)
    later = NOW + timedelta(hours=3)
    assert cancellation.expire(session, placed.order_id, now=later)
    assert uses(session, "WELCOME10") == (0, 0)


def test_bills_follow_what_was_sold(session: Session, shop: Any) -> None:
    """Order prices, the order's bill and the bills of later months carry the codes."""
    ada = customer(session)
    choose(session, ada, shop["fibre"])
    choose(session, ada, shop["case"], quantity=3)
    make_code(session, months=3)
    off_once(session, kinds=[K.ACCESSORY])
    shown = typed(session, ada, "WELCOME10", "ONCE20")
    placed = order(session, ada)
    copied = session.exec(select(OrderItemPrice).where(OrderItemPrice.price_id.is_(None))).all()
    assert sorted((row.amount_minor, row.percent_bp, row.once) for row in copied) == [
        (-2000, 0, True),
        (0, 1000, False),
    ]
    assert {row.name["en"] for row in copied} == {"Welcome (WELCOME10)", "Welcome (ONCE20)"}
    pay(session, placed)
    assert fulfil(session, placed.order_id)
    bill = session.exec(select(CustomerBill)).one()
    assert bill.gross_minor == placed.amount.minor == shown.totals.due_now.minor
    lines = session.exec(
        select(AppliedBillingRate).where(AppliedBillingRate.bill_id == bill.id)
    ).all()
    assert sorted(row.amount_micro for row in lines) == [-20_000_000, 35_990_000, 59_700_000]
    later = preview.preview(session, ada, as_of=NOW + timedelta(days=45), now=NOW)
    assert later.gross.minor == 3599
    proven(session)


def test_erasing_takes_codes_out_of_baskets(session: Session, ada: Any) -> None:
    from self_service.domain.people import forgetting

    make_code(session)
    shown = typed(session, ada, "WELCOME10")
    forgetting.forget_baskets(session, ada.customer_id, "")
    assert held_by(session, shown.id) == []
