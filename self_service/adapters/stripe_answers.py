"""Stripe's nouns in our words: sums, charges, refunds, events and errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import stripe

from self_service.money import Money, exponent
from self_service.ports import (
    Charge,
    ChargedBack,
    ChargeStatus,
    GatewayError,
    GatewayEvent,
    GatewayRefund,
    RefundStatus,
    SavedMethod,
)

#: Currencies whose amounts Stripe takes as whole units; UGX and ISK are not among them, although
#: they have no minor unit either. https://docs.stripe.com/currencies#zero-decimal
ZERO_DECIMAL = frozenset(
    {
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "JPY",
        "KMF",
        "KRW",
        "MGA",
        "PYG",
        "RWF",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    }
)

#: Currencies whose amounts Stripe takes in thousandths.
THREE_DECIMAL = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})

_CHARGE_STATUS = {
    "requires_payment_method": ChargeStatus.REQUIRES_METHOD,
    "requires_confirmation": ChargeStatus.REQUIRES_METHOD,
    "requires_action": ChargeStatus.REQUIRES_ACTION,
    "succeeded": ChargeStatus.SUCCEEDED,
    "canceled": ChargeStatus.CANCELED,
}

_REFUND_STATUS = {
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}

_FAILURE_CODES = {
    "insufficient_funds": "insufficient_funds",
    "expired_card": "expired_card",
    "processing_error": "processing_error",
    "payment_intent_authentication_failure": "authentication_failed",
}

_EVENT_KINDS = {
    "payment_intent.succeeded": "charge_succeeded",
    "payment_intent.payment_failed": "charge_failed",
    "payment_intent.requires_action": "charge_requires_action",
    "payment_intent.canceled": "charge_canceled",
    "payment_intent.processing": "charge_processing",
    "charge.refunded": "refund_succeeded",
}

#: What a dispute's message says about its money: with the payer's bank (True), or ours again.
#: One that is a mere inquiry (`warning_…`) has taken nothing: https://docs.stripe.com/disputes
_DISPUTES = {
    ("charge.dispute.created", "needs_response"): True,
    ("charge.dispute.created", "under_review"): True,
    ("charge.dispute.created", "lost"): True,
    ("charge.dispute.closed", "lost"): True,
    ("charge.dispute.closed", "won"): False,
}
_FUNDS = {"charge.dispute.funds_withdrawn": True, "charge.dispute.funds_reinstated": False}


def to_stripe(amount: Money) -> int:
    """Return a sum as Stripe counts it: CLDR and Stripe disagree on the digits of some currencies.

    Raises:
        GatewayError: invalid_request, Stripe cannot take so fine a sum.
    """
    return _rescaled(amount.minor, _stripe_exponent(amount.currency) - exponent(amount.currency))


def from_stripe(amount: int, currency: str) -> Money:
    """Return Stripe's amount in its lower-case currency as money.

    Raises:
        GatewayError: invalid_request, the sum is finer than our minor unit.
    """
    code = currency.upper()
    return Money(_rescaled(amount, exponent(code) - _stripe_exponent(code)), code)


def charge_of(intent: stripe.PaymentIntent) -> Charge:
    """Read a payment intent; `refunded` is known only when its latest charge was expanded."""
    status = _CHARGE_STATUS.get(intent.status, ChargeStatus.PROCESSING)
    failure = ""
    error = _field(intent, "last_payment_error")
    if status is ChargeStatus.REQUIRES_METHOD and error is not None:
        code, declined = _field(error, "code"), _field(error, "decline_code")
        if "authentication_required" in (code, declined):
            # charged off session: Stripe calls it a decline, but only the person is missing
            status = ChargeStatus.REQUIRES_ACTION
        else:
            failure = _FAILURE_CODES.get(declined) or _FAILURE_CODES.get(code) or "card_declined"
    refunded = _field(intent.latest_charge, "amount_refunded") or 0
    return Charge(
        reference=intent.id,
        payment_id=payment_id_of(intent),
        status=status,
        amount=from_stripe(intent.amount, intent.currency),
        refunded=from_stripe(refunded, intent.currency),
        client_secret=_field(intent, "client_secret") or "",
        failure_code=failure,
    )


def payment_id_of(thing: stripe.PaymentIntent | stripe.Charge) -> str:
    """Return our payment's id, "" when this is not about a payment of ours."""
    return _field(thing.metadata, "payment_id") or ""


def best_of(intents: list[stripe.PaymentIntent], payment_id: str) -> str:
    """Return the id of the paid intent for our payment, else of the first, else ""."""
    ours = [intent for intent in intents if payment_id_of(intent) == payment_id]
    ours.sort(key=lambda intent: intent.status != "succeeded")
    return ours[0].id if ours else ""


def refund_of(refund: stripe.Refund, charge_reference: str) -> GatewayRefund:
    """Read a refund."""
    return GatewayRefund(
        reference=refund.id,
        charge_reference=charge_reference,
        status=_REFUND_STATUS.get(refund.status or "", RefundStatus.PENDING),
        amount=from_stripe(refund.amount, refund.currency),
    )


def method_of(method: stripe.PaymentMethod) -> SavedMethod:
    """Read a card.

    Raises:
        GatewayError: invalid_request, it is not a card.
    """
    card = _field(method, "card")
    if card is None:
        raise GatewayError("invalid_request")
    known = card.brand, card.last4, card.exp_month, card.exp_year
    return SavedMethod(method.id, *known, fingerprint=_field(card, "fingerprint") or "")


def event_of(event: stripe.Event) -> GatewayEvent:
    """Read an event; what is not about a charge of ours is of kind `other`."""
    kind = _EVENT_KINDS.get(event.type, "other")
    thing: Any = event.data.object
    if event.type.startswith("charge.dispute."):
        told = _charged_back(event.type, thing, event.created)
        return GatewayEvent(event.id, "charge_back" if told else "other", None, told)
    if kind == "other" or not payment_id_of(thing):
        return GatewayEvent(event.id, "other", None)
    if kind == "refund_succeeded":
        return GatewayEvent(event.id, kind, _refunded_charge(thing))
    charge = charge_of(thing)
    if kind == "charge_failed" and charge.status is ChargeStatus.REQUIRES_ACTION:
        kind = "charge_requires_action"
    return GatewayEvent(event.id, kind, charge)


@contextmanager
def gateway_errors(*, writes: bool) -> Iterator[None]:
    """Turn what Stripe raises into GatewayError.

    Args:
        writes: True when the call changes something, so that no answer means not knowing.
    """
    try:
        yield
    except stripe.CardError as refusal:
        needs_person = refusal.code == "authentication_required"
        code = "authentication_required" if needs_person else "card_declined"
        raise GatewayError(code) from refusal
    except stripe.IdempotencyError as refusal:
        raise GatewayError("idempotency_conflict") from refusal
    except stripe.InvalidRequestError as refusal:
        raise GatewayError(_request_code(refusal)) from refusal
    except (stripe.AuthenticationError, stripe.PermissionError) as refusal:
        raise GatewayError("unavailable") from refusal  # our key: the operator must act
    except stripe.RateLimitError as refusal:
        raise GatewayError("unavailable", retryable=True) from refusal
    except stripe.StripeError as fault:
        # no answer, an answer of 5xx, or the same key at work in another request
        raise GatewayError("unavailable", retryable=True, unknown=writes) from fault


def _request_code(refusal: stripe.InvalidRequestError) -> str:
    if refusal.http_status == 404 or refusal.code == "resource_missing":
        return "not_found"
    return "over_refund" if refusal.code == "charge_already_refunded" else "invalid_request"


def _charged_back(kind: str, dispute: Any, created: int) -> ChargedBack | None:
    """Read a dispute; its metadata are its own, so that the charge tells which payment it is."""
    taken = _FUNDS.get(kind, _DISPUTES.get((kind, dispute.status)))
    charge = _field(dispute, "payment_intent")
    if taken is None or charge is None:  # nothing moved, or a charge that we never make
        return None
    return ChargedBack(
        reference=dispute.id,
        charge_reference=charge if isinstance(charge, str) else charge.id,
        amount=from_stripe(dispute.amount, dispute.currency),
        taken=taken,
        at=datetime.fromtimestamp(created, UTC),
    )


def _refunded_charge(charge: stripe.Charge) -> Charge:
    return Charge(
        reference=str(charge.payment_intent),
        payment_id=payment_id_of(charge),
        status=ChargeStatus.SUCCEEDED,
        amount=from_stripe(charge.amount, charge.currency),
        refunded=from_stripe(charge.amount_refunded, charge.currency),
    )


def _stripe_exponent(currency: str) -> int:
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def _rescaled(amount: int, digits: int) -> int:
    factor: int = 10 ** abs(digits)
    if digits >= 0:
        return amount * factor
    whole, rest = divmod(amount, factor)
    if rest:
        raise GatewayError("invalid_request")
    return whole


def _field(thing: Any, name: str) -> Any:
    # Stripe leaves fields out by version and by expansion: absent reads as None
    return getattr(thing, name, None)
