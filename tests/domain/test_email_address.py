"""Proving an address and changing it: only who reads its mails can."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain import access, audit
from self_service.domain.access import (
    FRESH_FOR,
    Actor,
    ConfirmationNeeded,
    NotAllowed,
    SignInNeeded,
    one_time,
)
from self_service.domain.access.one_time import LinkUsedUp
from self_service.domain.errors import DomainError, Invalid
from self_service.domain.people import email_address
from self_service.domain.people.email_address import EmailTaken
from self_service.models.access import DigitalIdentity, OneTimeSecret, Purpose, WebSession
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage
from self_service.models.people import Individual
from tests.conftest import NOW
from tests.mailbox import mail, mails, words
from tests.order_shop import customer, rows, unchanged_but

NEW = "Ada@new.example"
ALL = (DigitalIdentity, Individual, WebSession, OneTimeSecret, CommunicationMessage, AuditEntry)


@pytest.fixture
def ada(session: Session) -> Actor:
    """A customer who has just signed in."""
    return customer(session)


def ask(session: Session, actor: Actor, email: object = NEW) -> None:
    email_address.ask_to_change(session, actor, email=email, prove=words, told=words, now=NOW)


def prove(session: Session, visitor: Actor, secret: str) -> Purpose:
    found = email_address.prove(session, visitor, secret=secret, told=words, now=NOW)
    session.flush()
    session.expire_all()
    return found


def change(session: Session, ada: Actor, visitor: Actor | None = None) -> None:
    ask(session, ada)
    prove(session, visitor or ada, mail(session, "change_email").body)


def refused(session: Session, refusal: type[DomainError], act: object) -> None:
    before = rows(session, *ALL)
    unchanged_but(session, refusal, act)  # type: ignore[arg-type]
    assert rows(session, *ALL) == before


def test_nothing_changes_before_the_link_is_used(session: Session, ada: Actor) -> None:
    before = rows(session, DigitalIdentity, Individual, WebSession)
    ask(session, ada)
    assert rows(session, DigitalIdentity, Individual, WebSession) == before
    assert mails(session) == [
        ("change_email", "Ada@new.example"),
        ("email_change_asked", "ada@example.com"),
    ]
    assert mail(session, "email_change_asked").body == "Ada@new.example"


def test_the_link_changes_both_and_tells_the_old_address(session: Session, ada: Actor) -> None:
    change(session, ada)
    identity = session.get_one(DigitalIdentity, ada.identity_id)
    assert (identity.login, identity.email_verified_at) == ("ada@new.example", NOW)
    assert session.get_one(Individual, identity.individual_id).email == "Ada@new.example"
    assert ("email_changed", "ada@example.com") in mails(session)
    last = session.exec(select(AuditEntry).where(AuditEntry.act == "email.changed")).one()
    assert last.before == {"email": "a…@example.com"}
    assert last.after == {"email": "A…@new.example"}
    assert audit.broken(session) is None


def test_other_sessions_end(session: Session, ada: Actor) -> None:
    access.open_session(session, ada.identity(), cookie="phone", now=NOW)
    change(session, ada)
    assert [web.id for web in session.exec(select(WebSession))] == [ada.session_id]


def test_in_another_browser_all_sessions_end(session: Session, ada: Actor) -> None:
    eve = customer(session, "eve@example.com")
    change(session, ada, visitor=eve)
    assert [web.id for web in session.exec(select(WebSession))] == [eve.session_id]


def test_links_in_the_old_mailbox_are_void(session: Session, ada: Actor) -> None:
    for purpose in (Purpose.RESET_PASSWORD, Purpose.VERIFY_EMAIL):
        one_time.issue(session, purpose, now=NOW, identity_id=ada.identity_id)
    change(session, ada)
    assert session.exec(select(OneTimeSecret)).all() == []


def test_a_link_works_once_and_for_three_hours(session: Session, ada: Actor) -> None:
    ask(session, ada)
    secret = mail(session, "change_email").body
    late = NOW + timedelta(hours=3)
    with pytest.raises(LinkUsedUp):
        email_address.purpose_of(session, secret, now=late)
    assert prove(session, Actor(), secret) is Purpose.CHANGE_EMAIL
    refused(session, LinkUsedUp, lambda: prove(session, Actor(), secret))


def test_a_taken_address_is_refused_when_the_link_is_used(session: Session, ada: Actor) -> None:
    ask(session, ada)
    customer(session, "ADA@new.example")
    secret = mail(session, "change_email").body
    refused(session, EmailTaken, lambda: prove(session, ada, secret))


def test_asking_does_not_tell_that_an_address_is_taken(session: Session, ada: Actor) -> None:
    customer(session, "eve@example.com")
    ask(session, ada, "eve@example.com")
    assert ("change_email", "eve@example.com") in mails(session)


def test_another_wish_replaces_the_one_before(session: Session, ada: Actor) -> None:
    ask(session, ada)
    secret = mail(session, "change_email").body
    ask(session, ada, "other@example.com")
    refused(session, LinkUsedUp, lambda: prove(session, ada, secret))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"identity_id": None}, SignInNeeded),
        ({"behalf": "Ada Lovelace"}, NotAllowed),
        ({"confirmed_at": NOW - FRESH_FOR}, ConfirmationNeeded),
        ({"confirmed_at": None}, ConfirmationNeeded),
    ],
    ids=["visitor", "acting", "stale", "never"],
)
def test_only_the_owner_in_person(
    session: Session, ada: Actor, change: dict[str, object], refusal: type[DomainError]
) -> None:
    refused(session, refusal, lambda: ask(session, replace(ada, **change)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "email", ["", None, 7, "ada", "ADA@Example.com", "a@b.de\nBcc: c@d.de", "x" * 300 + "@a.de"]
)
def test_what_is_no_new_address_is_refused(session: Session, ada: Actor, email: object) -> None:
    refused(session, Invalid, lambda: ask(session, ada, email))  # one of its kinds


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=60) | st.emails())
def test_whatever_is_typed_is_refused_or_one_line(typed: str) -> None:
    found = ""
    with suppress(Invalid):
        found = email_address.check_email(typed)
    assert len(found.split()) == ("@" in found)


def test_an_address_is_proven_once(session: Session, ada: Actor) -> None:
    for _ in range(3):
        email_address.ask_to_verify(session, ada.identity(), words=words, now=NOW)
    secret = mail(session, "verify_email").body
    assert email_address.purpose_of(session, secret, now=NOW) is Purpose.VERIFY_EMAIL
    assert prove(session, Actor(), secret) is Purpose.VERIFY_EMAIL
    assert session.get_one(DigitalIdentity, ada.identity_id).email_verified_at == NOW
    assert session.exec(select(AuditEntry)).one().act == "email.verified"
    email_address.ask_to_verify(session, ada.identity(), words=words, now=NOW)
    assert mails(session) == [("verify_email", "ada@example.com")]
    refused(session, LinkUsedUp, lambda: prove(session, Actor(), secret))


def test_a_proof_of_an_earlier_address_proves_nothing(session: Session, ada: Actor) -> None:
    email_address.ask_to_verify(session, ada.identity(), words=words, now=NOW)
    session.get_one(DigitalIdentity, ada.identity_id).login = "other@example.com"
    session.flush()
    secret = mail(session, "verify_email").body
    refused(session, LinkUsedUp, lambda: prove(session, Actor(), secret))


def test_an_account_that_was_shut_stays_as_it_is(session: Session, ada: Actor) -> None:
    ask(session, ada)
    session.get_one(DigitalIdentity, ada.identity_id).disabled_at = NOW
    session.flush()
    secret = mail(session, "change_email").body
    refused(session, LinkUsedUp, lambda: prove(session, Actor(), secret))


@pytest.mark.parametrize("secret", ["", "x", "registering ", "\U0001f600" * 30])
def test_forged_links_are_refused(session: Session, ada: Actor, secret: str) -> None:
    refused(session, LinkUsedUp, lambda: prove(session, ada, secret))
