"""How somebody wants to be told: topic by channel, quiet hours, browsers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import clock, i18n, routes, wiring
from self_service.domain.access import Actor
from self_service.domain.errors import N_, NotFound
from self_service.domain.notices import push, wishes
from self_service.domain.notices.push import Browser, PushRefused
from self_service.domain.notices.quiet import QuietHoursUnclear
from self_service.domain.notices.topics import MAILED
from self_service.domain.notices.wishes import Wishes
from self_service.models.messages import MessageChannel
from self_service.models.notices import Topic
from self_service.state.guard import public
from self_service.state.notice_words import CHANNELS, TOPICS
from self_service.state.request import Elsewhere, PageRequest, PageState, show, sign_in_first

_DONE = {
    "saved": N_("Saved."),
    "on": N_("This browser shows your notifications now."),
    "off": N_("That browser shows no more notifications."),
}
_REFUSALS = {one.code: one.message for one in (QuietHoursUnclear, PushRefused, NotFound)}
_UNNAMED = N_("A browser")


@dataclass(frozen=True, slots=True)
class BoxRow:
    """A topic by a channel; one that is fixed is on and cannot be switched off."""

    name: str
    channel: str
    checked: bool
    fixed: bool


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic with a box for each channel."""

    key: str
    name: str
    about: str
    boxes: list[BoxRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BrowserRow:
    """A browser that shows notices."""

    id: str
    name: str
    since: str
    here: bool


class NoticeSettingsState(PageState, rx.State):
    """How somebody wants to be told."""

    loaded: bool = False
    channels: list[str] = []
    topics: list[TopicRow] = []
    has_sms: bool = False
    mobile: str = ""
    quiet_from: str = ""
    quiet_until: str = ""
    zone: str = ""
    push_key: str = ""  # "" where browsers are shown nothing
    browsers: list[BrowserRow] = []
    done: str = ""
    refused: str = ""
    quiet_fault: str = ""

    @public
    async def load(self) -> Any:
        """Read the page."""
        return await show(self, notice_settings_values)


def offered() -> tuple[MessageChannel, ...]:
    """Return the channels that this installation has."""
    there = {
        MessageChannel.EMAIL: True,
        MessageChannel.SMS: wiring.sms() is not None,
        MessageChannel.PUSH: wiring.push() is not None,
    }
    return tuple(channel for channel, has in there.items() if has)


async def notice_settings_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of NoticeSettingsState.

    Raises:
        Elsewhere: nobody is signed in, or somebody acts for a customer.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    sign_in_first(request, actor)
    language = request.language
    if actor.acting:
        raise Elsewhere(routes.page(language, routes.NOTIFICATIONS))
    found, channels, port = wishes.of(session, actor, now=now), offered(), wiring.push()
    first, last = found.quiet or (None, None)
    done = _DONE.get(request.query.get("done", ""), "")
    code = request.query.get("refused", "")
    refused = _REFUSALS.get(code, "")
    said = i18n.translate(language, refused) if refused else ""
    unclear = code == QuietHoursUnclear.code
    return {
        "loaded": True,
        "channels": [i18n.translate(language, CHANNELS[one]) for one in channels],
        "topics": [_topic(one, found, channels, language) for one in Topic],
        "has_sms": MessageChannel.SMS in channels,
        "mobile": found.mobile,
        "quiet_from": _time(first),
        "quiet_until": _time(last),
        "zone": clock.zone().key.rpartition("/")[2].replace("_", " "),
        "push_key": port.public_key if port else "",
        "browsers": [_browser(one, language) for one in push.listed(session, actor, now=now)],
        "done": i18n.translate(language, done) if done else "",
        "refused": "" if unclear else said,
        "quiet_fault": said if unclear else "",
    }


def _topic(
    topic: Topic, found: Wishes, channels: tuple[MessageChannel, ...], language: str
) -> TopicRow:
    name, about = TOPICS[topic]
    boxes = [
        BoxRow(
            name=f"{topic.value}_{one.value}",
            channel=i18n.translate(language, CHANNELS[one]),
            checked=one in found.wanted[topic],
            fixed=one is MessageChannel.EMAIL and topic in MAILED,
        )
        for one in channels
    ]
    words = i18n.translate(language, name), i18n.translate(language, about)
    return TopicRow(topic.value, *words, boxes)


def _browser(one: Browser, language: str) -> BrowserRow:
    day = i18n.short_day(one.since, language)
    return BrowserRow(
        id=str(one.id),
        name=one.device or i18n.translate(language, _UNNAMED),
        since=i18n.translate(language, N_("Since {day}"), day=day),
        here=one.here,
    )


def _time(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02}:{minute % 60:02}"
