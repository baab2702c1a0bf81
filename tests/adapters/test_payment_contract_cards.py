"""What every payment gateway must do with saved cards."""

from __future__ import annotations

import pytest

from self_service.ports import ChargeStatus, GatewayError
from tests.adapters.payment_harness import (
    TEN,
    Card,
    Harness,
    customer_with,
    key,
    now,
    open_customer,
)


class TestSavedCards:
    async def test_saved_and_listed(self, harness: Harness) -> None:
        customer = await open_customer(harness.gateway)
        assert await harness.gateway.saved_methods(customer) == []
        saved = await harness.gateway.save_method(
            key=key(), customer=customer, token=await harness.card(Card.GOOD)
        )
        assert saved.brand
        assert len(saved.last4) == 4
        assert 1 <= saved.exp_month <= 12
        assert saved.exp_year >= now().year
        assert await harness.gateway.saved_methods(customer) == [saved]

    async def test_are_the_customer_s_own(self, harness: Harness) -> None:
        await customer_with(harness, Card.GOOD)
        assert await harness.gateway.saved_methods(await open_customer(harness.gateway)) == []

    async def test_forgotten(self, harness: Harness) -> None:
        customer, token = await customer_with(harness, Card.GOOD)
        kept = await harness.gateway.save_method(
            key=key(), customer=customer, token=await harness.card(Card.DECLINED)
        )
        await harness.gateway.forget_method(token)
        assert await harness.gateway.saved_methods(customer) == [kept]

    async def test_forgotten_card_cannot_be_charged(self, harness: Harness) -> None:
        customer, token = await customer_with(harness, Card.GOOD)
        await harness.gateway.forget_method(token)
        with pytest.raises(GatewayError):
            await harness.gateway.charge_saved(
                key=key(), payment_id=key(), amount=TEN, customer=customer, token=token
            )

    async def test_forgotten_with_the_customer(self, harness: Harness) -> None:
        customer, token = await customer_with(harness, Card.GOOD)
        other, kept = await customer_with(harness, Card.GOOD)
        await harness.gateway.forget_customer(customer)
        with pytest.raises(GatewayError):
            await harness.gateway.charge_saved(
                key=key(), payment_id=key(), amount=TEN, customer=customer, token=token
            )
        with pytest.raises(GatewayError, match="not_found"):
            await harness.gateway.save_method(
                key=key(), customer=customer, token=await harness.card(Card.GOOD)
            )
        for nobody in (customer, "cus_nobody"):
            await harness.gateway.forget_customer(nobody)
        assert [card.token for card in await harness.gateway.saved_methods(other)] == [kept]

    async def test_unknown_customer_or_card(self, harness: Harness) -> None:
        customer = await open_customer(harness.gateway)
        token = await harness.card(Card.GOOD)
        for person, card in ((customer, "pm_nothing"), ("cus_nobody", token)):
            with pytest.raises(GatewayError, match="not_found"):
                await harness.gateway.save_method(key=key(), customer=person, token=card)
        with pytest.raises(GatewayError, match="not_found"):
            await harness.gateway.saved_methods("cus_nobody")
        with pytest.raises(GatewayError, match="not_found"):
            await harness.gateway.forget_method("pm_nothing")
        assert await harness.gateway.saved_methods(customer) == []

    async def test_charged(self, harness: Harness) -> None:
        customer, token = await customer_with(harness, Card.GOOD)
        charge = await harness.gateway.charge_saved(
            key=key(), payment_id="bill-9", amount=TEN, customer=customer, token=token
        )
        assert charge.status is ChargeStatus.SUCCEEDED
        assert (charge.payment_id, charge.amount) == ("bill-9", TEN)
        assert await harness.gateway.retrieve(charge.reference) == charge

    async def test_declined_when_charged(self, harness: Harness) -> None:
        customer, token = await customer_with(harness, Card.DECLINED)
        payment_id = key()
        with pytest.raises(GatewayError, match="card_declined") as refusal:
            await harness.gateway.charge_saved(
                key=key(), payment_id=payment_id, amount=TEN, customer=customer, token=token
            )
        assert not refusal.value.unknown
        assert not refusal.value.retryable
        charge = await harness.gateway.find(payment_id)
        assert charge is not None
        assert charge.status is ChargeStatus.REQUIRES_METHOD
        assert charge.failure_code == "card_declined"

    async def test_bank_wants_the_person(self, harness: Harness) -> None:
        customer, token = await customer_with(harness, Card.AUTHENTICATE)
        payment_id = key()
        with pytest.raises(GatewayError, match="authentication_required"):
            await harness.gateway.charge_saved(
                key=key(), payment_id=payment_id, amount=TEN, customer=customer, token=token
            )
        charge = await harness.gateway.find(payment_id)
        assert charge is not None
        assert charge.status is ChargeStatus.REQUIRES_ACTION
        await harness.confirm_3ds(charge)
        paid = await harness.gateway.retrieve(charge.reference)
        assert paid.status is ChargeStatus.SUCCEEDED
