"""Talking to the payment provider, never inside a transaction.

What is not known after a call (a time-out) is left as it is: the payment stays pending, and the
janitor asks again.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from self_service.db import Database
from self_service.domain.payments import pending as open_payments
from self_service.domain.payments import refunds
from self_service.domain.payments import settling as payments
from self_service.domain.payments.pending import PendingPayment
from self_service.domain.payments.refunds import PendingRefund
from self_service.domain.payments.settling import Settled
from self_service.jobs import cards
from self_service.ports import BadSignature, Charge, ChargeStatus, GatewayError, PaymentGateway

log = logging.getLogger(__name__)

#: A charge that stands here can no longer be given up.
TAKEN = frozenset({ChargeStatus.SUCCEEDED, ChargeStatus.PROCESSING, ChargeStatus.CANCELED})

#: How a provider says that a saved card was not charged; the charge then tells why.
PERSON_OR_DECLINED = frozenset({"authentication_required", "card_declined"})


async def open_payment(
    database: Database, gateway: PaymentGateway, payment_id: UUID, *, now: datetime
) -> str:
    """Open the charge of a pending payment at the provider.

    Args:
        database: where the payment is.
        gateway: the provider.
        payment_id: also the idempotency key: asking twice opens one charge.
        now: instant of asking.

    Returns:
        The path of the screen where the person pays, "" when there is none (yet): the payment is
        closed, or the provider did not answer and is asked again later.
    """
    payment = await database.read(open_payments.pending, payment_id, now=now)
    if payment is None or not payment.wanted:
        return ""
    if payment.pay_path:
        return payment.pay_path
    try:
        kept: dict[str, Any] = {}
        if payment.keep:
            kept = {"customer": await cards.customer_at(database, gateway, payment), "save": True}
        charge = await gateway.open_charge(
            key=str(payment.id), payment_id=str(payment.id), amount=payment.amount, **kept
        )
    except GatewayError as error:
        await _could_not_open(database, payment, error, now)
        return ""
    return await _note_opened(database, gateway, payment, charge, now)


async def charge_saved(
    database: Database, gateway: PaymentGateway, payment_id: UUID, *, now: datetime
) -> str:
    """Charge the saved card of a pending payment.

    Args:
        database: where the payment is.
        gateway: the provider that keeps the card.
        payment_id: also the idempotency key: asking twice charges once.
        now: instant of asking.

    Returns:
        The path of the screen where the bank wants the person, "" when it does not: the payment
        ended, or the provider did not answer and is asked again later.
    """
    payment = await database.read(open_payments.pending, payment_id, now=now)
    if payment is None or not payment.wanted:
        return ""
    if payment.pay_path:
        return payment.pay_path
    if not payment.token:
        await database.transact(open_payments.refused, payment.id, code="card_removed", now=now)
        return ""
    try:
        charge: Charge | None = await gateway.charge_saved(
            key=str(payment.id),
            payment_id=str(payment.id),
            amount=payment.amount,
            customer=payment.customer,
            token=payment.token,
        )
    except GatewayError as error:
        if error.code not in PERSON_OR_DECLINED:
            await _could_not_open(database, payment, error, now)
            return ""
        charge = await _found(gateway, payment)
    if charge is None:
        return ""
    path = ""
    if charge.status is ChargeStatus.REQUIRES_ACTION:
        path = await _note_opened(database, gateway, payment, charge, now)
    await settled(database, gateway, charge, now)
    return path


async def settled(
    database: Database, gateway: PaymentGateway, charge: Charge, now: datetime
) -> Settled:
    """Take note of what the provider says about a charge, and save its card where that is due."""
    found = await database.transact(payments.settle, charge=charge, now=now, provider=gateway.name)
    if found.outcome is payments.Outcome.SETTLED:
        await cards.collect(database, gateway, now=now)
    return found


async def call_off(
    database: Database, gateway: PaymentGateway, payment_id: UUID, *, now: datetime
) -> None:
    """Give up at the provider the charge of a payment that ended here.

    What was paid all the same is settled as a late payment, and goes back.
    """
    reference = await database.read(open_payments.reference_of, payment_id)
    try:
        charge = (
            await gateway.retrieve(reference) if reference else await gateway.find(str(payment_id))
        )
        if charge is not None and charge.status not in TAKEN:
            charge = await gateway.cancel(charge.reference)
    except GatewayError as error:
        log.warning("payment %s could not be called off: %s", payment_id, error.code)
        return
    if charge is not None:
        await database.transact(payments.settle, charge=charge, now=now, provider=gateway.name)


async def ask_again(
    database: Database, gateway: PaymentGateway, payment_id: UUID, *, now: datetime
) -> Settled | None:
    """Ask the provider where a payment stands and take note of it.

    A charge that was never opened is opened now; one whose order is gone is given up.

    Returns:
        What came of it, None when nothing is known yet.
    """
    payment = await database.read(open_payments.pending, payment_id, now=now)
    if payment is None:
        return None
    try:
        charge = await _charge_of(gateway, payment)
        if charge is None:
            await _never_opened(database, gateway, payment, now)
            return None
        if not payment.wanted and charge.status not in TAKEN:
            charge = await gateway.cancel(charge.reference)
    except GatewayError as error:
        log.info("payment %s could not be asked about: %s", payment.id, error.code)
        return None
    on_screen = not payment.by_card or charge.status is ChargeStatus.REQUIRES_ACTION
    if payment.wanted and on_screen and not payment.pay_path and charge.status not in TAKEN:
        await _note_opened(database, gateway, payment, charge, now)
    return await settled(database, gateway, charge, now)


async def receive(
    database: Database, gateway: PaymentGateway, payload: bytes, signature: str, *, now: datetime
) -> bool:
    """Act on a message that says it comes from the provider.

    Returns:
        False when the provider did not sign it; nothing was changed then.
    """
    try:
        event = gateway.parse_event(payload, signature)
    except BadSignature:
        return False
    found = await database.transact(payments.receive_event, event, source=gateway.name, now=now)
    if found.outcome is payments.Outcome.SETTLED:
        await cards.collect(database, gateway, now=now)
    return True


async def give_back(
    database: Database, gateway: PaymentGateway, refund: PendingRefund, *, now: datetime
) -> None:
    """Ask the provider to give money back; the refund's id is the idempotency key."""
    try:
        answer = await gateway.refund(
            key=str(refund.id), reference=refund.reference, amount=refund.amount
        )
        if await database.transact(refunds.settle, refund.id, answer, now=now):
            return
        charge = await gateway.retrieve(refund.reference)
    except GatewayError as error:
        if not (error.retryable or error.unknown):
            await database.transact(refunds.fail, refund.id, now=now)
        return
    await database.transact(refunds.confirm, charge, now=now)


async def _charge_of(gateway: PaymentGateway, payment: PendingPayment) -> Charge | None:
    if payment.reference:
        return await gateway.retrieve(payment.reference)
    return await gateway.find(str(payment.id))


async def _found(gateway: PaymentGateway, payment: PendingPayment) -> Charge | None:
    try:
        return await gateway.find(str(payment.id))
    except GatewayError:
        return None  # the janitor asks again


async def _never_opened(
    database: Database, gateway: PaymentGateway, payment: PendingPayment, now: datetime
) -> None:
    if payment.wanted and payment.by_card:
        await charge_saved(database, gateway, payment.id, now=now)
    elif payment.wanted:
        await open_payment(database, gateway, payment.id, now=now)
    else:
        await database.transact(open_payments.refused, payment.id, code="not_opened", now=now)


async def _could_not_open(
    database: Database, payment: PendingPayment, error: GatewayError, now: datetime
) -> None:
    log.warning("payment %s could not be opened: %s", payment.id, error.code)
    if not (error.retryable or error.unknown):
        await database.transact(open_payments.refused, payment.id, code=error.code, now=now)


async def _note_opened(
    database: Database,
    gateway: PaymentGateway,
    payment: PendingPayment,
    charge: Charge,
    now: datetime,
) -> str:
    path = gateway.pay_path(charge)
    noted = await database.transact(
        open_payments.opened, payment.id, reference=charge.reference, pay_path=path, now=now
    )
    if noted:
        return path
    if charge.status not in TAKEN:  # the payment was closed while we asked
        await gateway.cancel(charge.reference)
    return ""
