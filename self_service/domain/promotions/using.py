"""Using codes up: with the order that they lower, and given back when that is called off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlmodel import Session

from self_service.domain.promotions.refusals import CodeLost
from self_service.domain.rows import add_once, changed
from self_service.models.promotions import Promotion, PromotionUse


def consume(
    session: Session,
    promotion_ids: Iterable[UUID],
    *,
    customer_id: UUID,
    order_id: UUID,
    now: datetime,
) -> None:
    """Use codes up for an order, in its transaction: each once by a customer.

    Of any number of orders that want the last use of a code one gets it: a conditional UPDATE and
    a unique row decide.

    Args:
        session: open transaction that wrote the order.
        promotion_ids: of the codes that lowered it.
        customer_id: whose order.
        order_id: the order.
        now: instant of the order.

    Raises:
        CodeLost: one of them cannot be used any more; give the transaction up.
    """
    table = Promotion.__table__.c
    for promotion_id in sorted(promotion_ids):  # in one order, so that none waits for another
        usable = (
            table.id == promotion_id,
            or_(table.most_uses == 0, table.uses < table.most_uses),
            table.valid_from <= now,
            or_(table.valid_to.is_(None), table.valid_to > now),
        )
        once_more = update(Promotion.__table__).where(*usable).values(uses=table.uses + 1)
        if changed(session, once_more) != 1:
            raise CodeLost
        use = PromotionUse(
            promotion_id=promotion_id, customer_id=customer_id, order_id=order_id, at=now
        )
        if not add_once(session, use):
            raise CodeLost


def give_back(session: Session, order_id: UUID) -> int:
    """Give the codes of an order that was called off back to its customer and to all others.

    Args:
        session: open transaction that holds the order.
        order_id: the order.

    Returns:
        how many; a second time 0.
    """
    uses = PromotionUse.__table__
    gone = delete(uses).where(uses.c.order_id == order_id).returning(uses.c.promotion_id)
    found = sorted(session.execute(gone).scalars())
    table = Promotion.__table__
    for promotion_id in found:
        one_less = update(table).where(table.c.id == promotion_id, table.c.uses > 0)
        changed(session, one_less.values(uses=table.c.uses - 1))
    return len(found)
