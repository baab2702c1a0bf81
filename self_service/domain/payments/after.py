"""Where a payment came from and how it stands: for the way back from the provider's screen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from self_service.models.payments import Payment, PaymentStatus


class Stands(StrEnum):
    """How a payment stands, for the page that the person comes back to."""

    DONE = "done"
    PROCESSING = "processing"  # the provider has it in hand
    OPEN = "open"  # the person left the screen, or another try is possible
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CameFrom:
    """Where somebody who pays came from.

    Attributes:
        back: path of the page, "" when nobody said.
        by_card: a saved card is charged.
    """

    provider: str
    back: str
    language: str
    stands: Stands
    by_card: bool


def came_from(session: Session, payment_id: UUID) -> CameFrom | None:
    """Return where a payment came from, None when there is no such payment.

    It says nothing about whose it is; the page at `back` asks who is looking.
    """
    payment = session.get(Payment, payment_id, populate_existing=True)
    if payment is None:
        return None
    by_card = payment.method_id is not None
    stands = _stands(payment)
    return CameFrom(payment.provider, payment.back_path, payment.language, stands, by_card)


def _stands(payment: Payment) -> Stands:
    if payment.status is PaymentStatus.DONE:
        return Stands.DONE
    if payment.status is not PaymentStatus.PENDING_AUTHORIZATION:
        return Stands.FAILED
    charging = payment.method_id is not None and not payment.pay_path
    return Stands.PROCESSING if payment.processing or charging else Stands.OPEN
