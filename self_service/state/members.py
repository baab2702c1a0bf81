"""Who else has access to a customer's subscriptions, and the forms that give and take it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, letters
from self_service.domain.access import Actor, ConfirmationNeeded
from self_service.domain.access.attempts import TooManyAttempts
from self_service.domain.errors import N_, DomainError, Invalid
from self_service.domain.people import leaving, member_list, members
from self_service.domain.people.member_list import Circle
from self_service.jobs import runner
from self_service.state.checkout_rows import OptionRow
from self_service.state.display import problem, refusal
from self_service.state.guard import act, public, secured
from self_service.state.member_rows import (
    NO_FAULTS,
    MemberRow,
    PendingRow,
    circle_values,
    terms_form,
    wish_form,
)
from self_service.state.private import customers_and_members, in_person_only
from self_service.state.request import PageRequest, PageState, show
from self_service.state.shell import ShellState


class MembersState(PageState, rx.State):
    """Everybody who has access, who was invited, and the form for one more."""

    loaded: bool = False
    owner: bool = False  # has something to share
    sharers: list[OptionRow] = []  # who shares something with this person
    members: list[MemberRow] = []
    pending: list[PendingRow] = []
    products: list[OptionRow] = []  # what can be shared
    confirm_href: str = ""  # leads to a fresh proof, which inviting needs; "" when it is fresh
    faults: dict[str, str] = NO_FAULTS
    refused: str = ""
    form_number: int = 0  # of the form that invites: another one is an empty one
    open: str = ""  # the access whose form is open
    open_faults: dict[str, str] = NO_FAULTS

    @public
    async def load(self) -> Any:
        """Read who has access."""
        self.open, self.refused = "", ""
        self.faults = self.open_faults = NO_FAULTS
        return await show(self, members_values)

    @secured()
    async def invite(self, form: dict[str, Any]) -> None:
        """Invite somebody, who gets a mail with a link."""
        language, typed = PageRequest.of(self).language, wish_form(form)
        words = {"form": typed, "words": letters.invitation, "language": language}
        self.open_faults = NO_FAULTS
        told = N_("Invited. A mail with a link is on its way.")
        self.faults = await self._change(told, members.invite, counted=typed, **words)
        if not self.refused:
            runner.wake()
            self.form_number += 1

    @secured()
    async def edit(self, access_id: str) -> None:
        """Open the form of an access, "" to close it."""
        ids = {access.id for member in self.members for access in member.access}
        self.open = access_id if isinstance(access_id, str) and access_id in ids else ""
        self.open_faults = NO_FAULTS

    @secured()
    async def change(self, form: dict[str, Any]) -> None:
        """Change what somebody may do, and until when."""
        typed = terms_form(form)
        self.open_faults = await self._change(N_("Saved."), members.change, self.open, form=typed)
        if not self.refused:
            self.open = ""

    @secured()
    async def remove(self, access_id: str) -> None:
        """Take an access away."""
        words = letters.access_removed
        await self._change(N_("Access is taken away."), members.remove, access_id, words=words)
        self.open = ""
        runner.wake()

    @secured()
    async def leave(self, customer: str) -> None:
        """Give up what somebody shares."""
        words = letters.member_left
        await self._change(N_("You left. The owner is told."), leaving.leave, customer, words=words)
        runner.wake()

    @secured()
    async def withdraw(self, reference: str) -> None:
        """Withdraw an invitation."""
        await self._change(N_("The invitation is withdrawn."), members.withdraw, reference)

    async def _change(
        self,
        told: str,
        operation: Callable[..., Any],
        /,
        *args: Any,
        counted: dict[str, Any] | None = None,
        **values: Any,
    ) -> dict[str, str]:
        """Run an act and say how it went; returns what is wrong with the form.

        A proof that is too old is asked for by the shell.
        """
        language, self.refused = PageRequest.of(self).language, ""
        shell = await self.get_state(ShellState)
        try:
            if counted is not None and not await act(self, members.count_invitation, form=counted):
                raise TooManyAttempts
            await act(self, operation, *args, **values)
        except ConfirmationNeeded:
            raise
        except DomainError as error:
            self.refused = refusal(error, language)
            shell._tell(self.refused)
            faults = error.faults if isinstance(error, Invalid) else {}
            return {**NO_FAULTS, **{k: problem(*fault, language) for k, fault in faults.items()}}
        shell._tell(i18n.translate(language, told))
        await show(self, members_values)
        return NO_FAULTS


async def members_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of MembersState.

    Raises:
        Elsewhere: not a customer in person.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_and_members(request, actor)
    if actor.acting:
        in_person_only(request, actor)
    sharers = leaving.sharers(session, actor, now=now)
    owner = actor.customer_id is not None
    circle = member_list.circle(session, actor, now=now) if owner else Circle((), (), ())
    return {
        "loaded": True,
        "owner": owner,
        "sharers": [OptionRow(str(row.id), row.name) for row in sharers],
        "confirm_href": "" if _fresh(actor, now) else request.confirm,
        **circle_values(circle, request.language),
    }


def _fresh(actor: Actor, now: datetime) -> bool:
    try:
        actor.fresh(now)
    except ConfirmationNeeded:
        return False
    return True
