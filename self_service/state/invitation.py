"""An invitation, as whoever got it sees it. Opening the link changes nothing: its form does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, routes
from self_service.domain.access import SERVING, Actor
from self_service.domain.access.one_time import LinkUsedUp
from self_service.domain.catalog.view import text
from self_service.domain.errors import DomainError, Invalid
from self_service.domain.people import invitations, registering
from self_service.domain.people.accounts import LoginTaken, normalise
from self_service.domain.people.invitations import Invitation, NotInvited, WorkAccount
from self_service.state.display import problem
from self_service.state.guard import public
from self_service.state.mail_words import refused
from self_service.state.member_words import ALL_SUBSCRIPTIONS, scopes_text, until_text
from self_service.state.request import PageRequest, PageState, show

FIELDS = ("given_name", "family_name")
NOTHING = dict.fromkeys(FIELDS, "")
_REFUSALS: dict[str, type[DomainError]] = {
    kind.code: kind for kind in (NotInvited, WorkAccount, LoginTaken, Invalid)
}


class InvitationState(PageState, rx.State):
    """What an invitation offers, and the way to accept it."""

    step: str = ""  # new, sign_in, accept, other, dead
    link: str = ""
    email: str = ""
    owner: str = ""
    product: str = ""
    can: str = ""
    until: str = ""
    sign_in_href: str = ""
    refused: str = ""
    typed: dict[str, str] = NOTHING
    faults: dict[str, str] = NOTHING
    password_fault: str = ""
    password_type: str = "password"

    @public
    async def load(self) -> Any:
        """Read the page."""
        self.password_type = "password"
        return await show(self, invitation_values)

    @public
    async def show_password(self) -> None:
        """Show the password as it is typed, or hide it again."""
        self.password_type = "text" if self.password_type == "password" else "password"


async def invitation_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of InvitationState."""
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    language, code = request.language, request.query.get("refused", "")
    link = request.link
    try:
        found = invitations.look(session, link, now=now)
    except LinkUsedUp as dead:
        return {**_EMPTY, "step": "dead", "refused": i18n.translate(language, dead.message)}
    told = refused(code, language)
    if code in _REFUSALS:
        told["refused"] = i18n.translate(language, _REFUSALS[code].message)
    kept = registering.typed(session, actor, now=now) if code and not found.known else {}
    typed = {name: str(kept.get(name, "")) for name in FIELDS}
    return {
        "step": _step(session, actor, found),
        "link": link,
        "email": found.wish.email,
        "owner": found.owner,
        "product": text(found.product, language)
        if found.product
        else i18n.translate(language, ALL_SUBSCRIPTIONS),
        "can": scopes_text(found.wish.scopes, language),
        "until": until_text(found.wish.until, language),
        "sign_in_href": routes.page(
            language,
            routes.SIGN_IN,
            next=routes.page(language, routes.INVITATION),
        ),
        "typed": typed,
        "faults": _faults(typed, language) if kept else NOTHING,
        **told,
    }


_EMPTY: dict[str, Any] = {
    **dict.fromkeys(("link", "email", "owner", "product", "can", "until", "sign_in_href"), ""),
    "typed": NOTHING,
    "faults": NOTHING,
    "password_fault": "",
}


def _step(session: Session, actor: Actor, found: Invitation) -> str:
    if not found.known:
        return "new"
    if not actor.signed_in:
        return "sign_in"
    mine = invitations.login_of(session, actor) == normalise(found.wish.email)
    return "accept" if mine and actor.role not in SERVING else "other"


def _faults(typed: dict[str, str], language: str) -> dict[str, str]:
    """Say what is wrong with the names that came back."""
    try:
        invitations.check_names(typed)
    except Invalid as invalid:
        found = {name: problem(*fault, language) for name, fault in invalid.faults.items()}
        return {**NOTHING, **found}
    return NOTHING
