"""What was done with a customer's things, and who looked; for staff, what they did themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n
from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.audit import Entry
from self_service.domain.errors import N_
from self_service.state.audit_words import act_words, network_words, who_words
from self_service.state.guard import public
from self_service.state.request import PageRequest, PageState, show, sign_in_first

#: Entries on the page.
SHOWN = 100


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One act.

    Attributes:
        key: number of the entry.
        what: in words.
        about: what it was done to, "" when the words say all.
        who: "You", or a name and what this person is here.
        whose: name of the customer, where that is somebody else.
        others: done by somebody for the customer.
    """

    key: int
    what: str
    about: str
    who: str
    whose: str
    at: str
    network: str
    others: bool


class HistoryState(PageState, rx.State):
    """The history of somebody's things."""

    loaded: bool = False
    entries: list[HistoryRow] = []

    @public
    async def load(self) -> Any:
        """Read the history."""
        return await show(self, history_values)


async def history_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of HistoryState.

    Raises:
        Elsewhere: nobody is signed in.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    sign_in_first(request, actor)
    found = audit.of_customer(session, actor, now=now, most=SHOWN)
    return {"loaded": True, "entries": [_row(entry, actor, request.language) for entry in found]}


def _row(entry: Entry, actor: Actor, language: str) -> HistoryRow:
    own = bool(entry.actor_id) and entry.actor_id == actor.identity_id
    foreign = entry.customer_id is not None and entry.customer_id != actor.customer_id
    you = i18n.translate(language, N_("You"))
    return HistoryRow(
        key=entry.number,
        what=act_words(entry.act, language),
        about=entry.subject if entry.subject != entry.customer_name else "",
        who=you if own and not actor.acting else who_words(entry, language),
        whose=entry.customer_name if foreign else "",
        at=i18n.instant(entry.at, language),
        network=network_words(entry.network, language),
        others=not entry.theirs and not own,
    )
