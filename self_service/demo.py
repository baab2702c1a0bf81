"""Loading the demo operator into this installation: its database, then the sandbox's cards."""

from __future__ import annotations

import asyncio

from self_service import clock, settings
from self_service.adapters.sandbox_payments import SandboxPayments
from self_service.jobs import cards
from self_service.seed import payments, seed_demo
from self_service.wiring import database, gateway, vault, wallet_terms


def load() -> None:
    """Load the demo operator, or what of it is missing.

    Raises:
        BadSeed: a file of ours is at fault; nothing was kept.
    """
    from self_service.domain.people.passwords import hash_password  # noqa: PLC0415 (argon2)

    with database().writing() as session:
        seed_demo(
            session,
            now=clock.now(),
            hash_password=hash_password,
            vault=vault(),
            terms=wallet_terms(),
        )
    asyncio.run(_save_cards())


async def _save_cards() -> None:
    sandbox = gateway()
    if not isinstance(sandbox, SandboxPayments):
        return  # another provider knows no pretend cards
    missing = await database().read(payments.without_cards)
    for login, known in missing.items():
        # one by one: the first makes the customer at the provider
        saved = [
            await cards.save(database(), sandbox, known, card) for card in payments.CARDS[login]
        ]
        await database().transact(
            payments.keep_cards,
            login,
            tuple(saved),
            provider=sandbox.name,
            currency=settings.get().currency,
            now=clock.now(),
        )
    await sandbox.close()  # workers open it on their own
    gateway.cache_clear()
