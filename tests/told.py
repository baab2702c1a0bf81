"""What the tests of notifications share: letters, choices, browsers, and what became of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.messages import Letter
from self_service.domain.notices import history, push, wishes
from self_service.domain.people import mailbox
from self_service.models.access import DigitalIdentity
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage, MessageChannel
from self_service.models.notices import Notice, NoticeSettings, PushSubscription, Topic
from self_service.models.people import Individual
from tests.conftest import NOW
from tests.wallets import person

SMS, PUSH, EMAIL = MessageChannel.SMS, MessageChannel.PUSH, MessageChannel.EMAIL
ALL = (EMAIL, SMS, PUSH)
SERVICES = ("push.example", "fcm.googleapis.com")
KEY, AUTH = "B" + "A" * 86, "A" * 22
HOME = "https://portal.example/en"
BODY = f"Little is left.\n\nTop up here:\n\n{HOME}/wallet?open=topup\n\nDemo\n"
WRITTEN = (Notice, NoticeSettings, PushSubscription, CommunicationMessage, AuditEntry)


def reader(session: Session) -> Actor:
    """A customer with a mobile number, in a session of their own."""
    who = person(session, "ada@example.com", now=NOW)
    individual(session, who).mobile = "+491511234567"
    session.flush()
    return replace(who, session_id=uuid4())


def individual(session: Session, who: Actor) -> Individual:
    """Who somebody is."""
    identity = session.get_one(DigitalIdentity, who.identity_id)
    return session.get_one(Individual, identity.individual_id)


def tell(session: Session, who: Actor, kind: str, now: datetime = NOW) -> None:
    """Write somebody a letter of a kind."""
    identity = session.get_one(DigitalIdentity, who.identity_id)
    letter = Letter(f"{kind} · Demo", BODY)
    mailbox.write(session, identity, kind, lambda *_: letter, now=now)
    session.flush()


def browser(session: Session, who: Actor, name: str = "one", now: datetime = NOW) -> Any:
    """Let a browser show somebody's notices; returns its id."""
    return push.register(
        session,
        who,
        endpoint=f"https://push.example/{name}",
        receiver_key=KEY,
        auth_secret=AUTH + "==",
        device="Firefox on Linux",
        services=SERVICES,
        now=now,
    )


def choose(session: Session, who: Actor, *ticks: str, hours: str = "", **offered: Any) -> None:
    """Save the form with these boxes ticked, and quiet hours such as "22:00-07:00"."""
    first, _, last = hours.partition("-")
    form = dict.fromkeys(ticks, "on") | {"quiet_from": first, "quiet_until": last}
    wishes.save(session, who, form=form, offered=offered.get("offered", ALL), now=NOW)
    session.expire_all()


def left(session: Session) -> list[tuple[str, str, str, str]]:
    """Channel, kind, receiver and text of all that leaves."""
    return sorted(
        (row.channel.value, row.kind, row.receiver, row.body)
        for row in session.exec(select(CommunicationMessage))
    )


def told(session: Session, who: Actor, topic: Topic | None = None, number: int = 1) -> list[str]:
    """Kinds of what somebody reads on a page of the history."""
    page = history.page_of(session, who, topic=topic, number=number, now=NOW)
    return [one.kind for one in page.notices]
