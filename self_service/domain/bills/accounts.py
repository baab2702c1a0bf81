"""Billing accounts: one for each customer, made when money first matters."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain.ledger import owned
from self_service.domain.policy import BillPolicy
from self_service.domain.pricing import periods
from self_service.domain.rows import add_once
from self_service.models.base import new_id
from self_service.models.bills import BillingAccount, BillingCycle
from self_service.models.ledger import AccountKind

#: The cycle that accounts get when the operator set up none.
FIRST_CYCLE = "monthly"
#: Digits of an account number: drawn, so that nobody learns how many customers there are.
DIGITS = 9


def billing_account(
    session: Session,
    customer_id: UUID,
    *,
    currency: str,
    now: datetime,
    policy: BillPolicy | None = None,
) -> BillingAccount:
    """Return a customer's billing account, made with its ledger account when there is none.

    Args:
        session: open transaction.
        customer_id: whose; the caller has found that it may be touched.
        currency: of a new account.
        now: instant of making.
        policy: for the number's letters.
    """
    mine = select(BillingAccount).where(BillingAccount.customer_id == customer_id)
    found = session.exec(mine).first()
    while found is None:
        _add(session, customer_id, currency, now, policy or BillPolicy())
        found = session.exec(mine).first()
    return found


def lock_account(session: Session, account_id: UUID) -> BillingAccount:
    """Read an account as it is now and keep others from changing it until the commit.

    Whoever changes what an account owes, or how that is paid, takes this lock first; so no two
    acts on one account interleave. So that none wait for each other in a circle, locks are taken
    in one order everywhere: the order (`rows.lock_order`), the billing account, the customer whose
    cards they are (`methods.lock`), the payment, the wallet, accounts of the ledger, the audit log.
    """
    statement = select(BillingAccount).where(BillingAccount.id == account_id).with_for_update()
    return session.exec(statement.execution_options(populate_existing=True)).one()


def cycle_of(session: Session, name: str = FIRST_CYCLE) -> BillingCycle:
    """Return a cycle by its name; the first one is made when it is missing."""
    wanted = select(BillingCycle).where(BillingCycle.name == name)
    found = session.exec(wanted).first()
    if found is None:
        add_once(session, BillingCycle(name=name))
        found = session.exec(wanted).one()
    return found


def next_cycle_start(cycle: BillingCycle, after: datetime) -> datetime:
    """Return the first beginning of a period after an instant: midnight of the cycle's day, in
    the operator's time zone.
    """
    start = periods.month_day(after, cycle.day)
    return start if start > after else periods.month_day(periods.add_months(start, 1), cycle.day)


def _add(
    session: Session, customer_id: UUID, currency: str, now: datetime, policy: BillPolicy
) -> None:
    cycle = cycle_of(session)
    drawn = 10 ** (DIGITS - 1) + secrets.randbelow(9 * 10 ** (DIGITS - 1))
    account_id = new_id()
    account = BillingAccount(
        id=account_id,
        customer_id=customer_id,
        number=f"{policy.account_prefix}{drawn}",
        ledger_id=owned(session, AccountKind.RECEIVABLE, account_id, currency).id,
        cycle_id=cycle.id,
        currency=currency,
        status_changed_at=now,
        next_bill_at=next_cycle_start(cycle, now),
        created_at=now,
    )
    add_once(session, account)  # another number is drawn when this one is taken
