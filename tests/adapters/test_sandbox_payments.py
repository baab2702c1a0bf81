"""The sandbox beyond the contract: its screen, its clock, its lateness."""

from __future__ import annotations

import json
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from self_service.adapters import webhook_signature
from self_service.adapters.sandbox_outcomes import SandboxOutcome
from self_service.adapters.sandbox_payments import SandboxFault, SandboxPayments
from self_service.ports import BadSignature, Charge, ChargeStatus, GatewayError
from tests.adapters.payment_harness import NOON, SECRET, TEN, Clock, key, open_charge

#: How a charge is brought to each status, and which outcomes are possible there.
WAYS = {
    ChargeStatus.REQUIRES_METHOD: [],
    ChargeStatus.REQUIRES_ACTION: [SandboxOutcome.REQUIRE_3DS],
    ChargeStatus.PROCESSING: [SandboxOutcome.TIME_OUT],
    ChargeStatus.SUCCEEDED: [SandboxOutcome.APPROVE],
}
AFTER_3DS = {SandboxOutcome.CONFIRM_3DS, SandboxOutcome.FAIL_3DS}
POSSIBLE = {
    ChargeStatus.REQUIRES_METHOD: set(SandboxOutcome) - AFTER_3DS,
    ChargeStatus.REQUIRES_ACTION: AFTER_3DS,
}
IMPOSSIBLE = [
    (status, outcome)
    for status, outcome in product(ChargeStatus, SandboxOutcome)
    if outcome not in POSSIBLE.get(status, set())
]


async def charge_in(sandbox: SandboxPayments, status: ChargeStatus) -> Charge:
    charge = await open_charge(sandbox)
    if status is ChargeStatus.CANCELED:
        return await sandbox.cancel(charge.reference)
    for outcome in WAYS[status]:
        await sandbox.act(charge.reference, outcome)
    return await sandbox.retrieve(charge.reference)


class TestChargeBacks:
    async def test_taken_and_given_again_and_taken_once_more(
        self, sandbox: SandboxPayments
    ) -> None:
        charge = await charge_in(sandbox, ChargeStatus.SUCCEEDED)
        told = []
        for taken in (True, False, True):
            answer = await sandbox.charge_back(charge.reference, taken=taken)
            (post,) = answer.deliveries
            event = sandbox.parse_event(*post)
            assert (event.kind, event.charge) == ("charge_back", None)
            assert event.charged_back is not None
            told.append(event.charged_back)
        assert [one.taken for one in told] == [True, False, True]
        assert {(one.charge_reference, one.payment_id) for one in told} == {
            (charge.reference, charge.payment_id)
        }
        assert len({one.reference for one in told}) == 1
        assert {one.amount for one in told} == {TEN}

    async def test_nothing_to_take_or_to_give(self, sandbox: SandboxPayments) -> None:
        opened = await open_charge(sandbox)
        paid = await charge_in(sandbox, ChargeStatus.SUCCEEDED)
        for reference, taken in ((opened.reference, True), (paid.reference, False)):
            with pytest.raises(GatewayError, match="invalid_request"):
                await sandbox.charge_back(reference, taken=taken)
        await sandbox.refund(key=key(), reference=paid.reference, amount=TEN)
        with pytest.raises(GatewayError, match="invalid_request"):
            await sandbox.charge_back(paid.reference)


class TestScreen:
    @pytest.mark.parametrize(("status", "outcome"), IMPOSSIBLE)
    async def test_impossible_outcome_changes_nothing(
        self, sandbox: SandboxPayments, status: ChargeStatus, outcome: SandboxOutcome
    ) -> None:
        charge = await charge_in(sandbox, status)
        await sandbox.due_deliveries(NOON)
        with pytest.raises(GatewayError, match="invalid_request"):
            await sandbox.act(charge.reference, outcome)
        assert await sandbox.retrieve(charge.reference) == charge
        assert await sandbox.due_deliveries(NOON) == ()

    @pytest.mark.parametrize(
        ("outcome", "failure_code"),
        [
            (SandboxOutcome.DECLINE, "card_declined"),
            (SandboxOutcome.INSUFFICIENT_FUNDS, "insufficient_funds"),
            (SandboxOutcome.EXPIRED_CARD, "expired_card"),
        ],
    )
    async def test_decline_says_why(
        self, sandbox: SandboxPayments, outcome: SandboxOutcome, failure_code: str
    ) -> None:
        charge = await open_charge(sandbox)
        answer = await sandbox.act(charge.reference, outcome)
        assert answer.charge.status is ChargeStatus.REQUIRES_METHOD
        assert answer.charge.failure_code == failure_code
        [delivery] = answer.deliveries
        event = sandbox.parse_event(*delivery)
        assert event.kind == "charge_failed"
        assert event.charge is not None
        assert event.charge.failure_code == failure_code

    async def test_3ds_is_announced(self, sandbox: SandboxPayments) -> None:
        charge = await open_charge(sandbox)
        kinds = [
            sandbox.parse_event(*delivery).kind
            for outcome in (SandboxOutcome.REQUIRE_3DS, SandboxOutcome.CONFIRM_3DS)
            for delivery in (await sandbox.act(charge.reference, outcome)).deliveries
        ]
        assert kinds == ["charge_requires_action", "charge_succeeded"]

    async def test_answer_twice_is_one_event_in_two_posts(self, sandbox: SandboxPayments) -> None:
        charge = await open_charge(sandbox)
        answer = await sandbox.act(charge.reference, SandboxOutcome.ANSWER_TWICE)
        first, second = answer.deliveries
        assert first == second
        assert await sandbox.due_deliveries(NOON) == ()

    async def test_secret_opens_the_screen_of_one_charge(self, sandbox: SandboxPayments) -> None:
        charge, _other = await open_charge(sandbox), await open_charge(sandbox)
        assert await sandbox.charge_for_secret(charge.client_secret) == charge
        assert sandbox.pay_path(charge) == f"/sandbox/pay/{charge.client_secret}"

    @pytest.mark.parametrize("secret", ["", "secret_", "' OR 1=1 --"])
    async def test_wrong_secret_opens_nothing(self, sandbox: SandboxPayments, secret: str) -> None:
        charge = await open_charge(sandbox)
        for guess in (secret, charge.reference, charge.payment_id):
            with pytest.raises(GatewayError, match="not_found"):
                await sandbox.charge_for_secret(guess)

    async def test_events_do_not_carry_the_secret(self, sandbox: SandboxPayments) -> None:
        charge = await open_charge(sandbox)
        answer = await sandbox.act(charge.reference, SandboxOutcome.APPROVE)
        assert charge.client_secret.encode() not in answer.deliveries[0].payload


class TestLateness:
    async def test_nobody_is_told_until_it_settles(
        self, sandbox: SandboxPayments, clock: Clock
    ) -> None:
        charge = await open_charge(sandbox)
        answer = await sandbox.act(charge.reference, SandboxOutcome.TIME_OUT)
        assert answer.charge.status is ChargeStatus.PROCESSING
        assert answer.deliveries == ()
        assert await sandbox.due_deliveries(clock.move(29)) == ()
        assert (await sandbox.retrieve(charge.reference)).status is ChargeStatus.PROCESSING

        [delivery] = await sandbox.due_deliveries(clock.move(1))
        event = sandbox.parse_event(*delivery)
        assert event.kind == "charge_succeeded"
        assert event.charge is not None
        assert event.charge.status is ChargeStatus.SUCCEEDED
        assert await sandbox.due_deliveries(clock.move(60)) == ()

    async def test_who_asks_first_sees_it_settled(
        self, sandbox: SandboxPayments, clock: Clock
    ) -> None:
        charge = await open_charge(sandbox)
        await sandbox.act(charge.reference, SandboxOutcome.TIME_OUT)
        clock.move(30)
        found = await sandbox.find(charge.payment_id)
        assert found is not None
        assert found.status is ChargeStatus.SUCCEEDED
        assert len(await sandbox.due_deliveries(clock())) == 1

    async def test_money_on_its_way_cannot_be_called_back(
        self, sandbox: SandboxPayments, clock: Clock
    ) -> None:
        charge = await charge_in(sandbox, ChargeStatus.PROCESSING)
        with pytest.raises(GatewayError, match="invalid_request"):
            await sandbox.cancel(charge.reference)
        clock.move(30)
        assert (await sandbox.retrieve(charge.reference)).status is ChargeStatus.SUCCEEDED

    async def test_what_the_port_did_is_announced_too(self, sandbox: SandboxPayments) -> None:
        paid = await charge_in(sandbox, ChargeStatus.SUCCEEDED)
        await sandbox.refund(key=key(), reference=paid.reference, amount=TEN)
        await charge_in(sandbox, ChargeStatus.CANCELED)
        events = [sandbox.parse_event(*post) for post in await sandbox.due_deliveries(NOON)]
        assert [event.kind for event in events] == ["refund_succeeded", "charge_canceled"]
        assert events[0].charge is not None
        assert events[0].charge.refunded == TEN

    async def test_unavailable_means_nothing_happened(self, sandbox: SandboxPayments) -> None:
        sandbox.fail_next(SandboxFault.UNAVAILABLE)
        order = {"key": key(), "payment_id": key()}
        with pytest.raises(GatewayError, match="unavailable") as fault:
            await sandbox.open_charge(**order, amount=TEN)
        assert (fault.value.retryable, fault.value.unknown) == (True, False)
        assert await sandbox.find(order["payment_id"]) is None
        assert (await sandbox.open_charge(**order, amount=TEN)).amount == TEN


class TestSignature:
    @pytest.mark.parametrize("seconds", [-301, 301, 86_400])
    async def test_far_from_now(self, sandbox: SandboxPayments, clock: Clock, seconds: int) -> None:
        charge = await open_charge(sandbox)
        [delivery] = (await sandbox.act(charge.reference, SandboxOutcome.APPROVE)).deliveries
        clock.move(seconds)
        with pytest.raises(BadSignature):
            sandbox.parse_event(*delivery)

    async def test_within_five_minutes(self, sandbox: SandboxPayments, clock: Clock) -> None:
        charge = await open_charge(sandbox)
        [delivery] = (await sandbox.act(charge.reference, SandboxOutcome.APPROVE)).deliveries
        clock.move(300)
        assert sandbox.parse_event(*delivery).kind == "charge_succeeded"

    async def test_new_secret_beside_the_old(self, sandbox: SandboxPayments) -> None:
        charge = await open_charge(sandbox)
        [delivery] = (await sandbox.act(charge.reference, SandboxOutcome.APPROVE)).deliveries
        rotated = delivery.signature.replace("v1=", "v1=0000,v1=")
        assert sandbox.parse_event(delivery.payload, rotated).charge is not None

    @settings(deadline=None)
    @given(
        value=st.recursive(
            st.none() | st.integers() | st.text(),
            lambda x: (
                st.lists(x)
                | st.dictionaries(st.sampled_from(["id", "kind", "charge", "status"]), x)
            ),
        )
    )
    def test_signed_nonsense_is_no_event(self, value: object) -> None:
        payload = json.dumps(value).encode()
        sandbox = SandboxPayments(":memory:", SECRET, lambda: NOON)
        with pytest.raises(BadSignature):
            sandbox.parse_event(payload, webhook_signature.sign(payload, SECRET, NOON))

    def test_no_secret_is_refused(self) -> None:
        with pytest.raises(ValueError, match="secret"):
            SandboxPayments(":memory:", "", lambda: NOON)
