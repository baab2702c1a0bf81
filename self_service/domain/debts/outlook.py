"""What a customer should know about a debt: how much, what happens next and when, the ways out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.access import Actor
from self_service.domain.debts import agreed, dunning, keeping, relief, steps
from self_service.domain.debts.keeping import Agreement
from self_service.domain.debts.overdue import Overdue, overdue
from self_service.domain.policy import BillPolicy
from self_service.models.bills import BillingAccount, CustomerBill
from self_service.models.dunning import DunningCase
from self_service.money import Money


@dataclass(frozen=True, slots=True)
class MovedDue:
    """An open bill whose due date was moved because the portal was not there."""

    number: str
    due_before: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Outlook:
    """How an account stands.

    Attributes:
        overdue: nothing when the sum is too small to be dunned.
        since: the due date that was missed first, None when nothing is overdue.
        next_action, next_at: what dunning does next, "" and None when nothing follows.
        fee: what the next step costs, nothing for most.
        suspended: services are suspended for this debt.
        can_agree: the debt may be paid in instalments.
        agreement: the one that is kept now.
        moved: bills whose due date was moved.
    """

    overdue: Money
    since: datetime | None
    next_action: str
    next_at: datetime | None
    fee: Money
    suspended: bool
    can_agree: bool
    agreement: Agreement | None
    moved: tuple[MovedDue, ...]


def outlook(session: Session, actor: Actor, *, policy: BillPolicy, now: datetime) -> Outlook | None:
    """Return how the account of the actor's customer stands; None without an account.

    Raises:
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in.
    """
    mine = select(BillingAccount).where(BillingAccount.customer_id == actor.customer())
    account = session.exec(mine).first()
    return None if account is None else of_account(session, account, policy=policy, now=now)


def of_account(
    session: Session, account: BillingAccount, *, policy: BillPolicy, now: datetime
) -> Outlook:
    """Return how an account stands; whoever asks has been found to be allowed to see it."""
    debt = overdue(session, account.id, least=policy.dunning_least_minor, at=now)
    case = dunning.open_case_of(session, account.id)
    action, at, fee = _next(debt, case, policy, now)
    agreement = agreed.active(session, account.id)
    return Outlook(
        overdue=debt.amount,
        since=debt.since if debt else None,
        next_action=action,
        next_at=at,
        fee=Money(fee, account.currency),
        suspended=case is not None and case.suspended_at is not None,
        can_agree=bool(debt) and dunning.can_agree(session, account.id, debt, policy),
        agreement=keeping.view(session, agreement, now=now) if agreement else None,
        moved=_moved(session, account.id),
    )


def _next(
    debt: Overdue, case: DunningCase | None, policy: BillPolicy, now: datetime
) -> tuple[str, datetime | None, int]:
    if not debt or not policy.steps:
        return "", None, 0
    number = case.step if case else 0
    at = case.next_at if case else steps.first_at(policy.steps, debt.since, now=now)
    if at is None or number >= len(policy.steps):
        return "", None, 0
    rule = policy.steps[number]
    return rule.action, at, rule.fee_minor


def _moved(session: Session, account_id: UUID) -> tuple[MovedDue, ...]:
    wanted = select(CustomerBill.id, CustomerBill.number, CustomerBill.due_at).where(
        CustomerBill.account_id == account_id, col(CustomerBill.remaining_minor) > 0
    )
    rows = session.exec(wanted.order_by(CustomerBill.due_at, CustomerBill.sequence)).all()
    before = relief.moved(session, [row[0] for row in rows])
    return tuple(
        MovedDue(number, before[bill_id], due_at)
        for bill_id, number, due_at in rows
        if bill_id in before
    )
