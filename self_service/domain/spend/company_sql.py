"""What statements about a company's costs share: its lines, and the bills of a month."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from self_service import clock
from self_service.domain.spend.forecast import month_after
from self_service.models.bills import CustomerBill
from self_service.models.subscriptions import Product

#: How addresses call what is reckoned to no centre, and what belongs to no line.
NONE = "none"


def tree_of(customer_id: UUID, only: Collection[UUID] | None = None) -> Any:
    """Return each product of a customer with its root, however deep it hangs.

    Args:
        customer_id: whose.
        only: roots that are wanted, None for all.
    """
    roots = select(Product.id, Product.id.label("root")).where(
        Product.customer_id == customer_id, col(Product.parent_id).is_(None)
    )
    if only is not None:
        roots = roots.where(col(Product.id).in_(only))
    tree = roots.cte("tree", recursive=True)
    return tree.union_all(
        select(Product.id, tree.c.root).join(tree, Product.parent_id == tree.c.id)
    )


def billed(customer_id: UUID, month: date) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on bills that are dated in a month, by its first day."""
    since, until = (
        datetime.combine(day, time(), clock.zone()).astimezone(UTC)
        for day in (month, month_after(month))
    )
    at = col(CustomerBill.billed_at)
    return (col(CustomerBill.customer_id) == customer_id, at >= since, at < until)
