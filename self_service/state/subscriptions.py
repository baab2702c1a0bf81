"""The list of subscriptions, one's own and those that others share, with what changes soon."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from self_service import routes
from self_service.domain.access import Actor
from self_service.domain.changes import revoking
from self_service.domain.changes.listing import open_changes
from self_service.domain.errors import N_, DomainError
from self_service.domain.subscriptions.home import subscriptions_of
from self_service.domain.subscriptions.shared import shared
from self_service.i18n import translate
from self_service.models.access import Role, Scope
from self_service.state.display import refusal
from self_service.state.guard import act, public, secured
from self_service.state.home_rows import SubscriptionRow, subscription_row
from self_service.state.member_words import scopes_text
from self_service.state.private import customers_and_members
from self_service.state.request import PageRequest, PageState, show
from self_service.state.shell import ShellState
from self_service.state.subscription_rows import ChangeRow, change_row

#: Subscriptions that the list shows; a company's further ones are found by search (issue 6).
MOST = 50


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A subscription of the list; `owner` and `can` of one that is shared."""

    key: str
    href: str
    subscription: SubscriptionRow
    owner: str = ""
    can: str = ""
    may: bool = True
    changes: list[ChangeRow] = field(default_factory=list)


class SubscriptionsState(PageState, rx.State):
    """What runs."""

    loaded: bool = False
    listed: list[ListedRow] = []
    nothing: bool = False
    refused: str = ""

    @public
    async def load(self) -> Any:
        """Read the list."""
        self.refused = ""
        return await show(self, subscriptions_values)

    @secured()
    async def revoke(self, change_id: str) -> Any:
        """Call a planned change off."""
        request = PageRequest.of(self)
        shell = await self.get_state(ShellState)
        self.refused = ""
        try:
            await act(self, revoking.revoke, str(change_id))
        except DomainError as error:
            self.refused = refusal(error, request.language)
            shell._tell(self.refused)
            return None
        told = N_("Called off. Everything stays as it is.")
        shell._tell(translate(request.language, told))
        return await show(self, subscriptions_values)


async def subscriptions_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of SubscriptionsState.

    Raises:
        Elsewhere: nobody is signed in, or nobody with subscriptions.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_and_members(request, actor)
    language = request.language
    own = actor.customer_id is not None and actor.role is not Role.SUB_USER
    mine = subscriptions_of(session, actor.customer(), now=now) if own else ()
    theirs = shared(session, actor, now=now)
    ids = [one.id for one in mine] + [one.subscription.id for one in theirs]
    changing = open_changes(session, ids)

    def rows(root_id: UUID) -> list[ChangeRow]:
        found = changing.get(root_id, ())
        return [change_row(one, now=now, language=language) for one in found]

    listed = [
        ListedRow(
            key=str(one.id),
            href=routes.page(language, routes.SUBSCRIPTION, str(one.id)),
            subscription=subscription_row(one, now=now, language=language),
            changes=rows(one.id),
        )
        for one in mine[:MOST]
    ]
    listed += [
        ListedRow(
            key=f"{one.owner} {one.subscription.id}",
            href=routes.page(language, routes.SUBSCRIPTION, str(one.subscription.id)),
            subscription=subscription_row(one.subscription, now=now, language=language),
            owner=one.owner,
            can=scopes_text(one.scopes, language),
            may=Scope.MANAGE in one.scopes,
            changes=rows(one.subscription.id),
        )
        for one in theirs[:MOST]
    ]
    return {"loaded": True, "listed": listed, "nothing": not listed}
