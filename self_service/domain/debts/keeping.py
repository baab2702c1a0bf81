"""Whether agreements are kept: what was paid counts towards the instalments in their order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from self_service.domain.access import Actor
from self_service.domain.bills.accounts import lock_account
from self_service.domain.bills.allocating import Share
from self_service.domain.debts import agreed, dunning
from self_service.domain.debts.notices import NoticeKind, tell
from self_service.domain.debts.overdue import day_over, days_after
from self_service.domain.policy import BillPolicy
from self_service.domain.rows import changed
from self_service.domain.transitions import AGREEMENT, advance
from self_service.models.bills import BillingAccount
from self_service.models.dunning import AgreedInstalment, AgreementStatus, PaymentAgreement
from self_service.money import Money

#: So long before an instalment is due people are reminded of it.
REMINDED_DAYS = 3


class InstalmentState(StrEnum):
    """Where an instalment stands."""

    PAID = "paid"
    PARTLY = "partly"
    OPEN = "open"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class AgreedPart:
    """An instalment of an agreement; `left` is what is still to be paid of it."""

    number: int
    due_at: datetime
    amount: Money
    left: Money
    state: InstalmentState


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement as it stands.

    Attributes:
        next: the first instalment that is not paid, None when all are.
    """

    id: UUID
    total: Money
    paid: Money
    parts: tuple[AgreedPart, ...]
    made_at: datetime

    @property
    def next(self) -> AgreedPart | None:
        """The first instalment that is not paid."""
        return next((part for part in self.parts if part.left), None)


def current(session: Session, actor: Actor, *, now: datetime) -> Agreement | None:
    """Return the active agreement of the actor's customer, None without one.

    Raises:
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in.
    """
    mine = select(BillingAccount.id).where(BillingAccount.customer_id == actor.customer())
    account_id = session.exec(mine).first()
    found = agreed.active(session, account_id) if account_id else None
    return None if found is None else view(session, found, now=now)


def view(session: Session, agreement: PaymentAgreement, *, now: datetime) -> Agreement:
    """Return how far an agreement is paid: the first instalments first."""
    paid = agreement.total_minor - sum(agreed.open_of(session, agreement).values())
    left, currency, parts = paid, agreement.currency, []
    for row in _instalments(session, agreement.id):
        used = min(left, row.amount_minor)
        left -= used
        parts.append(
            AgreedPart(
                number=row.number,
                due_at=row.due_at,
                amount=Money(row.amount_minor, currency),
                left=Money(row.amount_minor - used, currency),
                state=_state(row, used, now),
            )
        )
    total = Money(agreement.total_minor, currency)
    return Agreement(agreement.id, total, Money(paid, currency), tuple(parts), agreement.created_at)


def shares(session: Session, account_id: UUID, minor: int) -> tuple[Share, ...]:
    """Return how a payment goes to the agreed bills: the oldest first, to what is open of each."""
    found, left = [], minor
    for bill_id, is_open in agreed.held(session, account_id).items():
        part = min(left, is_open)
        if part > 0:
            found.append(Share(bill_id, part))
            left -= part
    return tuple(found)


def open_bills(session: Session, agreement_id: UUID) -> tuple[UUID, ...]:
    """Return the bills of an agreement of which something is open, the first due first."""
    agreement = session.get_one(PaymentAgreement, agreement_id)
    open_sums = agreed.open_of(session, agreement)
    return tuple(bill_id for bill_id, minor in open_sums.items() if minor)


def active_ones(
    session: Session, *, after: UUID | None = None, most: int = 500
) -> list[tuple[UUID, UUID]]:
    """List active agreements with their accounts, in the order of their ids."""
    wanted = select(PaymentAgreement.id, PaymentAgreement.account_id).where(
        PaymentAgreement.status == AgreementStatus.ACTIVE
    )
    if after is not None:
        wanted = wanted.where(PaymentAgreement.id > after)
    rows = session.exec(wanted.order_by(PaymentAgreement.id).limit(most))
    return [(agreement_id, account_id) for agreement_id, account_id in rows]


def check(session: Session, account_id: UUID, *, policy: BillPolicy, now: datetime) -> str:
    """Look at an account's agreement: kept to the end, broken, or an instalment is near.

    A broken one lets dunning go on where it stopped.

    Returns:
        "kept", "broken", "reminded" or "".
    """
    lock_account(session, account_id)
    agreement = agreed.active(session, account_id)
    if agreement is None:
        return ""
    if agreed.end_if_paid(session, agreement, now=now):
        return AgreementStatus.KEPT.value
    seen = view(session, agreement, now=now)
    late = [part for part in seen.parts if part.left and _over(part.due_at, policy) <= now]
    if late:
        return _break(session, agreement, late, policy, now)
    return _remind(session, agreement, seen, now)


def _break(
    session: Session,
    agreement: PaymentAgreement,
    late: list[AgreedPart],
    policy: BillPolicy,
    now: datetime,
) -> str:
    to, account_id = AgreementStatus.BROKEN, agreement.account_id
    if not advance(session, PaymentAgreement, agreement.id, to, allowed=AGREEMENT, now=now):
        return ""
    taken = agreement.steps_taken
    dunning.go_on(session, account_id, policy=policy, now=now, step=taken)
    case = dunning.open_case_of(session, account_id)
    following = policy.steps[case.step].action if case and case.step < len(policy.steps) else ""
    tell(
        session,
        NoticeKind.AGREEMENT_BROKEN,
        account_id,
        agreement.id,
        now=now,
        minor=sum(part.left.minor for part in late),
        at=late[0].due_at,
        next_action=following,
        next_at=case.next_at if case else None,
    )
    return to.value


def _remind(session: Session, agreement: PaymentAgreement, seen: Agreement, now: datetime) -> str:
    coming = seen.next
    if coming is None or days_after(coming.due_at, -REMINDED_DAYS) > now:
        return ""
    statement = update(AgreedInstalment).where(
        AgreedInstalment.agreement_id == agreement.id,
        AgreedInstalment.number == coming.number,
        col(AgreedInstalment.reminded_at).is_(None),
    )
    if changed(session, statement.values(reminded_at=now)) != 1:
        return ""
    tell(
        session,
        NoticeKind.INSTALMENT_SOON,
        agreement.account_id,
        f"{agreement.id} {coming.number}",
        now=now,
        minor=coming.left.minor,
        at=coming.due_at,
    )
    return "reminded"


def _over(due_at: datetime, policy: BillPolicy) -> datetime:
    """Return the instant at which an instalment is too late."""
    return days_after(due_at, policy.agreement_grace_days + 1)


def _state(row: AgreedInstalment, used: int, now: datetime) -> InstalmentState:
    if used == row.amount_minor:
        return InstalmentState.PAID
    if day_over(row.due_at) <= now:
        return InstalmentState.LATE
    return InstalmentState.PARTLY if used else InstalmentState.OPEN


def _instalments(session: Session, agreement_id: UUID) -> list[AgreedInstalment]:
    wanted = select(AgreedInstalment).where(AgreedInstalment.agreement_id == agreement_id)
    ordered = wanted.order_by(AgreedInstalment.number)
    return list(session.exec(ordered.execution_options(populate_existing=True)))
