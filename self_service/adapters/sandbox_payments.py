"""A payment provider inside the process: behaves like one outside, with its own screen and file.

It makes the demo and the tests run without keys and without a network, and it is stricter than
the usual fakes: idempotency keys, no over-refund, 3-D Secure, saved cards, signed events that can
be late, doubled or lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar

from self_service.adapters import sandbox_cards, sandbox_outcomes, webhook_signature
from self_service.adapters.charge_rules import require_accepted
from self_service.adapters.sandbox_books import Books, read_event
from self_service.adapters.sandbox_outcomes import SandboxOutcome
from self_service.adapters.sandbox_store import SandboxStore
from self_service.money import Money
from self_service.ports import (
    BadSignature,
    Charge,
    GatewayError,
    GatewayEvent,
    GatewayRefund,
    SavedMethod,
)

T = TypeVar("T")


class SandboxFault(StrEnum):
    """What goes wrong with the next call."""

    UNAVAILABLE = "unavailable"  # nothing happened
    TIME_OUT = "time_out"  # it happened, and the answer was lost


class Delivery(NamedTuple):
    """A webhook to be posted: the body, byte for byte, and its signature header."""

    payload: bytes
    signature: str


@dataclass(frozen=True, slots=True)
class SandboxAnswer:
    """The charge after an act on the screen, and the webhooks to be posted because of it."""

    charge: Charge
    deliveries: tuple[Delivery, ...]


class SandboxPayments:
    """`PaymentGateway`, and the verbs of the sandbox's own screen.

    Events of what the port's own verbs did (a saved card charged, a refund, a cancellation) and
    of charges that settled late wait for `due_deliveries`; somebody has to ask regularly. What
    was handed out is not handed out again: an event can get lost, as with every provider.
    """

    name = "sandbox"

    def __init__(
        self,
        path: str,
        webhook_secret: str,
        clock: Callable[[], datetime],
        settle_after: timedelta = timedelta(seconds=30),
    ) -> None:
        """Make the provider; its file is opened at the first call.

        Args:
            path: SQLite file, shared by all workers, or ":memory:".
            webhook_secret: signs the events; not empty.
            clock: returns the current instant, aware.
            settle_after: how long the outcome `TIME_OUT` leaves a charge processing.

        Raises:
            ValueError: the secret is empty: anybody could sign.
        """
        if not webhook_secret:
            raise ValueError("the sandbox needs a webhook secret")
        self._store = SandboxStore(path)
        self._secret = webhook_secret
        self._clock = clock
        self._settle_after = settle_after
        self._fault: SandboxFault | None = None

    async def open_charge(
        self, *, key: str, payment_id: str, amount: Money, customer: str = "", save: bool = False
    ) -> Charge:
        """Open a charge; the person completes it on the sandbox's screen."""

        def make(books: Books) -> str:
            if customer:
                sandbox_cards.require_customer(books, customer)
            reference = books.add_charge(payment_id, amount)
            if customer and save:
                sandbox_cards.keep_later(books, reference, customer)
            return reference

        kept = ("save",) if save else ()
        request = _request("open_charge", payment_id, amount, customer, *kept)
        return await self._once(key, request, make, Books.charge)

    async def charge_saved(
        self, *, key: str, payment_id: str, amount: Money, customer: str, token: str
    ) -> Charge:
        """Charge a saved card; what happens is what the pretend card stands for.

        Raises:
            GatewayError: authentication_required or card_declined; the charge exists, and `find`
                tells why it failed.
        """

        def make(books: Books) -> str:
            card = sandbox_cards.card_to_charge(books, customer, token)
            reference = books.add_charge(payment_id, amount)
            outcome = sandbox_outcomes.CARD_OUTCOMES[card]
            sandbox_outcomes.apply(books, reference, outcome, self._settle_after)
            return reference

        request = _request("charge_saved", payment_id, amount, customer, token)
        return require_accepted(await self._once(key, request, make, Books.charge))

    async def retrieve(self, reference: str) -> Charge:
        """Ask where a charge stands."""
        return await self._call(lambda books: books.charge(reference))

    async def find(self, payment_id: str) -> Charge | None:
        """Return the charge for our payment: the one that succeeded, else the newest."""
        return await self._call(lambda books: books.find(payment_id))

    async def cancel(self, reference: str) -> Charge:
        """Give up a charge for which nothing was taken; a second time changes nothing."""
        return await self._call(lambda books: sandbox_outcomes.cancel(books, reference))

    async def refund(self, *, key: str, reference: str, amount: Money) -> GatewayRefund:
        """Give money back; the sum of all refunds never passes the charge."""

        def make(books: Books) -> str:
            return books.add_refund(reference, amount)

        return await self._once(key, _request("refund", reference, amount), make, Books.refund)

    async def open_customer(self, *, key: str, customer_id: str, email: str) -> str:
        """Make a customer; returns the sandbox's id."""

        def make(books: Books) -> str:
            return sandbox_cards.add_customer(books, customer_id, email)

        request = _request("open_customer", customer_id, email)
        return await self._once(key, request, make, lambda _, reference: reference)

    async def save_method(self, *, key: str, customer: str, token: str) -> SavedMethod:
        """Save a pretend card; `token` is a `SandboxCard`."""

        def make(books: Books) -> str:
            return sandbox_cards.save_card(books, customer, token)

        request = _request("save_method", customer, token)
        return await self._once(key, request, make, sandbox_cards.saved_card)

    async def saved_methods(self, customer: str) -> list[SavedMethod]:
        """List a customer's cards, the newest first."""
        return await self._call(lambda books: sandbox_cards.saved_cards(books, customer))

    async def forget_method(self, token: str) -> None:
        """Detach a card; it can be neither listed nor charged any more."""
        await self._call(lambda books: sandbox_cards.forget_card(books, token))

    async def forget_customer(self, customer: str) -> None:
        """Delete a customer and the cards; a second time changes nothing."""
        await self._call(lambda books: sandbox_cards.forget_customer(books, customer))

    def parse_event(self, payload: bytes, signature: str) -> GatewayEvent:
        """Verify and read a webhook that the sandbox signed in the last five minutes."""
        webhook_signature.verify(payload, signature, self._secret, self._clock())
        try:
            return read_event(payload)
        except (ValueError, KeyError, TypeError) as fault:
            raise BadSignature("signed, but not an event of ours") from fault

    def pay_path(self, charge: Charge) -> str:
        """Return the path of the sandbox's screen; the secret in it is the only key to it."""
        return f"/sandbox/pay/{charge.client_secret}"

    def card_path(self) -> str:
        """Return the path of the sandbox's screen where a pretend card is saved."""
        return "/sandbox/card"

    async def charge_for_secret(self, client_secret: str) -> Charge:
        """Return the charge that the screen under this secret is about, or raise not_found."""
        return await self._run(lambda books: books.charge_of_secret(client_secret))

    async def act(self, reference: str, outcome: SandboxOutcome) -> SandboxAnswer:
        """Let the person make something happen; the caller posts the deliveries to our webhook.

        Raises:
            GatewayError: not_found; invalid_request when the charge does not stand where the
                outcome is possible.
        """

        def work(books: Books) -> tuple[Charge, list[bytes]]:
            sandbox_outcomes.apply(books, reference, outcome, self._settle_after)
            return books.charge(reference), books.take_events(reference)

        charge, payloads = await self._run(work)
        return SandboxAnswer(charge, self._signed(payloads, self._clock()))

    async def charge_back(
        self, reference: str, *, taken: bool = True, amount: Money | None = None
    ) -> SandboxAnswer:
        """Let the payer's bank take a charge back, or give it again (`taken=False`).

        Args:
            reference: the charge, which succeeded.
            taken: whether the money goes or comes.
            amount: a part of it, the first time; None for all that was not refunded.

        Raises:
            GatewayError: not_found; invalid_request when there is nothing to take or give again.
        """

        def work(books: Books) -> tuple[Charge, list[bytes]]:
            books.charge_back(reference, taken=taken, amount=amount)
            return books.charge(reference), books.take_events(reference)

        charge, payloads = await self._run(work)
        return SandboxAnswer(charge, self._signed(payloads, self._clock()))

    async def due_deliveries(self, now: datetime) -> tuple[Delivery, ...]:
        """Return the webhooks that became due until `now`; each is handed out once."""
        payloads = await self._run(lambda books: books.take_events(), now)
        return self._signed(payloads, now)

    def fail_next(self, fault: SandboxFault) -> None:
        """Let the next call of the port fail in this process, for tests."""
        self._fault = fault

    async def close(self) -> None:
        """Close the file."""
        await asyncio.to_thread(self._store.close)

    async def _once(
        self,
        key: str,
        request: list[str],
        make: Callable[[Books], str],
        read: Callable[[Books, str], T],
    ) -> T:
        return await self._call(
            lambda books: read(books, books.once(key, request, lambda: make(books)))
        )

    async def _call(self, work: Callable[[Books], T]) -> T:
        fault, self._fault = self._fault, None
        if fault is SandboxFault.UNAVAILABLE:
            raise GatewayError("unavailable", retryable=True)
        answer = await self._run(work)
        if fault is SandboxFault.TIME_OUT:
            raise GatewayError("unavailable", retryable=True, unknown=True)
        return answer

    async def _run(self, work: Callable[[Books], T], now: datetime | None = None) -> T:
        return await asyncio.to_thread(self._store.transact, work, now or self._clock())

    def _signed(self, payloads: list[bytes], at: datetime) -> tuple[Delivery, ...]:
        return tuple(
            Delivery(payload, webhook_signature.sign(payload, self._secret, at))
            for payload in payloads
        )


def _request(verb: str, *arguments: str | Money) -> list[str]:
    # what a key was used for, in a form that can be compared after a restart
    return [verb, *(f"{a.minor} {a.currency}" if isinstance(a, Money) else a for a in arguments)]
