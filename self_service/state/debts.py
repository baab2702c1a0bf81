"""What is said about a debt on Home, on the bills, and on the page of the payment agreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from self_service import i18n, policy
from self_service.domain.access import Actor
from self_service.domain.debts.outlook import Outlook, outlook
from self_service.domain.errors import N_
from self_service.state import moments
from self_service.state.display import money


@dataclass(frozen=True, slots=True)
class DebtRow:
    """How an account stands, in words; all "" when there is nothing to say.

    Attributes:
        headline: "€119.00 is overdue since 5 Dec 2026"; "" when nothing is overdue.
        next: what happens next and when.
        tone: "warn", "bad" once services are suspended.
        can_agree: the debt may be paid in instalments.
        agreement: about the next instalment of an agreement, "" without one.
        moved: due dates that were moved, one sentence.
    """

    headline: str = ""
    next: str = ""
    tone: str = "warn"
    can_agree: bool = False
    agreement: str = ""
    moved: str = ""


NO_DEBT = DebtRow()

_NEXT: Mapping[str, str] = {
    "remind": N_("If it stays open, we remind you {day}."),
    "fee": N_("If it stays open, a reminder fee of {fee} is added to your next bill {day}."),
    "warn": N_("If it stays open, you get a last warning {day}."),
    "suspend": N_("If it stays open, your services are suspended {day}."),
}


def debt_of(session: Session, actor: Actor, language: str, *, now: datetime) -> DebtRow:
    """Return what is to be said to the actor's customer; nothing to who is no customer."""
    if actor.customer_id is None:
        return NO_DEBT
    found = outlook(session, actor, policy=policy.current().bills, now=now)
    return NO_DEBT if found is None else debt_row(found, now, language)


def debt_row(found: Outlook, now: datetime, language: str) -> DebtRow:
    """Put an outlook into words."""
    headline = ""
    if found.overdue and found.since:
        headline = i18n.translate(
            language,
            N_("{sum} is overdue since {day}"),
            sum=money(found.overdue, language),
            day=i18n.short_day(found.since, language),
        )
    return DebtRow(
        headline=headline,
        next=_next(found, now, language),
        tone="bad" if found.suspended else "warn",
        can_agree=found.can_agree,
        agreement=_agreement(found, now, language),
        moved=_moved(found, language),
    )


def _next(found: Outlook, now: datetime, language: str) -> str:
    if found.suspended:
        text = N_("Your services are suspended. They are back the moment you pay.")
        return i18n.translate(language, text)
    if not found.next_at:
        return ""
    return i18n.translate(
        language,
        _NEXT[found.next_action],
        day=moments.ahead(found.next_at, now, language),
        fee=money(found.fee, language),
    )


def _agreement(found: Outlook, now: datetime, language: str) -> str:
    coming = found.agreement.next if found.agreement else None
    if coming is None:
        return ""
    return i18n.translate(
        language,
        N_("Payment agreement: the next instalment of {sum} is due {day}."),
        sum=money(coming.left, language),
        day=moments.ahead(coming.due_at, now, language),
    )


def _moved(found: Outlook, language: str) -> str:
    if not found.moved:
        return ""
    first = found.moved[0]
    return i18n.translate(
        language,
        N_(
            "Bill {number} is due on {day} now instead of {before}: moved because our portal was "
            "not reachable."
        ),
        number=first.number,
        day=i18n.short_day(first.due_at, language),
        before=i18n.short_day(first.due_before, language),
    )
