"""Home: what runs, since when, what it costs next; orders under way; what others share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import clock, i18n
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
from self_service.state.home_next import (
    NO_NEXT,
    First,
    NextRow,
    ProblemRow,
    next_row,
    problem_rows,
)
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
from self_service.state.private import customers_and_members, live
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
    problems: list[ProblemRow] = []  # of a line
    next: NextRow = NO_NEXT  # what to do first
    open_orders: list[OpenOrderRow] = []
    debt: DebtRow = NO_DEBT  # what is overdue or agreed
    money: list[MoneyRow] = []  # wallet, and what is to be paid
    usage: list[HomeMeterRow] = []  # what is left, the scarcest first
    advice: list[HomeAdviceRow] = []  # plans that would save something
    purchases: list[PurchaseRow] = []  # goods paid by instalments
    nothing: bool = False
    _read_at: datetime = datetime.min.replace(tzinfo=UTC)

    @public
    async def load(self) -> Any:
        """Read what the customer has, and follow what happens to it."""
        self._read_at = clock.now()
        return await show(self, home_values) or HomeState.watch

    @watching
    async def watch(self) -> None:
        """Show what happens as it comes: a payment, usage, a step of an order."""
        await live(self, home_values, since=self._read_at)


async def home_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of HomeState.

    Raises:
        Elsewhere: not a customer.
    """
    values: dict[str, Any] = await request.look(home_rows, request)
    return values


def home_rows(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    """Return the values of HomeState, as `home_values` reads them.

    Raises:
        Elsewhere: not a customer.
    """
    customers_and_members(request, actor)
    language, member = request.language, actor.role is Role.SUB_USER
    view = _NOTHING if member else subscriptions.home(session, actor, now=now)
    theirs = shared(session, actor, now=now)
    orders = [
        order_timeline.timeline(session, actor, order.id) for order in view.open_orders[:OPEN_SHOWN]
    ]
    money = money_rows(session, actor, language, now=now)
    meters = home_meters(session, actor, language, now=now)
    first = First(orders=orders, money=money, meters=meters, roots=_roots(view))
    return {
        "problems": problem_rows(session, actor, language, now=now),
        "next": next_row(session, actor, language, first, now=now),
        "greeting": i18n.translate(language, N_("Hello {name}"), name=actor.behalf or actor.name),
        "subscriptions": [
            subscription_row(found, now=now, language=language) for found in view.subscriptions
        ],
        "goods": [goods_row(found, language) for found in view.goods],
        "shared": [_shared_row(found, now=now, language=language) for found in theirs],
        "member": member,
        "open_orders": [open_order_row(order, now=now, language=language) for order in orders],
        "debt": debt_of(session, actor, language, now=now),
        "money": money,
        "usage": meters,
        "advice": home_advice(session, actor, language, now=now),
        "purchases": purchase_rows(session, actor, language, now=now),
        "nothing": not (view.subscriptions or view.goods or orders or theirs),
    }


def _roots(view: HomeView) -> dict[str, str]:
    return {str(service.id): str(one.id) for one in view.subscriptions for service in one.services}


def _shared_row(found: SharedView, *, now: datetime, language: str) -> SharedRow:
    return SharedRow(
        key=str(found.subscription.id),
        owner=i18n.translate(language, N_("Shared by {name}"), name=found.owner),
        can=scopes_text(found.scopes, language),
        subscription=subscription_row(found.subscription, now=now, language=language),
    )
