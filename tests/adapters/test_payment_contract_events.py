"""What every payment gateway must do with events."""

from __future__ import annotations

from datetime import timedelta

import pytest

from self_service.ports import BadSignature, ChargeStatus
from tests.adapters.payment_harness import TEN, Harness, now, open_charge, paid_charge, sign


class TestEvents:
    async def test_success_is_told(self, harness: Harness) -> None:
        charge = await paid_charge(harness)
        payload, signature = (await harness.posted(charge))[0]
        event = harness.gateway.parse_event(payload, signature)
        assert event.id
        assert event.kind == "charge_succeeded"
        assert event.charge is not None
        assert event.charge.reference == charge.reference
        assert event.charge.payment_id == charge.payment_id
        assert event.charge.status is ChargeStatus.SUCCEEDED
        assert event.charge.amount == TEN

    async def test_delivered_twice_has_one_id(self, harness: Harness) -> None:
        charge = await paid_charge(harness)
        posts = await harness.posted(charge, count=2)
        assert len(posts) == 2
        assert len({harness.gateway.parse_event(*post).id for post in posts}) == 1

    async def test_decline_is_told(self, harness: Harness) -> None:
        charge = await open_charge(harness.gateway)
        await harness.decline(charge)
        event = harness.gateway.parse_event(*(await harness.posted(charge))[0])
        assert event.kind == "charge_failed"
        assert event.charge is not None
        assert event.charge.failure_code == "card_declined"

    async def test_tampered(self, harness: Harness) -> None:
        payload, signature = await harness.any_posted()
        harness.gateway.parse_event(payload, signature)
        with pytest.raises(BadSignature):
            harness.gateway.parse_event(payload + b" ", signature)
        with pytest.raises(BadSignature):
            harness.gateway.parse_event(payload.swapcase(), signature)

    async def test_old(self, harness: Harness) -> None:
        payload, _ = await harness.any_posted()
        harness.gateway.parse_event(payload, sign(payload, now() - timedelta(seconds=290)))
        with pytest.raises(BadSignature):
            harness.gateway.parse_event(payload, sign(payload, now() - timedelta(seconds=301)))

    async def test_moved_to_now_without_the_secret(self, harness: Harness) -> None:
        payload, _ = await harness.any_posted()
        old = sign(payload, now() - timedelta(seconds=400))
        fresh = sign(payload, secret="whsec_guess")
        with pytest.raises(BadSignature):
            harness.gateway.parse_event(payload, fresh)
        with pytest.raises(BadSignature):
            harness.gateway.parse_event(payload, f"{fresh.split(',')[0]},{old.split(',')[1]}")

    @pytest.mark.parametrize("header", ["", "t=,v1=", "v1=abc", "t=1", "t=x,v1=é", "t=1,v0=a"])
    async def test_header_without_meaning(self, harness: Harness, header: str) -> None:
        payload, _ = await harness.any_posted()
        with pytest.raises(BadSignature):
            harness.gateway.parse_event(payload, header)

    @pytest.mark.parametrize("payload", [b"", b"\xff\x00", b"[]", b"{}", b"null", b"<html>"])
    async def test_garbage_even_if_signed(self, harness: Harness, payload: bytes) -> None:
        with pytest.raises(BadSignature):
            harness.gateway.parse_event(payload, sign(payload))
