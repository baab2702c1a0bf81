"""What people are told, by which ways, and what they choose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service import bill_letters, letters, payment_letters
from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.bills.telling import BillNotice
from self_service.domain.changes.telling import Told
from self_service.domain.debts.notices import NoticeKind as DebtKind
from self_service.domain.errors import NotFound
from self_service.domain.messages import Letter
from self_service.domain.network.notices import NoticeKind as ServiceKind
from self_service.domain.notices import history, push, telling, topics, wishes
from self_service.domain.notices.quiet import QuietHoursUnclear
from self_service.domain.people import mailbox
from self_service.models.access import DigitalIdentity, Role
from self_service.models.notices import Notice, Topic
from self_service.models.people import Channel
from self_service.money import Money
from self_service.settings import ROOT
from tests.conftest import NOW
from tests.order_shop import rows
from tests.told import (
    EMAIL,
    PUSH,
    SMS,
    WRITTEN,
    browser,
    choose,
    individual,
    left,
    reader,
    tell,
    told,
)
from tests.wallets import person


@pytest.fixture
def ada(session: Session) -> Actor:
    return reader(session)


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
    one = individual(session, ada)
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
    individual(session, ada).language = language
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
            lambda who=who: history.read_all(session, who, history.ALL, now=NOW),
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
    assert history.read_all(session, eve, history.ALL, now=NOW) == 0
    assert rows(session, *WRITTEN) == before
    assert told(session, eve) == []
    assert told(session, dealer) == ["wallet_low"]  # nothing about security
    served = history.page_of(session, dealer, topic=Topic.SECURITY, number=1, now=NOW)
    assert (served.notices, served.topics) == ((), (Topic.PAYMENTS,))
    assert history.unread(session, dealer, now=NOW) == 0
