"""Stripe behind the payment port. Card data stays between the browser and Stripe (Elements)."""

from __future__ import annotations

from typing import Any

import httpx2
import stripe

from self_service.adapters.charge_rules import require_accepted, require_refundable
from self_service.adapters.stripe_answers import (
    best_of,
    charge_of,
    event_of,
    gateway_errors,
    method_of,
    refund_of,
    to_stripe,
)
from self_service.adapters.stripe_http import Httpx2Client
from self_service.adapters.webhook_signature import TOLERANCE
from self_service.money import Money
from self_service.ports import (
    BadSignature,
    Charge,
    ChargeStatus,
    GatewayError,
    GatewayEvent,
    GatewayRefund,
    SavedMethod,
)

#: How many of the newest payment intents `find` looks through before it asks Stripe's search,
#: which knows an intent only about a minute after it was made.
FIND_PAGES, PAGE = 3, 100


class StripePayments:
    """`PaymentGateway` on Stripe's payment intents.

    Attributes:
        publishable_key: for the browser.
        js_url: where the browser gets Stripe.js.
    """

    name = "stripe"

    def __init__(
        self,
        api_key: str,
        webhook_secret: str,
        publishable_key: str,
        api_base: str | None = None,
        js_url: str = "https://js.stripe.com/v3/",
        *,
        timeout: float = 15,
        max_network_retries: int = 2,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """Prepare; nothing is asked of Stripe yet.

        Args:
            api_key: the secret key.
            webhook_secret: of our webhook endpoint (`whsec_…`).
            publishable_key: handed to the browser.
            api_base: another server that speaks Stripe, or None.
            js_url: another Stripe.js.
            timeout: seconds for each try.
            max_network_retries: how often a call without an answer is repeated, same key.
            transport: instead of the network, for tests.
        """
        self.publishable_key = publishable_key
        self.js_url = js_url
        self._webhook_secret = webhook_secret
        self._http = Httpx2Client(timeout, transport)
        self._client = stripe.StripeClient(
            api_key,
            base_addresses={"api": api_base} if api_base else None,
            max_network_retries=max_network_retries,
            http_client=self._http,
        )
        self._api = self._client.v1

    async def open_charge(
        self, *, key: str, payment_id: str, amount: Money, customer: str = "", save: bool = False
    ) -> Charge:
        """Open a payment intent; the person completes it in Elements."""
        later = {"setup_future_usage": "off_session"} if save and customer else {}
        return await self._create(key, payment_id, amount, customer, **later)

    async def charge_saved(
        self, *, key: str, payment_id: str, amount: Money, customer: str, token: str
    ) -> Charge:
        """Charge a saved card off session.

        Raises:
            GatewayError: authentication_required or card_declined; the intent exists, and `find`
                tells why it failed.
        """
        charge = await self._create(
            key, payment_id, amount, customer, payment_method=token, off_session=True, confirm=True
        )
        return require_accepted(charge)

    async def retrieve(self, reference: str) -> Charge:
        """Ask where a payment intent stands, and what was refunded of it."""
        with gateway_errors(writes=False):
            intent = await self._api.payment_intents.retrieve_async(
                reference, {"expand": ["latest_charge"]}
            )
        return charge_of(intent)

    async def find(self, payment_id: str) -> Charge | None:
        """Look a charge up by our id: among the newest, then by Stripe's search.

        Two charges for one payment should not be; if they are, a paid one is preferred.

        Raises:
            GatewayError: also when the account has no search and the charge is not among the
                newest: not knowing is not None.
        """
        params: Any = {"limit": PAGE}
        for _ in range(FIND_PAGES):
            with gateway_errors(writes=False):
                page = await self._api.payment_intents.list_async(params)
            if reference := best_of(page.data, payment_id):
                return await self.retrieve(reference)
            if not page.has_more:
                return None
            params["starting_after"] = page.data[-1].id
        wanted = payment_id.replace("\\", "\\\\").replace("'", "\\'")
        with gateway_errors(writes=False):
            found = await self._api.payment_intents.search_async(
                {"query": f"metadata['payment_id']:'{wanted}'", "limit": PAGE}
            )
        reference = best_of(found.data, payment_id)
        return await self.retrieve(reference) if reference else None

    async def cancel(self, reference: str) -> Charge:
        """Give up an intent for which nothing was taken; a second time changes nothing."""
        try:
            with gateway_errors(writes=True):
                return charge_of(await self._api.payment_intents.cancel_async(reference))
        except GatewayError as refusal:
            if refusal.code != "invalid_request":
                raise
            charge = await self.retrieve(reference)
            if charge.status is not ChargeStatus.CANCELED:
                raise
            return charge

    async def refund(self, *, key: str, reference: str, amount: Money) -> GatewayRefund:
        """Give money back, after looking at what was given back already.

        The key is also kept with the refund, so that it holds longer than the day for which
        Stripe remembers keys.
        """
        charge = await self.retrieve(reference)
        earlier = await self._refund_under(key, reference) if charge.refunded else None
        if earlier is not None:
            if earlier.amount != amount:
                raise GatewayError("idempotency_conflict")
            return earlier
        require_refundable(charge, amount)
        minor = to_stripe(amount)
        with gateway_errors(writes=True):
            made = await self._api.refunds.create_async(
                {"payment_intent": reference, "amount": minor, "metadata": {"key": key}},
                {"idempotency_key": key},
            )
        return refund_of(made, reference)

    async def open_customer(self, *, key: str, customer_id: str, email: str) -> str:
        """Make a customer; returns Stripe's id."""
        with gateway_errors(writes=True):
            customer = await self._api.customers.create_async(
                {"email": email, "metadata": {"customer_id": customer_id}},
                {"idempotency_key": key},
            )
        return customer.id

    async def save_method(self, *, key: str, customer: str, token: str) -> SavedMethod:
        """Attach a payment method that Stripe.js made to a customer."""
        with gateway_errors(writes=True):
            method = await self._api.payment_methods.attach_async(
                token, {"customer": customer}, {"idempotency_key": key}
            )
        return method_of(method)

    async def saved_methods(self, customer: str) -> list[SavedMethod]:
        """List a customer's cards, up to a hundred."""
        with gateway_errors(writes=False):
            methods = await self._api.payment_methods.list_async(
                {"customer": customer, "type": "card", "limit": PAGE}
            )
        return [method_of(method) for method in methods.data]

    async def forget_method(self, token: str) -> None:
        """Detach a card."""
        with gateway_errors(writes=True):
            await self._api.payment_methods.detach_async(token)

    async def forget_customer(self, customer: str) -> None:
        """Delete a customer; Stripe detaches the cards for good (docs.stripe.com/api/customers)."""
        try:
            with gateway_errors(writes=True):
                await self._api.customers.delete_async(customer)
        except GatewayError as refusal:
            if refusal.code != "not_found":
                raise

    def parse_event(self, payload: bytes, signature: str) -> GatewayEvent:
        """Verify and read a webhook that Stripe signed in the last five minutes."""
        try:
            return event_of(
                self._client.construct_event(payload, signature, self._webhook_secret, TOLERANCE)
            )
        except (stripe.SignatureVerificationError, ValueError, TypeError, AttributeError) as fault:
            raise BadSignature("not an event that Stripe signed lately") from fault

    def pay_path(self, charge: Charge) -> str:
        """Return the path of our page with Stripe's card fields."""
        return f"/pay/{charge.payment_id}"

    def card_path(self) -> str:
        """Return the path of our page where Stripe's fields take a card to be saved."""
        return "/pay/card"

    async def close(self) -> None:
        """Close the connections of the running event loop."""
        await self._http.close_async()

    async def _create(
        self, key: str, payment_id: str, amount: Money, customer: str, **more: Any
    ) -> Charge:
        params: Any = {
            "amount": to_stripe(amount),
            "currency": amount.currency.lower(),
            "payment_method_types": ["card"],
            "metadata": {"payment_id": payment_id},
            **more,
        }
        if customer:
            params["customer"] = customer
        with gateway_errors(writes=True):
            intent = await self._api.payment_intents.create_async(params, {"idempotency_key": key})
        return charge_of(intent)

    async def _refund_under(self, key: str, reference: str) -> GatewayRefund | None:
        with gateway_errors(writes=False):
            refunds = await self._api.refunds.list_async(
                {"payment_intent": reference, "limit": PAGE}
            )
        for refund in refunds.data:
            if getattr(refund.metadata, "key", None) == key:
                return refund_of(refund, reference)
        return None
