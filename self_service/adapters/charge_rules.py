"""What every provider demands, and what the port promises of every provider's answers."""

from __future__ import annotations

from self_service.money import Money
from self_service.ports import Charge, ChargeStatus, GatewayError


def require_refundable(charge: Charge, amount: Money) -> None:
    """Accept a refund of something, in the charge's currency, of money that is still there.

    Raises:
        GatewayError: invalid_request, or over_refund when all refunds together would pass the
            charge.
    """
    if charge.status is not ChargeStatus.SUCCEEDED or amount.minor <= 0:
        raise GatewayError("invalid_request")
    if amount.currency != charge.amount.currency:
        raise GatewayError("invalid_request")
    if charge.amount < charge.refunded + amount:
        raise GatewayError("over_refund")


def require_accepted(charge: Charge) -> Charge:
    """Return a charge made off session, unless the bank refused it or wants the person.

    Raises:
        GatewayError: authentication_required, or card_declined.
    """
    if charge.status is ChargeStatus.REQUIRES_ACTION:
        raise GatewayError("authentication_required")
    if charge.status is ChargeStatus.REQUIRES_METHOD:
        raise GatewayError("card_declined")
    return charge
