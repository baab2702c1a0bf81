"""Sums as people type them into the wallet's forms."""

from __future__ import annotations

from self_service.domain.payments.paying import BadSum
from self_service.domain.payments.typed_sum import read_sum
from self_service.domain.wallet.terms import AmountInvalid
from self_service.money import Money


def amount(typed: object, currency: str, field: str = "amount") -> Money:
    """Read a sum above zero, in major units; nothing is rounded away.

    Args:
        typed: what a form held.
        currency: ISO 4217.
        field: name of the input, for the refusal.

    Raises:
        AmountInvalid: it is no sum, or has more digits after the point than the currency.
    """
    try:
        return Money(read_sum(typed if isinstance(typed, str) else "", currency), currency)
    except BadSum:
        raise AmountInvalid(field) from None
