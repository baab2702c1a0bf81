"""Registering without buying. The form is a plain post; what it held when refused comes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import routes, settings
from self_service.domain.access import Actor
from self_service.domain.people import registering
from self_service.state.checkout_rows import (
    NOTHING,
    AddressRow,
    OptionRow,
    address_rows,
    completed,
    countries,
    fault_of,
    fault_text,
    languages,
    typed_in,
)
from self_service.state.guard import public
from self_service.state.mail_words import refused
from self_service.state.request import Elsewhere, PageRequest, PageState, show


class RegisterState(PageState, rx.State):
    """The form of somebody new."""

    sent: bool = False  # look into your mail
    inbox: bool = False  # the demo shows its mails
    typed: dict[str, str] = NOTHING
    faults: dict[str, str] = NOTHING
    fault_count: int = 0
    fault_text: str = ""
    countries: list[OptionRow] = []
    languages: list[OptionRow] = []
    address: list[AddressRow] = []
    refused: str = ""
    password_fault: str = ""
    password_type: str = "password"

    @public
    async def load(self) -> Any:
        """Read the page."""
        self.password_type = "password"
        return await show(self, register_values)

    @public
    async def check(self, name: str, value: str) -> None:
        """Say at once what is wrong with a field that was left."""
        language = PageRequest.of(self).language
        changed = typed_in({name: value} if isinstance(name, str) else {})
        if changed:
            typed = {**self.typed, **changed}
            fault = fault_of(name, typed, language) if typed[name] else ""
            self._show(typed, {**self.faults, name: fault}, language)

    @public
    async def choose_country(self, value: str) -> None:
        """Show the address fields of another country."""
        chosen = typed_in({"country": value, "country_area": "", "city": ""})
        self._show({**self.typed, **chosen}, NOTHING, PageRequest.of(self).language)

    @public
    async def show_password(self) -> None:
        """Show the password as it is typed, or hide it again."""
        self.password_type = "text" if self.password_type == "password" else "password"

    def _show(self, typed: dict[str, str], faults: dict[str, str], language: str) -> None:
        for name, value in form_values(typed, faults, language).items():
            setattr(self, name, value)


def form_values(typed: dict[str, str], faults: dict[str, str], language: str) -> dict[str, Any]:
    """Return what the form shows of what was typed and what is wrong with it."""
    count = sum(bool(fault) for fault in faults.values())
    return {
        "typed": typed,
        "faults": faults,
        "address": address_rows(typed, faults, language),
        "fault_count": count,
        "fault_text": fault_text(count, language) if count else "",
    }


async def register_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of RegisterState.

    Raises:
        Elsewhere: somebody is signed in already.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    language, code = request.language, request.query.get("refused", "")
    if actor.signed_in:
        raise Elsewhere(routes.page(language, routes.HOME))
    kept = registering.typed(session, actor, now=now) if code else {}
    typed = completed(typed_in(kept), language)
    wrong = {name: fault_of(name, typed, language) for name in typed} if kept else {}
    return {
        "sent": bool(request.query.get("sent")),
        "inbox": settings.get().shows_mail,
        **form_values(typed, {**NOTHING, **wrong}, language),
        "countries": countries(language),
        "languages": languages(),
        **refused(code, language),
    }
