"""The customers whom somebody serves. Turning to one is a plain post: the cookie must change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, letters
from self_service.domain.access import SERVING, Actor, ConfirmationNeeded
from self_service.domain.errors import N_, DomainError
from self_service.domain.people import account_help, serving
from self_service.domain.people.serving import ServedCustomer
from self_service.jobs import runner
from self_service.models.access import Role
from self_service.state.guard import act, public, secured
from self_service.state.request import PageRequest, PageState, put, readable, show
from self_service.state.roles import only_for
from self_service.state.shell import ShellState

_REFUSED = N_("You cannot act for this customer, or not any more. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer in the list; `contact` is "" when it says what `name` says."""

    id: str
    name: str
    contact: str
    email: str
    mobile: str
    since: str
    second_factor: bool


class CustomersState(PageState, rx.State):
    """What a search found."""

    loaded: bool = False
    words: str = ""
    customers: list[CustomerRow] = []
    more: bool = False
    searched: bool = False  # else: nothing was typed yet by somebody who reaches everybody
    administers: bool = False  # may do something about a customer's account
    refused: str = ""

    @public
    async def load(self) -> Any:
        """Read whom a dealer serves; whoever reaches everybody searches first."""
        return await show(self, customers_values)

    @secured(*SERVING)
    async def find(self, form: dict[str, Any]) -> None:
        """Search. What is typed stays out of the address: it is about people."""
        typed = form.get("words", "") if isinstance(form, dict) else ""
        words = readable(str(typed))[:80]
        request = PageRequest.of(self)
        put(self, {**await request.look(_values, request, words), "refused": ""})

    @secured(Role.ADMINISTRATOR)
    async def end_sessions(self, customer: str) -> None:
        """Sign a customer out everywhere."""
        told = N_("This person is signed out everywhere.")
        await self._change(told, account_help.end_sessions, whose=customer)

    @secured(Role.ADMINISTRATOR)
    async def remove_factor(self, customer: str) -> None:
        """Remove a customer's authenticator app."""
        said, words = N_("The authenticator app is removed."), letters.second_factor_removed
        await self._change(said, account_help.turn_off_second_factor, whose=customer, told=words)
        runner.wake()

    async def _change(self, said: str, operation: Callable[..., Any], **values: Any) -> None:
        """Run an act and say how it went; a proof that is too old is asked for by the shell."""
        request, shell = PageRequest.of(self), await self.get_state(ShellState)
        try:
            await act(self, operation, **values)
        except ConfirmationNeeded:
            raise
        except DomainError as error:
            said = error.message
        shell._tell(i18n.translate(request.language, said))
        put(self, {**await request.look(_values, request, self.words), "refused": ""})


async def customers_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of CustomersState.

    Raises:
        Elsewhere: not somebody who serves customers.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, words: str = "", *, now: datetime
) -> dict[str, Any]:
    only_for(request, actor, *SERVING)
    found = serving.search(session, actor, words=words, now=now)
    refused = bool(request.query.get("refused"))
    return {
        "loaded": True,
        "words": words,
        "customers": [_row(customer, request.language) for customer in found.customers],
        "more": found.more,
        "administers": actor.role is Role.ADMINISTRATOR,
        "searched": len(words.strip()) >= serving.LEAST,
        "refused": i18n.translate(request.language, _REFUSED) if refused else "",
    }


def _row(customer: ServedCustomer, language: str) -> CustomerRow:
    return CustomerRow(
        id=str(customer.id),
        name=customer.name,
        contact=customer.contact if customer.contact != customer.name else "",
        email=customer.email,
        mobile=customer.mobile,
        since=i18n.short_day(customer.since, language),
        second_factor=customer.second_factor,
    )
