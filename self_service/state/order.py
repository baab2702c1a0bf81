"""One order: where it stands, what comes next, and what can be done about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n
from self_service.domain.access import Actor
from self_service.domain.errors import N_, DomainError, NotFound
from self_service.domain.orders import numbers as order_numbers
from self_service.state.display import refusal
from self_service.state.guard import act, public, secured, watching
from self_service.state.order_rows import SoldLine, StepRow, order_rows
from self_service.state.order_words import PAY_REFUSALS
from self_service.state.pay_ways import WayRow, order_ways
from self_service.state.private import customers_only, follow
from self_service.state.request import PageRequest, PageState, show
from self_service.state.shell import ShellState


class OrderState(PageState, rx.State):
    """The order whose number stands in the address."""

    number: str = ""  # "" while it is being read
    missing: bool = False
    heading: str = ""
    ordered_on: str = ""
    ordered_exact: str = ""
    headline: str = ""
    explanation: str = ""
    tone: str = "accent"
    moving: bool = False  # something will still happen by itself
    complete: bool = False
    steps: list[StepRow] = []
    lines: list[SoldLine] = []
    due_now: str = ""
    monthly: str = ""
    pay_href: str = ""
    pay_text: str = ""
    can_retry: bool = False
    pay_refused: str = ""
    ways: list[WayRow] = []  # to pay; none where there is nothing to choose
    can_keep: bool = False
    other_ways: bool = False  # a payment is open, and there are other ways
    can_cancel: bool = False
    losses: list[str] = []  # what cancelling costs
    no_cancel: str = ""
    support_email: str = ""
    contract_href: str = ""

    @public
    async def load(self) -> AsyncIterator[Any]:
        """Read the order at this address, and follow it while it moves."""
        if self.number and self.number != PageRequest.of(self).last:
            self.number = ""  # never one order under the address of another
            yield
        try:
            elsewhere = await show(self, order_values)
        except NotFound:
            self.number, self.missing, elsewhere = "", True, None
        if elsewhere is not None:
            yield elsewhere
        elif self.number and self.moving:
            yield OrderState.watch

    @watching
    async def watch(self) -> None:
        """Show each step as it happens, for some minutes."""
        await follow(self, order_values, moving="moving")

    @secured()
    async def cancel(self) -> None:
        """Call this order off."""
        request = PageRequest.of(self)
        shell = await self.get_state(ShellState)
        try:
            await act(self, order_numbers.cancel, request.last)
        except DomainError as error:
            shell._tell(refusal(error, request.language))
        else:
            shell._tell(i18n.translate(request.language, N_("Your order is cancelled.")))
        await show(self, order_values)


async def order_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of OrderState.

    Raises:
        Elsewhere: not a customer.
        NotFound: no order of theirs has the number in the address.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_only(request, actor)
    view = order_numbers.timeline(session, actor, request.last)
    language, refused = request.language, PAY_REFUSALS.get(request.query.get("refused", ""))
    rows = order_rows(view, now=now, language=language)
    payment, ways = view.payment, dict[str, Any](ways=[], can_keep=False)
    if payment is not None and (rows["pay_href"] or rows["can_retry"]):
        failed = payment.method_id if payment.failure else None
        ways = order_ways(session, actor, language, now=now, failed=failed)
    return {
        **rows,
        **ways,
        "other_ways": bool(rows["pay_href"]) and len(ways["ways"]) > 1,
        "pay_refused": i18n.translate(language, refused) if refused else "",
    }
