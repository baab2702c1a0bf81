"""Promotion codes in a basket: what they take, what is refused, and what becomes of them later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from self_service.domain.access.attempts import Limit
from self_service.domain.basket import acts as basket
from self_service.domain.errors import NotFound
from self_service.domain.promotions import codes, refusals
from self_service.models.catalog import OfferingKind
from self_service.models.promotions import CartPromotion
from tests.conftest import NOW
from tests.order_shop import BLACK, choose, customer, fill, open_shop, plan_on, rows, visitor
from tests.promoted import (
    held_by,
    make_code,
    off_monthly,
    off_once,
    share_once,
    told,
    typed,
)

K = OfferingKind


@pytest.fixture
def shop(session: Session) -> Any:
    return open_shop(session)


@pytest.fixture
def buyer(session: Session, shop: Any) -> Any:
    actor = visitor(session)
    fill(session, actor, shop)
    return actor


def look(session: Session, actor: Any) -> Any:
    return basket.view(session, actor, now=NOW)


def test_a_share_of_what_recurs(session: Session, buyer: Any) -> None:
    """The plan is 19.99, half price for three months; the extra 5.00."""
    before = look(session, buyer)
    make_code(session, months=3)
    after = typed(session, buyer, "welcome10 ")
    assert (before.totals.monthly.minor, after.totals.monthly.minor) == (999 + 500, 799 + 450)
    (code,) = after.codes
    assert code.saved.minor == 3 * (200 + 50) == after.saved.minor
    assert before.totals.whole_term.minor - after.totals.whole_term.minor == code.saved.minor
    assert after.totals.regular_monthly == before.totals.regular_monthly
    assert not any(line.price_changed for line in after.lines)


def test_an_amount_goes_from_line_to_line(session: Session, shop: Any) -> None:
    actor = visitor(session)
    choose(session, actor, shop["phone"], BLACK, plan_on(shop))
    off_monthly(session, 2300, months=2)
    after = typed(session, actor, "FIVER")
    plan = after.lines[0].children[0]
    extra = plan.children[0] if plan.children else after.lines[0].children[1]
    given = [
        [price.amount_minor for price in line.prices if price.promotion] for line in (plan, extra)
    ]
    assert given == [[-1999], [-301]]


def test_an_amount_off_once_is_spread_exactly(session: Session, shop: Any) -> None:
    """Three cases: 20.00 is no multiple of three, and still is taken to the cent."""
    actor = visitor(session)
    choose(session, actor, shop["case"], quantity=3)
    off_once(session, 2000)
    after = typed(session, actor, "ONCE20")
    assert after.totals.due_now.minor == 3 * 1990 - 2000
    assert after.saved.minor == 2000


def test_never_below_zero(session: Session, shop: Any) -> None:
    actor = visitor(session)
    choose(session, actor, shop["case"])
    off_once(session, 5000)
    share_once(session, 6000)
    after = typed(session, actor, "ONCE20", "SHARE")
    assert after.totals.due_now.minor == 0
    assert {code.code: code.saved.minor for code in after.codes} == {"SHARE": 1194, "ONCE20": 796}


def test_a_code_for_some_lines(session: Session, shop: Any, buyer: Any) -> None:
    share_once(session, 1000, "PHONES", kinds=[K.DEVICE])
    share_once(session, 5000, "CASES", offering_ids=[str(shop["case"])])
    after = typed(session, buyer, "PHONES", "CASES")
    assert {code.code: code.saved.minor for code in after.codes} == {"PHONES": 5990, "CASES": 1990}


def test_instalments_are_no_fee(session: Session, shop: Any) -> None:
    from tests.factories import make_offering, monthly

    tv = make_offering(
        session, slug="tv", kind=K.DEVICE, prices=[{**monthly(2000), "duration_length": 24}]
    )
    actor = visitor(session)
    choose(session, actor, tv.id)
    make_code(session)
    with pytest.raises(refusals.NothingLowered):
        typed(session, actor, "WELCOME10")


PAST, FUTURE = NOW - timedelta(days=1), NOW + timedelta(days=1)
REFUSED: dict[str, tuple[Callable[[Session], object], str, type]] = {
    "unknown": (lambda s: None, "NOTHING", refusals.CodeUnknown),
    "no code at all": (lambda s: None, "' or 1=1 --", refusals.CodeUnknown),
    "not yet": (lambda s: make_code(s, valid_from=FUTURE), "WELCOME10", refusals.CodeNotYet),
    "over": (lambda s: make_code(s, valid_to=NOW), "WELCOME10", refusals.CodeOver),
    "used up": (lambda s: make_code(s, most_uses=2, uses=2), "WELCOME10", refusals.CodeUsedUp),
    "nothing lowered": (
        lambda s: make_code(s, kinds=[K.TV]),
        "WELCOME10",
        refusals.NothingLowered,
    ),
    "another currency": (
        lambda s: off_once(s, currency="USD"),
        "ONCE20",
        refusals.NothingLowered,
    ),
}


@pytest.mark.parametrize(("prepare", "code", "kind"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_said_and_changes_nothing(
    session: Session, buyer: Any, prepare: Any, code: str, kind: type
) -> None:
    prepare(session)
    before, stored = look(session, buyer), rows(session, CartPromotion)
    with pytest.raises(kind) as caught:
        typed(session, buyer, code)
    assert caught.value.field == "code"
    assert look(session, buyer) == before
    assert rows(session, CartPromotion) == stored


def test_an_empty_basket_takes_no_code(session: Session, shop: Any) -> None:
    make_code(session)
    with pytest.raises(refusals.NothingLowered):
        typed(session, visitor(session), "WELCOME10")
    assert rows(session, CartPromotion) == [[]]


@pytest.mark.parametrize("first", ["FIVER", "WELCOME10"])
def test_one_that_stands_alone(session: Session, buyer: Any, first: str) -> None:
    make_code(session)
    off_monthly(session, alone=True)
    second = {"FIVER": "WELCOME10", "WELCOME10": "FIVER"}[first]
    before = typed(session, buyer, first)
    with pytest.raises(refusals.NotTogether) as caught:
        typed(session, buyer, second)
    assert caught.value.data == {"code": second, "other": first}
    assert look(session, buyer) == before


def test_at_most_five(session: Session, buyer: Any) -> None:
    for number in range(codes.MOST_CODES + 1):
        off_once(session, 100, f"CODE{number}")
    typed(session, buyer, *[f"CODE{number}" for number in range(codes.MOST_CODES)])
    with pytest.raises(refusals.TooManyCodes):
        typed(session, buyer, f"CODE{codes.MOST_CODES}")
    assert len(look(session, buyer).codes) == codes.MOST_CODES


def test_the_same_again_changes_nothing(session: Session, buyer: Any) -> None:
    make_code(session)
    assert typed(session, buyer, "WELCOME10") == typed(session, buyer, "Welcome10")


def test_removing(session: Session, buyer: Any) -> None:
    before, code = look(session, buyer), make_code(session)
    typed(session, buyer, "WELCOME10")
    with pytest.raises(NotFound):
        codes.remove(session, visitor(session), promotion_id=code.id, now=NOW)
    assert held_by(session, before.id) == ["WELCOME10"]
    after = codes.remove(session, buyer, promotion_id=code.id, now=NOW)
    assert (after.totals, after.codes) == (before.totals, ())
    with pytest.raises(NotFound):
        codes.remove(session, buyer, promotion_id=code.id, now=NOW)


@pytest.mark.parametrize("value", [None, 5, [], "", "\0", "x" * 5000, "-A", "A B", "ＷＥ"])
def test_reading_what_was_typed(value: object) -> None:
    assert codes.fold(value) in ("", "WE")


def test_an_expired_code_says_so_and_takes_nothing(session: Session, buyer: Any) -> None:
    before, code = look(session, buyer), make_code(session)
    off_once(session, 100)
    typed(session, buyer, "WELCOME10", "ONCE20")
    code.valid_to = NOW
    session.flush()
    after = look(session, buyer)
    assert told(after) == {"WELCOME10": "code_over", "ONCE20": ""}
    assert [one.code for one in after.lost_codes] == ["WELCOME10"]
    assert before.totals.due_now.minor - after.totals.due_now.minor == 100
    assert told(codes.go_without(session, buyer, now=NOW)) == {"ONCE20": ""}


def test_a_code_whose_line_is_gone_waits(session: Session, shop: Any) -> None:
    """It is not lost: it lowers again what it is for, and nobody is asked."""
    actor = visitor(session)
    choose(session, actor, shop["case"])
    off_once(session, 100, kinds=[K.ACCESSORY])
    line = typed(session, actor, "ONCE20").lines[0]
    empty = basket.remove(session, actor, now=NOW, line_id=line.id)
    assert (empty.saved.minor, empty.lost_codes) == (0, ())
    back = basket.undo(session, actor, now=NOW)
    assert [code.applied for code in back.codes] == [True]
    assert back.saved.minor == 100


def test_codes_come_along_at_sign_in(session: Session, shop: Any) -> None:
    guest, ada = visitor(session), customer(session)
    make_code(session)
    off_once(session, alone=True)
    fill(session, guest, shop)
    choose(session, ada, shop["case"])
    typed(session, ada, "ONCE20")
    typed(session, guest, "WELCOME10")
    basket.merge_on_sign_in(session, visitor_key=guest.key, customer_id=ada.customer_id, now=NOW)
    after = look(session, ada)
    assert told(after) == {"ONCE20": "code_not_together", "WELCOME10": ""}
    assert look(session, guest).codes == ()


def test_codes_of_the_first_basket_come_along(session: Session, shop: Any, buyer: Any) -> None:
    ada = customer(session)
    make_code(session)
    typed(session, buyer, "WELCOME10")
    basket.merge_on_sign_in(session, visitor_key=buyer.key, customer_id=ada.customer_id, now=NOW)
    assert told(look(session, ada)) == {"WELCOME10": ""}


def test_tries_are_counted_by_browser_and_network(
    session: Session, buyer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "NETWORK_TRIES", Limit("network", 22, timedelta(minutes=15)))

    def tried(actor: Any, times: int) -> list[bool]:
        return [codes.count_try(session, actor, network="192.0.2.1", now=NOW) for _ in range(times)]

    assert tried(buyer, 21) == [True] * 20 + [False]
    assert tried(visitor(session), 2) == [True, False]
    later = NOW + timedelta(minutes=16)
    assert codes.count_try(session, buyer, network="192.0.2.1", now=later)


def test_only_the_first_basket_is_read_twice(session: Session, buyer: Any) -> None:
    """A code costs one statement; a basket without none."""
    from tests.domain.test_basket_statements import Statements

    make_code(session)
    typed(session, buyer, "WELCOME10")
    session.commit()
    look(session, buyer)
    with Statements(session) as looking:
        look(session, buyer)
    assert looking.sent == ["SELECT"] * 4
    assert session.exec(select(CartPromotion)).one()
