"""Telling customers that a bill is ready: once each, with a link to pay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from self_service.domain import outbox
from self_service.domain.bills import writing
from self_service.domain.messages import Words
from self_service.domain.outbox import OpenEvent
from self_service.domain.payments import holders, pay_links
from self_service.domain.people.sealing import Vault
from self_service.models.bills import BillCategory, BillingAccount, CustomerBill
from self_service.money import Money

#: `CommunicationMessage.kind` of the letter.
KIND = "bill_ready"


@dataclass(frozen=True, slots=True)
class BillNotice:
    """A bill that was made.

    Attributes:
        open: what is to be paid, nothing for credit notes and for what was paid with an order.
        autopay: it is paid by itself.
    """

    number: str
    credit_note: bool
    gross: Money
    open: Money
    due_at: datetime
    autopay: bool


#: Makes the words of a letter about a bill; they are given the secret of the link to pay.
Wording = Callable[[BillNotice], Words]


def waiting(session: Session, *, limit: int = 200) -> tuple[OpenEvent, ...]:
    """List bills of which nobody was told, the oldest first."""
    return outbox.open_events(session, limit, of=outbox.OF_BILLS)


def tell(
    session: Session, event: OpenEvent, wording: Wording, *, vault: Vault, now: datetime
) -> bool:
    """Write to a customer that a bill is ready, once, whoever else is at it.

    Args:
        session: open transaction.
        event: one of `waiting`.
        wording: makes the letter.
        vault: seals the link to pay.
        now: instant of writing.

    Returns:
        True when a letter was written: for the first caller, where there is an address.
    """
    if not outbox.finish(session, event.id, now=now):
        return False
    bill = session.get_one(CustomerBill, UUID(event.payload["bill"]))
    account = session.get_one(BillingAccount, bill.account_id)
    link = pay_links.make(vault, account.id, bill_id=bill.id, now=now)
    words = wording(_notice(bill, account))
    written = holders.write(session, bill.customer_id, KIND, words, link, now=now)
    if written:
        writing.sent(session, bill.id, now=now)
    return written


def _notice(bill: CustomerBill, account: BillingAccount) -> BillNotice:
    return BillNotice(
        number=bill.number,
        credit_note=bill.category is BillCategory.CREDIT_NOTE,
        gross=Money(bill.gross_minor, bill.currency),
        open=Money(bill.remaining_minor, bill.currency),
        due_at=bill.due_at,
        autopay=account.autopay,
    )
