"""Requests to the network: written first, sent by a job, settled once by whichever answer comes.

Every request of a product has a number, in the order in which things were wished. Answers may come
late, twice, in any order, or never; each request is settled once, and who follows it compares
numbers, so that an older answer never overwrites a newer wish. A module that asks registers its
purpose by `follow`; its follower changes what hangs on the answer, in the answer's transaction, and
makes good again what the network refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from self_service.domain import outbox
from self_service.domain.rows import add_once, changed
from self_service.domain.transitions import REQUEST, advance
from self_service.models.network import NetworkAct, RequestStatus, ServiceRequest
from self_service.models.subscriptions import Product

#: Values under such names are sealed (`people.sealing.Vault`); the sender opens them.
SEALED = "sealed_"
#: Waiting times until the network is asked again about a request; the last one repeats.
RETRIES = tuple(timedelta(seconds=seconds) for seconds in (20, 60, 300, 900, 3600))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the network made of a request.

    Attributes:
        done: as wanted; else it refused, and all is as it was before.
        reason: code of the refusal, "" when done.
        told: what it says besides.
    """

    done: bool
    reason: str = ""
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to the network.

    Attributes:
        sequence: its place among the requests of the product; a later wish has a higher one.
        purpose: who follows the answer.
        key: by which it was asked once.
    """

    id: UUID
    product_id: UUID
    sequence: int
    act: NetworkAct
    wanted: Mapping[str, str]
    purpose: str
    key: str
    status: RequestStatus
    asked_at: datetime
    settled_at: datetime | None
    reason: str
    told: Mapping[str, str]


#: Called in the transaction that settles a request: follower(session, request, outcome, now).
Follower = Callable[[Session, Asked, Outcome, datetime], None]
#: By purpose; `domain.network.followers` imports every module that registers one.
FOLLOWERS: dict[str, Follower] = {}


def follow(purpose: str) -> Callable[[Follower], Follower]:
    """Register who follows the answers to requests of a purpose."""

    def register(follower: Follower) -> Follower:
        FOLLOWERS[purpose] = follower
        return follower

    return register


def ask(
    session: Session,
    product_id: UUID,
    act: NetworkAct,
    wanted: Mapping[str, str],
    *,
    purpose: str,
    key: str,
    now: datetime,
) -> UUID:
    """Ask the network for something once the transaction is through; returns the request's id.

    It does not ask who may: the act that wants it does. The product's row is locked until the
    commit, so that numbers stand in the order of the wishes.

    Args:
        session: open transaction.
        product_id: whose service.
        act: what to do.
        wanted: what exactly, in words of the network port.
        purpose: whose follower is called with the answer.
        key: unique for this wish; asked again under it, the first request is returned.
        now: instant of the wish.
    """
    lock(session, product_id)
    last = select(func.coalesce(func.max(ServiceRequest.sequence), 0))
    row = ServiceRequest(
        id=uuid4(),
        product_id=product_id,
        sequence=session.exec(last.where(ServiceRequest.product_id == product_id)).one() + 1,
        act=act,
        wanted=dict(wanted),
        purpose=purpose,
        key=key,
        status_changed_at=now,
        asked_at=now,
        next_try_at=now,
    )
    if not add_once(session, row):
        return session.exec(select(ServiceRequest.id).where(ServiceRequest.key == key)).one()
    outbox.emit(session, outbox.EventKind.NETWORK_ASKED, str(row.id), now=now)
    return row.id


def lock(session: Session, product_id: UUID) -> None:
    """Keep others from asking about a product until the commit: what was read stays true."""
    mine = select(Product.id).where(Product.id == product_id)
    # the key is not changed: who only refers to the product (rating, say) need not wait
    session.exec(mine.with_for_update(key_share=True)).all()


def answered(session: Session, request_id: UUID, outcome: Outcome, now: datetime) -> bool:
    """Settle a request by what the network says, and let its purpose follow.

    Returns:
        True for the caller that settled it; an answer that comes again changes nothing, nor does
        one to a request that is not ours.
    """
    moved = advance(
        session,
        ServiceRequest,
        request_id,
        RequestStatus.DONE if outcome.done else RequestStatus.FAILED,
        allowed=REQUEST,
        now=now,
        settled_at=now,
        reason=outcome.reason[:60],
        told=dict(outcome.told),
    )
    if not moved:
        return False
    row = session.get_one(ServiceRequest, request_id, populate_existing=True)
    asked = _asked(row)
    if any(name.startswith(SEALED) for name in row.wanted):
        hidden = {name: "" for name in row.wanted if name.startswith(SEALED)}
        row.wanted = {**row.wanted, **hidden}
        session.add(row)
        session.flush()
    FOLLOWERS[row.purpose](session, asked, outcome, now)
    return True


def taken(session: Session, request_id: UUID, *, now: datetime) -> bool:
    """Note that the network took a request and will answer; False when it is settled already."""
    to = RequestStatus.IN_PROGRESS
    return advance(session, ServiceRequest, request_id, to, allowed=REQUEST, now=now)


def claim_due(session: Session, *, now: datetime, most: int = 50) -> tuple[Asked, ...]:
    """Take the requests that are to be sent, or asked about again, the oldest wish first.

    Each is for this caller alone; when nothing comes of it, it is due again a little later.
    """
    open_ = (RequestStatus.PENDING, RequestStatus.IN_PROGRESS)
    due = (
        select(ServiceRequest)
        .where(col(ServiceRequest.status).in_(open_), ServiceRequest.next_try_at <= now)
        .order_by(ServiceRequest.asked_at, ServiceRequest.product_id, ServiceRequest.sequence)
        .limit(most)
        .execution_options(populate_existing=True)
    )
    mine = []
    for row in session.exec(due).all():
        wait = RETRIES[min(row.tries, len(RETRIES) - 1)]
        taking = (
            update(ServiceRequest)
            .where(ServiceRequest.id == row.id, ServiceRequest.tries == row.tries)
            .where(ServiceRequest.next_try_at <= now, col(ServiceRequest.status).in_(open_))
            .values(tries=row.tries + 1, next_try_at=now + wait)
            .execution_options(synchronize_session=False)
        )
        if changed(session, taking):
            mine.append(_asked(row))
    return tuple(mine)


def get(session: Session, request_id: UUID) -> Asked | None:
    """Return a request as it stands, None when there is none; the caller asks whose it is."""
    row = session.get(ServiceRequest, request_id, populate_existing=True)
    return None if row is None else _asked(row)


def history(session: Session, product_id: UUID, purpose: str, *, most: int) -> tuple[Asked, ...]:
    """List the last requests of a purpose for a product, the newest first."""
    rows = (
        select(ServiceRequest)
        .where(ServiceRequest.product_id == product_id, ServiceRequest.purpose == purpose)
        .order_by(col(ServiceRequest.sequence).desc())
        .limit(most)
    )
    return tuple(_asked(row) for row in session.exec(rows))


def is_open(session: Session, product_id: UUID, *purposes: str) -> bool:
    """Say whether the network still owes an answer about one of these purposes."""
    rows = select(ServiceRequest.id).where(
        ServiceRequest.product_id == product_id,
        col(ServiceRequest.purpose).in_(purposes),
        col(ServiceRequest.status).in_((RequestStatus.PENDING, RequestStatus.IN_PROGRESS)),
    )
    return session.exec(rows.limit(1)).first() is not None


def _asked(row: ServiceRequest) -> Asked:
    return Asked(
        id=row.id,
        product_id=row.product_id,
        sequence=row.sequence,
        act=row.act,
        wanted=dict(row.wanted),
        purpose=row.purpose,
        key=row.key,
        status=row.status,
        asked_at=row.asked_at,
        settled_at=row.settled_at,
        reason=row.reason,
        told=dict(row.told),
    )
