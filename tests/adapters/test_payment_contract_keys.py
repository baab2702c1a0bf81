"""What every payment gateway must do with keys, refunds and lost answers."""

from __future__ import annotations

import pytest

from self_service.money import Money
from self_service.ports import ChargeStatus, GatewayError, RefundStatus
from tests.adapters.payment_harness import (
    TEN,
    Card,
    Harness,
    customer_with,
    key,
    open_charge,
    paid_charge,
)


class TestKeys:
    async def test_same_key_twice_opens_one_charge(self, harness: Harness) -> None:
        order = {"key": key(), "payment_id": key()}
        first = await harness.gateway.open_charge(**order, amount=TEN)
        assert await harness.gateway.open_charge(**order, amount=TEN) == first

    async def test_same_key_with_another_amount_is_refused(self, harness: Harness) -> None:
        order = {"key": key(), "payment_id": key()}
        first = await harness.gateway.open_charge(**order, amount=TEN)
        with pytest.raises(GatewayError, match="idempotency_conflict"):
            await harness.gateway.open_charge(**order, amount=Money(1001, "EUR"))
        assert await harness.gateway.find(order["payment_id"]) == first

    async def test_another_key_opens_another_charge(self, harness: Harness) -> None:
        assert (await open_charge(harness.gateway)).reference != (
            await open_charge(harness.gateway)
        ).reference

    async def test_same_key_twice_refunds_once(self, harness: Harness) -> None:
        charge = await paid_charge(harness)
        order = {"key": key(), "reference": charge.reference}
        first = await harness.gateway.refund(**order, amount=TEN)
        assert await harness.gateway.refund(**order, amount=TEN) == first
        assert (await harness.gateway.retrieve(charge.reference)).refunded == TEN

    async def test_same_key_with_another_refund_is_refused(self, harness: Harness) -> None:
        charge = await paid_charge(harness)
        order = {"key": key(), "reference": charge.reference}
        await harness.gateway.refund(**order, amount=Money(300, "EUR"))
        with pytest.raises(GatewayError, match="idempotency_conflict"):
            await harness.gateway.refund(**order, amount=Money(301, "EUR"))
        assert (await harness.gateway.retrieve(charge.reference)).refunded == Money(300, "EUR")

    async def test_same_key_twice_charges_a_saved_card_once(self, harness: Harness) -> None:
        customer, token = await customer_with(harness, Card.GOOD)
        order = {"key": key(), "payment_id": key(), "customer": customer, "token": token}
        first = await harness.gateway.charge_saved(**order, amount=TEN)
        assert await harness.gateway.charge_saved(**order, amount=TEN) == first

    async def test_same_key_twice_makes_one_customer(self, harness: Harness) -> None:
        person = {"key": key(), "customer_id": key(), "email": "ada@example.org"}
        first = await harness.gateway.open_customer(**person)
        assert await harness.gateway.open_customer(**person) == first


class TestRefunds:
    async def test_part(self, harness: Harness) -> None:
        charge = await paid_charge(harness)
        part = Money(250, "EUR")
        refund = await harness.gateway.refund(key=key(), reference=charge.reference, amount=part)
        assert refund.reference
        assert refund.charge_reference == charge.reference
        assert refund.status is RefundStatus.SUCCEEDED
        assert refund.amount == part
        after = await harness.gateway.retrieve(charge.reference)
        assert (after.status, after.refunded) == (ChargeStatus.SUCCEEDED, part)

    async def test_two_parts_make_the_whole(self, harness: Harness) -> None:
        charge = await paid_charge(harness)
        for minor in (400, 600):
            await harness.gateway.refund(
                key=key(), reference=charge.reference, amount=Money(minor, "EUR")
            )
        assert (await harness.gateway.retrieve(charge.reference)).refunded == TEN

    @pytest.mark.parametrize("before", [0, 1, 999, 1000])
    async def test_more_than_is_left(self, harness: Harness, before: int) -> None:
        charge = await paid_charge(harness)
        given = Money(before, "EUR")
        if before:
            await harness.gateway.refund(key=key(), reference=charge.reference, amount=given)
        with pytest.raises(GatewayError, match="over_refund"):
            await harness.gateway.refund(
                key=key(), reference=charge.reference, amount=Money(1001 - before, "EUR")
            )
        assert (await harness.gateway.retrieve(charge.reference)).refunded == given

    async def test_before_success(self, harness: Harness) -> None:
        charge = await open_charge(harness.gateway)
        with pytest.raises(GatewayError, match="invalid_request"):
            await harness.gateway.refund(key=key(), reference=charge.reference, amount=TEN)
        assert await harness.gateway.retrieve(charge.reference) == charge

    @pytest.mark.parametrize(
        "amount", [Money(0, "EUR"), Money(-1, "EUR"), Money(100, "USD")], ids=repr
    )
    async def test_not_a_refund(self, harness: Harness, amount: Money) -> None:
        charge = await paid_charge(harness)
        with pytest.raises(GatewayError, match="invalid_request"):
            await harness.gateway.refund(key=key(), reference=charge.reference, amount=amount)
        assert await harness.gateway.retrieve(charge.reference) == charge

    async def test_unknown_charge(self, harness: Harness) -> None:
        with pytest.raises(GatewayError, match="not_found"):
            await harness.gateway.refund(key=key(), reference="pi_nobody", amount=TEN)


class TestLostAnswers:
    async def test_opened_charge_can_be_found(self, harness: Harness) -> None:
        payment_id = key()
        harness.lose_next_answer()
        with pytest.raises(GatewayError, match="unavailable") as loss:
            await harness.gateway.open_charge(key=key(), payment_id=payment_id, amount=TEN)
        assert loss.value.unknown
        assert loss.value.retryable
        found = await harness.gateway.find(payment_id)
        assert found is not None
        assert (found.payment_id, found.amount) == (payment_id, TEN)

    async def test_refund_asked_again_is_one(self, harness: Harness) -> None:
        charge = await paid_charge(harness)
        order = {"key": key(), "reference": charge.reference}
        harness.lose_next_answer()
        with pytest.raises(GatewayError, match="unavailable") as loss:
            await harness.gateway.refund(**order, amount=TEN)
        assert loss.value.unknown
        refund = await harness.gateway.refund(**order, amount=TEN)
        assert refund.amount == TEN
        assert (await harness.gateway.retrieve(charge.reference)).refunded == TEN
