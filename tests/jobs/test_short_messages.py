"""SMS and web push: sent once, short and without secrets, tried again, not in quiet hours."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from self_service import db, settings, wiring
from self_service.adapters.http_sms import HttpSms
from self_service.adapters.kept_sms import KeptSms
from self_service.domain import messages
from self_service.domain.access import Actor
from self_service.domain.messages import Letter
from self_service.domain.notices import history, push, wishes
from self_service.domain.people import mailbox
from self_service.jobs import runner
from self_service.jobs.retention import Retention
from self_service.jobs.short_messages import PushSender, SmsSender
from self_service.models.access import DigitalIdentity
from self_service.models.messages import CommunicationMessage, MessageChannel
from self_service.models.notices import PushSubscription
from self_service.models.people import Individual
from self_service.ports import NotTaken, OutgoingSms, PushGone, PushTarget
from tests.conftest import NOW
from tests.house import House, house, stocked
from tests.jobs.conftest import Clock
from tests.wallets import person

__all__ = ["house", "stocked"]

BODY = "Little is left.\n\nSee:\n\nhttp://localhost:3000/ar/wallet?open=topup\n"


class Box:
    """A gateway and a push service in one: takes what comes, or fails as told."""

    public_key = "key"

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.failure: Exception | None = None

    async def send(self, what: OutgoingSms | PushTarget, payload: bytes = b"") -> None:
        if self.failure is not None:
            raise self.failure
        self.taken.append((what.endpoint, payload) if isinstance(what, PushTarget) else what)


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def ada(shop_database: db.Database) -> Actor:
    with shop_database.writing() as session:
        who = person(session, "ada@example.com", now=NOW)
        identity = session.get_one(DigitalIdentity, who.identity_id)
        one = session.get_one(Individual, identity.individual_id)
        one.mobile, one.language = "+491511234567", "ar"
        form = {"usage_sms": "on", "usage_push": "on"}
        form |= {"quiet_from": "22:00", "quiet_until": "07:00"}
        wishes.save(session, who, form=form, offered=tuple(MessageChannel), now=NOW)
        key = {"receiver_key": "B" + "A" * 86, "auth_secret": "A" * 22, "device": "Phone"}
        where = "https://push.example/one"
        push.register(session, who, endpoint=where, services=("push.example",), now=NOW, **key)
    return who


def tell(database: db.Database, who: Actor, clock: Clock, subject: str = "Low") -> None:
    with database.writing() as session:
        identity = session.get_one(DigitalIdentity, who.identity_id)
        words = Letter(f"{subject} · Tidewell", BODY)
        mailbox.write(session, identity, "usage_alert", lambda *_: words, now=clock())


def open_ones(database: db.Database) -> list[tuple[str, int]]:
    with database.reading() as session:
        rows = session.exec(select(CommunicationMessage)).all()
        return sorted((row.channel.value, row.tries) for row in rows if row.sent_at is None)


async def test_both_say_what_happened_and_where(
    shop_database: db.Database, ada: Actor, box: Box, clock: Clock
) -> None:
    tell(shop_database, ada, clock)
    assert await SmsSender(shop_database, box, clock).look() == 1
    assert await PushSender(shop_database, box, clock).look() == 1
    sms, (endpoint, payload) = box.taken
    assert sms.receiver == "+491511234567"
    assert sms.text == "Low · Tidewell\nhttp://localhost:3000/ar/wallet?open=topup"
    assert endpoint == "https://push.example/one"
    said = json.loads(payload)
    assert (said["path"], said["lang"], said["dir"]) == ("/ar/wallet?open=topup", "ar", "rtl")
    assert said["title"].startswith("Low")
    assert open_ones(shop_database) == []  # e-mail about usage was not ticked


async def test_two_senders_send_once_and_a_dead_one_loses_nothing(
    shop_database: db.Database, ada: Actor, box: Box, clock: Clock
) -> None:
    for number in range(6):
        tell(shop_database, ada, clock, f"{number}")
    senders = [SmsSender(shop_database, box, clock) for _ in range(2)]
    with shop_database.writing() as session:  # a process claims one and dies
        first = messages.due(session, now=clock(), channel=MessageChannel.SMS)[0]
        assert messages.claim(session, first.id, now=clock())
    assert sum(await asyncio.gather(*(one.look() for one in senders))) == 5
    clock.at += messages.RETRIES[0]
    assert sum(await asyncio.gather(*(one.look() for one in senders))) == 1
    assert len({sms.id for sms in box.taken}) == len(box.taken) == 6


async def test_nothing_is_sent_in_quiet_hours(
    shop_database: db.Database, ada: Actor, box: Box, clock: Clock
) -> None:
    clock.move(hours=13)  # eleven at night
    tell(shop_database, ada, clock)
    senders = [SmsSender(shop_database, box, clock), PushSender(shop_database, box, clock)]
    assert [await one.look() for one in senders] == [0, 0]
    clock.move(hours=7, minutes=59)
    assert [await one.look() for one in senders] == [0, 0]
    assert open_ones(shop_database) == [("push", 0), ("sms", 0)]
    clock.move(minutes=1)
    assert [await one.look() for one in senders] == [1, 1]


async def test_a_browser_that_is_gone_is_forgotten(
    shop_database: db.Database, ada: Actor, box: Box, clock: Clock
) -> None:
    tell(shop_database, ada, clock)
    tell(shop_database, ada, clock)
    box.failure = PushGone("gone", lasting=True)
    sender = PushSender(shop_database, box, clock)
    assert await sender.look() == 0
    with shop_database.reading() as session:
        assert session.exec(select(PushSubscription)).all() == []
    box.failure = None
    clock.move(days=2)
    assert await sender.look() == 0  # the second went nowhere, and is not tried again
    assert [one for one in open_ones(shop_database) if one[0] == "push" and one[1] < 6] == []


@pytest.mark.parametrize("lasting", [True, False])
async def test_a_failure_is_tried_again_unless_it_lasts(
    shop_database: db.Database,
    ada: Actor,
    box: Box,
    clock: Clock,
    lasting: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tell(shop_database, ada, clock)
    box.failure = NotTaken("503", lasting=lasting)
    sender = SmsSender(shop_database, box, clock)
    assert await sender.look() == 0
    assert "+4915" not in caplog.text
    box.failure = None
    clock.at += messages.RETRIES[0]
    assert await sender.look() == (0 if lasting else 1)


async def test_the_round_of_retention_forgets_old_notices(
    shop_database: db.Database, ada: Actor, clock: Clock
) -> None:
    tell(shop_database, ada, clock)
    clock.at += history.KEPT_FOR - timedelta(seconds=1)
    await Retention(shop_database, clock, years=10).look()
    with shop_database.reading() as session:
        assert history.unread(session, ada, now=clock()) == 1
    clock.move(seconds=1)
    await Retention(shop_database, clock, years=10).look()
    with shop_database.reading() as session:
        assert history.unread(session, ada, now=clock()) == 0


def test_what_is_set_up_is_what_sends(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(wiring.sms(), KeptSms)  # the demo
    assert [type(one) for one in runner._short_messages()] == [SmsSender, PushSender]
    first = wiring.push()
    assert first is not None
    for name, value in {
        "SMS_URL": "https://sms.example/send",
        "SMS_FROM": "Demo",
        "VAPID_KEY": "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
    }.items():
        monkeypatch.setenv(f"SELF_SERVICE_{name}", value)
    for made in (settings.get, wiring.push):
        made.cache_clear()
    assert isinstance(wiring.sms(), HttpSms)
    other = wiring.push()
    assert other is not None
    assert other.public_key.startswith("BP4z9KsN6nGRTbVYI")
    assert other.public_key != first.public_key
    monkeypatch.setenv("SELF_SERVICE_PUSH_SERVICES", "")
    monkeypatch.setenv("SELF_SERVICE_DEMO", "false")
    monkeypatch.setenv("SELF_SERVICE_SMS_URL", "")
    for made in (settings.get, wiring.push):
        made.cache_clear()
    assert (wiring.sms(), wiring.push(), list(runner._short_messages())) == (None, None, [])
