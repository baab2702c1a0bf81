"""Billing a customer now: customer service looks at the bill as of a day, then has it made."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from sqlmodel import Session, select

from self_service import clock
from self_service.domain import audit
from self_service.domain.access import Actor, NotAllowed
from self_service.domain.bills import writing
from self_service.domain.bills.accounts import lock_account
from self_service.domain.bills.drafting import Draft, draft
from self_service.domain.bills.preview import limited
from self_service.domain.debts.overdue import last_of_day
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.policy import BillPolicy
from self_service.models.access import Role
from self_service.models.bills import BillingAccount

#: Who may have a bill made before its time.
MAKING = (Role.REPRESENTATIVE, Role.ADMINISTRATOR)


class BadDay(DomainError):
    """What was typed is no date."""

    code = "bad_day"
    message = N_("Type a date, for example 2026-12-31.")


class DayPast(DomainError):
    """A day that is over: bills are not made backwards."""

    code = "day_past"
    message = N_("Choose today or a later day.")


class NothingToBill(DomainError):
    """Until that day nothing falls due that is not on a bill already."""

    code = "nothing_to_bill"
    message = N_("Nothing falls due until that day. Choose a later one.")


class DraftChanged(DomainError):
    """The bill would not be the one that was looked at."""

    code = "draft_changed"
    message = N_("The bill changed since you looked at it. Please check it again.")


def as_of(typed: str, account: BillingAccount, *, now: datetime) -> datetime:
    """Return the instant that a day stands for.

    Today is now; the day of the account's next bill is the instant at which the bill run makes it,
    so that the preview is that bill; any other day is meant to its end.

    Args:
        typed: ISO date, "" for the day of the next bill.
        account: whose.
        now: the present.

    Raises:
        BadDay: it is no date.
        DayPast, TooFarAhead: it lies before today, or more than a year ahead.
    """
    due = account.next_bill_at
    if not typed and due is not None and due > now:
        return due
    day = _date(typed) if typed else _local(now)
    if day < _local(now):
        raise DayPast("on")
    if day == _local(now):
        return now
    if due is not None and day == _local(due):
        return due
    limited(_noon(day), now)
    return last_of_day(_noon(day))


def account_of(session: Session, actor: Actor) -> BillingAccount:
    """Return the account of the actor's customer.

    Raises:
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in or acted for.
        NotFound: nothing was ever charged.
    """
    mine = BillingAccount.customer_id == actor.customer()
    account = session.exec(select(BillingAccount).where(mine)).first()
    if account is None:
        raise NotFound
    return account


def may_bill(actor: Actor) -> bool:
    """Say whether somebody may have a bill made for whom they act for."""
    return actor.acting and actor.role in MAKING


def bill_now(
    session: Session,
    actor: Actor,
    *,
    typed: str,
    seen: str,
    now: datetime,
    policy: BillPolicy | None = None,
) -> str:
    """Make the bill that was looked at, and no other one.

    Args:
        session: open transaction.
        actor: customer service, acting for the customer.
        typed: the day until which all is billed, ISO.
        seen: sum of the bill that was looked at, in minor units, whatever the form held.
        now: instant of making.
        policy: the operator's.

    Returns:
        The bill's number.

    Raises:
        SignInNeeded, NotAllowed: somebody else, or acting for nobody.
        NotFound: nothing was ever charged.
        BadDay, DayPast, TooFarAhead, NothingToBill: the day is none that can be billed.
        DraftChanged: the bill would be another one.
    """
    actor.one_of(*MAKING)
    if not actor.acting:
        raise NotAllowed
    account = account_of(session, actor)
    lock_account(session, account.id)
    until = as_of(typed, account, now=now)
    found: Draft = draft(session, account.id, as_of=until, policy=policy)
    if not found.lines:
        raise NothingToBill("on")
    if str(found.gross_minor) != seen:
        raise DraftChanged
    bill = writing.write(session, found, writing.Occasion(now))
    told = {"bill": bill.number, "as_of": until.isoformat(), "gross_minor": bill.gross_minor}
    audit.record(session, actor, "bills.bill_now", now=now, subject=bill.number, after=told)
    return bill.number


def _date(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise BadDay("on") from None


def _local(at: datetime) -> date:
    return at.astimezone(clock.zone()).date()


def _noon(day: date) -> datetime:
    try:
        return datetime.combine(day, time(12), clock.zone()).astimezone(UTC)
    except OverflowError:
        raise BadDay("on") from None
