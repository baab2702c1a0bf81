"""A customer's orders, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, routes
from self_service.domain.access import Actor
from self_service.domain.catalog.view import text
from self_service.domain.orders.timeline import list_orders
from self_service.domain.orders.view import OrderSummary
from self_service.state.display import money
from self_service.state.guard import public
from self_service.state.order_words import BADGES
from self_service.state.private import customers_only
from self_service.state.request import PageRequest, PageState, show

#: Names of lines that a row of the list says; the rest is counted.
NAMED = 2
#: Orders on the page.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in the list."""

    number: str
    href: str
    contents: str
    ordered_on: str
    ordered_exact: str
    state: str
    tone: str
    due_now: str
    monthly: str


class OrdersState(PageState, rx.State):
    """The orders of a customer."""

    loaded: bool = False
    orders: list[OrderRow] = []

    @public
    async def load(self) -> Any:
        """Read the orders."""
        return await show(self, orders_values)


async def orders_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of OrdersState.

    Raises:
        Elsewhere: not a customer.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    del now
    customers_only(request, actor)
    found = list_orders(session, actor, limit=SHOWN)
    return {"loaded": True, "orders": [order_row(order, request.language) for order in found]}


def order_row(order: OrderSummary, language: str) -> OrderRow:
    """Put an order into one row of words."""
    state, tone = BADGES[order.state]
    return OrderRow(
        number=order.number,
        href=routes.page(language, routes.ORDER, order.number),
        contents=_contents(order, language),
        ordered_on=i18n.short_day(order.ordered_at, language),
        ordered_exact=i18n.instant(order.ordered_at, language),
        state=i18n.translate(language, state),
        tone=tone,
        due_now=money(order.due_now, language),
        monthly=money(order.monthly, language) if order.monthly else "",
    )


def _contents(order: OrderSummary, language: str) -> str:
    names = [text(name, language) for name in order.names]
    more = len(names) - NAMED
    if more > 0:
        names = names[:NAMED]
        names.append(i18n.plural(language, "{count} more", "{count} more", more))
    return " · ".join(names)
