"""A fee for a reminder: a charge that waits for the next bill."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from self_service.domain.bills import charges, taxes
from self_service.models.bills import ChargeKind, TaxCategory
from self_service.money import Money

_NAME: Mapping[str, str] = {
    "en": "Reminder fee",
    "es": "Cargo por recordatorio de pago",
    "ar": "رسوم التذكير بالدفع",
}


def add_fee(
    session: Session, account_id: UUID, amount: Money, source: str, *, now: datetime
) -> bool:
    """Put a fee on the account's next bill; the same source a second time adds nothing.

    A reminder fee makes good a loss, it is no sale: it is outside the scope of VAT (Art. 2 of
    directive 2006/112/EC; CJEU 222/81).

    Returns:
        True when it was added.
    """
    micro = taxes.to_micro(amount.minor, amount.currency)
    return charges.add_charge(
        session,
        account_id,
        ChargeKind.FEE,
        dict(_NAME),
        micro,
        source,
        now,
        tax_category=TaxCategory.OUTSIDE,
    )
