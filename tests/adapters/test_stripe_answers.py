"""Stripe's nouns in our words: sums, statuses, events, errors."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import stripe
from babel.core import get_global
from hypothesis import given, settings
from hypothesis import strategies as st

from self_service.adapters.stripe_answers import from_stripe, gateway_errors, to_stripe
from self_service.adapters.stripe_payments import StripePayments
from self_service.money import Money
from self_service.ports import BadSignature, ChargedBack, ChargeStatus, GatewayError, GatewayEvent
from tests.adapters.payment_harness import SECRET, sign
from tests.adapters.scripted_stripe import intent

GATEWAY = StripePayments("sk_test_x", SECRET, "pk_test_x")


def event(kind: str, thing: dict[str, Any]) -> GatewayEvent:
    payload = json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "created": 1_795_219_200,
            "type": kind,
            "data": {"object": thing},
        }
    ).encode()
    return GATEWAY.parse_event(payload, sign(payload))


class TestSums:
    @pytest.mark.parametrize(
        ("amount", "stripes"),
        [
            (Money(1000, "EUR"), 1000),
            (Money(980, "JPY"), 980),
            (Money(5120, "KWD"), 5120),
            (Money(5, "UGX"), 500),  # no minor unit, but Stripe wants two digits
            (Money(5, "ISK"), 500),
            (Money(5, "RSD"), 500),  # CLDR shows no para, Stripe counts them
            (Money(5, "MGA"), 5),
        ],
        ids=repr,
    )
    def test_stripe_counts(self, amount: Money, stripes: int) -> None:
        assert to_stripe(amount) == stripes
        assert from_stripe(stripes, amount.currency.lower()) == amount

    @settings(deadline=None)
    @given(
        currency=st.sampled_from(sorted(set(get_global("currency_fractions")) - {"DEFAULT"})),
        whole=st.integers(-(10**9), 10**9),
    )
    def test_whole_units_go_and_come_back(self, currency: str, whole: int) -> None:
        amount = Money.of(whole, currency)
        assert from_stripe(to_stripe(amount), currency.lower()) == amount

    def test_finer_than_we_can_say(self) -> None:
        with pytest.raises(GatewayError, match="invalid_request"):
            from_stripe(550, "rsd")


class TestCharges:
    @pytest.mark.parametrize(
        ("status", "error", "expected", "failure_code"),
        [
            ("requires_payment_method", None, "requires_method", ""),
            ("requires_confirmation", None, "requires_method", ""),
            ("requires_action", None, "requires_action", ""),
            ("processing", None, "processing", ""),
            ("requires_capture", None, "processing", ""),
            ("something_new", None, "processing", ""),
            ("succeeded", {"code": "card_declined"}, "succeeded", ""),
            ("canceled", None, "canceled", ""),
            ("requires_payment_method", {"code": "expired_card"}, None, "expired_card"),
            ("requires_payment_method", {"code": "processing_error"}, None, "processing_error"),
            ("requires_payment_method", {"code": "incorrect_cvc"}, None, "card_declined"),
            (
                "requires_payment_method",
                {"code": "card_declined", "decline_code": "insufficient_funds"},
                None,
                "insufficient_funds",
            ),
            (
                "requires_payment_method",
                {"code": "payment_intent_authentication_failure"},
                None,
                "authentication_failed",
            ),
            (
                "requires_payment_method",
                {"code": "authentication_required", "decline_code": "authentication_required"},
                "requires_action",
                "",
            ),
        ],
    )
    def test_status_and_reason(
        self, status: str, error: dict[str, str] | None, expected: str | None, failure_code: str
    ) -> None:
        thing = intent(status=status, last_payment_error=error)
        charge = event("payment_intent.payment_failed", thing).charge
        assert charge is not None
        assert charge.status is ChargeStatus(expected or "requires_method")
        assert charge.failure_code == failure_code

    def test_all_of_it(self) -> None:
        thing = intent(latest_charge={"id": "ch_1", "object": "charge", "amount_refunded": 250})
        charge = event("payment_intent.succeeded", thing).charge
        assert charge is not None
        assert (charge.reference, charge.payment_id) == ("pi_1", "order-7")
        assert charge.client_secret == "secret"
        assert (charge.amount, charge.refunded) == (Money(1000, "EUR"), Money(250, "EUR"))


class TestEvents:
    @pytest.mark.parametrize(
        ("kind", "expected"),
        [
            ("payment_intent.succeeded", "charge_succeeded"),
            ("payment_intent.payment_failed", "charge_failed"),
            ("payment_intent.requires_action", "charge_requires_action"),
            ("payment_intent.canceled", "charge_canceled"),
            ("payment_intent.processing", "charge_processing"),
        ],
    )
    def test_kinds(self, kind: str, expected: str) -> None:
        told = event(kind, intent())
        assert (told.id, told.kind) == ("evt_1", expected)
        assert told.charge is not None

    def test_refund(self) -> None:
        told = event(
            "charge.refunded",
            {
                "id": "ch_1",
                "object": "charge",
                "payment_intent": "pi_1",
                "amount": 1000,
                "amount_refunded": 400,
                "currency": "eur",
                "metadata": {"payment_id": "order-7"},
            },
        )
        assert told.kind == "refund_succeeded"
        assert told.charge is not None
        assert told.charge.reference == "pi_1"
        assert told.charge.refunded == Money(400, "EUR")

    @pytest.mark.parametrize(
        ("kind", "status", "taken"),
        [
            ("created", "needs_response", True),
            ("created", "warning_needs_response", None),  # an inquiry: no money moved
            ("updated", "under_review", None),
            ("funds_withdrawn", "needs_response", True),
            ("funds_reinstated", "won", False),
            ("closed", "won", False),
            ("closed", "lost", True),
            ("closed", "warning_closed", None),
        ],
        ids=lambda value: str(value),
    )
    def test_disputes(self, kind: str, status: str, taken: bool | None) -> None:
        dispute = {
            "id": "dp_1",
            "object": "dispute",
            "payment_intent": "pi_1",
            "amount": 1000,
            "currency": "eur",
            "status": status,
            "metadata": {},
        }
        told = event(f"charge.dispute.{kind}", dispute)
        if taken is None:
            assert told == GatewayEvent("evt_1", "other", None)
            return
        at = datetime(2026, 11, 21, tzinfo=UTC)
        expected = ChargedBack("dp_1", "pi_1", Money(1000, "EUR"), taken, at)
        assert told == GatewayEvent("evt_1", "charge_back", None, expected)

    def test_off_session_3ds_is_no_decline(self) -> None:
        error = {"code": "authentication_required"}
        thing = intent(status="requires_payment_method", last_payment_error=error)
        assert event("payment_intent.payment_failed", thing).kind == "charge_requires_action"

    @pytest.mark.parametrize(
        ("kind", "thing"),
        [
            ("payment_intent.succeeded", intent(metadata={})),
            ("payment_intent.succeeded", intent(metadata={"order": "of another shop"})),
            ("payment_intent.created", intent()),
            ("customer.created", {"id": "cus_1", "object": "customer"}),
        ],
    )
    def test_what_is_not_ours_is_left_alone(self, kind: str, thing: dict[str, Any]) -> None:
        assert event(kind, thing) == GatewayEvent("evt_1", "other", None)

    @settings(deadline=None)
    @given(payload=st.binary(), header=st.text())
    def test_nothing_unsigned_passes(self, payload: bytes, header: str) -> None:
        with pytest.raises(BadSignature):
            GATEWAY.parse_event(payload, header)


@pytest.mark.parametrize(
    ("error", "code", "retryable", "unknown"),
    [
        (stripe.CardError("", None, "card_declined"), "card_declined", False, False),
        (
            stripe.CardError("", None, "authentication_required"),
            "authentication_required",
            False,
            False,
        ),
        (stripe.IdempotencyError(""), "idempotency_conflict", False, False),
        (stripe.InvalidRequestError("", None, http_status=404), "not_found", False, False),
        (stripe.InvalidRequestError("", None, "resource_missing"), "not_found", False, False),
        (
            stripe.InvalidRequestError("", None, "charge_already_refunded"),
            "over_refund",
            False,
            False,
        ),
        (stripe.InvalidRequestError("", "amount"), "invalid_request", False, False),
        (stripe.AuthenticationError(""), "unavailable", False, False),
        (stripe.PermissionError(""), "unavailable", False, False),
        (stripe.RateLimitError(""), "unavailable", True, False),
        (stripe.APIError(""), "unavailable", True, True),
        (stripe.APIConnectionError(""), "unavailable", True, True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_errors(error: stripe.StripeError, code: str, retryable: bool, unknown: bool) -> None:
    for writes in (True, False):
        with pytest.raises(GatewayError) as raised, gateway_errors(writes=writes):
            raise error
        assert raised.value.code == code
        assert raised.value.retryable is retryable
        assert raised.value.unknown is (unknown and writes)
