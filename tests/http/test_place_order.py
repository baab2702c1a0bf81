"""The binding post: who orders what, once, and what becomes of it when the provider is away."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update
from sqlmodel import Session, select

from self_service.adapters.sandbox_payments import SandboxFault
from self_service.domain.catalog import index as catalog_index
from self_service.jobs.janitor import Janitor
from self_service.models.access import DigitalIdentity, Role
from self_service.models.catalog import ProductOfferingPrice, ProductStock
from self_service.models.orders import OrderState
from self_service.models.payments import PaymentStatus
from self_service.models.people import Customer
from tests.house import PASSWORD, Browser, House
from tests.order_shop import agree, choose

both = pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)

PLACE, AGAIN = "/do/place-order", "/do/pay-again"


@pytest.fixture
def form(house: House, browser: Browser) -> dict[str, str]:
    """What a visitor who is ready to order sends."""
    browser.get("/en/store")
    return house.ready(browser)


def refusal(place: str) -> str:
    """The code with which the browser is sent back to the summary."""
    parts = urlsplit(place)
    assert parts.path.endswith("/checkout")
    return parse_qs(parts.query)["refused"][0]


@both
def test_a_visitor_becomes_a_customer_and_goes_to_pay(
    house: House, browser: Browser, form: dict[str, str]
) -> None:
    before = browser.cookie
    answer = browser.submit(PLACE, **form)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sandbox/pay/")
    order, payment = house.orders()[0], house.payments()[0]
    assert order.state is OrderState.ACKNOWLEDGED
    assert payment.status is PaymentStatus.PENDING_AUTHORIZATION
    assert payment.pay_path == answer.headers["location"]
    assert payment.amount_minor == order.due_now_minor > 0
    actor = house.actor(browser.cookie)
    assert actor.customer_id == order.customer_id
    assert browser.cookie != before
    assert not house.actor(before).signed_in
    assert browser.get(f"/en/order/{order.number}").status_code == 200


def test_the_password_chosen_signs_in(house: House, browser: Browser, form: dict[str, str]) -> None:
    browser.submit(PLACE, **form)
    browser.submit("/do/sign-out")
    answer = browser.submit("/do/sign-in", login="ada@example.com", password=PASSWORD)
    assert answer.headers["location"] == "/en/home"


def test_a_customer_needs_no_password_and_keeps_the_cookie(house: House) -> None:
    with house.signed_in() as browser:
        form = house.ready(browser)
        answer = browser.submit(PLACE, **{**form, "password": ""})
        assert answer.headers["location"].startswith("/sandbox/pay/")
        assert "set-cookie" not in answer.headers
        assert house.orders()[0].customer_id == house.actor(browser.cookie).customer_id


@both
@pytest.mark.parametrize("with_new_cookie", [True, False])
def test_pressed_twice_is_one_order(
    house: House, browser: Browser, form: dict[str, str], with_new_cookie: bool
) -> None:
    before = browser.cookie
    first = browser.submit(PLACE, **form)
    if not with_new_cookie:
        browser.cookie = before
    second = browser.submit(PLACE, **form)
    assert second.headers["location"] == first.headers["location"]
    assert len(house.orders()) == len(house.payments()) == 1
    assert len(house.rows(Customer)[0]) == 1
    assert house.actor(browser.cookie).signed_in


def test_the_old_cookie_orders_nothing_later(
    house: House, browser: Browser, form: dict[str, str]
) -> None:
    before = browser.cookie
    browser.submit(PLACE, **form)
    browser.cookie = before
    house.clock.move(minutes=3)
    assert refusal(browser.submit(PLACE, **form).headers["location"]) == "already_ordered"
    assert not house.actor(browser.cookie).signed_in


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
def test_another_site_cannot_order(
    house: House, browser: Browser, form: dict[str, str], origin: str | None
) -> None:
    before = house.rows()
    assert browser.submit(PLACE, origin=origin, **form).status_code == 403
    assert house.rows() == before


def _prices_change(session: Session) -> None:
    session.execute(update(ProductOfferingPrice).values(amount_minor=1))
    catalog_index.touch(session)


def _sell_out(session: Session) -> None:
    session.execute(update(ProductStock).values(available=0))


def _nothing(_: Session) -> None:
    pass


@pytest.mark.parametrize(
    ("meanwhile", "changes", "code"),
    [
        (_nothing, {"agreed": ""}, "not_accepted"),
        (_nothing, {"password": ""}, "password_too_short"),
        (_nothing, {"password": "7 chars"}, "password_too_short"),
        (_nothing, {"password": "x" * 129}, "password_too_long"),
        (_nothing, {"password": "x" * 5000}, "password_too_long"),
        (_nothing, {"password": "password1"}, "password_too_common"),
        (_nothing, {"password": "my name is tidewell"}, "password_telling"),
        (_nothing, {"accepted": ""}, "summary_outdated"),
        (_nothing, {"accepted": "0" * 64}, "summary_outdated"),
        (_nothing, {"cart": ""}, "impossible"),
        (_nothing, {"cart": "not-an-id"}, "impossible"),
        (_nothing, {"cart": "00000000-0000-0000-0000-000000000000"}, "impossible"),
        (_prices_change, {}, "summary_outdated"),
        (_sell_out, {}, "sold_out"),
    ],
)
def test_what_is_refused_changes_nothing(
    house: House,
    browser: Browser,
    form: dict[str, str],
    meanwhile: Callable[[Session], None],
    changes: dict[str, str],
    code: str,
) -> None:
    house.change(meanwhile)
    before, cookie = house.rows(), browser.cookie
    answer = browser.submit(PLACE, **{**form, **changes})
    assert refusal(answer.headers["location"]) == code
    assert house.rows() == before
    assert browser.cookie == cookie


def test_every_refusal_is_said_on_the_page(
    house: House, browser: Browser, form: dict[str, str]
) -> None:
    told = browser.get("/en/checkout?step=review&refused=summary_outdated").text
    assert "Please look at the summary again." in told
    at_password = browser.get("/en/checkout?step=review&refused=password_too_common").text
    assert "Many people use this password" in at_password
    unknown = browser.get("/en/checkout?step=review&refused=<script>").text
    assert "<script>start" in unknown
    assert "refused" not in unknown.split('id="rx-boot"')[0]


def test_an_address_that_has_an_account_is_refused(
    house: House, browser: Browser, form: dict[str, str]
) -> None:
    house.customer()
    before = house.rows()
    assert refusal(browser.submit(PLACE, **form).headers["location"]) == "login_taken"
    assert house.rows() == before


def test_nobody_orders_the_basket_of_another(
    house: House, browser: Browser, form: dict[str, str]
) -> None:
    with house.signed_in("eve@example.com") as other:
        before = house.rows()
        assert refusal(other.submit(PLACE, **form).headers["location"]) == "impossible"
        assert house.rows() == before


def test_staff_orders_nothing(house: House, form: dict[str, str]) -> None:
    with house.signed_in("staff@example.com", Role.REPRESENTATIVE) as staff:
        before = house.rows()
        assert refusal(staff.submit(PLACE, **form).headers["location"]) == "impossible"
        assert house.rows() == before


def test_what_costs_nothing_now_goes_straight_on(house: House) -> None:
    with house.signed_in() as browser:
        actor = house.actor(browser.cookie)
        house.change(choose, actor, house.shop["free"])
        agreed = house.change(agree, actor, now=house.clock())
        answer = browser.submit(
            PLACE,
            cart=str(agreed["cart_id"]),
            accepted=agreed["accepted"],
            agreed="yes",
            language="es",
        )
    order = house.orders()[0]
    assert answer.headers["location"] == f"/es/order/{order.number}"
    assert order.state is OrderState.IN_PROGRESS
    assert house.payments() == []


@pytest.mark.parametrize("fault", SandboxFault)
def test_without_the_provider_the_order_stands_and_can_be_paid_later(
    house: House, browser: Browser, form: dict[str, str], fault: SandboxFault
) -> None:
    house.gateway.fail_next(fault)
    answer = browser.submit(PLACE, **form)
    order = house.orders()[0]
    assert answer.headers["location"] == f"/en/order/{order.number}"
    assert house.actor(browser.cookie).customer_id == order.customer_id
    page = browser.get(answer.headers["location"]).text
    assert "We are preparing your payment" in page
    again = browser.submit(AGAIN, order=order.number, language="en")
    assert again.headers["location"].startswith("/sandbox/pay/")
    assert browser.get(again.headers["location"]).status_code == 200
    assert browser.get(answer.headers["location"]).text.count(again.headers["location"])
    assert len(house.payments()) == 1


async def test_the_janitor_opens_what_could_not_be_opened(house: House) -> None:
    with house.signed_in() as browser:
        house.gateway.fail_next(SandboxFault.UNAVAILABLE)
        order_page = browser.submit(PLACE, **house.ready(browser)).headers["location"]
        house.clock.move(seconds=31)
        await Janitor(house.database, house.gateway, house.clock).round()
        assert house.payments()[0].pay_path in browser.get(order_page).text


def test_a_bug_at_the_provider_does_not_undo_the_order(
    house: House,
    browser: Browser,
    form: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(**_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(house.gateway, "open_charge", broken)
    answer = browser.submit(PLACE, **form)
    assert answer.headers["location"] == f"/en/order/{house.orders()[0].number}"
    assert house.actor(browser.cookie).signed_in
    assert "bug" in caplog.text


def test_paying_again_is_for_the_buyer(
    house: House, browser: Browser, form: dict[str, str]
) -> None:
    browser.submit(PLACE, **form)
    number = house.orders()[0].number
    before = house.rows()
    with house.signed_in("eve@example.com") as other, Browser() as visitor:
        before = house.rows()
        for somebody in (other, visitor):
            answer = somebody.submit(AGAIN, order=number, language="en")
            assert answer.headers["location"] == f"/en/order/{number}"
            assert somebody.submit(AGAIN, origin="null", order=number).status_code == 403
        assert other.get(f"/en/order/{number}").status_code == 404
        assert visitor.get(f"/en/order/{number}").status_code == 303
    assert house.rows() == before


def test_a_paid_order_is_not_paid_again(
    house: House, browser: Browser, form: dict[str, str]
) -> None:
    browser.submit(PLACE, **form)
    order = house.orders()[0]
    browser.submit(house.payments()[0].pay_path, outcome="approve")
    before = house.rows()
    answer = browser.submit(AGAIN, order=order.number, language="en")
    assert answer.headers["location"] == f"/en/order/{order.number}"
    assert house.rows() == before


@pytest.mark.parametrize("number", ["", "//evil.example", "\\evil", "x\r\nSet-Cookie: a=b", "é/?#"])
def test_an_invented_order_leads_nowhere_else(house: House, browser: Browser, number: str) -> None:
    answer = browser.submit(AGAIN, order=number, language="en")
    assert answer.headers["location"].startswith("/en/order/")
    assert "set-cookie" not in answer.headers


def test_logins_are_unique_whatever_the_form_says(
    house: House, browser: Browser, form: dict[str, str]
) -> None:
    """The identity is made from the details that were checked, never from the last form."""
    browser.submit(PLACE, **form, email="admin@example.com", role="staff")
    with house.database.reading() as session:
        identities = session.exec(select(DigitalIdentity)).all()
    assert [(who.login, who.role) for who in identities] == [("ada@example.com", Role.CUSTOMER)]
    assert identities[0].customer_id == house.orders()[0].customer_id
