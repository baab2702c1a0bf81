"""From the order to the money: the sandbox's screen, its messages, and the way back."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from self_service.adapters import webhook_signature
from self_service.adapters.sandbox_payments import SandboxFault
from self_service.http import card, sandbox
from self_service.jobs import runner
from self_service.models.orders import OrderState
from self_service.models.payments import InboundEvent, PaymentStatus
from tests.house import Browser, House

both = pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)

HOOK = "/webhooks/payments"
STARTED, UNPAID = OrderState.IN_PROGRESS, OrderState.ACKNOWLEDGED
DONE, OPEN = PaymentStatus.DONE, PaymentStatus.PENDING_AUTHORIZATION


@pytest.fixture
def screen(house: House, browser: Browser) -> str:
    """The address of the sandbox's screen for a new order."""
    browser.get("/es/store")
    form = house.ready(browser)
    answer = browser.submit("/do/place-order", **{**form, "language": "es"})
    return answer.headers["location"]


def order_page(house: House) -> str:
    """Where the buyer sees the order; it was placed in English."""
    return f"/en/order/{house.orders()[0].number}"


def stands(house: House) -> tuple[OrderState, PaymentStatus, str]:
    """Where the order and its payment stand, and why the last try failed."""
    payment = house.payments()[0]
    return house.orders()[0].state, payment.status, payment.failure_code


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["approve"], (STARTED, DONE, "")),
        (["answer_twice"], (STARTED, DONE, "")),
        (["decline"], (UNPAID, OPEN, "card_declined")),
        (["insufficient_funds"], (UNPAID, OPEN, "insufficient_funds")),
        (["expired_card"], (UNPAID, OPEN, "expired_card")),
        (["decline", "approve"], (STARTED, DONE, "")),
        (["require_3ds"], (UNPAID, OPEN, "")),
        (["require_3ds", "confirm_3ds"], (STARTED, DONE, "")),
        (["require_3ds", "fail_3ds"], (UNPAID, OPEN, "authentication_failed")),
        (["require_3ds", "fail_3ds", "approve"], (STARTED, DONE, "")),
        (["time_out"], (UNPAID, OPEN, "")),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_each_outcome_comes_by_webhook(
    house: House,
    browser: Browser,
    screen: str,
    outcomes: list[str],
    expected: tuple[OrderState, PaymentStatus, str],
) -> None:
    for outcome in outcomes:
        assert browser.get(screen).status_code == 200
        answer = browser.submit(screen, outcome=outcome)
        assert answer.status_code == 303
    assert stands(house) == expected
    ended = expected[1] is DONE or outcomes == ["time_out"]
    assert answer.headers["location"] == (order_page(house) if ended else screen)


def test_the_bank_takes_a_payment_back_and_gives_it_again(
    house: House, browser: Browser, screen: str
) -> None:
    browser.submit(screen, outcome="approve")
    assert browser.get(screen).status_code == 303
    assert "Let the bank take the payment back" in browser.get(f"{screen}?after=1").text
    (payment,) = house.payments()
    whole = payment.amount_minor
    for outcome, left in (("take", whole), ("take", whole), ("give", 0)):
        answer = browser.submit(screen, outcome=outcome)
        assert answer.headers["location"] == order_page(house)
        assert house.payments()[0].taken_back_minor == left


def test_the_screen_says_the_sum_and_why_it_failed(
    house: House, browser: Browser, screen: str
) -> None:
    page = browser.get(screen)
    assert "€663.69" in page.text
    assert page.headers["cache-control"] == "no-store"
    browser.submit(screen, outcome="decline")
    assert 'role="alert"' in browser.get(screen).text
    assert "The card was declined." in browser.get(screen).text


def test_what_is_pressed_twice_happens_once(house: House, browser: Browser, screen: str) -> None:
    browser.submit(screen, outcome="approve")
    before = house.rows()
    again = browser.submit(screen, outcome="approve")
    assert again.headers["location"] == screen
    assert browser.get(screen).headers["location"] == order_page(house)
    assert house.rows() == before


def test_answering_twice_counts_once(house: House, browser: Browser, screen: str) -> None:
    browser.submit(screen, outcome="answer_twice")
    assert len(house.rows(InboundEvent)[0]) == 1
    assert stands(house) == (STARTED, DONE, "")


@pytest.mark.parametrize("outcome", ["", "confirm_3ds", "give me all", "APPROVE"])
def test_an_outcome_that_is_none_changes_nothing(
    house: House, browser: Browser, screen: str, outcome: str
) -> None:
    before = house.rows()
    assert browser.submit(screen, outcome=outcome).headers["location"] == screen
    assert house.rows() == before


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
def test_another_site_presses_nothing(
    house: House, browser: Browser, screen: str, origin: str | None
) -> None:
    before = house.rows()
    assert browser.submit(screen, origin=origin, outcome="approve").status_code == 403
    assert house.rows() == before


def test_an_unknown_secret_shows_nothing(house: House, browser: Browser) -> None:
    for answer in (browser.get("/sandbox/pay/x"), browser.submit("/sandbox/pay/x", outcome="")):
        assert answer.status_code == 404
        assert "could not find that payment" in answer.text


def test_with_another_provider_there_is_no_sandbox(
    house: House, browser: Browser, screen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = house.rows()
    monkeypatch.setattr(sandbox, "gateway", object)
    assert browser.get(screen).status_code == 404
    assert browser.submit(screen, outcome="approve").status_code == 404
    assert house.rows() == before


async def test_a_late_success_arrives_by_the_courier(house: House) -> None:
    with house.signed_in() as browser:
        form = house.ready(browser)
        place = browser.submit("/do/place-order", **form).headers["location"]
        browser.submit(place, outcome="time_out")
        assert await runner.deliver(house.gateway) == 0
        house.clock.move(seconds=31)
        assert await runner.deliver(house.gateway) == 1
        assert stands(house) == (STARTED, DONE, "")
        assert await runner.deliver(house.gateway) == 0


async def test_one_bad_message_does_not_keep_the_others(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[bytes] = []

    async def receive(_: object, __: object, payload: bytes, *___: object, **____: object) -> bool:
        seen.append(payload)
        raise RuntimeError("no")

    class Provider:
        async def due_deliveries(self, _: object) -> tuple[tuple[bytes, str], ...]:
            return (b"1", ""), (b"2", "")

    monkeypatch.setattr(runner.payments, "receive", receive)
    assert await runner.deliver(Provider()) == 2
    assert seen == [b"1", b"2"]
    assert "could not be acted on" in caplog.text


@both
async def test_a_signed_message_counts_once(house: House) -> None:
    with house.signed_in() as browser:
        form = house.ready(browser)
        browser.submit("/do/place-order", **form)
        payload, signature = await _succeeded(house)
        for _ in range(2):
            answer = browser.post(HOOK, content=payload, headers={"sandbox-signature": signature})
            assert answer.status_code == 200
        assert stands(house) == (STARTED, DONE, "")
        assert len(house.rows(InboundEvent)[0]) == 1


async def _succeeded(house: House) -> tuple[bytes, str]:
    """Let the provider take the money and return its message, undelivered."""
    from self_service.adapters.sandbox_outcomes import SandboxOutcome

    reference = house.payments()[0].reference
    answer = await house.gateway.act(reference, SandboxOutcome.APPROVE)
    return answer.deliveries[0]


async def test_a_message_that_the_provider_did_not_sign_changes_nothing(house: House) -> None:
    with house.signed_in() as browser:
        form = house.ready(browser)
        browser.submit("/do/place-order", **form)
        payload, signature = await _succeeded(house)
        before = house.rows()
        forged = webhook_signature.sign(payload, "another secret", house.clock())
        other = json.dumps(json.loads(payload) | {"id": "evt_2"}).encode()
        for body, header in (
            (payload, ""),
            (payload, "t=1,v1=00"),
            (payload, forged),
            (other, signature),
            (b"", signature),
            (b"\xff\x00", signature),
        ):
            answer = browser.post(HOOK, content=body, headers={"sandbox-signature": header})
            assert answer.status_code == 400
        assert browser.post(HOOK, content=payload).status_code == 400
        house.clock.move(minutes=6)
        late = browser.post(HOOK, content=payload, headers={"sandbox-signature": signature})
        assert late.status_code == 400
        assert house.rows() == before


def test_a_signed_message_about_nothing_of_ours_is_taken(house: House, browser: Browser) -> None:
    payload = b'{"id":"evt_9","kind":"other","charge":null}'
    signature = webhook_signature.sign(payload, "a secret of the tests", house.clock())
    answer = browser.post(HOOK, content=payload, headers={"sandbox-signature": signature})
    assert answer.status_code in (200, 400)
    assert house.orders() == []


async def test_a_charge_back_comes_again_until_its_payment_is_known(house: House) -> None:
    with house.signed_in() as browser:
        browser.submit("/do/place-order", **house.ready(browser))
        await _succeeded(house)  # its message is lost
        charge = await house.gateway.find(str(house.payments()[0].id))
        ((payload, signature),) = (await house.gateway.charge_back(charge.reference)).deliveries
        signed = {"sandbox-signature": signature}
        before = house.rows()
        assert browser.post(HOOK, content=payload, headers=signed).status_code == 409
        assert house.rows() == before
        browser.get(f"/do/returned/{house.payments()[0].id}")
        for _ in range(2):
            assert browser.post(HOOK, content=payload, headers=signed).status_code == 200
        (payment,) = house.payments()
        assert payment.taken_back_minor == payment.amount_minor


async def test_coming_back_settles_and_shows_the_order(house: House) -> None:
    with house.signed_in() as browser:
        form = house.ready(browser)
        browser.submit("/do/place-order", **form)
        await _succeeded(house)  # its message is lost
        back = browser.get(f"/do/returned/{house.payments()[0].id}")
        assert back.headers["location"] == order_page(house)
        assert stands(house) == (STARTED, DONE, "")
        again = browser.get(f"/do/returned/{house.payments()[0].id}")
        assert again.headers["location"] == order_page(house)


def test_coming_back_while_the_provider_is_away_shows_the_order(
    house: House, browser: Browser, screen: str
) -> None:
    house.gateway.fail_next(SandboxFault.UNAVAILABLE)
    back = browser.get(f"/do/returned/{house.payments()[0].id}")
    assert back.headers["location"] == order_page(house)
    assert stands(house) == (UNPAID, OPEN, "")


def test_coming_back_from_nowhere_leads_to_the_store(house: House, browser: Browser) -> None:
    assert browser.get(f"/do/returned/{uuid4()}").headers["location"] == "/"
    assert browser.get("/do/returned/../../x").status_code == 404
    assert browser.get("/do/returned/nothing").status_code == 404


class _Stripe:
    """Answers as the provider would, but for its screen."""

    name = "stripe"

    def __init__(self, house: House) -> None:
        self.retrieve = house.gateway.retrieve


@pytest.fixture
def stripe(house: House, screen: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the card page for the open payment, Stripe being set up."""
    for name in ("SECRET_KEY", "PUBLISHABLE_KEY", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"SELF_SERVICE_STRIPE_{name}", f"{name.lower()}_1")
    card.settings.get.cache_clear()
    monkeypatch.setattr(card, "gateway", lambda: _Stripe(house))
    return f"/pay/{house.payments()[0].id}"


def test_the_card_page_is_for_the_buyer(house: House, browser: Browser, stripe: str) -> None:
    page = browser.get(stripe)
    assert page.status_code == 200
    assert 'data-key="publishable_key_1"' in page.text
    assert f'data-goal="/do/returned/{house.payments()[0].id}"' in page.text
    assert "secret_key_1" not in page.text
    assert "webhook_secret_1" not in page.text
    rules = page.headers["content-security-policy"]
    assert "script-src 'self' https://js.stripe.com;" in rules
    assert "frame-ancestors 'none'" in rules
    assert page.headers["cache-control"] == "no-store"


def test_strangers_learn_nothing_of_a_payment(house: House, stripe: str) -> None:
    with house.signed_in("eve@example.com") as other, Browser() as visitor:
        for somebody in (other, visitor):
            answer = somebody.get(stripe)
            assert answer.headers["location"] == "/"
            assert somebody.get(f"/pay/{uuid4()}").headers["location"] == "/"


def test_a_paid_order_needs_no_card(
    house: House, browser: Browser, stripe: str, screen: str
) -> None:
    browser.submit(screen, outcome="approve")
    assert browser.get(stripe).headers["location"] == "/"


def test_a_card_page_without_the_provider_leads_to_the_order(
    house: House, browser: Browser, stripe: str
) -> None:
    house.gateway.fail_next(SandboxFault.UNAVAILABLE)
    assert browser.get(stripe).headers["location"] == order_page(house)


def test_without_stripe_there_is_no_card_page(house: House, browser: Browser, screen: str) -> None:
    assert browser.get(f"/pay/{house.payments()[0].id}").headers["location"] == "/"
