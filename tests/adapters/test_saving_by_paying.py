"""A card that is saved while something is paid with it."""

from __future__ import annotations

from urllib.parse import parse_qsl

from self_service.adapters.sandbox_outcomes import SandboxOutcome
from self_service.adapters.sandbox_payments import SandboxPayments
from tests.adapters.payment_harness import TEN, key, open_customer
from tests.adapters.scripted_stripe import Stripe, gateway, intent


async def test_the_sandbox_keeps_it_once_it_is_paid(sandbox: SandboxPayments) -> None:
    customer = await open_customer(sandbox)
    more = {"amount": TEN, "customer": customer, "save": True}
    charge = await sandbox.open_charge(key=key(), payment_id=key(), **more)
    await sandbox.act(charge.reference, SandboxOutcome.DECLINE)
    assert await sandbox.saved_methods(customer) == []
    await sandbox.act(charge.reference, SandboxOutcome.REQUIRE_3DS)
    await sandbox.act(charge.reference, SandboxOutcome.CONFIRM_3DS)
    (saved,) = await sandbox.saved_methods(customer)
    paid = await sandbox.charge_saved(
        key=key(), payment_id=key(), amount=TEN, customer=customer, token=saved.token
    )
    assert paid.status == "succeeded"


async def test_the_sandbox_keeps_nothing_unasked(sandbox: SandboxPayments) -> None:
    customer = await open_customer(sandbox)
    charge = await sandbox.open_charge(key=key(), payment_id=key(), amount=TEN, customer=customer)
    await sandbox.act(charge.reference, SandboxOutcome.APPROVE)
    assert await sandbox.saved_methods(customer) == []


async def test_stripe_is_asked_to_keep_it_for_charges_in_absence() -> None:
    stripe = Stripe(**{"POST payment_intents": intent()})
    stripes = gateway(stripe)
    for number, more in enumerate(({"save": True, "customer": "cus_1"}, {"customer": "cus_1"}, {})):
        await stripes.open_charge(key=f"k{number}", payment_id="p", amount=TEN, **more)
    await stripes.close()
    sent = [dict(parse_qsl(request.content.decode())) for request in stripe.requests]
    assert [one.get("setup_future_usage") for one in sent] == ["off_session", None, None]


def test_both_have_a_screen_for_cards(sandbox: SandboxPayments) -> None:
    assert sandbox.card_path() == "/sandbox/card"
    assert gateway(Stripe()).card_path() == "/pay/card"
