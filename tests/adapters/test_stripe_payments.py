"""What the Stripe adapter asks, and what it makes of answers that localstripe never gives."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from self_service.adapters.stripe_http import Httpx2Client
from self_service.adapters.stripe_payments import FIND_PAGES, StripePayments
from self_service.money import Money
from self_service.ports import GatewayError
from tests.adapters.localstripe_harness import Mailbox
from tests.adapters.payment_harness import SECRET, TEN
from tests.adapters.scripted_stripe import (
    Stripe,
    card,
    foreign,
    gateway,
    intent,
    page,
    paid,
    refund,
    sent,
)


class TestRequests:
    async def test_nothing_more_is_sent_than_this(self) -> None:
        stripe = Stripe(
            **{
                "POST payment_intents": [intent(), paid()],
                "GET payment_intents/pi_1": paid(),
                "POST customers": {"id": "cus_1", "object": "customer"},
                "POST payment_methods/pm_1/attach": card("pm_1"),
                "GET payment_methods": page(card("pm_1")),
            }
        )
        stripes = gateway(stripe)
        rsd = {"payment_id": "order-7", "amount": Money(5, "RSD"), "customer": "cus_1"}
        await stripes.open_charge(key="key-1", **rsd)
        await stripes.charge_saved(key="key-2", **rsd, token="pm_1")
        await stripes.retrieve("pi_1")
        await stripes.open_customer(key="key-3", customer_id="ours-1", email="ada@example.org")
        await stripes.save_method(key="key-4", customer="cus_1", token="pm_1")
        await stripes.saved_methods("cus_1")
        await stripes.close()

        charge = {
            "amount": "500",
            "currency": "rsd",
            "customer": "cus_1",
            "metadata[payment_id]": "order-7",
            "payment_method_types[0]": "card",
        }
        saved = {"payment_method": "pm_1", "off_session": "true", "confirm": "true"}
        person = {"email": "ada@example.org", "metadata[customer_id]": "ours-1"}
        assert [sent(request) for request in stripe.requests] == [
            ("key-1", charge),
            ("key-2", charge | saved),
            ("", {"expand[0]": "latest_charge"}),
            ("key-3", person),
            ("key-4", {"customer": "cus_1"}),
            ("", {"customer": "cus_1", "type": "card", "limit": "100"}),
        ]
        assert {request.url.host for request in stripe.requests} == {"api.stripe.com"}

    def test_what_the_browser_needs(self) -> None:
        stripes = StripePayments(
            "sk", SECRET, "pk_1", "http://localhost:1", "http://localhost:1/js"
        )
        assert (stripes.publishable_key, stripes.js_url) == ("pk_1", "http://localhost:1/js")
        assert gateway(Stripe()).js_url == "https://js.stripe.com/v3/"

    async def test_repeats_under_the_same_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Httpx2Client, "sleep_async", lambda self, secs: asyncio.sleep(0))
        lost = httpx2.ReadTimeout("lost")
        stripe = Stripe(**{"POST payment_intents": [lost, 503, intent()]})
        stripes = gateway(stripe, retries=2)
        charge = await stripes.open_charge(key="key-1", payment_id="order-7", amount=TEN)
        await stripes.close()
        assert charge.reference == "pi_1"
        assert [r.headers["Idempotency-Key"] for r in stripe.requests] == ["key-1"] * 3

    @pytest.mark.parametrize(
        "fault",
        [httpx2.ReadTimeout("x"), httpx2.ConnectError("x"), httpx2.RemoteProtocolError("x")],
    )
    async def test_no_answer(self, fault: httpx2.TransportError) -> None:
        stripes = gateway(
            Stripe(**{"POST payment_intents": fault, "GET payment_intents/pi_1": fault})
        )
        with pytest.raises(GatewayError, match="unavailable") as write:
            await stripes.open_charge(key="key-1", payment_id="order-7", amount=TEN)
        with pytest.raises(GatewayError, match="unavailable") as read:
            await stripes.retrieve("pi_1")
        await stripes.close()
        assert (write.value.unknown, write.value.retryable) == (True, True)
        assert (read.value.unknown, read.value.retryable) == (False, True)

    def test_one_gateway_serves_several_event_loops(self, localstripe: tuple[str, Mailbox]) -> None:
        stripes = StripePayments("sk_test_x", SECRET, "pk_test_x", localstripe[0])
        loops = [asyncio.new_event_loop() for _ in range(2)]
        try:
            for loop in loops * 2:  # the connection of the other loop is open, and must not be used
                assert loop.run_until_complete(stripes.find("nobody's")) is None
        finally:
            for loop in loops:
                loop.run_until_complete(stripes.close())
                loop.close()


class TestFind:
    async def test_looks_further_than_the_first_page(self) -> None:
        first = page(*map(foreign, range(100)), more=True)
        stripe = Stripe(
            **{
                "GET payment_intents": [first, page(intent("pi_old"))],
                "GET payment_intents/pi_old": intent("pi_old"),
            }
        )
        stripes = gateway(stripe)
        found = await stripes.find("order-7")
        await stripes.close()
        assert found is not None
        assert found.reference == "pi_old"
        assert stripe.requests[1].url.params["starting_after"] == "pi_99"

    async def test_none_is_certain_when_all_were_seen(self) -> None:
        stripe = Stripe(**{"GET payment_intents": page(foreign(1))})
        stripes = gateway(stripe)
        assert await stripes.find("order-7") is None
        await stripes.close()
        assert stripe.asked() == ["GET payment_intents"]

    async def test_old_ones_are_searched_for(self) -> None:
        old = intent("pi_old", metadata={"payment_id": "it's"})
        stripe = Stripe(
            **{
                "GET payment_intents": [page(foreign(1), more=True)] * FIND_PAGES,
                "GET payment_intents/search": page(old, kind="search_result"),
                "GET payment_intents/pi_old": old | {"status": "canceled"},
            }
        )
        stripes = gateway(stripe)
        found = await stripes.find("it's")
        await stripes.close()
        assert found is not None
        assert found.status == "canceled"
        assert stripe.requests[-2].url.params["query"] == r"metadata['payment_id']:'it\'s'"

    async def test_not_knowing_is_not_none(self) -> None:
        stripe = Stripe(
            **{
                "GET payment_intents": [page(foreign(1), more=True)] * FIND_PAGES,
                "GET payment_intents/search": 400,
            }
        )
        stripes = gateway(stripe)
        with pytest.raises(GatewayError):
            await stripes.find("order-7")
        await stripes.close()


class TestRefunds:
    async def test_more_than_is_left_is_not_even_asked(self) -> None:
        stripe = Stripe(**{"GET payment_intents/pi_1": paid(600), "GET refunds": page()})
        stripes = gateway(stripe)
        with pytest.raises(GatewayError, match="over_refund"):
            await stripes.refund(key="key-2", reference="pi_1", amount=Money(401, "EUR"))
        await stripes.close()
        assert "POST refunds" not in stripe.asked()

    async def test_key_holds_longer_than_stripe_s_own(self) -> None:
        stripe = Stripe(
            **{"GET payment_intents/pi_1": paid(1000), "GET refunds": page(refund("key-2", 1000))}
        )
        stripes = gateway(stripe)
        again = await stripes.refund(key="key-2", reference="pi_1", amount=TEN)
        with pytest.raises(GatewayError, match="idempotency_conflict"):
            await stripes.refund(key="key-2", reference="pi_1", amount=Money(999, "EUR"))
        await stripes.close()
        assert again.reference == "re_1"
        assert "POST refunds" not in stripe.asked()

    async def test_first_refund_takes_two_calls(self) -> None:
        stripe = Stripe(
            **{"GET payment_intents/pi_1": paid(), "POST refunds": refund("key-2", 300)}
        )
        stripes = gateway(stripe)
        given = await stripes.refund(key="key-2", reference="pi_1", amount=Money(300, "EUR"))
        await stripes.close()
        assert given.amount == Money(300, "EUR")
        assert stripe.requests[-1].headers["Idempotency-Key"] == "key-2"


async def test_cancel_when_the_answer_to_the_first_was_lost() -> None:
    stripe = Stripe(
        **{
            "POST payment_intents/pi_1/cancel": 400,
            "GET payment_intents/pi_1": intent(status="canceled"),
        }
    )
    stripes = gateway(stripe)
    charge = await stripes.cancel("pi_1")
    await stripes.close()
    assert charge.status == "canceled"


async def test_saved_thing_that_is_no_card() -> None:
    debit = {"id": "pm_1", "object": "payment_method", "type": "sepa_debit"}
    stripes = gateway(Stripe(**{"POST payment_methods/pm_1/attach": debit}))
    with pytest.raises(GatewayError, match="invalid_request"):
        await stripes.save_method(key="key-3", customer="cus_1", token="pm_1")
    await stripes.close()
