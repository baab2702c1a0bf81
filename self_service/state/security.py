"""Where somebody is signed in, and what they sign in with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n
from self_service.domain.access import Actor, sessions
from self_service.domain.errors import N_, NotFound
from self_service.domain.people import credentials, factor_codes
from self_service.state.guard import act, public, secured
from self_service.state.request import PageRequest, PageState, show, sign_in_first
from self_service.state.security_rows import (
    DONE,
    NEW_PASSWORD_FAULTS,
    PASSWORD_FAULTS,
    REFUSALS,
    USERNAME_FAULTS,
    DeviceRow,
    device_row,
    said,
)
from self_service.state.shell import ShellState
from self_service.state.ways_in import KeyRow, ways_in


class SecurityState(PageState, rx.State):
    """The security page of whoever is signed in."""

    loaded: bool = False
    refused: str = ""
    done: str = ""
    password_fault: str = ""
    new_password_fault: str = ""
    username_fault: str = ""
    login: str = ""
    username: str = ""
    has_password: bool = False
    second_factor: bool = False
    codes_left: str = ""
    devices: list[DeviceRow] = []
    others: bool = False  # signed in elsewhere too
    keys: list[KeyRow] = []
    provider: str = ""  # on the button to the operator's own provider, "" without one
    connected: str = ""

    @public
    async def load(self) -> Any:
        """Read the page."""
        return await show(self, security_values)

    @secured()
    async def end(self, session_id: str) -> Any:
        """Sign another device out; one that is gone already is gone."""
        text = N_("The device is signed out.")
        try:
            await act(self, credentials.end_session, session_id)
        except NotFound:
            text = N_("That device is signed out already.")
        return await self._say(text)

    @secured()
    async def end_others(self) -> Any:
        """Sign all other devices out."""
        await act(self, credentials.end_other_sessions)
        return await self._say(N_("All other devices are signed out."))

    async def _say(self, text: str) -> Any:
        shell = await self.get_state(ShellState)
        shell._tell(i18n.translate(PageRequest.of(self).language, text))
        return await show(self, security_values)


async def security_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of SecurityState.

    Raises:
        Elsewhere: nobody is signed in.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    sign_in_first(request, actor)
    language = request.language
    mine = credentials.of(session, actor, now=now)
    devices = sessions.devices(session, actor, now=now)
    left = factor_codes.codes_left(session, mine.identity_id)
    return {
        "loaded": True,
        "login": mine.login,
        "username": mine.username,
        "has_password": mine.password_hash != "",
        "second_factor": mine.second_factor,
        "codes_left": i18n.plural(
            language, "{count} recovery code left", "{count} recovery codes left", left
        ),
        "devices": [device_row(device, now, language) for device in devices],
        "others": len(devices) > 1,
        **ways_in(session, actor, language, now=now),
        **_told(request),
    }


def _told(request: PageRequest) -> dict[str, str]:
    """Say what the last form did, or why not."""
    refused, language = request.query.get("refused", ""), request.language
    return {
        "refused": said(REFUSALS, refused, language),
        "password_fault": said(PASSWORD_FAULTS, refused, language),
        "new_password_fault": said(NEW_PASSWORD_FAULTS, refused, language),
        "username_fault": said(USERNAME_FAULTS, refused, language),
        "done": said(DONE, request.query.get("done", ""), language),
    }
