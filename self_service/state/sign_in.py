"""The sign-in page. The form itself is a plain post: the cookie must change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, routes, settings
from self_service.domain.access import Actor
from self_service.domain.access.attempts import TooManyAttempts
from self_service.domain.access.one_time import LinkUsedUp
from self_service.domain.errors import N_
from self_service.domain.people.accounts import SignInRefused
from self_service.domain.people.factor_codes import FactorUnreadable, WrongCode
from self_service.state.guard import public
from self_service.state.request import Elsewhere, PageRequest, PageState, show
from self_service.state.security_rows import PROVIDER_REFUSALS, said
from self_service.state.ways_in import provider_text

#: What is said after a refusal, by its code; the same for every name and password.
REFUSALS = {
    SignInRefused.code: SignInRefused.message,
    TooManyAttempts.code: TooManyAttempts.message,
    LinkUsedUp.code: N_("That took too long. Please sign in again."),
    **PROVIDER_REFUSALS,
}
#: The same for the second factor.
CODE_REFUSALS = {
    WrongCode.code: WrongCode.message,
    FactorUnreadable.code: FactorUnreadable.message,
    TooManyAttempts.code: TooManyAttempts.message,
}


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
    goal: str = ""
    provider: str = ""  # on the button to the operator's own provider, "" without one
    demo: list[DemoRow] = []

    @public
    async def load(self) -> Any:
        """Read the page."""
        return await show(self, sign_in_values)


class SecondFactorState(PageState, rx.State):
    """What stands on the page after a right password."""

    refused: str = ""
    goal: str = ""

    @public
    async def load(self) -> Any:
        """Read the page."""
        return await show(self, second_factor_values)


async def second_factor_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of SecondFactorState."""
    language = request.language
    return {
        "refused": said(CODE_REFUSALS, request.query.get("refused", ""), language),
        "goal": routes.inside(request.query.get("next", ""), routes.page(language, routes.HOME)),
    }


async def sign_in_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of SignInState.

    Raises:
        Elsewhere: whoever was sent here to sign in is signed in: a tab that was left open came
            with an older cookie (`assets/session.js`).
    """
    language = request.language
    goal = routes.inside(request.query.get("next", ""), routes.page(language, routes.HOME))
    refused = request.query.get("refused", "")
    if "next" in request.query and not refused and await request.look(_signed_in):
        raise Elsewhere(goal)
    return {
        "refused": said(REFUSALS, refused, language),
        "goal": goal,
        "provider": provider_text(language, N_("Sign in with {provider}")),
        "demo": _demo(language) if settings.get().demo else [],
    }


def _signed_in(_: Session, actor: Actor, *, now: datetime) -> bool:
    del now
    return actor.signed_in


def _demo(language: str) -> list[DemoRow]:
    from self_service.seed import DEMO_SIGN_INS  # noqa: PLC0415  (only where the demo runs)

    return [
        DemoRow(row.name, row.login, row.password, i18n.translate(language, row.description))
        for row in DEMO_SIGN_INS
    ]
