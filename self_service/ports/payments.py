"""Payments: charges, refunds, saved cards, and what plugs in as a further way to pay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from self_service.money import Money


class ChargeStatus(StrEnum):
    """Where a charge stands, as far as the provider says."""

    REQUIRES_METHOD = "requires_method"  # nothing was tried, or the last try was declined
    REQUIRES_ACTION = "requires_action"  # the person must confirm (3-D Secure)
    PROCESSING = "processing"  # the provider does not know yet
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


class RefundStatus(StrEnum):
    """Where a refund stands."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as the provider knows it.

    Attributes:
        reference: the provider's id.
        payment_id: our id, given when the charge was opened.
        amount: sum asked for.
        refunded: sum given back so far.
        client_secret: lets the person's browser, and only it, complete this charge.
        failure_code: the provider-neutral reason of the last refusal, "" when there was none:
            card_declined, insufficient_funds, expired_card, authentication_failed,
            processing_error.
    """

    reference: str
    payment_id: str
    status: ChargeStatus
    amount: Money
    refunded: Money
    client_secret: str = ""
    failure_code: str = ""


@dataclass(frozen=True, slots=True)
class GatewayRefund:
    """Money given back, as the provider knows it."""

    reference: str
    charge_reference: str
    status: RefundStatus
    amount: Money


@dataclass(frozen=True, slots=True)
class ChargedBack:
    """What the provider says about money that the payer's bank took back.

    Attributes:
        reference: the provider's id of this charge-back; a charge may have several.
        charge_reference: the provider's id of the charge.
        amount: what was taken back, or given again.
        taken: the money is with the payer's bank; False: it is ours again (contested, and won).
        at: instant of which this tells. Messages come in any order: the latest one holds.
        payment_id: our id, "" when the provider does not say it.
    """

    reference: str
    charge_reference: str
    amount: Money
    taken: bool
    at: datetime
    payment_id: str = ""


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """A card kept by the provider. We hold the token and what a person recognises it by.

    Attributes:
        fingerprint: the provider's name for the card itself, the same however often it is saved;
            "" when it has none.
    """

    token: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """A verified message from the provider.

    Attributes:
        id: unique per event; the same event may come more than once.
        kind: charge_succeeded, charge_failed, charge_requires_action, charge_canceled,
            charge_processing, refund_succeeded, charge_back, or other.
        charge: the charge it is about, None for kinds that we ignore and for charge_back.
        charged_back: for charge_back, what happened.
    """

    id: str
    kind: str
    charge: Charge | None
    charged_back: ChargedBack | None = None


class GatewayError(Exception):
    """The provider refused or could not be reached.

    Attributes:
        code: card_declined, authentication_required, over_refund, not_found, invalid_request,
            idempotency_conflict, unavailable.
        retryable: True when asking again with the same key is safe and may work.
        unknown: True when the outcome is not known (time-out): ask `find` later, never assume.
    """

    def __init__(self, code: str, *, retryable: bool = False, unknown: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.retryable = retryable
        self.unknown = unknown


class BadSignature(Exception):
    """A webhook that the provider did not sign, or signed too long ago."""


class PaymentGateway(Protocol):
    """A payment service provider. All calls may raise GatewayError; all are async.

    `key` is our idempotency key: the same key and arguments give the same answer, and the same
    key with other arguments is refused (`idempotency_conflict`).
    """

    name: str

    async def open_charge(
        self, *, key: str, payment_id: str, amount: Money, customer: str = "", save: bool = False
    ) -> Charge:
        """Open a charge that the person completes on the provider's screen.

        With `save` and a customer, the card is kept for charges in absence once it is paid:
        `saved_methods` lists it then.
        """
        ...

    async def charge_saved(
        self, *, key: str, payment_id: str, amount: Money, customer: str, token: str
    ) -> Charge:
        """Charge a saved card, the person being away (off session)."""
        ...

    async def retrieve(self, reference: str) -> Charge:
        """Ask where a charge stands."""
        ...

    async def find(self, payment_id: str) -> Charge | None:
        """Look a charge up by our id: after a time-out, when no reference was received."""
        ...

    async def cancel(self, reference: str) -> Charge:
        """Give up a charge that has not succeeded."""
        ...

    async def refund(self, *, key: str, reference: str, amount: Money) -> GatewayRefund:
        """Give money back; never more than was charged."""
        ...

    async def open_customer(self, *, key: str, customer_id: str, email: str) -> str:
        """Make a customer at the provider; returns the provider's id."""
        ...

    async def save_method(self, *, key: str, customer: str, token: str) -> SavedMethod:
        """Attach a card that the browser tokenised to a customer."""
        ...

    async def saved_methods(self, customer: str) -> list[SavedMethod]:
        """List a customer's saved cards."""
        ...

    async def forget_method(self, token: str) -> None:
        """Detach a saved card."""
        ...

    async def forget_customer(self, customer: str) -> None:
        """Delete a customer with all saved cards; one who is not there (any more) is no fault.

        Charges stay: the law keeps them, and refunds need them.
        """
        ...

    def parse_event(self, payload: bytes, signature: str) -> GatewayEvent:
        """Verify and read a webhook.

        Raises:
            BadSignature: not signed by the provider, or too old.
        """
        ...

    def pay_path(self, charge: Charge) -> str:
        """Return the path (on our origin) of the screen where the person completes the charge."""
        ...

    def card_path(self) -> str:
        """Return the path (on our origin) of the screen where a card is added, "" for none."""
        ...


class PaymentPlugIn(PaymentGateway, Protocol):
    """A further payment method, from a package of somebody else's (docs/payment-methods.md).

    Attributes:
        name: stays for good: payments remember it, and its webhook's address ends in it.
        title: what people choose it by, in each language; "en" must be there.
        signature_header: header in which its webhooks bring their signature, in small letters.
        open_for: so long a payment by it is awaited.
        screens: an ASGI application with its screens, mounted at /pay-with/<name>.
    """

    title: dict[str, str]
    signature_header: str
    open_for: timedelta
    screens: Callable[..., Any]
