"""What every payment gateway must do with charges: run on the sandbox, and on Stripe's adapter."""

from __future__ import annotations

import pytest

from self_service.money import Money
from self_service.ports import ChargeStatus, GatewayError
from tests.adapters.payment_harness import TEN, Harness, key, open_charge, paid_charge


class TestCharges:
    async def test_opened_charge_waits_for_the_person(self, harness: Harness) -> None:
        charge = await harness.gateway.open_charge(key=key(), payment_id="order-7", amount=TEN)
        assert charge.status is ChargeStatus.REQUIRES_METHOD
        assert charge.payment_id == "order-7"
        assert charge.amount == TEN
        assert charge.refunded == Money.zero("EUR")
        assert charge.reference
        assert charge.client_secret
        assert charge.failure_code == ""

    async def test_retrieve_tells_the_same(self, harness: Harness) -> None:
        charge = await open_charge(harness.gateway)
        assert await harness.gateway.retrieve(charge.reference) == charge

    async def test_retrieve_unknown(self, harness: Harness) -> None:
        with pytest.raises(GatewayError, match="not_found"):
            await harness.gateway.retrieve("pi_nobody")

    async def test_find_by_our_id(self, harness: Harness) -> None:
        charge = await open_charge(harness.gateway)
        await open_charge(harness.gateway)
        assert await harness.gateway.find(charge.payment_id) == charge

    async def test_find_unknown(self, harness: Harness) -> None:
        await open_charge(harness.gateway)
        assert await harness.gateway.find(key()) is None

    async def test_find_prefers_the_paid_one(self, harness: Harness) -> None:
        opened = [
            await harness.gateway.open_charge(key=key(), payment_id="twice", amount=TEN)
            for _ in range(3)
        ]
        await harness.approve(opened[1])
        found = await harness.gateway.find("twice")
        assert found is not None
        assert found.reference == opened[1].reference

    @pytest.mark.parametrize("amount", [TEN, Money(980, "JPY"), Money(12_340, "KWD")], ids=repr)
    async def test_amount_and_currency_are_kept(self, harness: Harness, amount: Money) -> None:
        charge = await paid_charge(harness, amount)
        assert charge.amount == amount
        assert charge.refunded == Money.zero(amount.currency)

    @pytest.mark.parametrize("minor", [0, -100])
    async def test_nothing_cannot_be_charged(self, harness: Harness, minor: int) -> None:
        payment_id = key()
        with pytest.raises(GatewayError, match="invalid_request"):
            await harness.gateway.open_charge(
                key=key(), payment_id=payment_id, amount=Money(minor, "EUR")
            )
        assert await harness.gateway.find(payment_id) is None

    async def test_charge_for_an_unknown_customer(self, harness: Harness) -> None:
        payment_id = key()
        with pytest.raises(GatewayError, match="not_found"):
            await harness.gateway.open_charge(
                key=key(), payment_id=payment_id, amount=TEN, customer="cus_nobody"
            )
        assert await harness.gateway.find(payment_id) is None

    async def test_pay_path_is_ours(self, harness: Harness) -> None:
        charge = await open_charge(harness.gateway)
        assert harness.gateway.pay_path(charge).startswith("/")


class TestPayment:
    async def test_approved(self, harness: Harness) -> None:
        charge = await paid_charge(harness)
        assert charge.status is ChargeStatus.SUCCEEDED
        assert charge.failure_code == ""

    async def test_declined(self, harness: Harness) -> None:
        charge = await open_charge(harness.gateway)
        await harness.decline(charge)
        declined = await harness.gateway.retrieve(charge.reference)
        assert declined.status is ChargeStatus.REQUIRES_METHOD
        assert declined.failure_code == "card_declined"

    async def test_second_try_after_a_decline(self, harness: Harness) -> None:
        charge = await open_charge(harness.gateway)
        await harness.decline(charge)
        await harness.approve(charge)
        paid = await harness.gateway.retrieve(charge.reference)
        assert paid.status is ChargeStatus.SUCCEEDED
        assert paid.failure_code == ""

    async def test_3ds_asked_and_confirmed(self, harness: Harness) -> None:
        charge = await open_charge(harness.gateway)
        await harness.require_3ds(charge)
        asked = await harness.gateway.retrieve(charge.reference)
        await harness.confirm_3ds(charge)
        confirmed = await harness.gateway.retrieve(charge.reference)
        assert asked.status is ChargeStatus.REQUIRES_ACTION
        assert confirmed.status is ChargeStatus.SUCCEEDED

    async def test_3ds_failed(self, harness: Harness) -> None:
        charge = await open_charge(harness.gateway)
        await harness.require_3ds(charge)
        await harness.fail_3ds(charge)
        failed = await harness.gateway.retrieve(charge.reference)
        assert failed.status is ChargeStatus.REQUIRES_METHOD
        assert failed.failure_code == "authentication_failed"

    async def test_second_try_after_failed_3ds(self, harness: Harness) -> None:
        charge = await open_charge(harness.gateway)
        await harness.require_3ds(charge)
        await harness.fail_3ds(charge)
        await harness.approve(charge)
        paid = await harness.gateway.retrieve(charge.reference)
        assert (paid.status, paid.failure_code) == (ChargeStatus.SUCCEEDED, "")


class TestCancel:
    async def test_open_charge(self, harness: Harness) -> None:
        charge = await open_charge(harness.gateway)
        canceled = await harness.gateway.cancel(charge.reference)
        assert canceled.status is ChargeStatus.CANCELED
        assert await harness.gateway.retrieve(charge.reference) == canceled

    async def test_while_3ds_is_asked(self, harness: Harness) -> None:
        charge = await open_charge(harness.gateway)
        await harness.require_3ds(charge)
        assert (await harness.gateway.cancel(charge.reference)).status is ChargeStatus.CANCELED

    async def test_twice_is_once(self, harness: Harness) -> None:
        charge = await open_charge(harness.gateway)
        first = await harness.gateway.cancel(charge.reference)
        assert await harness.gateway.cancel(charge.reference) == first

    async def test_after_success_is_refused(self, harness: Harness) -> None:
        charge = await paid_charge(harness)
        with pytest.raises(GatewayError, match="invalid_request"):
            await harness.gateway.cancel(charge.reference)
        assert await harness.gateway.retrieve(charge.reference) == charge

    async def test_unknown(self, harness: Harness) -> None:
        with pytest.raises(GatewayError, match="not_found"):
            await harness.gateway.cancel("pi_nobody")
