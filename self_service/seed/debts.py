"""The demo's debts: whoever is behind with a bill was reminded on the days that the policy says.

Mateo agreed with it to pay in instalments; the first of them is due in some days.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain import outbox
from self_service.domain.access import Actor
from self_service.domain.debts import agreements, dunning, notices
from self_service.domain.debts.overdue import day_over, overdue
from self_service.domain.policy import BillPolicy
from self_service.models.access import DigitalIdentity, Role
from self_service.models.bills import BillingAccount
from self_service.models.dunning import DunningCase, PaymentAgreement
from self_service.seed.sign_ins import HYBRID

#: The agreement was made so long ago; its first instalment is due so long afterwards.
_AGREED, _FIRST_AFTER = timedelta(days=10), timedelta(days=16)
_INSTALMENTS = 3


def debts(session: Session, now: datetime) -> int:
    """Remind who is behind, as the job would have done it. A second time changes nothing.

    Args:
        session: open transaction, after the demo's bills were made.
        now: instant of seeding; all of it lies before.

    Returns:
        How many steps of dunning were taken.
    """
    policy, taken = BillPolicy(), _agree(session, BillPolicy(), now - _AGREED)
    for account_id in dunning.candidates(session, now=now):
        _open(session, account_id, policy, now)
    taken += _steps(session, policy, now)
    for event in notices.waiting(session):  # nobody is told of what is long past
        outbox.finish(session, event.id, now=now)
    return taken


def _open(session: Session, account_id: UUID, policy: BillPolicy, at: datetime) -> bool:
    found = overdue(session, account_id, least=policy.dunning_least_minor, at=at)
    if found:
        dunning.open_case(session, account_id, policy=policy, now=day_over(found.since))
    return bool(found)


def _steps(session: Session, policy: BillPolicy, until: datetime) -> int:
    """Take every step that fell due until then, each at its time."""
    taken = 0
    for case_id in dunning.due(session, now=until):
        due_at = session.get_one(DunningCase, case_id).next_at
        while due_at is not None and due_at <= until:
            taken += bool(dunning.take_step(session, case_id, policy=policy, now=due_at))
            session.expire_all()
            due_at = session.get_one(DunningCase, case_id).next_at
    return taken


def _agree(session: Session, policy: BillPolicy, at: datetime) -> int:
    """Remind Mateo and agree with him, unless that was done; returns the steps taken."""
    whose = select(DigitalIdentity).where(DigitalIdentity.login == HYBRID.login)
    identity = session.exec(whose).first()
    if identity is None:
        return 0
    mine = BillingAccount.customer_id == identity.customer_id
    account = session.exec(select(BillingAccount).where(mine)).one()
    there = select(PaymentAgreement.id).where(PaymentAgreement.account_id == account.id)
    if session.exec(there).first() or not _open(session, account.id, policy, at):
        return 0
    taken = _steps(session, policy, at)
    owner = Actor(Role.CUSTOMER, customer_id=identity.customer_id, identity_id=identity.id)
    offered = agreements.offer(session, owner, policy=policy, now=at)
    agreements.accept(
        session,
        owner,
        count=_INSTALMENTS,
        first=(at + _FIRST_AFTER).date().isoformat(),
        total=offered.total.minor,
        policy=policy,
        now=at,
    )
    return taken
