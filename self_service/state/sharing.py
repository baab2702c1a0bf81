"""Shared allowances: groups as their owner sees them, and as a member does. Forms are posts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, policy
from self_service.domain.access import Actor
from self_service.domain.sharing import joining
from self_service.domain.sharing.joining import CodeUsedUp
from self_service.domain.sharing.view import sharing
from self_service.models.usage import UsageKind
from self_service.state import sharing_words, usage_words
from self_service.state.checkout_rows import OptionRow
from self_service.state.guard import public
from self_service.state.private import customers_and_members
from self_service.state.request import PageRequest, PageState, show
from self_service.state.sharing_rows import (
    GroupRow,
    MembershipRow,
    group_row,
    line_option,
    membership_row,
)
from self_service.wiring import vault


class SharingState(PageState, rx.State):
    """Groups, memberships, and what can be begun."""

    loaded: bool = False
    nothing: bool = False
    may_type: bool = False  # a code: customers in person, when no link was opened
    may_begin: bool = False
    groups: list[GroupRow] = []
    memberships: list[MembershipRow] = []
    free: list[OptionRow] = []  # lines that neither give nor take
    code: str = ""  # of the link that was opened
    offer: str = ""  # what it offers
    dead: str = ""  # why it does not
    done: str = ""
    refused: str = ""

    @public
    async def load(self) -> Any:
        """Read the page."""
        return await show(self, sharing_values)


async def sharing_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of SharingState.

    Raises:
        Elsewhere: neither a customer, nor somebody with whom something is shared.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_and_members(request, actor)
    language = request.language
    found = sharing(session, actor, vault=vault(), now=now)
    free = [line_option(line, language) for line in found.free]
    offered = _offer(session, request, now=now)
    customer = actor.customer_id is not None
    return {
        "loaded": True,
        "nothing": not found.groups and not found.memberships,
        "may_type": customer and bool(free) and not actor.acting and not offered["offer"],
        "may_begin": customer and bool(free),
        "groups": [group_row(one, language) for one in found.groups],
        "memberships": [membership_row(one, language) for one in found.memberships],
        "free": free,
        **offered,
        "done": sharing_words.done(request.query.get("done", ""), language),
        "refused": sharing_words.refusal(
            request.query.get("refused", ""), language, most=policy.current().sharing.members_most
        ),
    }


def _offer(session: Session, request: PageRequest, *, now: datetime) -> dict[str, str]:
    """Tell what the link offers that was opened, if one was."""
    if not request.link:
        return {"code": "", "offer": "", "dead": ""}
    language = request.language
    try:
        found = joining.look(session, request.link, vault=vault(), now=now)
    except CodeUsedUp as dead:
        return {"code": "", "offer": "", "dead": i18n.translate(language, dead.message)}
    kinds = [i18n.translate(language, usage_words.KINDS[UsageKind(kind)]) for kind in found.kinds]
    said = {"owner": found.owner, "group": found.group, "kinds": i18n.listed(kinds, language)}
    offer = i18n.translate(language, sharing_words.OFFER, **said)
    return {"code": request.link, "offer": offer, "dead": ""}
