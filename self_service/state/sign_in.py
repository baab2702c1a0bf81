"""The sign-in page. The form itself is a plain post: the cookie must change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from self_service import i18n, routes, settings
from self_service.domain.people.accounts import SignInRefused
from self_service.state.guard import public
from self_service.state.request import PageRequest, PageState, show


@dataclass(frozen=True, slots=True)
class DemoRow:
    """A sign-in of the demo, to be typed or taken over."""

    name: str
    login: str
    password: str
    about: str


class SignInState(PageState, rx.State):
    """What stands on the sign-in page."""

    refused: str = ""
    login: str = ""
    goal: str = ""
    demo: list[DemoRow] = []

    @public
    async def load(self) -> Any:
        """Read the page."""
        return await show(self, sign_in_values)


async def sign_in_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of SignInState."""
    language = request.language
    return {
        "refused": i18n.translate(language, SignInRefused.message)
        if request.query.get("refused")
        else "",
        "login": request.query.get("login", "")[:254],
        "goal": routes.inside(request.query.get("next", ""), routes.page(language, routes.HOME)),
        "demo": _demo(language) if settings.get().demo else [],
    }


def _demo(language: str) -> list[DemoRow]:
    from self_service.seed import DEMO_SIGN_INS  # noqa: PLC0415  (only where the demo runs)

    return [
        DemoRow(row.name, row.login, row.password, i18n.translate(language, row.description))
        for row in DEMO_SIGN_INS
    ]
