"""The codes in a basket, and whether they can be used: by the same rules on every screen.

A new customer is one who has nothing, and no order that stands: an order that was called off does
not count. A visitor is taken for a new customer until they sign in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlmodel import Session

from self_service.domain.promotions import refusals
from self_service.domain.promotions.applying import Code
from self_service.domain.promotions.refusals import CodeRefused
from self_service.models.catalog import OfferingKind
from self_service.models.orders import OrderState, ProductOrder
from self_service.models.promotions import CartPromotion, Promotion, PromotionUse

#: Orders that never became anything.
_CALLED_OFF = (OrderState.CANCELLED, OrderState.REJECTED, OrderState.FAILED)


@dataclass(frozen=True, slots=True)
class Held:
    """A code in a basket, with what decides whether it can be used.

    Attributes:
        left: whether it may be used once more by anybody.
        used: whether this customer used it.
        ordered: whether this customer has an order that stands.
        refusal: why it is not applied; None when it is.
    """

    code: Code
    new_customers_only: bool
    valid_from: datetime
    valid_to: datetime | None
    left: bool
    used: bool = False
    ordered: bool = False
    refusal: CodeRefused | None = None


def read(
    session: Session, cart_id: UUID, customer_id: UUID | None, *, more: UUID | None = None
) -> tuple[Held, ...]:
    """Return the codes of a basket in the order of their letters, not judged yet.

    Args:
        session: open transaction.
        cart_id: the basket.
        customer_id: whose; None for a visitor.
        more: a promotion that may come in.
    """
    table = Promotion.__table__.c
    inside = select(CartPromotion.promotion_id).where(CartPromotion.cart_id == cart_id)
    wanted = table.id.in_(inside) if more is None else or_(table.id.in_(inside), table.id == more)
    used: ColumnElement[bool] = false()
    ordered: ColumnElement[bool] = false()
    if customer_id is not None:
        mine = (PromotionUse.promotion_id == table.id, PromotionUse.customer_id == customer_id)
        used = exists().where(*mine)
        ordered = exists().where(
            ProductOrder.customer_id == customer_id, ProductOrder.state.not_in(_CALLED_OFF)
        )
    statement = select(*table, used.label("used"), ordered.label("ordered")).where(wanted)
    rows = session.execute(statement.order_by(table.code))
    return tuple(_held(row) for row in rows)


def _held(row: Promotion) -> Held:
    return Held(
        code=as_code(row),
        new_customers_only=row.new_customers_only,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        left=not row.most_uses or row.uses < row.most_uses,
        used=bool(getattr(row, "used", False)),
        ordered=bool(getattr(row, "ordered", False)),
    )


def as_code(row: Promotion) -> Code:
    """Return a row as prices are made of it."""
    return Code(
        id=row.id,
        code=row.code,
        name=row.name,
        effect=row.effect,
        currency=row.currency,
        percent_bp=row.percent_bp,
        amount_minor=row.amount_minor,
        months=row.months,
        kinds=frozenset(map(OfferingKind, row.kinds)),
        offering_ids=frozenset(map(UUID, row.offering_ids)),
        alone=row.alone,
    )


def judge(held: Iterable[Held], *, now: datetime, new_customer: bool) -> tuple[Held, ...]:
    """Return codes with why each cannot be used, None where it can.

    Where one that stands alone lies among others, it gives way to them; of several such ones the
    first stays.

    Args:
        held: codes of one basket, in the order of their letters.
        now: instant of the sale.
        new_customer: whether the customer has nothing.
    """
    judged = [replace(one, refusal=_fault(one, now, new_customer)) for one in held]
    usable = [one for one in judged if one.refusal is None]
    staying = [one for one in usable if not one.code.alone] or usable[:1]
    kept = {one.code.id for one in staying}
    return tuple(
        one
        if one.refusal is not None or one.code.id in kept
        else replace(one, refusal=_clash(one.code, staying[0].code))
        for one in judged
    )


def clash(code: Code, others: Iterable[Held]) -> CodeRefused | None:
    """Return why a code cannot come to those that are in use, None when it can."""
    for other in others:
        if other.refusal is None and other.code.id != code.id and (other.code.alone or code.alone):
            return _clash(code, other.code)
    return None


def _clash(code: Code, other: Code) -> CodeRefused:
    return refusals.NotTogether("code", code=code.code, other=other.code)


def _fault(one: Held, now: datetime, new_customer: bool) -> CodeRefused | None:
    name = one.code.code
    if now < one.valid_from:
        return refusals.CodeNotYet("code", code=name)
    if one.valid_to is not None and one.valid_to <= now:
        return refusals.CodeOver("code", code=name)
    if one.used:
        return refusals.CodeUsedBefore("code", code=name)
    if one.new_customers_only and (one.ordered or not new_customer):
        return refusals.CodeForNew("code", code=name)
    if not one.left:
        return refusals.CodeUsedUp("code", code=name)
    return None
