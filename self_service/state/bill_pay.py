"""What the pages of bills need to offer paying: `components.pay_with` shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from self_service import i18n
from self_service.domain.access import Actor
from self_service.domain.bills.list import BillSummary
from self_service.domain.bills.reach import Reach
from self_service.domain.errors import N_
from self_service.domain.payments.paying import TooMuch
from self_service.money import Money
from self_service.state.display import money
from self_service.state.pay_ways import pay_ways, saved_card
from self_service.state.pay_words import pay_told
from self_service.state.request import PageRequest


def pay_values(
    session: Session,
    actor: Actor,
    request: PageRequest,
    reach: Reach,
    unpaid: Sequence[BillSummary],
    *,
    back: str,
    now: datetime,
) -> dict[str, Any]:
    """Return the values by which open bills are paid; empty ones when this person cannot."""
    language = request.language
    told = {**pay_told(request), "back": back}
    # whoever acts for a customer sends a link instead (domain.payments.payers)
    if not unpaid or not reach.can_pay or actor.acting:
        can_send = bool(unpaid) and actor.acting
        none = {"pay_bills": "", "pay_text": "", "pay_sum": "", "ways": [], "can_keep": False}
        return {**none, "can_send_link": can_send, **told}
    total, now_due = _sums(unpaid)
    if request.query.get("refused", "") == TooMuch.code:
        most = money(total, language)
        told["sum_fault"] = i18n.translate(language, TooMuch.message, most=most)
    return {
        "pay_bills": ",".join(str(bill.id) for bill in unpaid),
        "pay_text": i18n.translate(language, N_("Pay {sum}"), sum=money(now_due, language)),
        "pay_sum": f"{now_due.amount:f}",
        **_ways(session, actor, reach, language, now),
        "can_send_link": False,
        **told,
    }


def _sums(unpaid: Sequence[BillSummary]) -> tuple[Money, Money]:
    """Return what is open, and what of it is to be paid: what is disputed need not be, yet."""
    nothing = Money.zero(unpaid[0].remaining.currency)
    total = sum((bill.remaining for bill in unpaid), nothing)
    waits = sum((min(bill.disputed, bill.remaining) for bill in unpaid), nothing)
    return total, total - waits or total


def _ways(
    session: Session, actor: Actor, reach: Reach, language: str, now: datetime
) -> dict[str, Any]:
    """Return the ways to pay; somebody else's bills are paid by a card that is typed."""
    found = pay_ways(session, actor, language, now=now)
    if reach.own:
        return found
    typed = [row for row in found["ways"] if saved_card(row.value) is None]
    return {
        "ways": [replace(row, chosen=row is typed[0]) for row in typed],
        "can_keep": False,
    }
