"""What people are told about their debts: written with the change, put into words by a job.

The event's payload holds the kind, the account and plain facts; sums are in minor units, instants
in ISO 8601. `jobs.dunning` makes a letter of it, in the language of whoever gets it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from self_service.domain import outbox
from self_service.domain.messages import Words
from self_service.domain.outbox import EventKind, OpenEvent
from self_service.domain.people import mailbox
from self_service.models.bills import BillingAccount
from self_service.money import Money


class NoticeKind(StrEnum):
    """What a letter tells."""

    REMIND = "remind"
    FEE = "fee"
    WARN = "warn"
    SUSPEND = "suspend"
    RESTORED = "restored"
    AGREED = "agreed"
    INSTALMENT_SOON = "instalment_soon"
    AGREEMENT_BROKEN = "agreement_broken"
    AGREEMENT_KEPT = "agreement_kept"
    DISPUTE_ACCEPTED = "dispute_accepted"
    DISPUTE_REJECTED = "dispute_rejected"
    DUE_MOVED = "due_moved"
    PURCHASE_SETTLED = "purchase_settled"
    CHARGE_BACK = "charge_back"
    CHARGE_BACK_WON = "charge_back_won"


@dataclass(frozen=True, slots=True)
class Notice:
    """What a letter is made from.

    Attributes:
        amount: the sum that it is about.
        at: the day that it is about: of the next instalment, of the due date.
        next_action, next_at: what dunning does next and when, "" and None when nothing.
        fee: what the next or this step costs.
        offer: the debt may be paid in instalments.
        about: number of the bill, an answer, or last digits of the card that was stopped.
    """

    kind: NoticeKind
    account_id: UUID
    customer_id: UUID
    amount: Money
    fee: Money
    at: datetime | None = None
    next_action: str = ""
    next_at: datetime | None = None
    offer: bool = False
    about: str = ""


#: Puts a notice into words.
Wording = Callable[[Notice], Words]


def tell(
    session: Session,
    kind: NoticeKind,
    account_id: UUID,
    key: object,
    *,
    now: datetime,
    minor: int = 0,
    **facts: object,
) -> None:
    """Write that somebody is to be told; the same thing a second time changes nothing.

    Args:
        session: open transaction.
        kind: what.
        account_id: whose.
        key: what it is about: with `kind`, told once (at most 60 characters).
        now: instant of what happened.
        minor: the sum that it is about.
        **facts: further attributes of `Notice`; None and "" are left out.
    """
    said = {
        name: value.isoformat() if isinstance(value, datetime) else str(value)
        for name, value in facts.items()
        if value not in (None, "", False)
    }
    outbox.emit(
        session,
        EventKind.DEBT_NOTICE,
        f"{kind.value} {key}",
        now=now,
        notice=kind.value,
        account=str(account_id),
        minor=str(minor),
        **said,
    )


def waiting(session: Session) -> tuple[OpenEvent, ...]:
    """List what has to be put into words, the oldest first."""
    return outbox.open_events(session, of=outbox.OF_DEBTS)


def write(session: Session, event: OpenEvent, wording: Wording, *, now: datetime) -> int:
    """Write the letters of a notice, once, whoever else is at it.

    Returns:
        How many: one to each sign-in of the customer; none when nobody signs in for them.
    """
    if not outbox.finish(session, event.id, now=now):
        return 0
    notice = _read(session, event.payload)
    receivers = mailbox.of_customer(session, notice.customer_id)
    words = wording(notice)
    for identity in receivers:
        mailbox.write(session, identity, f"debt_{notice.kind.value}", words, now=now)
    return len(receivers)


def _read(session: Session, payload: Mapping[str, str]) -> Notice:
    account = session.get_one(BillingAccount, UUID(payload["account"]))

    def instant(name: str) -> datetime | None:
        return datetime.fromisoformat(payload[name]) if name in payload else None

    return Notice(
        kind=NoticeKind(payload["notice"]),
        account_id=account.id,
        customer_id=account.customer_id,
        amount=Money(int(payload["minor"]), account.currency),
        fee=Money(int(payload.get("fee", "0")), account.currency),
        at=instant("at"),
        next_action=payload.get("next_action", ""),
        next_at=instant("next_at"),
        offer="offer" in payload,
        about=payload.get("about", ""),
    )
