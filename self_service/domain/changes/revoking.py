"""Calling a change off while its day has not come: nothing of it stays but the record."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.changes import orders
from self_service.domain.changes.listing import change_view
from self_service.domain.changes.refusals import NotRevocable
from self_service.domain.changes.telling import Told, tell
from self_service.domain.changes.tree import open_tree
from self_service.domain.changes.view import ChangeView
from self_service.domain.errors import NotFound
from self_service.domain.ids import as_id
from self_service.domain.rows import lock_order
from self_service.domain.transitions import CHANGE, advance
from self_service.models.access import Scope
from self_service.models.changes import ChangeKind, ChangeStatus, ProductChange
from self_service.models.orders import OrderState


def revoke(session: Session, actor: Actor, change_id: object, *, now: datetime) -> ChangeView:
    """Call a change off.

    Args:
        session: open transaction.
        actor: the customer, whoever acts for one, or a member who may manage the subscription.
        change_id: whatever a client sent.
        now: instant of the act.

    Raises:
        NotFound, NotAllowed: it is not theirs.
        NotRevocable: it is under way or over; a pause that began is ended, not called off.
    """
    change = session.get(ProductChange, as_id(change_id))
    if change is None:
        raise NotFound
    open_tree(session, actor, change.root_id, scope=Scope.MANAGE, now=now)
    if change.kind is ChangeKind.RESUME:
        raise NotRevocable
    lock_order(session, change.order_id)
    call_off(session, change, now=now)
    about, whose = str(change.root_id), change.customer_id
    told = {"kind": change.kind.value, "order": str(change.order_id)}
    audit.record(
        session, actor, "changes.revoke", now=now, subject=about, after=told, customer_id=whose
    )
    return change_view(session, change)


def call_off(session: Session, change: ProductChange, *, now: datetime) -> None:
    """Call a change off, whoever wants it; the caller holds its order's lock.

    Raises:
        NotRevocable: it is under way or over.
    """
    to = ChangeStatus.REVOKED
    if not advance(session, ProductChange, change.id, to, allowed=CHANGE, now=now, revoked_at=now):
        raise NotRevocable
    session.refresh(change)
    orders.close(session, change.order_id, OrderState.CANCELLED, now=now)
    tell(session, change, Told.REVOKED, now=now)
