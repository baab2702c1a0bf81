"""A forgotten password: one link, once, for half an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from self_service.domain import audit
from self_service.domain.access import Actor, one_time
from self_service.domain.access.one_time import LinkUsedUp
from self_service.domain.people import resetting
from self_service.models.access import DigitalIdentity, OneTimeSecret, Purpose, WebSession
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage
from tests.conftest import NOW
from tests.mailbox import mail, mails, words
from tests.order_shop import customer, rows, unchanged_but

VISITOR = Actor(network="192.0.2.1")
ALL = (DigitalIdentity, WebSession, OneTimeSecret, CommunicationMessage, AuditEntry)


@pytest.fixture
def ada(session: Session) -> Actor:
    """A customer who is signed in somewhere."""
    return customer(session)


def ask(session: Session, login: str = " ADA@example.com ") -> str:
    """Ask for a link; returns the newest one."""
    session.exec(select(CommunicationMessage)).all()
    for row in session.exec(select(CommunicationMessage)):
        session.delete(row)
    resetting.ask(session, login=login, words=words, now=NOW)
    return mail(session, "reset_password").body


def reset(session: Session, secret: str, *, now: object = NOW) -> None:
    resetting.reset(
        session,
        VISITOR,
        secret=secret,
        password_hash="new hash",
        told=words,
        now=now,  # type: ignore[arg-type]
    )
    session.flush()


def test_the_link_sets_the_password_and_ends_every_session(session: Session, ada: Actor) -> None:
    identity = session.get_one(DigitalIdentity, ada.identity_id)
    identity.failed_attempts, identity.totp_secret = 3, "sealed"
    secret = ask(session)
    assert resetting.login_of(session, secret, now=NOW) == "ada@example.com"
    reset(session, secret)
    assert (identity.password_hash, identity.failed_attempts) == ("new hash", 0)
    assert (identity.totp_secret, identity.email_verified_at) == ("sealed", NOW)
    assert session.exec(select(WebSession)).all() == []
    assert ("password_changed", "ada@example.com") in mails(session)
    entry = session.exec(select(AuditEntry)).one()
    assert (entry.act, entry.actor_id, entry.network) == (
        "password.reset",
        ada.identity_id,
        "192.0.2.1",
    )
    assert (entry.before, entry.after) == ({}, {})
    assert audit.broken(session) is None


def test_it_works_once(session: Session, ada: Actor) -> None:
    secret = ask(session)
    reset(session, secret)
    before = rows(session, *ALL)
    unchanged_but(session, LinkUsedUp, lambda: reset(session, secret))
    assert rows(session, *ALL) == before


def test_it_works_for_half_an_hour(session: Session, ada: Actor) -> None:
    secret = ask(session)
    late = NOW + timedelta(minutes=30)
    with pytest.raises(LinkUsedUp):
        resetting.login_of(session, secret, now=late)
    unchanged_but(session, LinkUsedUp, lambda: reset(session, secret, now=late))
    assert resetting.login_of(session, secret, now=late - timedelta(seconds=1))


def test_a_new_link_replaces_the_one_before(session: Session, ada: Actor) -> None:
    old, new = ask(session), ask(session)
    with pytest.raises(LinkUsedUp):
        resetting.login_of(session, old, now=NOW)
    reset(session, new)


@pytest.mark.parametrize("login", ["", "eve@example.com", "ada@example.com%", "\U0001f600"])
def test_for_an_unknown_address_nothing_happens(session: Session, ada: Actor, login: str) -> None:
    before = rows(session, *ALL)
    resetting.ask(session, login=login, words=words, now=NOW)
    assert rows(session, *ALL) == before


def test_an_account_that_was_shut_has_no_way_in(session: Session, ada: Actor) -> None:
    secret = ask(session)
    identity = session.get_one(DigitalIdentity, ada.identity_id)
    identity.disabled_at = NOW
    session.flush()
    before = rows(session, CommunicationMessage)
    resetting.ask(session, login="ada@example.com", words=words, now=NOW)
    assert rows(session, CommunicationMessage) == before
    with pytest.raises(LinkUsedUp):
        resetting.login_of(session, secret, now=NOW)
    unchanged_but(session, LinkUsedUp, lambda: reset(session, secret))


@pytest.mark.parametrize("purpose", [Purpose.VERIFY_EMAIL, Purpose.CHANGE_EMAIL])
def test_other_links_set_no_password(session: Session, ada: Actor, purpose: Purpose) -> None:
    secret = one_time.issue(session, purpose, now=NOW, identity_id=ada.identity_id, email="x@y.de")
    session.flush()
    unchanged_but(session, LinkUsedUp, lambda: reset(session, secret))


def test_what_an_intruder_asked_for_is_void(session: Session, ada: Actor) -> None:
    for purpose in (Purpose.CHANGE_EMAIL, Purpose.SECOND_FACTOR):
        one_time.issue(session, purpose, now=NOW, identity_id=ada.identity_id)
    reset(session, ask(session))
    assert session.exec(select(OneTimeSecret)).all() == []
