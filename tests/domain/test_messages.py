"""Mail: written with the change it tells of, sent later, by one worker at a time."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain import messages
from self_service.models.messages import CommunicationMessage
from tests.conftest import NOW


def write(session: Session, subject: str = "Hello", *, minutes: int = 0) -> None:
    messages.write(
        session,
        "test",
        receiver="ada@example.com",
        language="en",
        subject=subject,
        body="See https://x.example/?link=secret",
        now=NOW + timedelta(minutes=minutes),
    )
    session.flush()


def row(session: Session) -> CommunicationMessage:
    session.flush()
    session.expire_all()
    return session.exec(select(CommunicationMessage)).one()


def test_what_is_written_is_due_oldest_first_and_read_newest_first(session: Session) -> None:
    for number in range(3):
        write(session, f"{number}", minutes=number)
    assert [mail.subject for mail in messages.due(session, now=NOW)] == ["0", "1", "2"]
    assert [mail.subject for mail in messages.due(session, now=NOW, most=1)] == ["0"]
    assert [mail.subject for mail in messages.inbox(session, most=2)] == ["2", "1"]


def test_a_mail_is_taken_once_and_again_after_a_while(session: Session) -> None:
    write(session)
    (mail,) = messages.due(session, now=NOW)
    assert messages.claim(session, mail.id, now=NOW)
    session.expire_all()
    assert not messages.claim(session, mail.id, now=NOW)
    assert messages.due(session, now=NOW) == []
    again = NOW + messages.RETRIES[0]
    assert messages.due(session, now=again - timedelta(seconds=1)) == []
    assert messages.due(session, now=again) == [mail]


def test_it_is_given_up_after_the_last_try(session: Session) -> None:
    write(session)
    now, tries = NOW, 0
    while due := messages.due(session, now=now):
        assert messages.claim(session, due[0].id, now=now)
        session.expire_all()
        tries, now = tries + 1, now + timedelta(days=1)
    assert tries == len(messages.RETRIES) + 1
    assert row(session).sent_at is None


@pytest.mark.parametrize("keep", [True, False])
def test_what_was_sent_is_not_due_and_tells_no_secret(session: Session, keep: bool) -> None:
    write(session)
    (mail,) = messages.due(session, now=NOW)
    messages.sent(session, mail.id, now=NOW, keep=keep)
    assert messages.due(session, now=NOW + timedelta(days=1)) == []
    assert not messages.claim(session, mail.id, now=NOW)
    found = row(session)
    assert (found.sent_at, found.body) == (NOW, mail.body if keep else "")


def test_what_can_never_be_sent_is_not_tried_again(session: Session) -> None:
    write(session)
    (mail,) = messages.due(session, now=NOW)
    messages.give_up(session, mail.id)
    assert messages.due(session, now=NOW + timedelta(days=9)) == []
    assert (row(session).body, row(session).sent_at) == ("", None)


def test_there_is_nothing_to_take_where_nothing_is(session: Session) -> None:
    assert not messages.claim(session, uuid4(), now=NOW)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(subject=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_subject_is_one_short_line(session: Session, subject: str) -> None:
    with session.begin_nested() as nested:
        write(session, subject)
        said = row(session).subject
        nested.rollback()
    assert len(said.splitlines()) <= 1
    assert len(said) <= 200
