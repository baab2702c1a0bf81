"""What happened to an order, in words that never change: the entries of its timeline."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from self_service.domain import news
from self_service.domain.rows import add_once
from self_service.models.orders import OrderMilestone


class Milestone(StrEnum):
    """TMF622 milestone codes of ours."""

    PLACED = "placed"
    PAYMENT_FAILED = "payment_failed"
    PAID = "paid"
    NUMBER_ALLOCATED = "number_allocated"
    SIM_ALLOCATED = "sim_allocated"
    GOODS_ALLOCATED = "goods_allocated"
    ACTIVATED = "activated"
    COMPLETED = "completed"
    HELD = "held"
    CANCELLATION_ASKED = "cancellation_asked"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


def mark(
    session: Session,
    order_id: UUID,
    code: Milestone,
    *,
    now: datetime,
    subject: str = "",
    **detail: str,
) -> bool:
    """Write an entry of an order's timeline; the same entry a second time changes nothing.

    Args:
        session: open transaction.
        order_id: whose timeline.
        code: what happened.
        now: when.
        subject: what it is about, for what may happen more than once (at most 64 characters).
        **detail: what a person may want to know.

    Returns:
        True when the entry was not there before.
    """
    entry = OrderMilestone(order_id=order_id, code=code, subject=subject, detail=detail, at=now)
    if not add_once(session, entry):
        return False
    news.note(session, "product_order", order_id, now=now)
    return True
