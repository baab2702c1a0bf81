"""Counted goods: taken when an order is placed, given back when it is called off.

An offering without a row in `product_stock` is not counted; of a counted one, a variant without a
row is sold out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, select

from self_service.domain.catalog.view import variant_key
from self_service.domain.errors import N_, DomainError
from self_service.domain.rows import changed
from self_service.models.catalog import ProductStock
from self_service.models.orders import ProductOrderItem

#: An offering and its variant.
Counted = tuple[UUID, str]


class SoldOut(DomainError):
    """Fewer pieces are left than were ordered; `data["offering"]` is a text in each language."""

    code = "sold_out"
    message = N_("{offering} is sold out. Choose something else.")


class VariantSoldOut(SoldOut):
    """Other versions of it are left."""

    message = N_("{offering} in {variant} is sold out. Choose another version.")


class FewLeft(SoldOut):
    """Some pieces are left, but not so many."""

    code = "few_left"
    message = N_("Only {left} of {offering} are left. Take fewer of them.")


def reserve(session: Session, items: Sequence[ProductOrderItem]) -> None:
    """Take the pieces of all lines from the stock, and note it in their `reserved`.

    The rows are taken in one order by everybody, so two orders never wait for each other.

    Raises:
        SoldOut: one of them is not there; the transaction is to be given up.
    """
    lines: dict[Counted, list[ProductOrderItem]] = defaultdict(list)
    for item in items:
        lines[_counted(item)].append(item)
    counted = _counted_offerings(session, {offering_id for offering_id, _ in lines})
    for key in sorted(lines):
        if key[0] in counted:
            pieces = sum(item.quantity for item in lines[key])
            if not _take(session, key, pieces):
                raise _sold_out(session, lines[key][-1])
            for item in lines[key]:
                item.reserved = item.quantity


def give_back(session: Session, order_id: UUID) -> None:
    """Put back what an order had reserved; a second time changes nothing."""
    of_order = ProductOrderItem.order_id == order_id
    items = session.exec(
        select(ProductOrderItem)
        .where(of_order, ProductOrderItem.reserved > 0)
        .execution_options(populate_existing=True)
    ).all()
    pieces: dict[Counted, int] = defaultdict(int)
    for item in items:
        pieces[_counted(item)] += item.reserved
        item.reserved = 0
    session.flush()
    for key in sorted(pieces):
        _take(session, key, -pieces[key])


def _counted(item: ProductOrderItem) -> Counted:
    return item.offering_id, variant_key(item.configuration)


def _counted_offerings(session: Session, offering_ids: set[UUID]) -> frozenset[UUID]:
    statement = select(ProductStock.offering_id).where(ProductStock.offering_id.in_(offering_ids))
    return frozenset(session.exec(statement.distinct()).all())


def _take(session: Session, key: Counted, pieces: int) -> bool:
    offering_id, variant = key
    statement = (
        update(ProductStock)
        .where(
            ProductStock.offering_id == offering_id,
            ProductStock.variant == variant,
            ProductStock.available >= pieces,
        )
        .values(available=ProductStock.available - pieces)
        .execution_options(synchronize_session=False)
    )
    return changed(session, statement) == 1


def _sold_out(session: Session, item: ProductOrderItem) -> SoldOut:
    left = {
        row.variant: row.available
        for row in session.exec(
            select(ProductStock)
            .where(ProductStock.offering_id == item.offering_id, ProductStock.available > 0)
            .execution_options(populate_existing=True)
        )
    }
    mine = left.get(variant_key(item.configuration), 0)
    if mine:
        return FewLeft(offering=item.name, left=mine)
    if left and item.configuration:
        return VariantSoldOut(offering=item.name, variant=", ".join(item.configuration.values()))
    return SoldOut(offering=item.name)
