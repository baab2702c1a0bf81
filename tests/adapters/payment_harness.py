"""What the payment contract needs of a provider beside the port: the person, and the post."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import uuid4

from self_service.adapters import webhook_signature
from self_service.adapters.sandbox_cards import SandboxCard
from self_service.adapters.sandbox_outcomes import SandboxOutcome
from self_service.adapters.sandbox_payments import SandboxFault, SandboxPayments
from self_service.money import Money
from self_service.ports import Charge, PaymentGateway

SECRET = "whsec_contract"

TEN = Money(1000, "EUR")

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

Posted = tuple[bytes, str]


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> datetime:
        self.at += timedelta(seconds=seconds)
        return self.at


class Card(StrEnum):
    """What a card that the browser tokenised will do."""

    GOOD = "good"
    DECLINED = "declined"
    AUTHENTICATE = "authenticate"


class Harness(Protocol):
    """A gateway, and what happens on the other side of it."""

    gateway: PaymentGateway

    async def approve(self, charge: Charge) -> None: ...
    async def decline(self, charge: Charge) -> None: ...
    async def require_3ds(self, charge: Charge) -> None: ...
    async def confirm_3ds(self, charge: Charge) -> None: ...
    async def fail_3ds(self, charge: Charge) -> None: ...
    async def card(self, kind: Card) -> str: ...
    async def posted(self, charge: Charge, count: int = 1) -> list[Posted]: ...
    async def any_posted(self) -> Posted: ...
    def lose_next_answer(self) -> None: ...
    async def close(self) -> None: ...


def now() -> datetime:
    return datetime.now(UTC)


def sign(payload: bytes, at: datetime | None = None, secret: str = SECRET) -> str:
    return webhook_signature.sign(payload, secret, at or now())


def key() -> str:
    return uuid4().hex


async def open_charge(gateway: PaymentGateway, amount: Money = TEN) -> Charge:
    return await gateway.open_charge(key=key(), payment_id=key(), amount=amount)


async def open_customer(gateway: PaymentGateway) -> str:
    return await gateway.open_customer(key=key(), customer_id=key(), email="ada@example.org")


async def customer_with(harness: Harness, card: Card) -> tuple[str, str]:
    customer = await open_customer(harness.gateway)
    token = await harness.card(card)
    saved = await harness.gateway.save_method(key=key(), customer=customer, token=token)
    return customer, saved.token


async def paid_charge(harness: Harness, amount: Money = TEN) -> Charge:
    charge = await open_charge(harness.gateway, amount)
    await harness.approve(charge)
    return await harness.gateway.retrieve(charge.reference)


class SandboxHarness:
    """The sandbox: a person who presses its buttons."""

    def __init__(self) -> None:
        self.gateway = SandboxPayments(":memory:", SECRET, now)
        self._posted: list[Posted] = []

    async def _act(self, charge: Charge, outcome: SandboxOutcome) -> None:
        answer = await self.gateway.act(charge.reference, outcome)
        self._posted += answer.deliveries

    async def approve(self, charge: Charge) -> None:
        await self._act(charge, SandboxOutcome.ANSWER_TWICE)

    async def decline(self, charge: Charge) -> None:
        await self._act(charge, SandboxOutcome.DECLINE)

    async def require_3ds(self, charge: Charge) -> None:
        await self._act(charge, SandboxOutcome.REQUIRE_3DS)

    async def confirm_3ds(self, charge: Charge) -> None:
        await self._act(charge, SandboxOutcome.CONFIRM_3DS)

    async def fail_3ds(self, charge: Charge) -> None:
        await self._act(charge, SandboxOutcome.FAIL_3DS)

    async def card(self, kind: Card) -> str:
        return SandboxCard[kind.name]

    async def posted(self, charge: Charge, count: int = 1) -> list[Posted]:
        return [post for post in self._posted if charge.payment_id.encode() in post[0]]

    async def any_posted(self) -> Posted:
        await self.approve(await open_charge(self.gateway))
        return self._posted[-1]

    def lose_next_answer(self) -> None:
        self.gateway.fail_next(SandboxFault.TIME_OUT)

    async def close(self) -> None:
        await self.gateway.close()
