"""How somebody wants to be told: topic by channel, and quiet hours."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from self_service.domain import audit
from self_service.domain.access import Actor, NotAllowed
from self_service.domain.notices import quiet
from self_service.domain.notices.topics import MAILED, wanted_usually
from self_service.domain.rows import add_once, changed
from self_service.models.access import DigitalIdentity
from self_service.models.messages import MessageChannel
from self_service.models.notices import NoticeSettings, Topic
from self_service.models.people import Channel, Individual


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody chose, or what holds without a choice.

    Attributes:
        wanted: by which channels each topic comes.
        quiet: minutes of the day, in the operator's zone, None without.
        mobile: number for SMS, "" without.
    """

    wanted: Mapping[Topic, frozenset[MessageChannel]]
    quiet: tuple[int, int] | None
    mobile: str


#: What the form always sends, be it empty.
_FIELDS = frozenset({"quiet_from", "quiet_until"})


def in_person(actor: Actor) -> UUID:
    """Return whose notices an actor may set up: their own, whoever they are.

    Raises:
        SignInNeeded: nobody is signed in.
        NotAllowed: somebody who acts for a customer.
    """
    if actor.acting:
        raise NotAllowed
    return actor.identity()


def of(session: Session, actor: Actor, *, now: datetime) -> Wishes:
    """Return what the actor chose.

    Raises:
        SignInNeeded, NotAllowed: not somebody for themselves.
    """
    del now
    identity_id = in_person(actor)
    person = _person(session, identity_id)
    row = session.get(NoticeSettings, identity_id)
    channels = {
        topic: frozenset(one for one in MessageChannel if wants(row, person, topic, one))
        for topic in Topic
    }
    return Wishes(channels, quiet.of(session, identity_id), person.mobile)


def save(
    session: Session,
    actor: Actor,
    *,
    form: Mapping[str, object],
    offered: Collection[MessageChannel],
    now: datetime,
) -> None:
    """Keep what was chosen in a form; what cannot be switched off stays on.

    Args:
        session: open transaction.
        actor: for themselves.
        form: from anybody: "usage_sms" for a ticked box, "quiet_from", "quiet_until".
        offered: channels that the form shows; choices about others stay.
        now: instant of the act.

    Raises:
        SignInNeeded, NotAllowed: not somebody for themselves.
        QuietHoursUnclear: the times of the quiet hours are missing, or cannot be read; nothing
            was changed.
    """
    identity_id = in_person(actor)
    if not form.keys() >= _FIELDS:  # boxes that are not ticked are not sent: was it our form?
        raise quiet.QuietHoursUnclear
    hours = quiet.read(form.get("quiet_from"), form.get("quiet_until"))
    row = NoticeSettings(identity_id=identity_id, changed_at=now)
    add_once(session, row)
    known = session.get_one(
        NoticeSettings, identity_id, populate_existing=True, with_for_update=True
    )
    choices: dict[str, dict[str, bool]] = {
        topic.value: {
            **known.choices.get(topic.value, {}),
            **{one.value: _ticked(form, topic, one) for one in sorted(offered)},
        }
        for topic in Topic
    }
    first, last = hours or (None, None)
    before = (known.choices, known.quiet_from, known.quiet_until)
    if (choices, first, last) == before:
        return
    values = {"choices": choices, "quiet_from": first, "quiet_until": last, "changed_at": now}
    mine = col(NoticeSettings.identity_id) == identity_id
    changed(session, update(NoticeSettings).where(mine).values(**values))
    audit.record(session, actor, "notices.settings", now=now, subject="notifications")


def wants(
    row: NoticeSettings | None, person: Individual, topic: Topic, channel: MessageChannel
) -> bool:
    """Say whether somebody is told about a topic by a channel."""
    if channel is MessageChannel.EMAIL and topic in MAILED:
        return True
    chosen: Any = row.choices.get(topic.value, {}).get(channel.value) if row else None
    if isinstance(chosen, bool):
        return chosen
    return wanted_usually(topic, channel, by_sms=person.channel is Channel.SMS)


def _ticked(form: Mapping[str, object], topic: Topic, channel: MessageChannel) -> bool:
    fixed = channel is MessageChannel.EMAIL and topic in MAILED
    return fixed or form.get(f"{topic.value}_{channel.value}") == "on"


def _person(session: Session, identity_id: UUID) -> Individual:
    identity = session.get_one(DigitalIdentity, identity_id)
    return session.get_one(Individual, identity.individual_id)
