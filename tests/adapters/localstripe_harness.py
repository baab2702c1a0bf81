"""The Stripe adapter's other side, played by localstripe: the browser, and the post."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from threading import Condition
from typing import Any

import httpx2

from self_service.adapters.stripe_payments import StripePayments
from self_service.ports import Charge
from tests.adapters.payment_harness import SECRET, Card, Posted, open_charge


@dataclass
class Mailbox:
    """Webhooks that localstripe has posted, filled by the receiver's threads."""

    posts: list[Posted] = field(default_factory=list)
    arrived: Condition = field(default_factory=Condition)

    def put(self, post: Posted) -> None:
        with self.arrived:
            self.posts.append(post)
            self.arrived.notify_all()

    def wait_for(self, text: str, count: int, seconds: float = 10) -> list[Posted]:
        """Return the posts that mention `text`, once there are `count`, or after `seconds`."""

        def found() -> list[Posted]:
            return [post for post in self.posts if text.encode() in post[0]]

        with self.arrived:
            self.arrived.wait_for(lambda: len(found()) >= count, seconds)
            return found()


class LossyTransport(httpx2.AsyncBaseTransport):
    """The network, able to lose the answer to a write after it has been carried out."""

    def __init__(self) -> None:
        self._wire = httpx2.AsyncHTTPTransport()
        self.lose_next = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._wire.handle_async_request(request)
        if self.lose_next and request.method == "POST":
            self.lose_next = False
            await response.aread()
            await response.aclose()
            raise httpx2.ReadTimeout("lost on purpose", request=request)
        return response

    async def aclose(self) -> None:
        await self._wire.aclose()


class LocalstripeHarness:
    """The Stripe adapter against localstripe, and a browser that speaks to it in the raw."""

    numbers = {
        Card.GOOD: "4242424242424242",
        Card.DECLINED: "4000000000000341",  # can be saved, is declined when charged
        Card.AUTHENTICATE: "4000002500003155",
    }

    def __init__(self, base: str, mailbox: Mailbox) -> None:
        self._wire = LossyTransport()
        self.gateway = StripePayments(
            "sk_test_contract",
            SECRET,
            "pk_test_contract",
            api_base=base,
            max_network_retries=0,
            transport=self._wire,
        )
        self._browser = httpx2.AsyncClient(
            base_url=f"{base}/v1", headers={"Authorization": "Bearer sk_test_contract"}
        )
        self._mailbox = mailbox

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await self._browser.post(path, content=json.dumps(body))
        assert response.status_code in (200, 402), response.text
        return dict(response.json())

    async def _pay(self, charge: Charge, card: Card) -> None:
        # localstripe never lets an intent leave a declined charge behind, as Stripe does when
        # another card is given: taking the charge off by hand is the browser's second try
        body = {"payment_method": await self.card(card), "latest_charge": None}
        await self._post(f"/payment_intents/{charge.reference}", body)
        await self._post(f"/payment_intents/{charge.reference}/confirm", {})

    async def _authenticate(self, charge: Charge, *, success: bool) -> None:
        body = {"client_secret": charge.client_secret, "success": success}
        await self._post(f"/payment_intents/{charge.reference}/_authenticate", body)

    async def approve(self, charge: Charge) -> None:
        await self._pay(charge, Card.GOOD)

    async def decline(self, charge: Charge) -> None:
        await self._pay(charge, Card.DECLINED)

    async def require_3ds(self, charge: Charge) -> None:
        await self._pay(charge, Card.AUTHENTICATE)

    async def confirm_3ds(self, charge: Charge) -> None:
        await self._authenticate(charge, success=True)

    async def fail_3ds(self, charge: Charge) -> None:
        await self._authenticate(charge, success=False)

    async def card(self, kind: Card) -> str:
        card = {"number": self.numbers[kind], "exp_month": 12, "exp_year": 2035, "cvc": "123"}
        made = await self._post("/payment_methods", {"type": "card", "card": card})
        return str(made["id"])

    async def posted(self, charge: Charge, count: int = 1) -> list[Posted]:
        return await asyncio.to_thread(self._mailbox.wait_for, charge.reference, count)

    async def any_posted(self) -> Posted:
        if not self._mailbox.posts:
            await self.approve(await open_charge(self.gateway))
        return (await asyncio.to_thread(self._mailbox.wait_for, "evt_", 1))[-1]

    def lose_next_answer(self) -> None:
        self._wire.lose_next = True

    async def close(self) -> None:
        await self._browser.aclose()
        await self.gateway.close()
