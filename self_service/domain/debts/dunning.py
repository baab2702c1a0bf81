"""Dunning: dated steps from a reminder to suspension, each once, and the way back on payment.

A case is open while something is overdue. Whoever changes a case holds the lock of its account;
the step itself is claimed by a conditional update, so that two workers take it once. A zero
balance never suspends: what is overdue is read again in the transaction of each step.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from self_service.domain.bills.accounts import lock_account
from self_service.domain.debts import agreed, disputed, fees, notices, steps, suspending
from self_service.domain.debts.notices import NoticeKind
from self_service.domain.debts.overdue import Overdue, overdue
from self_service.domain.policy import BillPolicy, DunningStepRule
from self_service.domain.rows import add_once, add_rows, changed
from self_service.models.bills import BillingAccount, CustomerBill
from self_service.models.dunning import DunningCase, DunningStep
from self_service.money import Money

#: What `take_step` says when the debt was gone.
CLOSED = "closed"


def candidates(
    session: Session, *, now: datetime, after: UUID | None = None, most: int = 500
) -> list[UUID]:
    """List accounts with a bill past its due date and no open case, in the order of their ids.

    Args:
        session: open transaction.
        now: instant of looking.
        after: only accounts with a greater id: the next page.
        most: at most so many.
    """
    has_case = select(DunningCase.id).where(
        DunningCase.account_id == CustomerBill.account_id, col(DunningCase.closed_at).is_(None)
    )
    wanted = select(CustomerBill.account_id).where(
        CustomerBill.remaining_minor > CustomerBill.disputed_minor,
        col(CustomerBill.due_at) < now,
        ~has_case.exists(),
    )
    if after is not None:
        wanted = wanted.where(CustomerBill.account_id > after)
    return list(session.exec(wanted.distinct().order_by(CustomerBill.account_id).limit(most)))


def open_case(
    session: Session, account_id: UUID, *, policy: BillPolicy, now: datetime, step: int = 0
) -> bool:
    """Open a case when something of an account is overdue; it has one at most.

    Args:
        session: open transaction.
        account_id: whose.
        policy: limits and steps.
        now: instant of opening.
        step: steps that count as taken: an agreement was broken.

    Returns:
        True when it was opened.
    """
    lock_account(session, account_id)
    debt = overdue(session, account_id, least=policy.dunning_least_minor, at=now)
    if not debt or not policy.steps:
        return False
    if step:
        due = steps.next_at(policy.steps, step, debt.since, now=now)
    else:
        due = steps.first_at(policy.steps, debt.since, now=now)
    case = DunningCase(
        account_id=account_id,
        since=debt.since,
        step=step,
        next_at=due,
        least_minor=policy.dunning_least_minor,
        opened_at=now,
    )
    return add_once(session, case)


def go_on(
    session: Session, account_id: UUID, *, policy: BillPolicy, now: datetime, step: int
) -> None:
    """Let dunning go on after a broken agreement: in a new case, or in one for newer bills.

    Args:
        session: open transaction that holds the account's lock.
        account_id: whose.
        policy: limits and steps.
        now: instant of going on.
        step: steps that had been taken before the agreement.
    """
    case = _open(session, account_id)
    if case is None:
        open_case(session, account_id, policy=policy, now=now, step=step)
    elif case.step < step:
        coming = steps.next_at(policy.steps, step, case.since, now=now)
        _claim(session, case, step, coming)


def due(session: Session, *, now: datetime, most: int = 500) -> list[UUID]:
    """List cases whose next step is due, the oldest first."""
    wanted = select(DunningCase.id).where(
        col(DunningCase.next_at) <= now, col(DunningCase.closed_at).is_(None)
    )
    return list(session.exec(wanted.order_by(DunningCase.next_at, DunningCase.id).limit(most)))


def take_step(session: Session, case_id: UUID, *, policy: BillPolicy, now: datetime) -> str:
    """Take the step of a case that is due, if its debt is still there.

    Returns:
        The action taken, `CLOSED` when nothing is overdue any more, "" when somebody else was
        here first or nothing is due.
    """
    account_id = session.exec(select(DunningCase.account_id).where(DunningCase.id == case_id)).one()
    account = lock_account(session, account_id)
    case = _open(session, account_id)
    if case is None or case.id != case_id or case.next_at is None or case.next_at > now:
        return ""
    debt = overdue(session, account_id, least=case.least_minor, at=now)
    if not debt:
        _close(session, case, now)
        return CLOSED
    if case.step >= len(policy.steps):  # the operator has fewer steps than before
        _claim(session, case, case.step, None)
        return ""
    coming = steps.next_at(policy.steps, case.step + 1, case.since, now=now)
    if not _claim(session, case, case.step + 1, coming):
        return ""
    rule = policy.steps[case.step]
    _act(session, case, account, rule, debt, policy, now, coming)
    return rule.action


def on_paid(session: Session, account_id: UUID, now: datetime) -> bool:
    """Look at an account after money came, a bill was credited, disputed or agreed about.

    Closes the case when nothing overdue is left, and restores what it had suspended.

    Args:
        session: open transaction; the account's lock is taken, if it is not held.
        account_id: whose.
        now: instant of the change.

    Returns:
        True when a case was closed.
    """
    lock_account(session, account_id)
    disputed.keep_within(session, account_id)
    agreement = agreed.active(session, account_id)
    if agreement is not None:
        agreed.end_if_paid(session, agreement, now=now)
    case = _open(session, account_id)
    if case is None or overdue(session, account_id, least=case.least_minor, at=now):
        return False
    _close(session, case, now)
    return True


def on_taken_back(session: Session, account_id: UUID, until: datetime) -> None:
    """Let an open case wait after a payer's bank took money back: no step is taken before `until`.

    What was paid, and is open again, is due then: it becomes overdue, and a case, like new.

    Args:
        session: open transaction that holds the account's lock.
        account_id: whose.
        until: instant until which is to be paid what is open again.
    """
    waits = update(DunningCase).where(
        DunningCase.account_id == account_id,
        col(DunningCase.closed_at).is_(None),
        col(DunningCase.next_at) < until,
    )
    changed(session, waits.values(next_at=until).execution_options(synchronize_session=False))


def without_next(
    session: Session, *, after: UUID | None = None, most: int = 500
) -> list[tuple[UUID, UUID]]:
    """List open cases whose steps are all taken, with their accounts: looked at now and then."""
    wanted = select(DunningCase.id, DunningCase.account_id).where(
        col(DunningCase.closed_at).is_(None), col(DunningCase.next_at).is_(None)
    )
    if after is not None:
        wanted = wanted.where(DunningCase.id > after)
    rows = session.exec(wanted.order_by(DunningCase.id).limit(most))
    return [(case_id, account_id) for case_id, account_id in rows]


def _act(
    session: Session,
    case: DunningCase,
    account: BillingAccount,
    rule: DunningStepRule,
    debt: Overdue,
    policy: BillPolicy,
    now: datetime,
    coming: datetime | None,
) -> None:
    """Do what a step says, once, and tell of it."""
    taken = DunningStep(
        case_id=case.id, step=case.step, action=rule.action, amount_minor=debt.amount.minor, at=now
    )
    add_rows(session, [taken])
    if rule.action == steps.FEE and rule.fee_minor:
        fee = Money(rule.fee_minor, account.currency)
        fees.add_fee(session, account.id, fee, f"dunning {case.id} {case.step}", now=now)
    if rule.action == steps.SUSPEND:
        suspending.suspend(session, case.id, account, now=now)
        _note(session, case, suspended_at=now)
    following = policy.steps[case.step + 1] if case.step + 1 < len(policy.steps) else None
    notices.tell(
        session,
        NoticeKind(rule.action),
        account.id,
        f"{case.id} {case.step}",
        now=now,
        minor=debt.amount.minor,
        at=debt.since,
        fee=rule.fee_minor if rule.action == steps.FEE else 0,
        next_action=following.action if following else "",
        next_at=coming,
        offer=can_agree(session, account.id, debt, policy),
    )


def can_agree(session: Session, account_id: UUID, debt: Overdue, policy: BillPolicy) -> bool:
    """Say whether a debt may be paid in instalments: large enough, and no agreement yet."""
    enough = debt.amount.minor >= policy.agreement_least_minor
    return enough and agreed.active(session, account_id) is None


def open_case_of(session: Session, account_id: UUID) -> DunningCase | None:
    """Return the open case of an account as it is now, None without one."""
    return _open(session, account_id)


def _open(session: Session, account_id: UUID) -> DunningCase | None:
    wanted = select(DunningCase).where(
        DunningCase.account_id == account_id, col(DunningCase.closed_at).is_(None)
    )
    return session.exec(wanted.execution_options(populate_existing=True)).first()


def _claim(session: Session, case: DunningCase, step: int, coming: datetime | None) -> bool:
    """Move a case to its next step; who comes second changes nothing."""
    statement = (
        update(DunningCase)
        .where(
            DunningCase.id == case.id,
            DunningCase.step == case.step,
            DunningCase.next_at == case.next_at,
            col(DunningCase.closed_at).is_(None),
        )
        .values(step=step, next_at=coming)
        .execution_options(synchronize_session=False)
    )
    return changed(session, statement) == 1


def _note(session: Session, case: DunningCase, **values: datetime) -> None:
    statement = update(DunningCase).where(DunningCase.id == case.id).values(**values)
    changed(session, statement.execution_options(synchronize_session=False))


def _close(session: Session, case: DunningCase, now: datetime) -> None:
    """End a case, and switch on what it had suspended."""
    statement = (
        update(DunningCase)
        .where(DunningCase.id == case.id, col(DunningCase.closed_at).is_(None))
        .values(closed_at=now, next_at=None)
        .execution_options(synchronize_session=False)
    )
    if changed(session, statement) == 1 and suspending.restore(session, case.id, now=now):
        notices.tell(session, NoticeKind.RESTORED, case.account_id, case.id, now=now)
