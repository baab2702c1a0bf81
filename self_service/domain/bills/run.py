"""The bill run: the bills of all accounts of a cycle, in chunks of one transaction each.

An account is due when its `next_bill_at` is reached, and gets its bill as of that instant, however
late the run is; the same transaction moves `next_bill_at` on. So a run that was killed goes on
where it was, a second one finds nothing to do, and several workers share one run: each claims
accounts that no other holds.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, or_, update
from sqlmodel import Session, col, select

from self_service.domain.bills import writing
from self_service.domain.bills.drafting import Draft, composed
from self_service.domain.bills.gathering import gather
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.policy import BillPolicy
from self_service.domain.rows import add_once, changed
from self_service.models.bills import (
    AccountStatus,
    BillingAccount,
    BillingCycle,
    BillRun,
    BillRunStatus,
    CustomerBill,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

log = logging.getLogger(__name__)

#: Accounts in one transaction: enough to make statements cheap, few enough to stay small.
CHUNK = 1_000

#: Opens a transaction that may write, as `Database.writing` does.
Writing = Callable[[], AbstractContextManager[Session]]


class NotYet(DomainError):
    """A run for an instant that has not come: its charges are not due."""

    code = "not_yet"
    message = N_("Bills are made for days that have come. Choose today or an earlier day.")


@dataclass(frozen=True, slots=True)
class Place:
    """How far a worker has come through a cycle: the last account it looked at."""

    at: datetime
    account: str  # hex digits of its id


class Made(NamedTuple):
    """What one transaction made."""

    accounts: int = 0
    bills: int = 0

    def plus(self, other: Made) -> Made:
        """Return both together."""
        return Made(self.accounts + other.accounts, self.bills + other.bills)


@dataclass(slots=True)
class Tally:
    """What a worker has done so far.

    Attributes:
        accounts: looked at with success.
        bills: written; fewer, when accounts had nothing to show.
        refused: accounts that were left out; a log line says why.
    """

    accounts: int = 0
    bills: int = 0
    refused: set[UUID] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Run:
    """A bill run: which cycle, until when, and what its bills carry."""

    id: UUID
    cycle_id: UUID
    as_of: datetime


def cycle_id(session: Session, name: str) -> UUID:
    """Return a cycle by its name.

    Raises:
        NotFound: there is no such cycle.
    """
    found = session.exec(select(BillingCycle.id).where(BillingCycle.name == name)).first()
    if found is None:
        raise NotFound("cycle")
    return found


def due(session: Session, cycle: UUID, *, as_of: datetime) -> int:
    """Return how many accounts of a cycle are due by an instant."""
    statement = select(func.count()).select_from(BillingAccount).where(_due(cycle, as_of))
    return int(session.exec(statement).one())


def start(session: Session, cycle: UUID, *, as_of: datetime, now: datetime) -> Run:
    """Begin the run of a cycle, or go on with it.

    Raises:
        NotYet: `as_of` lies ahead.
    """
    if as_of > now:
        raise NotYet("as_of")
    add_once(session, BillRun(cycle_id=cycle, as_of=as_of, started_at=now))
    mine = select(BillRun.id).where(BillRun.cycle_id == cycle, BillRun.as_of == as_of)
    return Run(session.exec(mine).one(), cycle, as_of)


def perform(
    writing_session: Writing,
    run: Run,
    *,
    now: datetime,
    policy: BillPolicy,
    chunk: int = CHUNK,
    progress: Callable[[int], None] = lambda _done: None,
) -> Tally:
    """Make all bills that are due; other workers may do so at the same time.

    The cycle is gone through until a pass finds nothing, so that what another worker held and did
    not finish is found too.

    Args:
        writing_session: opens a transaction.
        run: what `start` returned.
        now: instant of writing and booking.
        policy: the operator's.
        chunk: accounts in a transaction.
        progress: told after each chunk how many accounts were done in it.
    """
    tally = Tally()
    before = -1
    while tally.accounts != before:
        before = tally.accounts
        for done in _pass(writing_session, run, tally, now=now, policy=policy, chunk=chunk):
            progress(done)
    return tally


def finish(session: Session, run: Run, tally: Tally, *, now: datetime) -> None:
    """Note what a run made, by all its workers."""
    made = select(func.count()).where(CustomerBill.run_id == run.id)
    values = {
        "status": BillRunStatus.DONE,
        "bills": session.exec(made).one(),
        "refused": len(tally.refused),
        "finished_at": now,
    }
    changed(session, update(BillRun).where(BillRun.id == run.id).values(**values))


def _pass(
    writing_session: Writing,
    run: Run,
    tally: Tally,
    *,
    now: datetime,
    policy: BillPolicy,
    chunk: int,
) -> Iterator[int]:
    place: Place | None = None
    while True:
        claimed: list[str] = []
        at: datetime | None = None
        try:
            with _uncollected(), writing_session() as session:
                at, claimed = _claim(session, run, place, chunk)
                if at is None:
                    return
                done = _bill(session, run, tally, claimed, as_of=at, now=now, policy=policy)
        except Exception:  # one of them could not be written: all are undone, and tried singly
            if at is None:
                raise
            log.warning("a chunk of %s accounts is billed one by one", len(claimed))
            done = Made()
            for account in claimed:
                one = _single(
                    writing_session, run, tally, account, as_of=at, now=now, policy=policy
                )
                done = done.plus(one)
        tally.accounts += done.accounts
        tally.bills += done.bills
        place = Place(at, claimed[-1])
        yield done.accounts


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector of cycles away from a chunk: its rows make none, and it looked at all.

    A third of a run's time went there. What a chunk needs is bounded, and freed at its end.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _single(
    writing_session: Writing,
    run: Run,
    tally: Tally,
    account: str,
    *,
    as_of: datetime,
    now: datetime,
    policy: BillPolicy,
) -> Made:
    """Bill one account in a transaction of its own; leave it out when that fails."""
    mine = and_(col(BillingAccount.id) == UUID(account), col(BillingAccount.next_bill_at) == as_of)
    try:
        with writing_session() as session:
            wanted = select(BillingAccount.id).where(mine).with_for_update(skip_locked=True)
            keys = [found.hex for found in session.exec(wanted).all()]
            return _bill(session, run, tally, keys, as_of=as_of, now=now, policy=policy)
    except Exception:
        _leave_out(tally, UUID(account))
        return Made()


def _due(cycle: UUID, as_of: datetime) -> ColumnElement[bool]:
    return and_(
        col(BillingAccount.cycle_id) == cycle,
        col(BillingAccount.next_bill_at) <= as_of,
        col(BillingAccount.status) != AccountStatus.CLOSED,
    )


def _claim(
    session: Session, run: Run, place: Place | None, chunk: int
) -> tuple[datetime | None, list[str]]:
    """Lock the next accounts that nobody holds, all due at one instant; return it and their ids."""
    at, account_id = col(BillingAccount.next_bill_at), col(BillingAccount.id)
    wanted = select(at, account_id).where(_due(run.cycle_id, run.as_of))
    if place is not None:
        wanted = wanted.where(
            or_(at > place.at, and_(at == place.at, account_id > UUID(place.account)))
        )
    rows = session.execute(
        wanted.order_by(at, account_id).limit(chunk).with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return None, []
    first = rows[0][0]
    return first, [account_id.hex for at, account_id in rows if at == first]


def _bill(
    session: Session,
    run: Run,
    tally: Tally,
    keys: Sequence[str],
    *,
    as_of: datetime,
    now: datetime,
    policy: BillPolicy,
) -> Made:
    """Bill the accounts of a chunk."""
    occasion = writing.Occasion(now, run.as_of, on_cycle=True, run_id=run.id)
    gathered = gather(session, keys, as_of=as_of, texts=False)
    drafts: list[Draft] = []
    for account in sorted(gathered.accounts, key=lambda account: account.key):
        try:
            drafts.append(composed(gathered, account, as_of=as_of, policy=policy))
        except Exception:
            _leave_out(tally, account.id)
    bills = writing.put(session, drafts, occasion)
    if tally.refused:
        tally.refused.difference_update(draft.account.id for draft in drafts)
    return Made(len(drafts), bills)


def _leave_out(tally: Tally, account_id: UUID) -> None:
    if account_id not in tally.refused:
        log.exception("billing account %s is left out", account_id)
    tally.refused.add(account_id)
