"""A number that comes from another operator: asked for, agreed for a day, moved on that day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from self_service import clock
from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.network import notices, own, requests
from self_service.domain.network.notices import NoticeKind
from self_service.domain.network.requests import SEALED, Asked, Outcome
from self_service.domain.people.sealing import Vault
from self_service.domain.rows import add_once
from self_service.domain.sims import choosing, porting_form, stock
from self_service.domain.transitions import PORTING, advance
from self_service.models.catalog import OfferingKind
from self_service.models.network import NetworkAct
from self_service.models.sims import NumberPorting, PortingStatus
from self_service.models.subscriptions import Product

PURPOSE = "porting"
OPEN = (PortingStatus.CHECKING, PortingStatus.SCHEDULED, PortingStatus.MOVING)


class PortingTooLate(DomainError):
    """The day has come, or it is over."""

    code = "porting_too_late"
    message = N_("The move of this number has begun, so it cannot be called off any more.")


@dataclass(frozen=True, slots=True)
class Porting:
    """A number on its way to us; `port_on` is its day in the operator's zone."""

    id: UUID
    number: str
    donor: str
    port_on: date
    status: PortingStatus
    reason: str
    asked_at: datetime
    status_changed_at: datetime
    can_be_cancelled: bool


def request(
    session: Session,
    actor: Actor,
    product_id: object,
    *,
    form: Mapping[str, object],
    vault: Vault,
    now: datetime,
) -> UUID:
    """Ask for a number of the person's at another operator; returns the porting's id.

    Args:
        session: open transaction.
        actor: the customer, or who acts for them.
        product_id: to which service; from anybody.
        form: number, donor, donor_code (by which the person is known there), port_on (ISO date).
        vault: seals the code.
        now: instant of the act.

    Raises:
        SignInNeeded, NotFound, NotAllowed: not for this actor.
        NotRunning: the service is not active.
        NumberBusy: a change of its number is under way.
        Invalid: with a fault for each field that is wrong.
    """
    product = own.owned(session, actor, product_id, now=now)
    own.running(product, {OfferingKind.PLAN})
    requests.lock(session, product.id)
    if _open(session, product.id) or requests.is_open(session, product.id, choosing.PURPOSE):
        raise choosing.NumberBusy
    typed = porting_form.read(session, form, now)
    row = NumberPorting(
        id=uuid4(),
        product_id=product.id,
        number=typed.number,
        donor=typed.donor,
        sealed_code=vault.seal(typed.code, now=now),
        port_on=typed.port_on,
        status_changed_at=now,
        asked_at=now,
    )
    if not add_once(session, row):
        raise choosing.NumberBusy
    _ask(session, row, "check", now)
    _record(session, actor, product, "number.porting_asked", typed.number, now)
    return row.id


def cancel(session: Session, actor: Actor, product_id: object, *, now: datetime) -> None:
    """Call off the move of a number before its day.

    Raises:
        SignInNeeded, NotFound, NotAllowed: not for this actor, or nothing is on its way.
        PortingTooLate: its day has come.
    """
    product = own.owned(session, actor, product_id, now=now)
    row = _open(session, product.id)
    if row is None:
        raise NotFound
    to = PortingStatus.CANCELLED
    if not advance(session, NumberPorting, row.id, to, allowed=PORTING, now=now, sealed_code=""):
        raise PortingTooLate
    _ask(session, row, "cancel", now)
    _record(session, actor, product, "number.porting_cancelled", row.number, now)


def last(session: Session, actor: Actor, product_id: object, *, now: datetime) -> Porting | None:
    """Return the number that is on its way to a service or was last, None without one.

    Raises:
        SignInNeeded, NotFound, NotAllowed: not for this actor.
    """
    product = own.owned(session, actor, product_id, now=now)
    rows = select(NumberPorting).where(NumberPorting.product_id == product.id)
    newest = rows.order_by(col(NumberPorting.asked_at).desc(), NumberPorting.id).limit(1)
    row = session.exec(newest.execution_options(populate_existing=True)).first()
    if row is None:
        return None
    early = row.status in (PortingStatus.CHECKING, PortingStatus.SCHEDULED)
    return Porting(
        id=row.id,
        number=row.number,
        donor=row.donor,
        port_on=row.port_on,
        status=row.status,
        reason=row.reason,
        asked_at=row.asked_at,
        status_changed_at=row.status_changed_at,
        can_be_cancelled=early,
    )


def due(session: Session, *, now: datetime) -> tuple[UUID, ...]:
    """List the numbers whose day has come."""
    today = now.astimezone(clock.zone()).date()
    rows = select(NumberPorting.id).where(
        NumberPorting.status == PortingStatus.SCHEDULED, col(NumberPorting.port_on) <= today
    )
    return tuple(session.exec(rows.order_by(NumberPorting.port_on, NumberPorting.id).limit(100)))


def begin(session: Session, porting_id: UUID, *, now: datetime) -> bool:
    """Ask the network to move a number now; True for the caller who did."""
    to = PortingStatus.MOVING
    if not advance(session, NumberPorting, porting_id, to, allowed=PORTING, now=now):
        return False
    _ask(session, session.get_one(NumberPorting, porting_id, populate_existing=True), "move", now)
    return True


@requests.follow(PURPOSE)
def _settled(session: Session, asked: Asked, outcome: Outcome, now: datetime) -> None:
    step, row_id = asked.wanted["step"], UUID(asked.wanted["porting"])
    if step == "cancel":
        return
    agreed = PortingStatus.SCHEDULED if step == "check" else PortingStatus.DONE
    to = agreed if outcome.done else PortingStatus.REFUSED
    over = {} if to is PortingStatus.SCHEDULED else {"sealed_code": ""}
    reason = outcome.reason[:60]
    if not advance(
        session, NumberPorting, row_id, to, allowed=PORTING, now=now, reason=reason, **over
    ):
        return  # called off meanwhile
    row = session.get_one(NumberPorting, row_id, populate_existing=True)
    if to is PortingStatus.DONE:
        until = now + stock.UNDER_WAY
        came = stock.bring_in(session, row.product_id, row.number, until=until)
        stock.take_over(session, row.product_id, came, old_pool=stock.RESTING, now=now)
    _tell(session, row, now)


def _tell(session: Session, row: NumberPorting, now: datetime) -> None:
    kind = {
        PortingStatus.SCHEDULED: NoticeKind.PORTING_AGREED,
        PortingStatus.DONE: NoticeKind.PORTING_DONE,
        PortingStatus.REFUSED: NoticeKind.PORTING_REFUSED,
    }[row.status]
    product = session.get_one(Product, row.product_id)
    notices.tell(
        session,
        kind,
        product.customer_id,
        row.id,
        service=product.id,
        about=row.port_on.isoformat() if kind is NoticeKind.PORTING_AGREED else row.number,
        now=now,
    )


def _ask(session: Session, row: NumberPorting, step: str, now: datetime) -> None:
    wanted = {
        "porting": str(row.id),
        "setting": f"porting {step}",
        "step": step,
        "number": row.number,
        "donor": row.donor,
        "day": row.port_on.isoformat(),
    }
    if row.sealed_code:
        wanted[f"{SEALED}code"] = row.sealed_code
    requests.ask(
        session,
        row.product_id,
        NetworkAct.SET_NUMBER,
        wanted,
        purpose=PURPOSE,
        key=f"porting {step} {row.id}",
        now=now,
    )


def _open(session: Session, product_id: UUID) -> NumberPorting | None:
    rows = select(NumberPorting).where(
        NumberPorting.product_id == product_id, col(NumberPorting.status).in_(OPEN)
    )
    return session.exec(rows.execution_options(populate_existing=True)).one_or_none()


def _record(
    session: Session, actor: Actor, product: Product, act: str, number: str, now: datetime
) -> None:
    audit.record(
        session,
        actor,
        act,
        now=now,
        subject=f"service {product.id}",
        after={"number": number},
        customer_id=product.customer_id,
    )
