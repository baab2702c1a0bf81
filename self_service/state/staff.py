"""Who works here: added, given a role, locked out, and given customers to serve."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, letters
from self_service.domain.access import Actor, ConfirmationNeeded
from self_service.domain.errors import N_, DomainError, Invalid
from self_service.domain.people import account_help, assignments, staff, staff_list
from self_service.jobs import runner
from self_service.models.access import Role
from self_service.state.display import problem, refusal
from self_service.state.guard import act, public, secured
from self_service.state.request import PageRequest, PageState, readable, show
from self_service.state.roles import only_for
from self_service.state.shell import ShellState
from self_service.state.staff_rows import (
    ChoiceRow,
    StaffRow,
    role_choices,
    staff_rows,
    supervisor_choices,
)

#: Fields of the form for somebody new.
FIELDS = ("given_name", "family_name", "email", "role", "supervisor")
NO_FAULTS = dict.fromkeys(FIELDS, "")


class StaffState(PageState, rx.State):
    """Everybody who works here, and the form for one more."""

    loaded: bool = False
    members: list[StaffRow] = []
    roles: list[ChoiceRow] = []
    supervisors: list[ChoiceRow] = []
    faults: dict[str, str] = NO_FAULTS
    form_number: int = 0  # of the form for somebody new: another one is an empty one
    refused: str = ""

    @public
    async def load(self) -> Any:
        """Read who works here."""
        self.refused, self.faults = "", NO_FAULTS
        return await show(self, staff_values)

    @secured(Role.ADMINISTRATOR)
    async def add(self, form: dict[str, Any]) -> None:
        """Add somebody, who gets a mail with a link to choose a password."""
        language = PageRequest.of(self).language
        done = await self._change(
            N_("Added. A mail with a link to choose a password is on its way."),
            staff.add,
            form=texts(form),
            words=letters.staff_invitation,
            language=language,
        )
        if done:
            runner.wake()
            self.form_number += 1

    @secured(Role.ADMINISTRATOR)
    async def invite_again(self, member: str) -> None:
        """Send somebody a new link to choose the first password."""
        told = N_("A mail with a new link is on its way.")
        words = letters.staff_invitation
        if await self._change(told, staff.invite_again, member_id=member, words=words):
            runner.wake()

    @secured(Role.ADMINISTRATOR)
    async def end_sessions(self, member: str) -> None:
        """Sign somebody out everywhere."""
        told = N_("This person is signed out everywhere.")
        await self._change(told, account_help.end_sessions, whose=member)

    @secured(Role.ADMINISTRATOR)
    async def remove_factor(self, member: str) -> None:
        """Remove somebody's authenticator app."""
        told, words = N_("The authenticator app is removed."), letters.second_factor_removed
        off = account_help.turn_off_second_factor
        if await self._change(told, off, whose=member, told=words):
            runner.wake()

    @secured(Role.ADMINISTRATOR)
    async def change_role(self, form: dict[str, Any]) -> None:
        """Give somebody another role or supervisor."""
        said = texts(form)
        await self._change(
            N_("Saved."),
            staff.change_role,
            member_id=said.get("member", ""),
            role=said.get("role", ""),
            supervisor=said.get("supervisor", ""),
        )

    @secured(Role.ADMINISTRATOR)
    async def disable(self, member: str) -> None:
        """Lock somebody out at once."""
        await self._change(N_("Access is taken away."), staff.disable, member_id=member)

    @secured(Role.ADMINISTRATOR)
    async def enable(self, member: str) -> None:
        """Let somebody in again."""
        await self._change(N_("Access is given back."), staff.enable, member_id=member)

    @secured(Role.ADMINISTRATOR)
    async def assign(self, form: dict[str, Any]) -> None:
        """Let a dealer serve a customer."""
        said = texts(form)
        await self._change(
            N_("The dealer can act for this customer now."),
            assignments.assign,
            member_id=said.get("member", ""),
            customer=said.get("customer", ""),
        )

    @secured(Role.ADMINISTRATOR)
    async def unassign(self, member: str, customer: str) -> None:
        """Take a customer away from a dealer."""
        await self._change(
            N_("The dealer cannot act for this customer any more."),
            assignments.unassign,
            member_id=member,
            customer_id=customer,
        )

    async def _change(self, said: str, operation: Callable[..., Any], **values: Any) -> bool:
        """Run an act and say how it went; a proof that is too old is asked for by the shell."""
        language = PageRequest.of(self).language
        self.faults, self.refused = NO_FAULTS, ""
        shell = await self.get_state(ShellState)
        try:
            await act(self, operation, **values)
        except ConfirmationNeeded:
            raise
        except DomainError as error:
            self.refused = refusal(error, language)
            if isinstance(error, Invalid):
                found = {name: problem(*fault, language) for name, fault in error.faults.items()}
                self.faults = {**NO_FAULTS, **found}
            shell._tell(self.refused)
            return False
        shell._tell(i18n.translate(language, said))
        await show(self, staff_values)
        return True


def texts(form: object) -> dict[str, str]:
    """Return the texts of a form; whatever else it holds is left out."""
    if not isinstance(form, dict):
        return {}
    return {
        str(name): readable(value)[:300] for name, value in form.items() if isinstance(value, str)
    }


async def staff_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of StaffState.

    Raises:
        Elsewhere: not an administrator.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    only_for(request, actor, Role.ADMINISTRATOR)
    found = staff_list.members(session, actor, now=now)
    return {
        "loaded": True,
        "members": staff_rows(found, actor.identity_id, request.language),
        "roles": role_choices(request.language),
        "supervisors": supervisor_choices(found, request.language),
    }
