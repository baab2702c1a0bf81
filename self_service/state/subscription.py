"""One subscription: what it is, what can be done with it, what that costs, and doing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from self_service import policy, routes
from self_service.domain.access import ConfirmationNeeded
from self_service.domain.errors import DomainError
from self_service.jobs import runner
from self_service.models.changes import GoodsWish
from self_service.state import subscription_do
from self_service.state.display import refusal
from self_service.state.guard import act, public, secured, watching
from self_service.state.home_rows import SubscriptionRow
from self_service.state.private import follow
from self_service.state.request import PageRequest, PageState, readable, show
from self_service.state.shell import ShellState
from self_service.state.subscription_look import StatementRow, subscription_values
from self_service.state.subscription_rows import (
    ActRow,
    ChangeRow,
    ChoiceRow,
    GoodsActRow,
    QuoteRow,
)


class SubscriptionState(PageState, rx.State):
    """The subscription of the address, and the act that the address names."""

    key: str = ""  # "" while it is read, or when there is none
    missing: bool = False
    may: bool = False
    moving: bool = False  # the network was asked for something
    act: str = ""
    back: str = ""
    title: str = ""
    rows: list[SubscriptionRow] = []  # the one
    changes: list[ChangeRow] = []
    past: list[ChangeRow] = []
    acts: list[ActRow] = []
    choices: list[ChoiceRow] = []
    ending: list[ActRow] = []
    offer: list[ChoiceRow] = []  # at most one
    quotes: list[QuoteRow] = []  # at most one
    statements: list[StatementRow] = []  # at most one
    goods: list[GoodsActRow] = []
    first_day: str = ""
    last_day: str = ""
    typed: dict[str, str] = {"from": "", "until": ""}
    withdraw_href: str = ""
    withdraw_until: str = ""
    refused: str = ""
    receipt: str = ""

    @public
    async def load(self) -> Any:
        """Read the subscription, and follow what the network was asked for."""
        self.receipt = ""
        elsewhere = await show(self, subscription_values)
        return elsewhere or (SubscriptionState.watch if self.moving else None)

    @watching
    async def watch(self) -> None:
        """Show what the network answers, for some minutes."""
        await follow(self, subscription_values, moving="moving")

    @secured()
    async def choose_days(self, form: dict[str, Any]) -> Any:
        """Show what the typed days cost; nothing is changed."""
        request = PageRequest.of(self)
        days = {name: typed(form, name)[:10] for name in ("from", "until")}
        reason = typed(form, "reason")[:500]
        query = {"act": request.query.get("act", ""), **days, "reason": reason}
        return rx.redirect(routes.page(request.language, request.path, **query))

    @secured()
    async def confirm(self, form: dict[str, Any]) -> Any:
        """Do what the address names, for the price that was shown."""
        request = PageRequest.of(self)
        query = dict(request.query)
        query["reason"] = typed(form, "reason") or query.get("reason", "")
        return await self._do(subscription_do.ask, request.last, query, typed(form, "seen"))

    @secured()
    async def revoke(self, change_id: str) -> Any:
        """Call a planned change off."""
        return await self._do(subscription_do.revoke, str(change_id))

    @secured()
    async def withdraw(self, form: dict[str, Any]) -> Any:
        """Withdraw from the contract; the receipt says the day and the time."""
        key = PageRequest.of(self).last
        return await self._do(subscription_do.withdraw, key, typed(form, "who"))

    @secured()
    async def request_goods(self, form: dict[str, Any]) -> Any:
        """Ask for a swap, or to give something back."""
        wish = GoodsWish.RETURN if typed(form, "wish") == "return" else GoodsWish.SWAP
        about, reason = typed(form, "product"), typed(form, "reason")
        return await self._do(subscription_do.goods, about, wish, reason)

    @secured()
    async def take_back(self, request_id: str) -> Any:
        """Call a request about goods off."""
        return await self._do(subscription_do.take_back, str(request_id))

    async def _do(self, operation: Callable[..., str], *args: Any) -> Any:
        request, limits = PageRequest.of(self), policy.current()
        self.refused = ""
        shell = await self.get_state(ShellState)
        try:
            told = await act(self, operation, request.language, limits, *args)
        except ConfirmationNeeded:
            raise
        except DomainError as error:
            self.refused = refusal(error, request.language)
            shell._tell(self.refused)
            return None
        runner.wake()
        runner.wake_network()
        shell._tell(told)
        if operation is subscription_do.withdraw:
            self.receipt, self.key = told, ""
            return None
        elsewhere = await show(self, subscription_values)
        home = routes.page(request.language, routes.SUBSCRIPTION, request.last)
        if request.query:
            return rx.redirect(home)
        return elsewhere or (SubscriptionState.watch if self.moving else None)


def typed(form: Any, name: str) -> str:
    """Read a field of whatever was sent."""
    return readable(str(form.get(name) or ""))[:1_000] if isinstance(form, dict) else ""
