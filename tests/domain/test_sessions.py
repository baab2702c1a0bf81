"""Sessions: seen by their owner, renewed under another cookie value, ended at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from self_service.domain.access import (
    SESSION_IDLE,
    SESSION_LIFE,
    Actor,
    SignInNeeded,
    cookie_key,
    open_session,
    resolve,
    sessions,
)
from self_service.models.access import WebSession
from tests.conftest import NOW
from tests.order_shop import customer, rows


@pytest.fixture
def ada(session: Session) -> Actor:
    actor = customer(session)
    sessions.end_all(session, actor.identity())
    open_session(
        session, actor.identity(), cookie="here", now=NOW, device="Firefox on Linux", network="::1"
    )
    session.flush()
    return resolve(session, "here", now=NOW)


def test_this_browser_stands_first_then_the_last_used(session, ada) -> None:
    for minutes, device in ((30, "older"), (5, "newer")):
        at = NOW - timedelta(minutes=minutes)
        open_session(session, ada.identity(), cookie=device, now=at, device=device)
    session.flush()
    found = sessions.devices(session, ada, now=NOW)
    assert [one.device for one in found] == ["Firefox on Linux", "newer", "older"]
    assert [one.current for one in found] == [True, False, False]
    assert found[0].network == "::1"
    with pytest.raises(SignInNeeded):
        sessions.devices(session, Actor(), now=NOW)


def test_ended_sessions_are_not_listed_and_forgotten(session, ada) -> None:
    for cookie, age in (("idle", SESSION_IDLE), ("old", SESSION_LIFE)):
        open_session(session, ada.identity(), cookie=cookie, now=NOW - age)
    session.flush()
    assert len(sessions.devices(session, ada, now=NOW)) == 1
    assert sessions.forget_ended(session, now=NOW) == 2
    assert resolve(session, "here", now=NOW).signed_in


def test_a_renewed_session_is_the_same_under_another_cookie(session, ada) -> None:
    later = NOW + timedelta(minutes=30)
    sessions.renew(session, "here", fresh="there", confirmed_at=later)
    session.expire_all()
    assert not resolve(session, "here", now=later).signed_in
    renewed = resolve(session, "there", now=later)
    assert (renewed.session_id, renewed.identity_id) == (ada.session_id, ada.identity_id)
    assert renewed.confirmed_at == later
    sessions.renew(session, "there", fresh="third", confirmed_at=None)
    session.expire_all()
    assert resolve(session, "third", now=later).confirmed_at == later


@pytest.mark.parametrize("cookie", ["", "unknown"])
def test_renewing_nobodys_cookie_signs_nobody_in(session, ada, cookie: str) -> None:
    before = rows(session, WebSession)
    sessions.renew(session, cookie, fresh="there", confirmed_at=NOW)
    assert rows(session, WebSession) == before
    assert not resolve(session, "there", now=NOW).signed_in


def test_what_a_browser_says_of_itself_is_cut(session, ada) -> None:
    open_session(
        session, ada.identity(), cookie="long", now=NOW, device="x" * 500, network="9" * 500
    )
    session.flush()
    row = session.get_one(WebSession, cookie_key("long"))
    assert (len(row.device), len(row.network)) == (80, 64)


@given(st.text(min_size=1))
def test_a_cookie_is_known_by_its_hash_only(cookie: str) -> None:
    try:
        key = cookie_key(cookie)
    except UnicodeEncodeError:
        return  # no header can hold it
    assert len(key) == 64
    assert key != cookie
