"""Goods of a customer: how long they can be returned or swapped, and the requests about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from babel.dates import format_date
from sqlmodel import Session, col, select

from self_service.domain import audit
from self_service.domain.access import Actor, NotAllowed, grants
from self_service.domain.changes.refusals import AlreadyRequested, NotReturnable, ReasonNeeded
from self_service.domain.debts.overdue import days_after, last_of_day
from self_service.domain.errors import NotFound
from self_service.domain.fulfilment.resources import GOODS
from self_service.domain.ids import as_id
from self_service.domain.policy import ChangePolicy
from self_service.domain.pricing.periods import add_months
from self_service.domain.rows import add_once
from self_service.domain.transitions import GOODS_REQUEST, advance
from self_service.models.access import Scope
from self_service.models.changes import GoodsRequest, GoodsStatus, GoodsWish
from self_service.models.subscriptions import Product, ProductStatus

_OPEN = (GoodsStatus.ASKED, GoodsStatus.ACCEPTED)
_HELD = (ProductStatus.ACTIVE, ProductStatus.SUSPENDED)


@dataclass(frozen=True, slots=True)
class GoodsRights:
    """What can be done about a piece of goods.

    Attributes:
        return_until, warranty_until: last instants.
        wish, status: of the latest request, None without one.
        request_id: of it.
    """

    product_id: UUID
    return_until: datetime
    warranty_until: datetime
    request_id: UUID | None = None
    wish: GoodsWish | None = None
    status: GoodsStatus | None = None

    @property
    def open(self) -> bool:
        """Say whether a request is being looked at."""
        return self.status in _OPEN


def rights(
    session: Session, products: Iterable[Product], *, policy: ChangePolicy
) -> dict[UUID, GoodsRights]:
    """Return what can be done about pieces of goods; whoever asks may see them."""
    pieces = [one for one in products if one.kind in GOODS]
    rows = session.exec(
        select(GoodsRequest)
        .where(col(GoodsRequest.product_id).in_([one.id for one in pieces]))
        .order_by(GoodsRequest.created_at)
    )
    latest = {row.product_id: row for row in rows}
    found = {}
    for one in pieces:
        row = latest.get(one.id)
        back, swap = _until(one, policy)
        found[one.id] = GoodsRights(
            one.id,
            back,
            swap,
            row.id if row else None,
            row.wish if row else None,
            row.status if row else None,
        )
    return found


def request(
    session: Session,
    actor: Actor,
    product_id: object,
    *,
    wish: GoodsWish,
    reason: str,
    policy: ChangePolicy,
    now: datetime,
) -> None:
    """Ask for a swap, or to give goods back; customer service answers.

    Raises:
        NotFound, NotAllowed: it is not theirs.
        ReasonNeeded: a swap needs one.
        NotReturnable: its time is over.
        AlreadyRequested: it was asked for.
    """
    product = _own(session, actor, product_id, now)
    if product.kind not in GOODS or product.status not in _HELD:
        raise NotFound
    said = reason.strip()[:1_000]
    if wish is GoodsWish.SWAP and len(said) < 5:
        raise ReasonNeeded("reason")
    last = _until(product, policy)[wish is GoodsWish.SWAP]
    if now > last:
        raise NotReturnable(date={one: format_date(last, locale=one) for one in _LANGUAGES})
    if not note(session, actor, product, wish, said, now=now):
        raise AlreadyRequested
    told, whose = {"wish": wish.value}, product.customer_id
    audit.record(
        session,
        actor,
        "goods.request",
        now=now,
        subject=str(product.id),
        after=told,
        customer_id=whose,
    )


def note(
    session: Session, actor: Actor, product: Product, wish: GoodsWish, reason: str, *, now: datetime
) -> bool:
    """Write a request; False when one is open."""
    row = GoodsRequest(
        customer_id=product.customer_id,
        product_id=product.id,
        wish=wish,
        reason=reason,
        status_changed_at=now,
        asked_by=actor.identity_id,
        created_at=now,
    )
    return add_once(session, row)


def take_back(session: Session, actor: Actor, request_id: object, *, now: datetime) -> None:
    """Withdraw a request that nobody has decided about; a second time changes nothing.

    Raises:
        NotFound, NotAllowed: it is not theirs.
    """
    row = session.get(GoodsRequest, as_id(request_id))
    if row is None:
        raise NotFound
    _own(session, actor, row.product_id, now)
    to = GoodsStatus.WITHDRAWN
    if advance(session, GoodsRequest, row.id, to, allowed=GOODS_REQUEST, now=now):
        about, whose = str(row.product_id), row.customer_id
        audit.record(session, actor, "goods.take_back", now=now, subject=about, customer_id=whose)


def _own(session: Session, actor: Actor, product_id: object, now: datetime) -> Product:
    key = as_id(product_id)
    if not grants.allowed(session, actor, key, Scope.VIEW, now=now):
        raise NotFound
    if not grants.allowed(session, actor, key, Scope.MANAGE, now=now):
        raise NotAllowed
    return session.get_one(Product, key)


def _until(product: Product, policy: ChangePolicy) -> tuple[datetime, datetime]:
    start = product.started_at or product.status_changed_at
    back = last_of_day(days_after(start, policy.return_days))
    return back, last_of_day(add_months(start, policy.warranty_months))


_LANGUAGES = ("en", "es", "ar")
