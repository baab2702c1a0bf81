"""Due dates move on after an outage of the portal: nobody is late because it was not there.

The portal leaves a stamp each minute. A gap in the stamps that is longer than the operator's limit
was an outage. Bills that were due in it, or on the day after it, are due later by its length, at
least until the end of the day after it; instalments of agreements and steps of dunning likewise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from self_service.domain.bills.accounts import lock_account
from self_service.domain.debts import dunning
from self_service.domain.debts.notices import NoticeKind, tell
from self_service.domain.debts.overdue import day_over, last_of_day
from self_service.domain.errors import N_, DomainError
from self_service.domain.policy import BillPolicy
from self_service.domain.rows import add_once, changed
from self_service.models.base import new_id
from self_service.models.bills import CustomerBill
from self_service.models.dunning import (
    AgreedInstalment,
    AgreementStatus,
    DueRelief,
    DunningCase,
    MovedBill,
    PaymentAgreement,
    PortalHeartbeat,
)

#: So long after an outage what is due still moves.
_DAY = timedelta(days=1)
#: Stamps closer together than this are one.
BEAT_EVERY = timedelta(minutes=1)


class RelievedAlready(DomainError):
    """Due dates were moved for (a part of) this outage."""

    code = "relieved_already"
    message = N_("Due dates were moved for this time already.")


class NoOutage(DomainError):
    """The end is not after the beginning, or is still to come."""

    code = "no_outage"
    message = N_("An outage ends after it began, and not in the future.")


@dataclass(frozen=True, slots=True)
class Relief:
    """What was moved after an outage."""

    bills: int
    instalments: int
    cases: int


@dataclass(frozen=True, slots=True)
class _Outage:
    began: datetime
    ended: datetime

    def later(self, at: datetime) -> datetime:
        """Return where a day moves on which something is due: never less than a day after."""
        return max(at + (self.ended - self.began), last_of_day(self.ended + _DAY))


def beat(session: Session, *, policy: BillPolicy, now: datetime) -> Relief | None:
    """Leave a stamp; after a gap, move due dates, once, however many processes look.

    Returns:
        What was moved, None when there was no outage.
    """
    if add_once(session, PortalHeartbeat(id=1, seen_at=now)):
        return None
    seen = session.exec(select(PortalHeartbeat.seen_at)).one()
    if now - seen < BEAT_EVERY:
        return None
    mine = update(PortalHeartbeat).where(PortalHeartbeat.seen_at == seen).values(seen_at=now)
    won = changed(session, mine.execution_options(synchronize_session=False)) == 1
    if not won or now - seen <= timedelta(minutes=policy.relief_from_minutes):
        return None
    if _relieved(session, seen, now):
        return None
    return _move(session, _Outage(seen, now), now)


def relieve(session: Session, *, began: datetime, ended: datetime, now: datetime) -> Relief:
    """Move due dates for an outage that the operator knows of.

    Args:
        session: open transaction.
        began: first instant at which the portal was not there.
        ended: first instant at which it was there again, at most `now`.
        now: instant of moving.

    Raises:
        NoOutage: these are no instants of an outage.
        RelievedAlready: a part of this time was relieved before.
    """
    if not began < ended <= now:
        raise NoOutage
    if _relieved(session, began, ended):
        raise RelievedAlready
    return _move(session, _Outage(began, ended), now)


def moved(session: Session, bill_ids: list[UUID]) -> dict[UUID, datetime]:
    """Return the bills whose due date was moved, with the date on which they were due first."""
    rows = session.exec(
        select(MovedBill.bill_id, func.min(MovedBill.due_before))
        .where(col(MovedBill.bill_id).in_(bill_ids))
        .group_by(MovedBill.bill_id)
    )
    return dict(rows.all())


def _relieved(session: Session, began: datetime, ended: datetime) -> bool:
    wanted = select(DueRelief.id).where(DueRelief.down_from < ended, DueRelief.down_until > began)
    return session.exec(wanted).first() is not None


def _move(session: Session, outage: _Outage, now: datetime) -> Relief:
    row = DueRelief(
        id=new_id(),
        down_from=outage.began,
        down_until=outage.ended,
        moved_by_seconds=int((outage.ended - outage.began).total_seconds()),
        at=now,
    )
    if not add_once(session, row):
        raise RelievedAlready
    bills = sum(_bill(session, row.id, bill, outage, now) for bill in _due(session, outage))
    changed(session, update(DueRelief).where(DueRelief.id == row.id).values(bills=bills))
    return Relief(bills, _instalments(session, outage), _cases(session, outage))


def _due(session: Session, outage: _Outage) -> Iterator[CustomerBill]:
    """Yield the open bills that were due in an outage or on the day after it."""
    wanted = select(CustomerBill).where(
        CustomerBill.remaining_minor > 0,
        col(CustomerBill.due_at) > outage.began - 2 * _DAY,  # days are counted below
        col(CustomerBill.due_at) <= outage.ended + _DAY,
    )
    ordered = wanted.order_by(CustomerBill.account_id, CustomerBill.id)
    for bill in session.exec(ordered.execution_options(populate_existing=True)).all():
        if day_over(bill.due_at) > outage.began:
            yield bill


def _bill(
    session: Session, relief_id: UUID, bill: CustomerBill, outage: _Outage, now: datetime
) -> bool:
    lock_account(session, bill.account_id)
    later, before = outage.later(bill.due_at), bill.due_at
    statement = update(CustomerBill).where(
        CustomerBill.id == bill.id,
        CustomerBill.due_at == before,
        CustomerBill.remaining_minor > 0,
    )
    statement = statement.values(due_at=later).execution_options(synchronize_session=False)
    if changed(session, statement) != 1:  # it was paid at this very moment
        return False
    session.expire(bill, ["due_at"])
    add_once(session, MovedBill(relief_id=relief_id, bill_id=bill.id, due_before=before))
    tell(
        session,
        NoticeKind.DUE_MOVED,
        bill.account_id,
        f"{relief_id.hex[:12]} {bill.id}",
        now=now,
        minor=bill.remaining_minor,
        at=later,
        about=bill.number,
    )
    dunning.on_paid(session, bill.account_id, now)  # it was dunned before the outage was known
    return True


def _instalments(session: Session, outage: _Outage) -> int:
    rows = session.exec(
        select(AgreedInstalment.id, AgreedInstalment.due_at)
        .join(PaymentAgreement, PaymentAgreement.id == AgreedInstalment.agreement_id)
        .where(
            PaymentAgreement.status == AgreementStatus.ACTIVE,
            col(AgreedInstalment.due_at) > outage.began,
            col(AgreedInstalment.due_at) <= outage.ended + _DAY,
        )
    ).all()
    for instalment_id, due_at in rows:
        statement = update(AgreedInstalment).where(AgreedInstalment.id == instalment_id)
        changed(session, statement.values(due_at=outage.later(due_at)))
    return len(rows)


def _cases(session: Session, outage: _Outage) -> int:
    rows = session.exec(
        select(DunningCase.id, DunningCase.next_at).where(
            col(DunningCase.closed_at).is_(None),
            col(DunningCase.next_at) > outage.began,
            col(DunningCase.next_at) <= outage.ended + _DAY,
        )
    ).all()
    done = 0
    for case_id, next_at in rows:
        statement = update(DunningCase).where(
            DunningCase.id == case_id, DunningCase.next_at == next_at
        )
        later = outage.later(next_at)
        done += changed(session, statement.values(next_at=later))
    return done
