"""A forgotten password, and links from mails. Opening a link changes nothing: its button does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, settings
from self_service.domain.access import Actor
from self_service.domain.access.one_time import LinkUsedUp
from self_service.domain.people import email_address, resetting
from self_service.models.access import Purpose
from self_service.state.guard import public
from self_service.state.mail_words import refused
from self_service.state.request import PageRequest, PageState, show


class ForgotState(PageState, rx.State):
    """Asking for a link."""

    sent: bool = False
    inbox: bool = False
    refused: str = ""

    @public
    async def load(self) -> Any:
        """Read the page."""
        return await show(self, forgot_values)


async def forgot_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of ForgotState."""
    told = refused(request.query.get("refused", ""), request.language)
    return {
        "sent": bool(request.query.get("sent")),
        "inbox": settings.get().shows_mail,
        "refused": told["refused"],
    }


class ResetState(PageState, rx.State):
    """Choosing a new password."""

    step: str = ""  # choose, done, dead
    link: str = ""
    refused: str = ""
    password_fault: str = ""
    password_type: str = "password"

    @public
    async def load(self) -> Any:
        """Read the page."""
        self.password_type = "password"
        return await show(self, reset_values)

    @public
    async def show_password(self) -> None:
        """Show the password as it is typed, or hide it again."""
        self.password_type = "text" if self.password_type == "password" else "password"


async def reset_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of ResetState."""
    link = request.link
    told = refused(request.query.get("refused", ""), request.language)
    if request.query.get("done"):
        step = "done"
    else:
        step = "choose" if link and await request.look(_resets, link) else "dead"
    if step == "dead":
        told["refused"] = i18n.translate(request.language, LinkUsedUp.message)
    return {"step": step, "link": link if step == "choose" else "", **told}


def _resets(session: Session, _: Actor, link: str, *, now: datetime) -> bool:
    try:
        resetting.login_of(session, link, now=now)
    except LinkUsedUp:
        return False
    return True


class VerifiedState(PageState, rx.State):
    """Proving an address."""

    step: str = ""  # sent, verify, change, verified, changed, dead
    link: str = ""
    refused: str = ""
    inbox: bool = False

    @public
    async def load(self) -> Any:
        """Read the page."""
        return await show(self, verified_values)


async def verified_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of VerifiedState."""
    link, done = request.link, request.query.get("done", "")
    told = refused(request.query.get("refused", ""), request.language)["refused"]
    if done in ("verified", "changed"):
        step = done
    elif request.query.get("sent"):
        step = "sent"
    else:
        step = await request.look(_proves, link) if link else "dead"
    if step == "dead" and not told:
        told = i18n.translate(request.language, LinkUsedUp.message)
    return {
        "step": step,
        "link": link if step in ("verify", "change") else "",
        "refused": told,
        "inbox": settings.get().shows_mail,
    }


def _proves(session: Session, _: Actor, link: str, *, now: datetime) -> str:
    try:
        purpose = email_address.purpose_of(session, link, now=now)
    except LinkUsedUp:
        return "dead"
    return "change" if purpose is Purpose.CHANGE_EMAIL else "verify"
