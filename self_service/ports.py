"""What the portal asks of the outside world, in our verbs. Adapters answer; nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
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
class SavedMethod:
    """A card kept by the provider. We hold the token and what a person recognises it by."""

    token: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """A verified message from the provider.

    Attributes:
        id: unique per event; the same event may come more than once.
        kind: charge_succeeded, charge_failed, charge_requires_action, charge_canceled,
            charge_processing, refund_succeeded, or other.
        charge: the charge it is about, None for kinds that we ignore.
    """

    id: str
    kind: str
    charge: Charge | None


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
        self, *, key: str, payment_id: str, amount: Money, customer: str = ""
    ) -> Charge:
        """Open a charge that the person completes on the provider's screen."""
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

    def parse_event(self, payload: bytes, signature: str) -> GatewayEvent:
        """Verify and read a webhook.

        Raises:
            BadSignature: not signed by the provider, or too old.
        """
        ...

    def pay_path(self, charge: Charge) -> str:
        """Return the path (on our origin) of the screen where the person completes the charge."""
        ...


@dataclass(frozen=True, slots=True)
class DocumentRequest:
    """What is to be typeset: a template's name and plain JSON data."""

    template: str
    language: str
    data: dict[str, Any] = field(default_factory=dict)


class DocumentPort(Protocol):
    """Typesets documents."""

    def render(self, request: DocumentRequest) -> bytes:
        """Return a PDF (tagged, PDF/A-3a where the template allows)."""
        ...


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail: plain text to one person.

    Attributes:
        id: ours; the same mail sent twice has the same one.
        language: in which it is written.
    """

    id: str
    receiver: str
    language: str
    subject: str
    body: str


class MailError(Exception):
    """A mail could not be handed over.

    Attributes:
        lasting: True when it never will be: there is no such address.
    """

    def __init__(self, code: str, *, lasting: bool = False) -> None:
        super().__init__(code)
        self.lasting = lasting


class MailPort(Protocol):
    """Sends mail.

    Attributes:
        keeps: nothing leaves the house: the text of what was "sent" is read here.
    """

    keeps: bool

    async def send(self, mail: OutgoingMail) -> None:
        """Hand a mail over.

        Raises:
            MailError: it was not taken.
        """
        ...


@dataclass(frozen=True, slots=True)
class JobStep:
    """One step of a job: may run twice, and returns False when the job must stop here."""

    name: str
    run: Callable[..., bool]


@dataclass(frozen=True, slots=True)
class Job:
    """Named work in steps. A step that is done is not done again after a restart.

    Attributes:
        name: never changes once used, nor do the names and the order of the steps.
        steps: called one after the other with the arguments given to `JobPort.start`.
        pause: seconds between two steps.
    """

    name: str
    steps: tuple[JobStep, ...]
    pause: float = 0.0


class JobPort(Protocol):
    """Runs named work that must happen, once, even if the process dies in between."""

    def start(self, name: str, key: str, *args: str) -> None:
        """Start work `name` under `key`; a second start with the same key does nothing."""
        ...


class ProviderError(Exception):
    """An identity provider refused, could not be reached, or sent what is not for us."""


@dataclass(frozen=True, slots=True)
class ProviderPerson:
    """Who an identity provider says is there.

    Attributes:
        issuer: the provider.
        subject: its id of the person, never another's.
        session: its id of the session there, "" when it has none.
        id_token: proof to the provider when the person signs out.
    """

    issuer: str
    subject: str
    email: str
    email_verified: bool
    given_name: str
    family_name: str
    session: str
    id_token: str


@dataclass(frozen=True, slots=True)
class ProviderEnded:
    """An identity provider says that a session, or all of a person's, ended there.

    Attributes:
        token_id: unique per message: one that comes twice ends nothing twice.
    """

    issuer: str
    subject: str
    session: str
    token_id: str


class IdentityProvider(Protocol):
    """The operator's own OpenID Connect provider. All calls may raise ProviderError."""

    name: str

    async def begin(self, *, back_to: str, state: str, nonce: str, verifier: str) -> str:
        """Return the address at the provider that the browser goes to."""
        ...

    async def finish(
        self, *, back_to: str, code: str, nonce: str, verifier: str, issuer: str
    ) -> ProviderPerson:
        """Change the code that the browser brought for who it is."""
        ...

    async def logout_address(self, *, id_token: str, back_to: str) -> str:
        """Return where the browser signs out there too, "" when it offers no such place."""
        ...

    async def read_logout(self, token: str) -> ProviderEnded:
        """Verify a message that somebody signed out there."""
        ...


class PasskeyError(Exception):
    """What a device sent proves nothing."""


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey that a device made, verified.

    Attributes:
        credential_id: base64url.
        public_key: base64url of the COSE key.
        sign_count: 0 for devices that do not count.
    """

    credential_id: str
    public_key: str
    sign_count: int


class PasskeyPort(Protocol):
    """Speaks WebAuthn with the person's device."""

    def ask(self, challenge: str) -> dict[str, Any]:
        """Return the options by which a device is asked to prove its owner."""
        ...

    def offer(
        self, challenge: str, *, user_id: bytes, login: str, name: str, known: tuple[str, ...]
    ) -> dict[str, Any]:
        """Return the options by which a device is asked to make a passkey."""
        ...

    def made(self, credential: dict[str, Any], challenge: str) -> NewPasskey:
        """Verify a new passkey.

        Raises:
            PasskeyError: it is not for us, or not of this challenge.
        """
        ...

    def proven(
        self, credential: dict[str, Any], challenge: str, public_key: str, sign_count: int
    ) -> int:
        """Verify a proof; returns the new count of the device.

        Raises:
            PasskeyError: it does not fit.
        """
        ...
