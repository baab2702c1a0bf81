"""Documents, mail, jobs, identity and passkeys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Attachment:
    """An XML file that goes inside a document: another form of the same (PDF/A-3)."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class DocumentRequest:
    """What is to be typeset: a template's name and plain JSON data.

    Attributes:
        attachment: for templates that take one.
    """

    template: str
    language: str
    data: dict[str, Any] = field(default_factory=dict)
    attachment: Attachment | None = None


class EInvoicePort(Protocol):
    """Writes electronic invoices after EN 16931 and finds them inside documents."""

    #: What the file is called inside a PDF (Factur-X 1.0, ZUGFeRD 2).
    name: str

    def write(self, invoice: dict[str, Any]) -> str:
        """Return an invoice as XML (UN/CEFACT CII).

        Args:
            invoice: values by their business terms ("BT-1": number of the invoice).
        """
        ...

    def mark(self, pdf: bytes) -> bytes:
        """Say in a PDF's metadata that it holds an e-invoice; all else of it stays."""
        ...

    def inside(self, pdf: bytes) -> bytes | None:
        """Return the e-invoice that lies in a PDF, None without one."""
        ...


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


class NotTaken(Exception):
    """A message could not be handed over.

    Attributes:
        lasting: True when it never will be: there is no such address.
    """

    def __init__(self, code: str, *, lasting: bool = False) -> None:
        super().__init__(code)
        self.lasting = lasting


class MailError(NotTaken):
    """A mail could not be handed over."""


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
        second_factor: the provider says that it asked for two different proofs.
    """

    issuer: str
    subject: str
    email: str
    email_verified: bool
    given_name: str
    family_name: str
    session: str
    id_token: str
    second_factor: bool = False


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
