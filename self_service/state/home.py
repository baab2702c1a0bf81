"""Home: what runs, since when, what it costs next; orders under way; what others share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n
from self_service.domain.access import Actor
from self_service.domain.errors import N_
from self_service.domain.orders import timeline as order_timeline
from self_service.domain.subscriptions import home as subscriptions
from self_service.domain.subscriptions.shared import SharedView, shared
from self_service.domain.subscriptions.view import HomeView
from self_service.models.access import Role
from self_service.state.advice import HomeAdviceRow, home_advice
from self_service.state.debts import NO_DEBT, DebtRow, debt_of
from self_service.state.guard import public, watching
from self_service.state.home_money import MoneyRow, money_rows
from self_service.state.home_rows import (
    GoodsRow,
    OpenOrderRow,
    SubscriptionRow,
    goods_row,
    open_order_row,
    subscription_row,
)
from self_service.state.home_usage import HomeMeterRow, home_meters
from self_service.state.member_words import scopes_text
from self_service.state.private import customers_and_members, follow
from self_service.state.purchase import PurchaseRow, purchase_rows
from self_service.state.request import PageRequest, PageState, show

#: Orders under way that are shown; the list of orders has all.
OPEN_SHOWN = 3
#: What somebody has who is no customer.
_NOTHING = HomeView((), (), ())


@dataclass(frozen=True, slots=True)
class SharedRow:
    """A subscription of somebody else's, and what may be done with it."""

    key: str
    owner: str
    can: str
    subscription: SubscriptionRow


class HomeState(PageState, rx.State):
    """What the customer has."""

    greeting: str = ""  # "" while the page is being read
    subscriptions: list[SubscriptionRow] = []
    goods: list[GoodsRow] = []  # bought without a service
    shared: list[SharedRow] = []  # by others
    member: bool = False  # no customer: sees what is shared, nothing else
    open_orders: list[OpenOrderRow] = []
    debt: DebtRow = NO_DEBT  # what is overdue or agreed
    money: list[MoneyRow] = []  # wallet, and what is to be paid
    usage: list[HomeMeterRow] = []  # what is left, the scarcest first
    advice: list[HomeAdviceRow] = []  # plans that would save something
    purchases: list[PurchaseRow] = []  # goods paid by instalments
    moving: bool = False  # an order is under way
    nothing: bool = False

    @public
    async def load(self) -> Any:
        """Read what the customer has, and follow the orders under way."""
        elsewhere = await show(self, home_values)
        return elsewhere or (HomeState.watch if self.moving else None)

    @watching
    async def watch(self) -> None:
        """Show what an order brings as it comes, for some minutes."""
        await follow(self, home_values, moving="moving")


async def home_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of HomeState.

    Raises:
        Elsewhere: not a customer.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_and_members(request, actor)
    language, member = request.language, actor.role is Role.SUB_USER
    view = _NOTHING if member else subscriptions.home(session, actor, now=now)
    theirs = shared(session, actor, now=now)
    orders = [
        order_timeline.timeline(session, actor, order.id) for order in view.open_orders[:OPEN_SHOWN]
    ]
    return {
        "greeting": i18n.translate(language, N_("Hello {name}"), name=actor.behalf or actor.name),
        "subscriptions": [
            subscription_row(found, now=now, language=language) for found in view.subscriptions
        ],
        "goods": [goods_row(found, language) for found in view.goods],
        "shared": [_shared_row(found, now=now, language=language) for found in theirs],
        "member": member,
        "open_orders": [open_order_row(order, now=now, language=language) for order in orders],
        "debt": debt_of(session, actor, language, now=now),
        "money": money_rows(session, actor, language, now=now),
        "usage": home_meters(session, actor, language, now=now),
        # what is followed from second to second is something else
        "advice": [] if orders else home_advice(session, actor, language, now=now),
        "purchases": purchase_rows(session, actor, language, now=now),
        "moving": bool(orders),
        "nothing": not (view.subscriptions or view.goods or orders or theirs),
    }


def _shared_row(found: SharedView, *, now: datetime, language: str) -> SharedRow:
    return SharedRow(
        key=str(found.subscription.id),
        owner=i18n.translate(language, N_("Shared by {name}"), name=found.owner),
        can=scopes_text(found.scopes, language),
        subscription=subscription_row(found.subscription, now=now, language=language),
    )
