"""Quiet hours, the history, and browsers that show notices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service import clock, db
from self_service.domain import messages
from self_service.domain.access import Actor
from self_service.domain.notices import history, push, quiet
from self_service.domain.notices.push import PushRefused
from self_service.domain.people import forgetting
from self_service.models.access import DigitalIdentity
from self_service.models.messages import CommunicationMessage
from self_service.models.notices import Notice, NoticeSettings, PushSubscription, Topic
from self_service.models.people import Individual
from tests.conftest import NOW
from tests.crowd import at_once
from tests.order_shop import rows
from tests.told import (
    ALL,
    AUTH,
    EMAIL,
    KEY,
    PUSH,
    SERVICES,
    SMS,
    WRITTEN,
    browser,
    choose,
    individual,
    reader,
    tell,
    told,
)
from tests.wallets import person


@pytest.fixture
def ada(session: Session) -> Actor:
    return reader(session)


# quiet hours


@given(
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Africa/Cairo"]),
)
def test_quiet_hours_end_when_they_say(first: int, last: int, now: datetime, zone: str) -> None:
    if first == last:
        return
    clock.set_zone(zone)
    end = quiet.over_at(first, last, now=now)
    local = now.astimezone(clock.zone())
    minute = 60 * local.hour + local.minute
    inside = first <= minute < last if first < last else not last <= minute < first
    assert (end is not None) is inside
    if end is None:
        return
    assert now < end <= now + timedelta(hours=25)
    over = end.astimezone(clock.zone())
    if quiet.over_at(first, last, now=end) is None:
        assert over.second == 0
        assert (60 * over.hour + over.minute - last) % 60 == 0  # but for an hour that is left out


@pytest.mark.parametrize("kind", ["wallet_low", "password_changed"])
def test_sms_and_push_wait_and_security_and_mail_do_not(
    session: Session, ada: Actor, kind: str
) -> None:
    browser(session, ada)
    night = datetime(2026, 11, 21, 23, 15, tzinfo=UTC)
    ticks = ("payments_email", "payments_sms", "payments_push", "security_sms", "security_push")
    choose(session, ada, *ticks, hours="22:00-07:00")
    tell(session, ada, kind, now=night)
    went = {
        way: [
            messages.claim(session, one.id, now=night)
            for one in messages.due(session, now=night, channel=way)
        ]
        for way in ALL
    }
    waits = kind == "wallet_low"
    assert went == {EMAIL: [True], SMS: [not waits], PUSH: [not waits]}
    if not waits:
        return
    morning = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
    assert not messages.due(session, now=morning - timedelta(seconds=1), channel=SMS)
    session.expire_all()
    (one,) = messages.due(session, now=morning, channel=SMS)
    assert messages.claim(session, one.id, now=morning)
    session.expire_all()
    assert session.get_one(CommunicationMessage, one.id).tries == 1  # the wait was no try


def test_two_workers_send_once_also_after_a_quiet_night(database: db.Database) -> None:
    with database.writing() as session:
        ada = person(session, "ada@example.com", now=NOW)
        individual(session, ada).mobile = "+491511234567"
        choose(session, ada, "usage_sms", hours="09:00-11:00")
        tell(session, ada, "usage_alert")
        (one,) = messages.due(session, now=NOW, channel=SMS)
    claims = [lambda session: messages.claim(session, one.id, now=NOW)] * 4
    assert at_once(database, claims) == [False] * 4
    later = NOW + timedelta(hours=1)
    claims = [lambda session: messages.claim(session, one.id, now=later)] * 4
    assert sorted(at_once(database, claims)) == [False, False, False, True]


def test_two_saves_at_once_leave_one_row(database: db.Database) -> None:
    with database.writing() as session:
        ada = person(session, "ada@example.com", now=NOW)
    saves = [
        lambda session, tick=tick: choose(session, ada, tick)
        for tick in ("usage_sms", "news_sms", "usage_push", "news_email")
    ]
    assert at_once(database, saves) == [None] * 4
    with database.reading() as session:
        assert len(rows(session, NoticeSettings)[0]) == 1


# history


def test_the_history_is_read_in_pages_and_by_topic(session: Session, ada: Actor) -> None:
    for number in range(history.PAGE + 5):
        tell(session, ada, "usage_alert", now=NOW + timedelta(minutes=number))
    tell(session, ada, "bill_ready", now=NOW - timedelta(minutes=1))
    first = history.page_of(session, ada, topic=None, number=1, now=NOW)
    assert (len(first.notices), first.more) == (history.PAGE, True)
    assert all(new.created_at > old.created_at for new, old in pairwise(first.notices))
    assert first.topics == (Topic.MONEY, Topic.USAGE)
    assert told(session, ada, number=2) == [*["usage_alert"] * 5, "bill_ready"]
    assert told(session, ada, topic=Topic.MONEY) == ["bill_ready"]
    assert told(session, ada, number=10**9) == []
    assert told(session, ada, number=-3) == [one.kind for one in first.notices]
    assert history.unread(session, ada, now=NOW) == history.PAGE + 6
    opened = history.read_one(session, ada, first.notices[0].id, now=NOW)
    assert opened.path == "/wallet?open=topup"
    assert history.unread(session, ada, now=NOW) == history.PAGE + 5
    assert history.read_all(session, ada, history.ALL, now=NOW) == history.PAGE + 5
    assert (
        history.unread(session, ada, now=NOW)
        == history.read_all(session, ada, history.ALL, now=NOW)
        == 0
    )


def test_unread_ones_are_counted_to_a_hundred(session: Session, ada: Actor) -> None:
    identity = ada.identity()
    session.add_all(
        Notice(identity_id=identity, kind="x", language="en", subject="x", created_at=NOW)
        for _ in range(130)
    )
    session.flush()
    assert history.unread(session, ada, now=NOW) == history.COUNTED
    assert history.unread(session, Actor(), now=NOW) == 0


def test_what_is_older_than_a_year_goes_in_batches(session: Session, ada: Actor) -> None:
    for days in (1, 364, 365, 500):
        tell(session, ada, f"usage_{days}", now=NOW - timedelta(days=days))
    assert history.forget_old(session, now=NOW, most=1) == 1
    assert told(session, ada) == ["usage_1", "usage_364", "usage_365"]
    assert history.forget_old(session, now=NOW) == 1
    assert history.forget_old(session, now=NOW) == 0
    assert told(session, ada) == ["usage_1", "usage_364"]


def test_nothing_of_an_erased_person_is_left(session: Session, ada: Actor) -> None:
    browser(session, ada)
    eve = person(session, "eve@example.com", now=NOW, name="Eve Other")
    for who in (ada, eve):
        choose(session, who, "usage_sms", hours="22:00-07:00")
        tell(session, who, "usage_alert")
    identity = session.get_one(DigitalIdentity, ada.identity_id)
    forgetting.forget_mail(session, session.get_one(Individual, identity.individual_id), [identity])
    forgetting.forget_sign_in(session, [identity], NOW)
    for table in (Notice, NoticeSettings, PushSubscription, CommunicationMessage):
        left_over = {row.identity_id for row in session.exec(select(table))}
        assert left_over <= {eve.identity_id}, table


# browsers


def test_a_browser_shows_notices_of_whoever_switched_it_on_last(
    session: Session, ada: Actor
) -> None:
    mine = browser(session, ada)
    assert browser(session, ada) == mine
    (shown,) = push.listed(session, ada, now=NOW)
    assert (shown.device, shown.here) == ("Firefox on Linux", True)
    eve = person(session, "eve@example.com", now=NOW, name="Eve Other")
    assert browser(session, eve) == mine
    assert push.listed(session, ada, now=NOW) == ()
    assert not push.listed(session, eve, now=NOW)[0].here
    found = push.target(session, str(mine))
    assert found is not None
    assert found.endpoint == "https://push.example/one"
    session.get_one(DigitalIdentity, eve.identity_id).disabled_at = NOW
    session.flush()
    assert push.target(session, str(mine)) is None
    push.gone(session, str(mine))
    assert push.listed(session, eve, now=NOW) == ()


def test_the_oldest_of_many_browsers_goes(session: Session, ada: Actor) -> None:
    for number in range(push.MOST + 2):
        browser(session, ada, f"{number}", now=NOW + timedelta(minutes=number))
    ends = {row.endpoint.rpartition("/")[2] for row in session.exec(select(PushSubscription))}
    assert ends == {f"{number}" for number in range(2, push.MOST + 2)}
    push.remove(session, ada, push.listed(session, ada, now=NOW)[0].id, now=NOW)
    assert len(push.listed(session, ada, now=NOW)) == push.MOST - 1


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/one",
        "https://evil.example/one",
        "https://push.example.evil.example/one",
        "https://notpush.example/one",
        "https://push.example:8443/one",
        "https://push.example:x/one",
        "https://push.example@127.0.0.1/one",
        "https://127.0.0.1/one",
        "https://[::1]/one",
        "https://push.example\\@evil.example/one",
        "https://push.example/a b",
        "https://push.example/\x00",
        "https://push.example/" + "x" * 900,
        "//push.example/one",
        "",
        None,
        7,
        ["https://push.example/one"],
    ],
)
def test_only_known_push_services_are_ever_called(
    session: Session, ada: Actor, endpoint: object
) -> None:
    before = rows(session, *WRITTEN)
    given = {"receiver_key": KEY, "auth_secret": AUTH, "device": "", "services": SERVICES}
    with pytest.raises(PushRefused):
        push.register(session, ada, endpoint=endpoint, now=NOW, **given)
    assert rows(session, *WRITTEN) == before


@pytest.mark.parametrize(("key", "auth"), [("", AUTH), (KEY, ""), (KEY[1:], AUTH), (None, AUTH)])
def test_keys_of_a_browser_are_read_strictly(
    session: Session, ada: Actor, key: object, auth: object
) -> None:
    given = {"endpoint": "https://push.example/one", "device": "", "services": SERVICES}
    with pytest.raises(PushRefused):
        push.register(session, ada, receiver_key=key, auth_secret=auth, now=NOW, **given)
    assert rows(session, PushSubscription) == [[]]
