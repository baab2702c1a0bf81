"""The history of what somebody was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, routes
from self_service.domain.access import Actor
from self_service.domain.errors import N_
from self_service.domain.notices import history
from self_service.domain.notices.history import HistoryPage, NoticeView
from self_service.models.notices import Topic
from self_service.state.guard import public
from self_service.state.notice_words import action_words, address_of, topic_name
from self_service.state.request import PageRequest, PageState, show, sign_in_first
from self_service.state.store_rows import LinkRow

_DONE = {"read": N_("All are marked as read.")}
_REFUSED = N_("We could not find that.")


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """Something that somebody was told.

    Attributes:
        language, direction: of its words.
        action: what one does about it.
        href: where to.
    """

    id: str
    subject: str
    text: str
    topic: str
    at: str
    language: str
    direction: str
    unread: bool
    action: str
    href: str


class NoticesState(PageState, rx.State):
    """What somebody was told."""

    loaded: bool = False
    in_person: bool = True  # False: somebody who acts for the customer looks
    notices: list[NoticeRow] = []
    topics: list[LinkRow] = []
    any_unread: bool = False
    filtered: bool = False
    newer: str = ""
    older: str = ""
    done: str = ""
    refused: str = ""

    @public
    async def load(self) -> Any:
        """Read the page."""
        return await show(self, notices_values)


async def notices_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of NoticesState.

    Raises:
        Elsewhere: nobody is signed in.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    sign_in_first(request, actor)
    language, asked = request.language, request.query.get("topic", "")
    topic = Topic(asked) if asked in set(Topic) else None
    number = _number(request.query.get("page", ""))
    found = history.page_of(session, actor, topic=topic, number=number, now=now)
    done = _DONE.get(request.query.get("done", ""), "")
    name = topic.value if topic else ""
    return {
        "loaded": True,
        "in_person": not actor.acting,
        "notices": [_row(one, language) for one in found.notices],
        "topics": _chips(found, topic, language),
        "any_unread": history.unread(session, actor, now=now) > 0,
        "filtered": topic is not None,
        "newer": _page(language, name, number - 1) if number > 1 else "",
        "older": _page(language, name, number + 1) if found.more else "",
        "done": i18n.translate(language, done) if done else "",
        "refused": i18n.translate(language, _REFUSED) if request.query.get("refused") else "",
    }


def _row(notice: NoticeView, language: str) -> NoticeRow:
    written_in = i18n.known(notice.language)
    return NoticeRow(
        id=str(notice.id),
        subject=notice.subject,
        text=notice.text,
        topic=topic_name(notice.topic, language),
        at=i18n.instant(notice.created_at, language),
        language=written_in,
        direction=i18n.LANGUAGES[written_in].direction,
        unread=notice.unread,
        action=action_words(notice, language),
        href=address_of(notice, language),
    )


def _chips(found: HistoryPage, chosen: Topic | None, language: str) -> list[LinkRow]:
    """Return the topics that there is anything of; none where there is nothing to choose from."""
    topics = [one for one in Topic if one in found.topics or one is chosen]
    if len(topics) < 2 and chosen is None:
        return []
    everything = i18n.translate(language, N_("All"))
    return [
        LinkRow(everything, routes.page(language, routes.NOTIFICATIONS), chosen is None),
        *(
            LinkRow(topic_name(one, language), _page(language, one.value, 1), one is chosen)
            for one in topics
        ),
    ]


def _page(language: str, topic: str, number: int) -> str:
    page = str(number) if number > 1 else ""
    return routes.page(language, routes.NOTIFICATIONS, topic=topic, page=page)


def _number(text: str) -> int:
    """Read the number of a page; the first for whatever is none."""
    read = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 1
    return min(max(read, 1), history.PAGES)
