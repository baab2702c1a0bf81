"""Performing a change: paid if it is prepaid, asked of the network, and done when that answers.

What the network refuses is made good: what was taken goes back, what was switched comes back, and
nothing of the old contract was touched before.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.changes import applying, making, orders, paying
from self_service.domain.changes.listing import change_view
from self_service.domain.changes.refusals import NotEnoughCredit, NotRunning
from self_service.domain.changes.telling import Told, tell
from self_service.domain.changes.tree import Tree, read_tree
from self_service.domain.changes.view import ChangeView
from self_service.domain.errors import NotFound
from self_service.domain.network import requests
from self_service.domain.network.requests import Asked, Outcome, follow
from self_service.domain.rows import changed, lock_order
from self_service.domain.subscriptions.home import SERVICES
from self_service.domain.transitions import CHANGE, PRODUCT, advance
from self_service.domain.usage import allowances
from self_service.models.changes import ChangeKind, ChangeStatus, ProductChange
from self_service.models.network import NetworkAct, RequestStatus, ServiceRequest
from self_service.models.orders import OrderState
from self_service.models.subscriptions import Product, ProductStatus

#: Purpose of our requests to the network, and of those that undo them.
PURPOSE, UNDOING = "change", "change_undone"
_UP_OR_DOWN = (ChangeKind.UPGRADE, ChangeKind.DOWNGRADE)
#: What brings other allowances from its instant on.
_GRANTS = (*_UP_OR_DOWN, ChangeKind.ADD, ChangeKind.BOOST, ChangeKind.CANCEL)
_WHOLE: dict[ChangeKind, NetworkAct] = {
    ChangeKind.PAUSE: NetworkAct.SUSPEND,
    ChangeKind.RESUME: NetworkAct.RESUME,
    ChangeKind.LEAVE: NetworkAct.TERMINATE,
}
_BACK: dict[NetworkAct, NetworkAct] = {
    NetworkAct.SUSPEND: NetworkAct.RESUME,
    NetworkAct.RESUME: NetworkAct.SUSPEND,
    NetworkAct.TERMINATE: NetworkAct.ACTIVATE,
}


def due(session: Session, *, now: datetime, limit: int = 50) -> tuple[UUID, ...]:
    """List the changes whose time has come, the oldest first."""
    rows = (
        select(ProductChange.id)
        .where(ProductChange.status == ChangeStatus.PENDING, ProductChange.effective_at <= now)
        .order_by(ProductChange.effective_at, ProductChange.id)
        .limit(limit)
    )
    return tuple(session.exec(rows))


def perform(session: Session, change_id: UUID, *, now: datetime) -> bool:
    """Begin a change whose time has come.

    Returns:
        False when it was called off, or somebody else began it.
    """
    change = session.get_one(ProductChange, change_id)
    lock_order(session, change.order_id)
    session.refresh(change)
    root = session.get_one(Product, change.root_id)
    try:
        tree = read_tree(session, root, now=now)
    except NotFound:  # the subscription ended meanwhile
        return _dropped(session, change, "ended", now)
    try:
        return start(session, change, tree, now=now)
    except NotEnoughCredit:
        return _dropped(session, change, NotEnoughCredit.code, now)


def start(session: Session, change: ProductChange, tree: Tree, *, now: datetime) -> bool:
    """Take what is prepaid, and ask the network; without one in it, the change is done at once.

    Raises:
        NotEnoughCredit: nothing was changed once the transaction is given up.
    """
    with session.begin_nested():
        to = ChangeStatus.PERFORMING
        if not advance(session, ProductChange, change.id, to, allowed=CHANGE, now=now):
            return False
        session.refresh(change)
        making.make(session, change, tree, now=now)
        wishes = _wishes(change, tree)
        for number, (product_id, act, wanted) in enumerate(wishes):
            key = f"{change.id}:{number}"
            requests.ask(session, product_id, act, wanted, purpose=PURPOSE, key=key, now=now)
        if not wishes:
            _done(session, change, now)
    return True


def resume_now(session: Session, actor: Actor, tree: Tree, *, now: datetime) -> ChangeView:
    """End a pause now instead of on its day.

    Raises:
        NotRunning: there is none that could end.
    """
    waiting = [change for change in tree.open if change.kind is ChangeKind.RESUME]
    if not waiting:
        raise NotRunning
    change = waiting[0]
    moved = update(ProductChange).where(
        ProductChange.id == change.id, ProductChange.status == ChangeStatus.PENDING
    )
    if changed(session, moved.values(effective_at=now)) != 1:
        raise NotRunning
    session.refresh(change)
    whose, about = tree.root.customer_id, str(tree.root.id)
    audit.record(session, actor, "changes.resume", now=now, subject=about, customer_id=whose)
    start(session, change, tree, now=now)
    session.refresh(change)
    return change_view(session, change)


@follow(PURPOSE)
def answered(session: Session, asked: Asked, outcome: Outcome, now: datetime) -> None:
    """Go on with a change as the network answers; several services answer one by one."""
    change_id = UUID(asked.key.partition(":")[0])
    change = session.get_one(ProductChange, change_id)
    lock_order(session, change.order_id)
    session.refresh(change)
    if not outcome.done:
        if change.status is ChangeStatus.PERFORMING:
            _failed(session, change, outcome.reason, now)
        return
    if change.status is ChangeStatus.FAILED:  # another service of it was refused before
        _undo(session, asked, now)
    elif change.status is ChangeStatus.PERFORMING and not _waits(session, change.id):
        _done(session, change, now)


@follow(UNDOING)
def undone(session: Session, asked: Asked, outcome: Outcome, now: datetime) -> None:
    """Take note that something was switched back: nothing hangs on it here."""
    del session, asked, outcome, now


def _wishes(change: ProductChange, tree: Tree) -> list[tuple[UUID, NetworkAct, dict[str, str]]]:
    if change.kind in _WHOLE:
        return [(one.id, _WHOLE[change.kind], {}) for one in tree.services]
    product = tree.one(change.product_id)
    offering = tree.known(change.to_offering_id)
    slug = offering.slug if offering else tree.offering(product).slug
    if change.kind in _UP_OR_DOWN:
        return [(product.id, NetworkAct.CHANGE_PROFILE, {"offering": slug})]
    on = change.kind is not ChangeKind.CANCEL
    served = product if on else tree.by_id.get(product.parent_id or product.id, product)
    if served.kind not in SERVICES:  # an insurance of a device
        return []
    wanted = {"setting": f"extra:{slug}", "value": "on" if on else "off"}
    return [(served.id, NetworkAct.SET, wanted)]


def _waits(session: Session, change_id: UUID) -> bool:
    open_ = select(ServiceRequest.id).where(
        col(ServiceRequest.key).startswith(f"{change_id}:"),
        col(ServiceRequest.status).in_([RequestStatus.PENDING, RequestStatus.IN_PROGRESS]),
    )
    return session.exec(open_.limit(1)).first() is not None


def _done(session: Session, change: ProductChange, now: datetime) -> None:
    applying.apply(session, change, now=now)
    advance(session, ProductChange, change.id, ChangeStatus.DONE, allowed=CHANGE, now=now)
    if change.kind in _GRANTS:
        granted = change.made_id or change.product_id
        allowances.activated(session, [granted], now=change.effective_at)
    orders.close(session, change.order_id, OrderState.COMPLETED, now=now)
    tell(session, change, Told.DONE, now=now)


def _dropped(session: Session, change: ProductChange, why: str, now: datetime) -> bool:
    """End a change that cannot be begun."""
    to = ChangeStatus.PERFORMING
    if advance(session, ProductChange, change.id, to, allowed=CHANGE, now=now):
        session.refresh(change)
        _failed(session, change, why, now)
    return False


def _failed(session: Session, change: ProductChange, why: str, now: datetime) -> None:
    to = ChangeStatus.FAILED
    if not advance(
        session, ProductChange, change.id, to, allowed=CHANGE, now=now, failure=why[:60]
    ):
        return
    session.refresh(change)
    if "charge" in change.wanted:
        paying.give_back(session, UUID(change.wanted["charge"]), now=now)
    if change.made_id is not None:
        gone = ProductStatus.ABORTED
        advance(session, Product, change.made_id, gone, allowed=PRODUCT, now=now)
    done = select(ServiceRequest.id).where(
        col(ServiceRequest.key).startswith(f"{change.id}:"),
        ServiceRequest.status == RequestStatus.DONE,
    )
    for request_id in session.exec(done).all():
        asked = requests.get(session, request_id)
        if asked is not None:
            _undo(session, asked, now)
    orders.close(session, change.order_id, OrderState.FAILED, now=now)
    tell(session, change, Told.FAILED, now=now)


def _undo(session: Session, asked: Asked, now: datetime) -> None:
    """Ask the network to take back what it did for a change that failed as a whole."""
    back = _BACK.get(asked.act)
    if back is not None:
        key = f"{asked.key}:undo"
        requests.ask(session, asked.product_id, back, {}, purpose=UNDOING, key=key, now=now)
