"""What people are told: the gate, topics, wishes, quiet hours, history, browsers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service import bill_letters, clock, db, letters, payment_letters
from self_service.domain import messages
from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.bills.telling import BillNotice
from self_service.domain.changes.telling import Told
from self_service.domain.debts.notices import NoticeKind as DebtKind
from self_service.domain.errors import NotFound
from self_service.domain.messages import Letter, Words
from self_service.domain.network.notices import NoticeKind as ServiceKind
from self_service.domain.notices import history, push, quiet, telling, topics, wishes
from self_service.domain.notices.push import PushRefused
from self_service.domain.notices.quiet import QuietHoursUnclear
from self_service.domain.people import forgetting, mailbox
from self_service.models.access import DigitalIdentity, Role
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage, MessageChannel
from self_service.models.notices import Notice, NoticeSettings, PushSubscription, Topic
from self_service.models.people import Channel, Individual
from self_service.money import Money
from self_service.settings import ROOT
from tests.conftest import NOW
from tests.crowd import at_once
from tests.order_shop import rows
from tests.wallets import person

SMS, PUSH, EMAIL = MessageChannel.SMS, MessageChannel.PUSH, MessageChannel.EMAIL
ALL = (EMAIL, SMS, PUSH)
SERVICES = ("push.example", "fcm.googleapis.com")
KEY, AUTH = "B" + "A" * 86, "A" * 22
HOME = "https://portal.example/en"
BODY = f"Little is left.\n\nTop up here:\n\n{HOME}/wallet?open=topup\n\nDemo\n"
WRITTEN = (Notice, NoticeSettings, PushSubscription, CommunicationMessage, AuditEntry)


@pytest.fixture
def ada(session: Session) -> Actor:
    who = person(session, "ada@example.com", now=NOW)
    session.get_one(Individual, _individual(session, who)).mobile = "+491511234567"
    session.flush()
    return replace(who, session_id=uuid4())


def _individual(session: Session, who: Actor) -> Any:
    return session.get_one(DigitalIdentity, who.identity_id).individual_id


def tell(
    session: Session, who: Actor, kind: str, body: str = BODY, now: datetime = NOW, about: str = ""
) -> None:
    identity = session.get_one(DigitalIdentity, who.identity_id)
    say: Words = lambda language, said: Letter(f"{kind} · Demo", body.format(said=said))  # noqa: E731
    mailbox.write(session, identity, kind, say, about, now=now)
    session.flush()


def browser(session: Session, who: Actor, name: str = "one", now: datetime = NOW) -> Any:
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
    page = history.page_of(session, who, topic=topic, number=number, now=NOW)
    return [one.kind for one in page.notices]


# what is told


def test_a_letter_goes_into_the_history_and_by_every_way_that_is_wanted(
    session: Session, ada: Actor
) -> None:
    mine = browser(session, ada)
    tell(session, ada, "wallet_low")
    assert [row[0] for row in left(session)] == ["email", "push"]  # SMS must be asked for
    choose(session, ada, "payments_sms", "payments_push")
    tell(session, ada, "wallet_low")
    said = "/wallet?open=topup"
    assert [row for row in left(session) if row[0] != "email"] == [
        ("push", "wallet_low", str(mine), said),
        ("push", "wallet_low", str(mine), said),
        ("sms", "wallet_low", "+491511234567", said),
    ]
    assert len(left(session)) == 4
    first = history.page_of(session, ada, topic=None, number=1, now=NOW).notices[0]
    assert (first.subject, first.text, first.path) == ("wallet_low", "Little is left.", said)
    assert (first.topic, first.unread) == (Topic.PAYMENTS, True)
    assert told(session, ada) == ["wallet_low"] * 2


def test_security_and_bills_are_mailed_whatever_was_chosen(session: Session, ada: Actor) -> None:
    choose(session, ada)  # nothing is ticked
    always = ("password_changed", "bill_ready", "debt_warn", "service_swapped", "change_withdrawn")
    for kind in (*always, "never_heard_of"):
        tell(session, ada, kind)
    for kind in ("wallet_low", "change_done", "usage_alert", "service_sim_blocked"):
        tell(session, ada, kind)
    mailed = {kind for way, kind, _, _ in left(session) if way == "email"}
    assert mailed == {*always, "never_heard_of"}
    assert len(left(session)) == len(mailed)
    assert len(told(session, ada)) == 10  # the history has all of them


def test_who_has_no_number_gets_no_sms_and_news_come_as_was_said(
    session: Session, ada: Actor
) -> None:
    one = session.get_one(Individual, _individual(session, ada))
    one.channel = Channel.SMS
    tell(session, ada, "service_covered")
    tell(session, ada, "wallet_low")
    assert [row[:2] for row in left(session) if row[0] == "sms"] == [("sms", "service_covered")]
    one.mobile = ""
    tell(session, ada, "service_covered")
    assert sum(row[0] == "sms" for row in left(session)) == 1


def secret_letters() -> Iterator[tuple[str, Callable[[str, str], Letter]]]:
    """Every kind of letter that is given a secret, in its real words."""
    euro = Money(4_200, "EUR")
    bill = BillNotice("2026-1", False, euro, euro, NOW, False)
    yield from (
        ("verify_email", letters.verify_email),
        ("reset_password", letters.reset_password),
        ("change_email", letters.change_email),
        ("staff_invitation", letters.staff_invitation),
        ("invitation", letters.invitation),
        ("pay_link", payment_letters.pay_link),
        ("autopay_declined", payment_letters.autopay_declined),
        ("autopay_stopped", payment_letters.autopay_stopped),
        ("autopay_confirm", payment_letters.autopay_confirm),
        ("bill_ready", bill_letters.wording(bill)),
        ("security_new", lambda _, secret: Letter("x", f"Your code is {secret}")),
    )


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_no_secret_is_kept_or_leaves_but_by_mail(
    session: Session, ada: Actor, language: str
) -> None:
    browser(session, ada)
    session.get_one(Individual, _individual(session, ada)).language = language
    choose(session, ada, *(f"{one}_{way}" for one in Topic for way in ("email", "sms", "push")))
    identity = session.get_one(DigitalIdentity, ada.identity_id)
    for kind, words in secret_letters():
        mailbox.write(session, identity, kind, words, "SECRET-OF-THE-LINK", now=NOW)
    session.flush()
    mails = [row for row in left(session) if row[0] == "email"]
    assert ["SECRET" in row[3] for row in mails] == [True] * 11
    others = [row for row in left(session) if row[0] != "email"]
    assert {kind for _, kind, _, _ in others} == {
        "autopay_declined", "autopay_stopped", "autopay_confirm", "bill_ready", "security_new"
    }  # fmt: skip
    kept = repr([*others, *rows(session, Notice)])
    assert "SECRET" not in kept
    assert "link=" not in kept
    notices = {row.kind: row for row in session.exec(select(Notice))}
    assert notices["bill_ready"].path == "/bills/2026-1"
    assert notices["bill_ready"].text
    assert not notices["reset_password"].text + notices["security_new"].text


@given(st.text(max_size=900), st.sampled_from(["wallet_low", "reset_password", "bill_ready"]))
def test_whatever_a_letter_says_what_is_kept_is_short_and_no_address(body: str, kind: str) -> None:
    text, path = telling.text_of(kind, body), telling.path_in(body)
    assert len(text) <= telling.KEPT
    assert "://" not in text
    assert len(path) <= 200


def test_every_kind_of_letter_has_a_topic() -> None:
    """A kind that nobody sorted would count as security: nobody chose that for these."""
    named = {
        kind
        for file in (ROOT / "self_service" / "domain").rglob("*.py")
        for kind in re.findall(
            r'(?:mailbox|holders|_)?\.?(?:write|tell)\(\s*session, [^()"]+?, "(\w+)"',
            file.read_text(),
        )
    }
    assert {"reset_password", "card_expires", "pay_link", "wallet_low"} <= named
    made = {f"debt_{one}" for one in DebtKind} | {f"service_{one}" for one in ServiceKind}
    made |= {f"change_{one}" for one in Told} | {"bill_ready", "autopay_stopped", "move_planned"}
    made |= {"usage_alert", "spend_limit", "group_joined", "advice_plan"}
    secure = {kind for kind in named | made if topics.topic_of(kind) is Topic.SECURITY}
    assert secure == {
        "access_removed", "change_email", "email_change_asked", "email_changed",
        "invitation_accepted", "known_already", "member_left", "password_changed",
        "reset_password", "second_factor_removed", "staff_invitation", "verify_email",
    }  # fmt: skip
    assert topics.topic_of("service_covered") is Topic.NEWS
    assert topics.topic_of("spend_limit") is topics.topic_of("usage_alert") is Topic.USAGE


# what is chosen


def test_what_is_always_on_stays_on_and_ways_that_are_not_offered_stay(
    session: Session, ada: Actor
) -> None:
    choose(session, ada, "usage_sms", "security_push", hours="22:00-07:30")
    choose(session, ada, "usage_email", hours="22:00-07:30", offered=(EMAIL, PUSH))
    found = wishes.of(session, ada, now=NOW)
    assert found.wanted[Topic.USAGE] == {EMAIL, SMS}
    assert found.wanted[Topic.SECURITY] == {EMAIL}
    assert found.wanted[Topic.MONEY] == {EMAIL}
    assert found.wanted[Topic.NEWS] == frozenset()
    assert found.quiet == (22 * 60, 7 * 60 + 30)
    before = rows(session, *WRITTEN)
    choose(session, ada, "usage_email", hours="22:00-07:30", offered=(EMAIL, PUSH))
    assert rows(session, *WRITTEN) == before  # nothing new, nothing recorded


@pytest.mark.parametrize(
    "hours", ["22:00-", "-07:00", "24:00-07:00", "22:00-22:00", "x-y", "٢٢:٠٠-07:00", "9:00-10:00"]
)
def test_quiet_hours_that_are_none_change_nothing(session: Session, ada: Actor, hours: str) -> None:
    choose(session, ada, "usage_sms", hours="22:00-07:00")
    before = rows(session, *WRITTEN)
    with pytest.raises(QuietHoursUnclear):
        choose(session, ada, hours=hours)
    assert rows(session, *WRITTEN) == before


def test_nobody_chooses_or_reads_for_another(session: Session, ada: Actor) -> None:
    tell(session, ada, "wallet_low")
    tell(session, ada, "password_changed")
    eve = person(session, "eve@example.com", now=NOW, name="Eve Other")
    dealer = replace(eve, role=Role.DEALER, customer_id=ada.customer_id, behalf="Ada Quell")
    notice = session.exec(select(Notice)).first()
    assert notice is not None
    mine = browser(session, ada)
    before = rows(session, *WRITTEN)
    for who, kind in ((Actor(), SignInNeeded), (dealer, NotAllowed)):
        for act in (
            lambda who=who: choose(session, who),
            lambda who=who: wishes.of(session, who, now=NOW),
            lambda who=who: browser(session, who),
            lambda who=who: push.listed(session, who, now=NOW),
            lambda who=who: push.remove(session, who, mine, now=NOW),
            lambda who=who: history.read_all(session, who, now=NOW),
            lambda who=who: history.read_one(session, who, notice.id, now=NOW),
        ):
            with pytest.raises(kind):
                act()
    for foreign in (notice.id, str(notice.id), "none", None, 7):
        with pytest.raises(NotFound):
            history.read_one(session, eve, foreign, now=NOW)
    with pytest.raises(NotFound):
        push.remove(session, eve, mine, now=NOW)
    with pytest.raises(SignInNeeded):
        told(session, Actor())
    assert history.read_all(session, eve, now=NOW) == 0
    assert rows(session, *WRITTEN) == before
    assert told(session, eve) == []
    assert told(session, dealer) == ["wallet_low"]  # nothing about security
    served = history.page_of(session, dealer, topic=Topic.SECURITY, number=1, now=NOW)
    assert (served.notices, served.topics) == ((), (Topic.PAYMENTS,))
    assert history.unread(session, dealer, now=NOW) == 0


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
        session.get_one(Individual, _individual(session, ada)).mobile = "+491511234567"
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
    assert history.read_all(session, ada, now=NOW) == history.PAGE + 5
    assert history.unread(session, ada, now=NOW) == history.read_all(session, ada, now=NOW) == 0


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
