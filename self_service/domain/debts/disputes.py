"""Disputes: a customer does not accept a line of a bill; its sum waits until somebody decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.bills.accounts import lock_account
from self_service.domain.debts import crediting, disputed, dunning
from self_service.domain.debts.notices import NoticeKind, tell
from self_service.domain.debts.overdue import days_after
from self_service.domain.errors import N_, DomainError, Invalid, NotFound
from self_service.domain.ids import as_id
from self_service.domain.policy import BillPolicy
from self_service.domain.rows import add_once
from self_service.domain.transitions import DISPUTE, advance
from self_service.models.access import Role
from self_service.models.base import Texts, new_id
from self_service.models.bills import AppliedBillingRate, BillCategory, CustomerBill
from self_service.models.dunning import BillDispute, DisputeStatus
from self_service.models.people import Customer
from self_service.money import Money

#: Who decides.
DECIDING = (Role.REPRESENTATIVE, Role.ADMINISTRATOR)
#: Letters of a reason and of an answer.
LONGEST = 1_000
SHORTEST = 10


class TooLate(DomainError):
    """The time in which a line can be disputed is over."""

    code = "dispute_too_late"
    message = N_("A line can be disputed for {days} days after the date of its bill.")


class DisputedAlready(DomainError):
    """The line is disputed, or somebody decided about it."""

    code = "disputed_already"
    message = N_("This line was disputed already.")


class NoCharge(DomainError):
    """The line asks for nothing."""

    code = "no_charge"
    message = N_("This line charges nothing that could be given back.")


class Decided(DomainError):
    """Somebody decided or withdrew it meanwhile."""

    code = "dispute_decided"
    message = N_("This dispute is decided or withdrawn already. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A dispute that somebody has to decide."""

    id: UUID
    bill_number: str
    customer: str
    line: Texts
    amount: Money
    reason: str
    since: datetime


def dispute(
    session: Session,
    actor: Actor,
    line_id: object,
    *,
    reason: object,
    policy: BillPolicy,
    now: datetime,
) -> UUID:
    """Dispute a line: its sum leaves dunning and autopay until it is decided.

    Args:
        session: open transaction.
        actor: the customer, or who acts for them.
        line_id: of the line, as it came.
        reason: what the customer says, 10 to 1,000 letters.
        policy: so long after the bill's date it is possible.
        now: instant of disputing.

    Returns:
        Id of the dispute.

    Raises:
        Invalid: there is no reason, or a novel.
        NotFound: no line of a bill of this customer.
        TooLate, NoCharge, DisputedAlready: it cannot be disputed (any more).
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in.
    """
    line, bill = _line(session, actor, line_id)
    said = _text(reason, "reason", SHORTEST)
    lock_account(session, bill.account_id)
    if line.gross_minor <= 0 or bill.category is BillCategory.CREDIT_NOTE:
        raise NoCharge
    if days_after(bill.billed_at, policy.dispute_days + 1) <= now:
        raise TooLate(days=policy.dispute_days)
    row = BillDispute(
        id=new_id(),
        bill_id=bill.id,
        rate_id=line.id,
        amount_minor=line.gross_minor,
        reason=said,
        status_changed_at=now,
        created_at=now,
    )
    if _decided_before(session, line.id) or not add_once(session, row):
        raise DisputedAlready
    _changed(session, bill, now)
    after = {"amount_minor": row.amount_minor, "currency": bill.currency}
    audit.record(session, actor, "dispute.opened", now=now, subject=bill.number, after=after)
    return row.id


def withdraw(session: Session, actor: Actor, dispute_id: object, *, now: datetime) -> None:
    """Take a dispute back: its sum is to be paid as the others.

    Raises:
        NotFound: no dispute of this customer.
        Decided: it is not open any more.
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in.
    """
    row, bill = _dispute(session, dispute_id)
    if bill.customer_id != actor.customer():
        raise NotFound
    _end(session, row, bill, DisputeStatus.WITHDRAWN, now)
    audit.record(session, actor, "dispute.withdrawn", now=now, subject=bill.number)


def waiting(
    session: Session, actor: Actor, *, now: datetime, most: int = 100
) -> tuple[Waiting, ...]:
    """List what has to be decided, the oldest first.

    Raises:
        SignInNeeded, NotAllowed: somebody who decides nothing.
    """
    del now
    actor.one_of(*DECIDING)
    rows = session.exec(
        select(BillDispute, CustomerBill, AppliedBillingRate.name, Customer.name)
        .join(CustomerBill, CustomerBill.id == BillDispute.bill_id)
        .join(AppliedBillingRate, AppliedBillingRate.id == BillDispute.rate_id)
        .join(Customer, Customer.id == CustomerBill.customer_id)
        .where(BillDispute.status == DisputeStatus.OPEN)
        .order_by(BillDispute.created_at, BillDispute.id)
        .limit(most)
    )
    return tuple(
        Waiting(
            id=row.id,
            bill_number=bill.number,
            customer=customer,
            line=name,
            amount=Money(row.amount_minor, bill.currency),
            reason=row.reason,
            since=row.created_at,
        )
        for row, bill, name, customer in rows
    )


def currency(session: Session, actor: Actor, dispute_id: object) -> str:
    """Return the currency of a dispute, in which a part of it is typed.

    Raises:
        NotFound: there is none.
        SignInNeeded, NotAllowed: somebody who decides nothing.
    """
    actor.one_of(*DECIDING)
    return _dispute(session, dispute_id)[1].currency


def accept(
    session: Session,
    actor: Actor,
    dispute_id: object,
    *,
    minor: int | None = None,
    answer: object,
    now: datetime,
) -> None:
    """Give a disputed sum back by a credit note, whole or in part.

    Args:
        session: open transaction.
        actor: who decides.
        dispute_id: which.
        minor: how much, in minor units; None for all of it.
        answer: to the customer.
        now: instant of deciding.

    Raises:
        Invalid: no answer, or a sum that is not above zero and at most the disputed one.
        NotFound, Decided: there is nothing to decide (any more).
        SignInNeeded, NotAllowed: somebody who decides nothing.
    """
    who = actor.one_of(*DECIDING)
    row, bill = _dispute(session, dispute_id)
    given = row.amount_minor if minor is None else minor
    said = _text(answer, "answer", 1)
    if not 0 < given <= row.amount_minor:
        raise Invalid({"amount": (N_("Type a sum above zero, at most the disputed one."), {})})
    _end(session, row, bill, DisputeStatus.ACCEPTED, now, answer=said, decided_by=who)
    crediting.give_back(session, row, given, said, now=now)
    _changed(session, bill, now)
    _tell(session, NoticeKind.DISPUTE_ACCEPTED, row, bill, given, now)
    after = {"credited_minor": given, "currency": bill.currency}
    _record(session, actor, "dispute.accepted", bill, now, after)


def reject(
    session: Session, actor: Actor, dispute_id: object, *, answer: object, now: datetime
) -> None:
    """Say that the line is right; its sum is to be paid.

    Raises:
        Invalid: no answer.
        NotFound, Decided: there is nothing to decide (any more).
        SignInNeeded, NotAllowed: somebody who decides nothing.
    """
    who = actor.one_of(*DECIDING)
    row, bill = _dispute(session, dispute_id)
    said = _text(answer, "answer", 1)
    _end(session, row, bill, DisputeStatus.REJECTED, now, answer=said, decided_by=who)
    _tell(session, NoticeKind.DISPUTE_REJECTED, row, bill, row.amount_minor, now)
    _record(session, actor, "dispute.rejected", bill, now, {"amount_minor": row.amount_minor})


def _end(
    session: Session,
    row: BillDispute,
    bill: CustomerBill,
    to: DisputeStatus,
    now: datetime,
    **values: object,
) -> None:
    lock_account(session, bill.account_id)
    if not advance(session, BillDispute, row.id, to, allowed=DISPUTE, now=now, **values):
        raise Decided
    _changed(session, bill, now)


def _changed(session: Session, bill: CustomerBill, now: datetime) -> None:
    """Count what is disputed of a bill again, and let dunning see it."""
    disputed.count(session, bill.id)
    session.expire(bill)
    dunning.on_paid(session, bill.account_id, now)


def _tell(
    session: Session,
    kind: NoticeKind,
    row: BillDispute,
    bill: CustomerBill,
    minor: int,
    now: datetime,
) -> None:
    tell(session, kind, bill.account_id, row.id, now=now, minor=minor, about=bill.number)


def _record(
    session: Session,
    actor: Actor,
    act: str,
    bill: CustomerBill,
    now: datetime,
    after: dict[str, object],
) -> None:
    audit.record(
        session,
        actor,
        act,
        now=now,
        subject=bill.number,
        after=after,
        customer_id=bill.customer_id,
    )


def _line(
    session: Session, actor: Actor, line_id: object
) -> tuple[AppliedBillingRate, CustomerBill]:
    typed = str(line_id)
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    found = session.exec(
        select(AppliedBillingRate, CustomerBill)
        .join(CustomerBill, CustomerBill.id == AppliedBillingRate.bill_id)
        .where(
            AppliedBillingRate.id == number,
            CustomerBill.customer_id == actor.customer(),
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def _dispute(session: Session, dispute_id: object) -> tuple[BillDispute, CustomerBill]:
    found = session.exec(
        select(BillDispute, CustomerBill)
        .join(CustomerBill, CustomerBill.id == BillDispute.bill_id)
        .where(BillDispute.id == as_id(dispute_id))
    ).first()
    if found is None:
        raise NotFound
    return found


def _decided_before(session: Session, line_id: int | None) -> bool:
    """Say whether somebody decided about a line: it is not disputed again and again."""
    wanted = select(BillDispute.id).where(
        BillDispute.rate_id == line_id,
        col(BillDispute.status).in_((DisputeStatus.ACCEPTED, DisputeStatus.REJECTED)),
    )
    return session.exec(wanted).first() is not None


def _text(value: object, field: str, least: int) -> str:
    said = " ".join(value.split()) if isinstance(value, str) else ""
    if not least <= len(said) <= LONGEST:
        message = N_("Write {least} to {most} letters.")
        raise Invalid({field: (message, {"least": least, "most": LONGEST})})
    return said
