"""The sandbox's pretend cards: each does what its name says."""

from __future__ import annotations

import pytest

from self_service.adapters.sandbox_cards import SandboxCard
from self_service.adapters.sandbox_payments import SandboxPayments
from self_service.ports import ChargeStatus, GatewayError
from tests.adapters.payment_harness import NOON, TEN, key, open_customer


@pytest.mark.parametrize(
    ("card", "failure_code"),
    [
        (SandboxCard.INSUFFICIENT_FUNDS, "insufficient_funds"),
        (SandboxCard.EXPIRED, "expired_card"),
    ],
)
async def test_reason_is_kept_with_the_charge(
    sandbox: SandboxPayments, card: SandboxCard, failure_code: str
) -> None:
    customer = await open_customer(sandbox)
    saved = await sandbox.save_method(key=key(), customer=customer, token=card)
    order = {"payment_id": key(), "customer": customer, "token": saved.token}
    with pytest.raises(GatewayError, match="card_declined"):
        await sandbox.charge_saved(key=key(), **order, amount=TEN)
    charge = await sandbox.find(order["payment_id"])
    assert charge is not None
    assert charge.failure_code == failure_code


async def test_slow_card_is_processing(sandbox: SandboxPayments) -> None:
    customer = await open_customer(sandbox)
    saved = await sandbox.save_method(key=key(), customer=customer, token=SandboxCard.SLOW)
    charge = await sandbox.charge_saved(
        key=key(), payment_id=key(), customer=customer, token=saved.token, amount=TEN
    )
    assert charge.status is ChargeStatus.PROCESSING


async def test_card_of_somebody_else(sandbox: SandboxPayments) -> None:
    owner, thief = await open_customer(sandbox), await open_customer(sandbox)
    saved = await sandbox.save_method(key=key(), customer=owner, token=SandboxCard.GOOD)
    payment_id = key()
    with pytest.raises(GatewayError, match="not_found"):
        await sandbox.charge_saved(
            key=key(), payment_id=payment_id, customer=thief, token=saved.token, amount=TEN
        )
    assert await sandbox.find(payment_id) is None


async def test_declined_replay_is_declined_again_without_a_second_charge(
    sandbox: SandboxPayments,
) -> None:
    customer = await open_customer(sandbox)
    saved = await sandbox.save_method(key=key(), customer=customer, token=SandboxCard.DECLINED)
    order = {"key": key(), "payment_id": key(), "customer": customer, "token": saved.token}
    for _ in range(2):
        with pytest.raises(GatewayError, match="card_declined"):
            await sandbox.charge_saved(**order, amount=TEN)
    assert len(await sandbox.due_deliveries(NOON)) == 1
