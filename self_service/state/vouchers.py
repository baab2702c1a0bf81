"""Vouchers of a customer: redeem one, buy one, and what was bought."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import uuid4

import reflex as rx
from sqlmodel import Session

from self_service import i18n, policy, settings
from self_service.domain.access import Actor, ConfirmationNeeded
from self_service.domain.errors import N_, DomainError, Invalid
from self_service.domain.vouchers import bought, exporting, gift_form
from self_service.jobs import runner
from self_service.state import kept_form
from self_service.state.display import problem, refusal
from self_service.state.guard import act, public, secured
from self_service.state.pay_ways import WayRow, pay_ways
from self_service.state.private import customers_only
from self_service.state.request import PageRequest, PageState, readable, show
from self_service.state.shell import ShellState
from self_service.state.voucher_rows import BoughtRow, ValueRow, bought_rows, value_rows
from self_service.state.wallet_words import said
from self_service.wiring import vault, wallet_terms

#: Fields at which a refusal of the form that buys can stand.
FIELDS = ("value", "email", "greeting")
NO_FAULTS = dict.fromkeys(FIELDS, "")
#: Fields of that form which are filled in again after a refusal.
KEPT = ("value", "for", "email", "greeting", "way")
NOTHING = {"email": "", "greeting": ""}
#: What is said on the way back from paying.
PAID = {
    "done": N_("Paid. Your voucher stands below."),
    "processing": N_("The payment is being processed. Your voucher appears below once it is done."),
    "open": N_("The payment was not finished. Nothing was charged."),
    "failed": N_("The payment failed. Nothing was charged."),
}
#: Name of the demo's batch, of which the page shows a code to try.
DEMO_BATCH = "Demo"
#: A row of something that is chosen.
R = TypeVar("R", ValueRow, WayRow)


class VouchersState(PageState, rx.State):
    """A customer's vouchers."""

    loaded: bool = False
    in_person: bool = True
    notice: str = ""
    paid: bool = False  # the notice is a good one
    refused: str = ""
    faults: dict[str, str] = NO_FAULTS
    gift_open: bool = False
    typed: dict[str, str] = NOTHING
    values: list[ValueRow] = []
    ways: list[WayRow] = []
    can_keep: bool = False
    once: str = ""
    bought: list[BoughtRow] = []
    demo_code: str = ""
    open: str = ""  # the gift whose address is corrected
    open_fault: str = ""

    @public
    async def load(self) -> Any:
        """Read the page."""
        self.open = self.open_fault = ""
        return await show(self, vouchers_values)

    @secured()
    async def send_again(self, sale_id: str) -> None:
        """Send the mail with a gift once more."""
        await self._change(N_("The mail is on its way."), bought.send_again, sale_id)

    @secured()
    async def edit(self, sale_id: str) -> None:
        """Open the form for another address, "" to close it."""
        known = [row.id for row in self.bought if row.open]
        self.open = sale_id if sale_id in known else ""
        self.open_fault = ""

    @secured()
    async def correct(self, form: dict[str, Any]) -> None:
        """Send a gift to another address, with another code."""
        typed = form.get("address") if isinstance(form, dict) else ""
        email = readable(typed)[:300] if isinstance(typed, str) else ""
        told = N_("Sent to the new address, with a new code. The old one is worth nothing now.")
        if await self._change(told, bought.correct, self.open, email, vault=vault()):
            self.open = ""

    async def _change(
        self, told: str, operation: Callable[..., Any], *args: Any, **more: Any
    ) -> bool:
        """Run an act and say how it went."""
        language, self.open_fault = PageRequest.of(self).language, ""
        shell = await self.get_state(ShellState)
        try:
            await act(self, operation, *args, **more)
        except ConfirmationNeeded:
            raise
        except Invalid as invalid:
            self.open_fault = problem(*next(iter(invalid.faults.values())), language)
            return False
        except DomainError as error:
            self.refused = refusal(error, language)
            shell._tell(self.refused)
            return False
        runner.wake()
        shell._tell(i18n.translate(language, told))
        await show(self, vouchers_values)
        return True


async def vouchers_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of VouchersState.

    Raises:
        Elsewhere: not a customer, nor somebody who acts for one.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_only(request, actor)
    language, config = request.language, settings.get()
    typed = kept_form.opened(actor, request.query, vault=vault(), now=now)
    ways = pay_ways(session, actor, language, now=now)
    found = bought.overview(session, actor, vault=vault(), now=now)
    choices = policy.current().vouchers.online_choices_minor
    return {
        "loaded": True,
        "in_person": not actor.acting,
        "values": chosen_again(value_rows(choices, config.currency, language), typed, "value"),
        "once": str(uuid4()),
        "bought": bought_rows(found, now, language),
        "demo_code": _demo_code(session, now) if config.demo else "",
        **ways,
        "ways": chosen_again(ways["ways"], typed, "way"),
        **_answered(request, typed),
    }


def chosen_again(rows: list[R], typed: Mapping[str, str], name: str) -> list[R]:
    """Mark the row that was chosen in a refused form; without one, rows stay as they are."""
    value = typed.get(name, "")
    if all(row.value != value for row in rows):
        return rows
    return [replace(row, chosen=row.value == value) for row in rows]


def _demo_code(session: Session, now: datetime) -> str:
    """Return a code to try; in the demo only, where everything is fictional."""
    return exporting.sample(session, DEMO_BATCH, vault=vault(), now=now)


def _answered(request: PageRequest, typed: Mapping[str, str]) -> dict[str, Any]:
    """Say what the form that buys was answered with, and show what it held."""
    language, at = request.language, request.query.get("at", "")
    text = said(request.query.get("refused", ""), at, wallet_terms(), language)
    at_field = at in FIELDS
    paid = request.query.get("paid", "")
    told = PAID.get(paid, "")
    faults = {**NO_FAULTS, at: text} if at_field else NO_FAULTS
    if at in NOTHING and typed:  # each field says what is wrong with it
        faults = {**NO_FAULTS, **_gift_faults(typed, language)}
    return {
        "notice": i18n.translate(language, told) if told else "",
        "paid": paid == "done",
        "refused": "" if at_field else text,
        "faults": faults,
        "gift_open": at in NOTHING or typed.get("for") == "gift",
        "typed": {name: typed.get(name, "") for name in NOTHING},
    }


def _gift_faults(typed: Mapping[str, str], language: str) -> dict[str, str]:
    try:
        gift_form.read(typed)
    except Invalid as invalid:
        return {name: problem(*fault, language) for name, fault in invalid.faults.items()}
    return {}
