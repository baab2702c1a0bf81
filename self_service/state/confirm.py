"""The page that asks for a fresh proof of who is there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import routes
from self_service.domain.access import Actor
from self_service.domain.people import credentials, passkeys
from self_service.state.guard import public
from self_service.state.request import PageRequest, PageState, show, sign_in_first
from self_service.state.security_rows import PROOF_FAULTS, said


class ConfirmState(PageState, rx.State):
    """By what the person can prove who they are, and where they go afterwards."""

    refused: str = ""
    goal: str = ""
    login: str = ""  # for password managers
    asks: bool = False  # for what can be typed: the two that follow, or one of them
    has_password: bool = False
    has_code: bool = False
    has_passkey: bool = False
    otherwise: bool = False  # none of these: the person signs in by another provider

    @public
    async def load(self) -> Any:
        """Read the page."""
        return await show(self, confirm_values)


async def confirm_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of ConfirmState.

    Raises:
        Elsewhere: nobody is signed in.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    sign_in_first(request, actor)
    mine, keys = credentials.of(session, actor, now=now), passkeys.of(session, actor, now=now)
    security = routes.page(request.language, routes.SECURITY)
    return {
        "refused": said(PROOF_FAULTS, request.query.get("refused", ""), request.language),
        "goal": routes.inside(request.query.get("next", ""), security),
        "login": mine.login,
        "asks": mine.password_hash != "" or mine.second_factor,
        "has_password": mine.password_hash != "",
        "has_code": mine.second_factor,
        "has_passkey": bool(keys),
        "otherwise": not mine.password_hash and not mine.second_factor and not keys,
    }
