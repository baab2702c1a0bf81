"""Saved cards at the provider: making customers, keeping and forgetting cards, never inside a
transaction. What was not heard is asked for again by the janitor.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from uuid import UUID

from self_service.db import Database
from self_service.domain.payments import card_upkeep, methods
from self_service.domain.payments.pending import PendingPayment
from self_service.ports import GatewayError, PaymentGateway, SavedMethod

log = logging.getLogger(__name__)


async def customer_at(database: Database, gateway: PaymentGateway, payment: PendingPayment) -> str:
    """Return the provider's id of a payment's customer, made when there is none yet."""
    if payment.customer or payment.customer_id is None:
        return payment.customer
    return await open_customer(
        database, gateway, *await database.read(methods.known_as, payment.customer_id)
    )


async def open_customer(
    database: Database, gateway: PaymentGateway, customer_id: UUID, reference: str, email: str
) -> str:
    """Return the provider's id of a customer, made when there is none yet.

    Args:
        database: where the customer is.
        gateway: the provider.
        customer_id: ours, which is the idempotency key.
        reference: the provider's id, "" for none yet.
        email: for the provider's receipts.

    Raises:
        GatewayError: the provider did not make one.
    """
    if reference:
        return reference
    # an address that changed in between must not make the key mean something else
    mark = hashlib.sha256(email.encode()).hexdigest()[:12]
    made = await gateway.open_customer(
        key=f"customer-{customer_id}-{mark}", customer_id=str(customer_id), email=email
    )
    return await database.transact(methods.remember_customer, customer_id, made)


async def save(
    database: Database,
    gateway: PaymentGateway,
    known: tuple[UUID, str, str],
    token: str,
) -> SavedMethod:
    """Let the provider keep a card that the browser handed to it.

    Args:
        database: where the customer is.
        gateway: the provider.
        known: as `methods.begin` returned it.
        token: what the browser got from the provider for the card.

    Raises:
        GatewayError: the provider does not keep it.
    """
    customer = await open_customer(database, gateway, *known)
    mark = hashlib.sha256(f"{customer} {token}".encode()).hexdigest()[:40]
    return await gateway.save_method(key=f"card-{mark}", customer=customer, token=token)


async def collect(database: Database, gateway: PaymentGateway, *, now: datetime) -> int:
    """Save the cards of payments that were made with "save it"; returns how many are new."""
    found = 0
    for one in await database.read(card_upkeep.to_collect, provider=gateway.name):
        try:
            saved = await gateway.saved_methods(one.customer)
        except GatewayError as error:
            log.warning("cards of payment %s were not told: %s", one.payment_id, error.code)
            continue
        found += await database.transact(card_upkeep.collect, one.payment_id, saved, now=now)
    return found


async def forget(database: Database, gateway: PaymentGateway, *, now: datetime) -> int:
    """Ask the provider to forget the cards that were removed; returns how many it did."""
    done = 0
    for method_id, token in await database.read(card_upkeep.to_forget, provider=gateway.name):
        try:
            await gateway.forget_method(token)
        except GatewayError as error:
            if error.code != "not_found":
                log.warning("card %s was not forgotten: %s", method_id, error.code)
                continue
        await database.transact(card_upkeep.forgotten, method_id, now=now)
        done += 1
    return done
