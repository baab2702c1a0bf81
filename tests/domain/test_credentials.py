"""Changing password and username, and ending sessions: of one's own only, and recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain.access import (
    Actor,
    ConfirmationNeeded,
    SignInNeeded,
    one_time,
    open_session,
    resolve,
)
from self_service.domain.errors import DomainError, NotFound
from self_service.domain.people import credentials
from self_service.domain.people.credentials import (
    _USERNAME,
    Notice,
    PasswordWrong,
    UsernameTaken,
    UsernameUnfit,
)
from self_service.models.access import DigitalIdentity, Purpose, WebSession
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage
from tests.conftest import NOW
from tests.order_shop import customer, rows

NOTICE = Notice("password_changed", "en", "Your password was changed", "It was.")
TABLES = (DigitalIdentity, WebSession, AuditEntry, CommunicationMessage)


@pytest.fixture
def ada(session: Session) -> Actor:
    return customer(session)


def refuses(session: Session, refusal: type[DomainError], act: Callable[[], Any]) -> None:
    before = rows(session, *TABLES)
    with pytest.raises(refusal):
        act()
    assert rows(session, *TABLES) == before


def change(session: Session, actor: Actor, *, before="hash", proven=False, now=NOW) -> None:
    credentials.change_password(
        session,
        actor,
        before=before,
        password_hash="another",
        proven=proven,
        notice=NOTICE,
        now=now,
    )


def acts(session: Session) -> list[str]:
    return list(session.exec(select(AuditEntry.act).order_by(AuditEntry.number)))


def elsewhere(session: Session, actor: Actor, cookie: str = "elsewhere") -> Actor:
    open_session(session, actor.identity(), cookie=cookie, now=NOW, device="Firefox on Linux")
    session.flush()
    return resolve(session, cookie, now=NOW)


def test_another_password_ends_all_other_sessions_and_open_ways(session, ada) -> None:
    elsewhere(session, ada)
    eve = customer(session, "eve@example.com")
    link = one_time.issue(session, Purpose.RESET_PASSWORD, identity_id=ada.identity_id, now=NOW)
    ticket = one_time.issue(session, Purpose.SECOND_FACTOR, identity_id=ada.identity_id, now=NOW)
    change(session, ada, proven=True)
    assert credentials.of(session, ada, now=NOW).password_hash == "another"
    assert credentials.of(session, eve, now=NOW).password_hash == "hash"
    left = session.exec(select(WebSession.id).where(WebSession.identity_id == ada.identity_id))
    assert left.all() == [ada.session_id]
    for purpose, secret in ((Purpose.RESET_PASSWORD, link), (Purpose.SECOND_FACTOR, ticket)):
        with pytest.raises(one_time.LinkUsedUp):
            one_time.look(session, purpose, secret, now=NOW)
    assert acts(session) == ["password.changed"]
    assert session.exec(select(CommunicationMessage.receiver)).all() == ["ada@example.com"]


def test_a_password_is_changed_by_itself_however_fresh_the_proof(session, ada) -> None:
    stale = replace(ada, confirmed_at=NOW - timedelta(minutes=10))
    for actor in (ada, stale):
        refuses(session, PasswordWrong, lambda actor=actor: change(session, actor))
    refuses(session, SignInNeeded, lambda: change(session, Actor(), proven=True))
    refuses(session, PasswordWrong, lambda: change(session, ada, before="older", proven=True))
    change(session, stale, proven=True)


def test_a_first_password_needs_a_fresh_proof(session, ada) -> None:
    session.get_one(DigitalIdentity, ada.identity_id).password_hash = ""
    session.flush()
    stale = replace(ada, confirmed_at=NOW - timedelta(minutes=10))
    for proven in (False, True):
        refuses(
            session,
            ConfirmationNeeded,
            lambda proven=proven: change(session, stale, before="", proven=proven),
        )
    refuses(session, SignInNeeded, lambda: change(session, Actor(), before=""))
    change(session, ada, before="")
    assert credentials.of(session, ada, now=NOW).password_hash == "another"


def test_a_username_is_kept_in_small_letters_and_given_up(session, ada) -> None:
    credentials.change_username(session, ada, username=" Ada.Q ", now=NOW)
    assert credentials.of(session, ada, now=NOW).username == "ada.q"
    credentials.change_username(session, ada, username="ADA.Q", now=NOW)  # the same: no act
    credentials.change_username(session, ada, username="", now=NOW)
    assert credentials.of(session, ada, now=NOW).username == ""
    assert acts(session) == ["username.changed", "username.changed"]


@pytest.mark.parametrize(
    "username", ["ab", "a" * 41, "ada@example.com", "ada q", "ádá", "<b>", "ada\nq", "ada\0"]
)
def test_what_is_no_username_is_refused(session, ada, username: str) -> None:
    refuses(
        session,
        UsernameUnfit,
        lambda: credentials.change_username(session, ada, username=username, now=NOW),
    )


@given(st.text())
def test_no_username_is_an_address(text: str) -> None:
    assert not (_USERNAME.fullmatch(text) and "@" in text)


def test_a_username_has_one_owner_and_needs_a_fresh_proof(session, ada) -> None:
    eve = customer(session, "eve@example.com")
    credentials.change_username(session, eve, username="quell", now=NOW)
    stale = replace(ada, confirmed_at=NOW - timedelta(hours=1))
    for actor, refusal in ((ada, UsernameTaken), (stale, ConfirmationNeeded)):
        refuses(
            session,
            refusal,
            lambda actor=actor: credentials.change_username(
                session, actor, username="Quell", now=NOW
            ),
        )


def test_a_session_ends_at_once(session, ada) -> None:
    other = elsewhere(session, ada)
    credentials.end_session(session, ada, str(other.session_id), now=NOW)
    assert not resolve(session, "elsewhere", now=NOW).signed_in
    entry = session.exec(select(AuditEntry)).one()
    assert (entry.act, entry.subject) == ("session.ended", "Firefox on Linux")


@pytest.mark.parametrize("which", ["theirs", "", "no id", None, 7, ["x"]])
def test_nobody_ends_the_session_of_another(session, ada, which: object) -> None:
    eve = customer(session, "eve@example.com")
    wanted = str(eve.session_id) if which == "theirs" else which
    refuses(session, NotFound, lambda: credentials.end_session(session, ada, wanted, now=NOW))


def test_other_sessions_end_after_a_fresh_proof_and_this_one_without(session, ada) -> None:
    other = elsewhere(session, ada)
    stale = replace(ada, confirmed_at=NOW - timedelta(minutes=10))
    for act in (
        lambda: credentials.end_session(session, stale, str(other.session_id), now=NOW),
        lambda: credentials.end_other_sessions(session, stale, now=NOW),
    ):
        refuses(session, ConfirmationNeeded, act)
    refuses(session, SignInNeeded, lambda: credentials.end_session(session, Actor(), "", now=NOW))
    refuses(
        session, SignInNeeded, lambda: credentials.end_other_sessions(session, Actor(), now=NOW)
    )
    credentials.end_session(session, stale, str(ada.session_id), now=NOW)
    assert list(session.exec(select(WebSession.id))) == [other.session_id]


def test_all_others_end_and_this_one_stays(session, ada) -> None:
    eve = customer(session, "eve@example.com")
    elsewhere(session, ada), elsewhere(session, ada, "a third")
    assert credentials.end_other_sessions(session, ada, now=NOW) == 2
    assert credentials.end_other_sessions(session, ada, now=NOW) == 0
    left = set(session.exec(select(WebSession.id)))
    assert left == {ada.session_id, eve.session_id}
    assert acts(session) == ["session.others_ended"]


def test_who_acts_for_a_customer_changes_their_own_things(session, ada) -> None:
    dealer = customer(session, "dealer@example.com")
    acting = replace(dealer, customer_id=ada.customer_id, behalf="Ada Quell")
    change(session, acting, proven=True)
    assert credentials.of(session, ada, now=NOW).password_hash == "hash"
    entry = session.exec(select(AuditEntry)).one()
    assert (entry.actor_id, entry.customer_id) == (dealer.identity_id, dealer.customer_id)
