"""Changes as they stand, for who may see the subscription; and which price held when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from self_service.domain.changes.tree import OPEN
from self_service.domain.changes.view import ChangeView
from self_service.models.changes import ChangeKind, ChangeStatus, ProductChange
from self_service.models.orders import ProductOrder
from self_service.money import Money


def change_view(session: Session, change: ProductChange) -> ChangeView:
    """Return a change as it stands."""
    return _views(session, [change])[0]


def open_changes(session: Session, root_ids: Iterable[UUID]) -> dict[UUID, tuple[ChangeView, ...]]:
    """Return what is not over of some subscriptions, by subscription: two statements.

    Whoever asks has been found to be allowed to see them.
    """
    rows = session.exec(
        select(ProductChange)
        .where(col(ProductChange.root_id).in_(list(root_ids)), col(ProductChange.status).in_(OPEN))
        .order_by(ProductChange.effective_at, ProductChange.id)
    ).all()
    found: dict[UUID, tuple[ChangeView, ...]] = {}
    for row, view in zip(rows, _views(session, rows), strict=True):
        found[row.root_id] = (*found.get(row.root_id, ()), view)
    return found


def past_changes(session: Session, root_id: UUID, *, most: int = 10) -> tuple[ChangeView, ...]:
    """Return what was changed about a subscription, the newest first."""
    rows = session.exec(
        select(ProductChange)
        .where(ProductChange.root_id == root_id, col(ProductChange.status).not_in(OPEN))
        .order_by(col(ProductChange.status_changed_at).desc())
        .limit(most)
    ).all()
    return _views(session, rows)


def held_from(
    session: Session, product_ids: Iterable[UUID]
) -> dict[UUID, tuple[tuple[datetime, UUID], ...]]:
    """Return which order lines' prices held for products from when on, by product.

    A product that was never changed is not in it: the price of its own line holds always. The
    first entry is what held before the first change. For the rating of usage.
    """
    rows = session.exec(
        select(ProductChange)
        .where(
            col(ProductChange.product_id).in_(list(product_ids)),
            col(ProductChange.kind).in_([ChangeKind.UPGRADE, ChangeKind.DOWNGRADE]),
            ProductChange.status == ChangeStatus.DONE,
        )
        .order_by(ProductChange.effective_at)
    )
    found: dict[UUID, tuple[tuple[datetime, UUID], ...]] = {}
    for row in rows:
        if row.from_item_id is None or row.to_item_id is None:
            continue
        before = found.get(row.product_id, ((_EVER, row.from_item_id),))
        found[row.product_id] = (*before, (row.effective_at, row.to_item_id))
    return found


def _views(session: Session, rows: Sequence[ProductChange]) -> tuple[ChangeView, ...]:
    orders = select(ProductOrder.id, ProductOrder.number, ProductOrder.currency).where(
        col(ProductOrder.id).in_([row.order_id for row in rows])
    )
    known = {key: (number, currency) for key, number, currency in session.exec(orders)}
    return tuple(
        ChangeView(
            id=row.id,
            kind=row.kind,
            status=row.status,
            product_id=row.product_id,
            name=dict(row.quoted.get("name", {})),
            to=dict(row.quoted.get("to", {})),
            effective_at=row.effective_at,
            until=row.until,
            due=Money(int(row.quoted.get("due_minor", 0)), known[row.order_id][1]),
            revocable=row.status is ChangeStatus.PENDING and row.kind is not ChangeKind.RESUME,
            failure=row.failure,
            order=known[row.order_id][0],
        )
        for row in rows
    )


_EVER = datetime.fromisoformat("0001-01-02T00:00:00+00:00")
