"""Saved cards at the check-out, through the sandbox: paid, declined, confirmed, exchanged."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select

from self_service.adapters.sandbox_cards import SandboxCard
from self_service.adapters.sandbox_outcomes import SandboxOutcome
from self_service.models.access import Role
from self_service.models.orders import OrderState
from self_service.models.payments import Payment, PaymentMethod, PaymentStatus
from tests.books import proven
from tests.house import Browser, House
from tests.order_shop import WRITTEN

PLACE, AGAIN = "/do/place-order", "/do/pay-again"
REVIEW = "/en/checkout?step=review"


@pytest.fixture
def ada(house: House) -> Browser:
    return house.signed_in("ada@example.com")


def save(house: House, browser: Browser, card: SandboxCard) -> str:
    """Save a pretend card; returns its id here."""
    form = {"language": "en", "token": card.value, "mandate": "yes"}
    answer = browser.submit("/do/save-card", **form)
    assert answer.headers["location"].endswith("done=card_saved")
    with house.database.reading() as session:
        newest = select(PaymentMethod.id).order_by(PaymentMethod.created_at.desc())
        return str(session.exec(newest).first())


def order(house: House, browser: Browser, **form: str) -> str:
    """Order a full basket; returns where the browser is sent."""
    answer = browser.submit(PLACE, **{**house.ready(browser), "password": "", **form})
    assert answer.status_code == 303
    return answer.headers["location"]


def again(house: House, browser: Browser, **form: str) -> str:
    number = house.orders()[0].number
    return browser.submit(AGAIN, order=number, language="en", **form).headers["location"]


def stands(house: House) -> tuple[OrderState, list[PaymentStatus]]:
    return house.orders()[0].state, [row.status for row in house.payments()]


def radios(page: str) -> list[tuple[str, bool]]:
    """The ways that a page offers, and which is chosen."""
    found = re.findall(r'<input[^>]*name="way"[^>]*>', page)
    return [
        (re.search(r'value="([^"]*)"', one).group(1), " checked" in one)  # type: ignore[union-attr]
        for one in found
    ]


@pytest.mark.parametrize(
    ("card", "back", "payment", "says"),
    [
        (SandboxCard.GOOD, "/en/order/", PaymentStatus.DONE, "We are setting up your order"),
        (SandboxCard.DECLINED, "/en/order/", PaymentStatus.FAILED, "Try another card."),
        (
            SandboxCard.SLOW,
            "/en/order/",
            PaymentStatus.PENDING_AUTHORIZATION,
            "We are preparing your payment",
        ),
        (SandboxCard.AUTHENTICATE, "/sandbox/pay/", PaymentStatus.PENDING_AUTHORIZATION, ""),
    ],
    ids=["good", "declined", "slow", "authenticate"],
)
def test_ordering_with_a_saved_card(
    house: House,
    ada: Browser,
    card: SandboxCard,
    back: str,
    payment: PaymentStatus,
    says: str,
) -> None:
    way = save(house, ada, card)
    form = house.ready(ada)
    assert radios(ada.get(REVIEW).text) == [(way, True), ("card", False)]
    answers = [ada.submit(PLACE, **{**form, "way": way}) for _ in range(2)]
    first, second = (answer.headers["location"] for answer in answers)
    assert first.startswith(back)
    assert second in (first, f"/en/order/{house.orders()[0].number}")
    paid = OrderState.IN_PROGRESS if card is SandboxCard.GOOD else OrderState.ACKNOWLEDGED
    assert stands(house) == (paid, [payment])
    assert says in ada.get(f"/en/order/{house.orders()[0].number}").text
    house.change(proven)


@pytest.mark.parametrize("confirms", [True, False], ids=["confirms", "refuses"])
def test_the_bank_wants_the_person(house: House, ada: Browser, confirms: bool) -> None:
    screen = order(house, ada, way=save(house, ada, SandboxCard.AUTHENTICATE))
    assert "Confirm with your bank" in ada.get(screen).text
    after = ada.submit(screen, outcome="confirm_3ds" if confirms else "fail_3ds")
    page = f"/en/order/{house.orders()[0].number}"
    if confirms:
        assert after.headers["location"] == page
        assert stands(house) == (OrderState.IN_PROGRESS, [PaymentStatus.DONE])
    else:
        text = ada.get(page).text
        assert "Your bank could not confirm that it was you." in text
        assert "Pay in another way" in text
        other = again(house, ada, way="card")
        assert other.startswith("/sandbox/pay/")
        assert other != screen
        ada.submit(other, outcome="approve")
        assert stands(house)[0] is OrderState.IN_PROGRESS
        assert sorted(stands(house)[1]) == [PaymentStatus.CANCELED, PaymentStatus.DONE]
    house.change(proven)


def test_after_a_decline_another_way_is_chosen_beforehand(house: House, ada: Browser) -> None:
    good = save(house, ada, SandboxCard.GOOD)
    house.clock.move(seconds=1)
    bad = save(house, ada, SandboxCard.DECLINED)
    page = order(house, ada, way=bad)
    house.clock.move(seconds=5)
    assert radios(ada.get(page).text) == [(good, True), (bad, False), ("card", False)]
    assert again(house, ada, way=good) == page
    assert stands(house) == (OrderState.IN_PROGRESS, [PaymentStatus.FAILED, PaymentStatus.DONE])
    before = house.rows()
    assert again(house, ada, way="card") == page
    assert house.rows() == before
    house.change(proven)


async def test_what_was_paid_unheard_is_not_paid_again(house: House, ada: Browser) -> None:
    """The provider was paid on its screen and nobody told us: it is asked before the card is."""
    way, screen = save(house, ada, SandboxCard.GOOD), order(house, ada, way="card")
    charge = await house.gateway.charge_for_secret(screen.rsplit("/", 1)[-1])
    await house.gateway.act(charge.reference, SandboxOutcome.APPROVE)
    assert again(house, ada, way=way) == f"/en/order/{house.orders()[0].number}"
    assert stands(house) == (OrderState.IN_PROGRESS, [PaymentStatus.DONE])
    house.change(proven)


def test_a_new_card_is_saved_when_that_is_wished(house: House, ada: Browser) -> None:
    house.filled(ada)
    review = ada.get(REVIEW).text
    assert radios(review) == [("card", True)]
    assert 'name="keep"' in review
    ada.submit(order(house, ada, way="card", keep="yes"), outcome="approve")
    assert stands(house) == (OrderState.IN_PROGRESS, [PaymentStatus.DONE])
    assert "ending in 0001" in ada.get("/en/cards").text


def test_a_card_that_is_gone_is_said_at_the_check_out(house: House, ada: Browser) -> None:
    way = save(house, ada, SandboxCard.GOOD)
    form = house.ready(ada)
    ada.submit("/do/remove-card", language="en", card=way)
    before = house.rows()
    back = ada.submit(PLACE, **{**form, "way": way}).headers["location"]
    assert back == f"{REVIEW}&refused=card_not_usable"
    assert "This card cannot be used any more. Choose another one." in ada.get(back).text
    assert house.rows() == before


def test_a_visitor_sees_what_stood_before(house: House, browser: Browser) -> None:
    browser.get("/en/store")
    form = house.ready(browser)
    review = browser.get(REVIEW).text
    assert 'name="agreed"' in review
    assert radios(review) == []
    assert 'name="keep"' not in review
    screen = browser.submit(PLACE, **{**form, "way": "card", "keep": "yes"}).headers["location"]
    browser.submit(screen, outcome="approve")
    assert stands(house) == (OrderState.IN_PROGRESS, [PaymentStatus.DONE])
    assert house.rows(PaymentMethod) == [[]]


def test_who_acts_for_a_customer_is_offered_and_charged_no_card(house: House, ada: Browser) -> None:
    way = save(house, ada, SandboxCard.GOOD)
    customer_id = house.actor(ada.cookie).customer_id
    sam = house.signed_in("sam@example.com", Role.REPRESENTATIVE)
    sam.submit("/do/act-for", customer=str(customer_id), language="en")
    form = house.ready(sam)
    assert radios(sam.get(REVIEW).text) == []
    before = house.rows(*WRITTEN, PaymentMethod)
    back = sam.submit(PLACE, **{**form, "way": way}).headers["location"]
    assert back == f"{REVIEW}&refused=card_of_another"
    assert house.rows(*WRITTEN, PaymentMethod) == before
    assert sam.submit(PLACE, **form).headers["location"].startswith("/sandbox/pay/")
    page = f"/en/order/{house.orders()[0].number}"
    before = house.rows(Payment)
    assert again(house, sam, way=way) == f"{page}?refused=card_of_another"
    assert (
        "Only the customer can pay with a saved card."
        in sam.get(f"{page}?refused=card_of_another").text
    )
    assert house.rows(Payment) == before


@pytest.mark.parametrize("way", ["", "x", "'; --", "\0", "x" * 3000], ids=range(5))
def test_an_invented_way_charges_nothing(house: House, ada: Browser, way: str) -> None:
    save(house, ada, SandboxCard.GOOD)
    assert order(house, ada, way=way).startswith("/sandbox/pay/")
    assert again(house, ada, way=way).startswith("/sandbox/pay/")
    assert stands(house) == (OrderState.ACKNOWLEDGED, [PaymentStatus.PENDING_AUTHORIZATION])
